"""The sums of the dense criterion by hand: three priors, two classes, one image."""

from functools import partial

import pytest
import torch

from locviz.boxes import CornerCoder
from locviz.losses import hard_negatives, l1_loss, sigmoid_focal_loss
from locviz.models import (
    DenseLoss,
    by_quality,
    equally,
    fcos_tiny,
    match_rows,
    on_deltas,
    over_batch,
    over_images,
    retinanet_tiny,
)
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Priors, Targets

REGIONS = torch.tensor([[[0.0, 0, 8, 8], [2, 0, 10, 8], [0, 0, 4, 4]]])
QUALITY = torch.tensor([0.25, 1.0])


def squared_error(logits, one_hot):
    return (logits - one_hot) ** 2


def criterion(**settings) -> DenseLoss:
    settings = {"regression": l1_loss, "quality": lambda points, gt: QUALITY[: len(gt)], **settings}
    return DenseLoss(classification=squared_error, **settings)


def losses(assignment: Assignment, loss: DenseLoss, *, quality=True):
    priors = Priors(REGIONS[0], torch.full((3,), 8.0), (3,))
    predictions = Predictions(
        logits=torch.full((1, 3, 2), 0.5),
        deltas=torch.zeros(1, 3, 4),
        priors=priors,
        sizes=((8, 8),),
        scales=torch.ones(1, 2),
        quality=torch.zeros(1, 3) if quality else None,
    )
    targets = Targets(boxes=torch.tensor([[0.0, 0, 8, 12]]), labels=torch.tensor([1]), size=(8, 8))
    matched = match_rows([assignment], [targets], priors, coder=CornerCoder())
    return loss(predictions, REGIONS, matched)


def test_sums_and_normalisers():
    """Two positives. L1 errors 4 and 8; weights 1/4 and 1; quality log 2 each at logit 0."""
    answer = losses(
        Assignment(torch.tensor([0, 0, BACKGROUND])),
        criterion(weigh=by_quality, weights={"quality": 3.0}),
    )
    per_pair = l1_loss(REGIONS[0, :2], torch.tensor([[0.0, 0, 8, 12]]).expand(2, 4))
    assert answer.terms["classification"].item() == pytest.approx(6 * 0.25 / 2)
    assert answer.terms["regression"].item() == pytest.approx(
        float(per_pair @ QUALITY / QUALITY.sum())
    )
    assert answer.terms["quality"].item() == pytest.approx(torch.log(torch.tensor(2.0)).item())
    assert answer.total.item() == pytest.approx(
        sum(
            answer.terms[name].item() * weight
            for name, weight in [("classification", 1), ("regression", 1), ("quality", 3)]
        )
    )
    plain = losses(Assignment(torch.tensor([0, 0, BACKGROUND])), criterion(weigh=equally))
    assert plain.terms["regression"].item() == pytest.approx(per_pair.mean().item())


def test_regions_may_learn_from_other_priors_than_the_classes():
    """The classes from the first prior alone, the regions and their quality from the second."""
    first = torch.tensor([0, BACKGROUND, BACKGROUND])
    places = Assignment(torch.tensor([BACKGROUND, 0, BACKGROUND]), weight=torch.full((3,), 0.5))
    both = losses(Assignment(first, localization=places), criterion())
    classes, regions = losses(Assignment(first), criterion()), losses(places, criterion())
    assert torch.equal(both.terms["classification"], classes.terms["classification"])
    for name in ("regression", "quality"):
        assert torch.equal(both.terms[name], regions.terms[name])
        assert not torch.equal(both.terms[name], classes.terms[name])


def test_ignored_priors_take_part_in_nothing():
    answer = losses(Assignment(torch.tensor([0, IGNORE, IGNORE])), criterion())
    assert answer.terms["classification"].item() == pytest.approx(2 * 0.25)


def test_prior_weights_multiply_all_terms():
    weight = torch.tensor([2.0, 1.0, 0.0])
    answer = losses(
        Assignment(torch.tensor([0, BACKGROUND, BACKGROUND]), weight=weight), criterion()
    )
    assert answer.terms["classification"].item() == pytest.approx((2 * 2 + 2 * 1) * 0.25)
    assert answer.terms["quality"].item() == pytest.approx(2 * torch.log(torch.tensor(2.0)).item())


def test_an_assigners_own_quality_replaces_the_target():
    quality = torch.tensor([1.0, 1.0, 0.0])
    answer = losses(Assignment(torch.tensor([0, 0, BACKGROUND]), quality=quality), criterion())
    per_pair = l1_loss(REGIONS[0, :2], torch.tensor([[0.0, 0, 8, 12]]).expand(2, 4))
    assert answer.terms["regression"].item() == pytest.approx(per_pair.mean().item())


def test_a_head_without_quality_has_no_such_term():
    answer = losses(
        Assignment(torch.tensor([0, 0, BACKGROUND])), criterion(weigh=equally), quality=False
    )
    assert set(answer.terms) == {"classification", "regression"}


def test_a_detector_without_quality_weighs_its_positives_alike():
    """No quality target, no such term, and a plain mean of the box losses."""
    answer = losses(Assignment(torch.tensor([0, 0, BACKGROUND])), criterion(quality=None))
    per_pair = l1_loss(REGIONS[0, :2], torch.tensor([[0.0, 0, 8, 12]]).expand(2, 4))
    assert set(answer.terms) == {"classification", "regression"}
    assert answer.terms["regression"].item() == pytest.approx(per_pair.mean().item())


def test_deltas_can_be_compared_in_the_place_of_regions():
    """The corner coder divides offsets by the prior's side of 8: (0 0 8 12) is (0 0 0 .5) from the
    first prior and (-.25 0 -.25 .5) from the second; the network's deltas are 0.
    """
    answer = losses(
        Assignment(torch.tensor([0, 0, BACKGROUND])), criterion(quality=None, compared=on_deltas)
    )
    assert answer.terms["regression"].item() == pytest.approx((0.5 + 1.0) / 2)


def test_every_image_or_every_object_can_count_the_same():
    """Sums 6 and 0 over 3 and 0 objects: 2 for each object; 2 and 0, so 1 for each image."""
    sums, amounts = torch.tensor([6.0, 0.0]), torch.tensor([3.0, 0.0])
    assert over_batch(sums, amounts, 1.0) == 2
    assert over_images(sums, amounts, 1.0) == 1


def test_a_negative_label_is_not_the_last_class():
    detector = fcos_tiny(2)
    box = torch.tensor([[4.0, 4.0, 28.0, 28.0]])
    for label in (-1, 2):
        target = Targets(boxes=box, labels=torch.tensor([label]), size=(32, 32))
        with pytest.raises(
            ValueError, match=rf"labels\[0\] is {label}, but the model has classes 0\.\.1"
        ):
            detector.loss([torch.rand(3, 32, 32)], [target])


def test_only_the_hard_negatives_are_trained():
    """The first prior has an object. Of the two others the harder is kept, one for one positive; the
    one that is ignored would be the hardest.
    """
    logits = torch.tensor([[[0.5, 0.5], [0.1, 0.1], [0.4, 0.4]]])
    criterion_ = criterion(quality=None, mine=partial(hard_negatives, ratio=1.0))
    for gt_index, harder in [([0, BACKGROUND, BACKGROUND], 0.4), ([0, BACKGROUND, IGNORE], 0.1)]:
        priors = Priors(REGIONS[0], torch.full((3,), 8.0), (3,))
        predictions = Predictions(logits, torch.zeros(1, 3, 4), priors, ((8, 8),), torch.ones(1, 2))
        target = Targets(torch.tensor([[0.0, 0, 8, 12]]), torch.tensor([1]), (8, 8))
        matched = match_rows(
            [Assignment(torch.tensor(gt_index))], [target], priors, coder=CornerCoder()
        )
        terms = criterion_(predictions, REGIONS, matched).terms
        assert terms["classification"].item() == pytest.approx(2 * 0.25 + 2 * harder**2)


def test_hard_examples_on_a_detector_by_keyword():
    """RetinaNet with cross entropy over three negatives for each positive: of 2,016 anchors only
    these have a gradient.
    """
    torch.manual_seed(0)
    entropy = partial(sigmoid_focal_loss, alpha=None, gamma=0.0)
    loss = DenseLoss(
        classification=entropy, regression=l1_loss, compared=on_deltas, mine=hard_negatives
    )
    model = retinanet_tiny(3, loss=loss)
    target = Targets(torch.tensor([[8.0, 8, 30, 28]]), torch.tensor([1]), (64, 64))
    predictions = model([torch.rand(3, 64, 64)])
    regions = model.regions(predictions)
    assignments = model.assign(predictions, regions, [target])
    matched = match_rows(assignments, [target], predictions.priors, coder=model.coder)
    term = loss(predictions, regions, matched).terms["classification"]
    (grad,) = torch.autograd.grad(term, predictions.logits)
    num = int(assignments[0].positive.sum())
    assert num >= 1
    assert int((grad.abs().sum(-1) > 0).sum()) == 4 * num
