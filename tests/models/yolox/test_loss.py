"""The sums of YOLOX's loss by hand: three priors, two classes, one image unless said."""

import math

import pytest
import torch

from locviz.boxes import CenterSizeCoder
from locviz.losses import l1_loss
from locviz.models import ObjectnessLoss, match_rows, yolox_tiny_course
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Priors, Targets

# Against the ground truth 0 0 8 8: IoU 1/2 and 1/4; the third is elsewhere.
REGIONS = torch.tensor([[[0.0, 0, 4, 8], [0, 0, 4, 4], [20, 20, 30, 30]]])
LOGITS = torch.tensor([[[0.0, 0.0], [2.0, -1.0], [5.0, 5.0]]])
OBJECTNESS = torch.tensor([[1.0, -1.0, 0.5]])


def entropy(logit: float, target: float) -> float:
    return math.log1p(math.exp(logit)) - target * logit


CODER = CenterSizeCoder()


def judged(loss, predictions, regions, targets, assignments, coder=CODER):
    matched = match_rows(assignments, targets, predictions.priors, coder=coder)
    return loss(predictions, regions, matched)


def losses(assignment: Assignment, loss: ObjectnessLoss, *, quality=OBJECTNESS, coder=CODER):
    predictions = Predictions(
        logits=LOGITS.clone().requires_grad_(),
        deltas=torch.tensor([[[0.25, 0.0, 0.5, -0.5]] * 3]),
        priors=Priors(torch.tensor([[0.0, 0, 8, 8]] * 3), torch.full((3,), 8.0), (3,)),
        sizes=((8, 8),),
        scales=torch.ones(1, 2),
        quality=quality,
    )
    targets = Targets(boxes=torch.tensor([[0.0, 0, 8, 8]]), labels=torch.tensor([1]), size=(8, 8))
    return judged(loss, predictions, REGIONS, [targets], [assignment], coder)


TWO = Assignment(torch.tensor([0, 0, BACKGROUND]))


def test_iou_loss_is_one_minus_the_square():
    answer = losses(TWO, ObjectnessLoss())
    assert answer.terms["regression"].item() == pytest.approx((1 - 1 / 4 + 1 - 1 / 16) / 2)
    assert answer.weights == {"regression": 5.0}


def test_objectness_has_target_one_not_the_iou_and_asks_every_prior():
    by_hand = (entropy(1, 1) + entropy(-1, 1) + entropy(0.5, 0)) / 2
    assert losses(TWO, ObjectnessLoss()).terms["objectness"].item() == pytest.approx(by_hand)


def test_class_targets_are_one_hot_times_the_iou_and_only_positives_answer():
    by_hand = (entropy(0, 0) + entropy(0, 1 / 2) + entropy(2, 0) + entropy(-1, 1 / 4)) / 2
    assert losses(TWO, ObjectnessLoss()).terms["classification"].item() == pytest.approx(by_hand)


def test_all_terms_are_divided_by_the_positives_of_the_batch():
    """Two images: one with two positives, one with none. And without any, by 1."""
    image = Predictions(
        logits=LOGITS.repeat(2, 1, 1),
        deltas=torch.zeros(2, 3, 4),
        priors=Priors(torch.tensor([[0.0, 0, 8, 8]] * 3), torch.full((3,), 8.0), (3,)),
        sizes=((8, 8), (8, 8)),
        scales=torch.ones(2, 2),
        quality=OBJECTNESS.repeat(2, 1),
    )
    one = Targets(boxes=torch.tensor([[0.0, 0, 8, 8]]), labels=torch.tensor([1]), size=(8, 8))
    nobody = Assignment(torch.full((3,), BACKGROUND))
    none = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(8, 8))
    both = judged(ObjectnessLoss(), image, REGIONS.repeat(2, 1, 1), [none, one], [nobody, TWO])
    background = entropy(1, 0) + entropy(-1, 0) + entropy(0.5, 0)
    alone = losses(TWO, ObjectnessLoss())
    assert both.terms["objectness"].item() == pytest.approx(
        alone.terms["objectness"].item() + background / 2
    )
    assert both.terms["regression"].item() == pytest.approx(alone.terms["regression"].item())
    empty = losses(nobody, ObjectnessLoss(l1=1.0))
    assert {name: term.item() for name, term in empty.terms.items()} == {
        "regression": 0,
        "objectness": pytest.approx(background),
        "classification": 0,
        "l1": 0,
    }


def test_the_l1_term_compares_deltas_with_the_encoded_ground_truth():
    """The ground truth is the prior itself, encoded 0 0 0 0: each positive is off by 0.25 + 0.5 +
    0.5.
    """
    assert "l1" not in losses(TWO, ObjectnessLoss()).terms
    once = losses(TWO, ObjectnessLoss(l1=0.5))
    assert once.terms["l1"].item() == pytest.approx(1.25)
    assert once.weights["l1"] == 0.5
    twice = losses(TWO, ObjectnessLoss(l1=1.0), coder=CenterSizeCoder(weights=(3.0, 1.0)))
    assert twice.terms["l1"].item() == pytest.approx(1.25)  # still from an encoded 0


def test_ignored_priors_take_part_in_nothing():
    answer = losses(Assignment(torch.tensor([0, IGNORE, IGNORE])), ObjectnessLoss())
    assert answer.terms["objectness"].item() == pytest.approx(entropy(1, 1))


def test_weights_of_priors_and_the_assigners_own_quality():
    weight, quality = torch.tensor([2.0, 0.0, 3.0]), torch.tensor([0.8, 0.3, 0.0])
    answer = losses(
        Assignment(TWO.gt_index, weight=weight, quality=quality), ObjectnessLoss(regression=l1_loss)
    )
    assert answer.terms["objectness"].item() == pytest.approx(
        (2 * entropy(1, 1) + 3 * entropy(0.5, 0)) / 2
    )
    assert answer.terms["classification"].item() == pytest.approx(
        (entropy(0, 0) + entropy(0, 0.8)) * 2 / 2
    )
    per_pair = l1_loss(REGIONS[0, :1], torch.tensor([[0.0, 0, 8, 8]]))
    assert answer.terms["regression"].item() == pytest.approx(2 * per_pair.item() / 2)


def test_the_iou_in_the_class_target_is_a_constant():
    regions = REGIONS.clone().requires_grad_()
    predictions = Predictions(
        logits=LOGITS,
        deltas=torch.zeros(1, 3, 4),
        priors=Priors(REGIONS[0], torch.full((3,), 8.0), (3,)),
        sizes=((8, 8),),
        scales=torch.ones(1, 2),
        quality=OBJECTNESS,
    )
    targets = Targets(boxes=torch.tensor([[0.0, 0, 8, 8]]), labels=torch.tensor([1]), size=(8, 8))
    terms = judged(ObjectnessLoss(), predictions, regions, [targets], [TWO]).terms
    assert not terms["classification"].requires_grad
    assert terms["regression"].requires_grad


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="objectness logits"):
        losses(TWO, ObjectnessLoss(), quality=None)
    target = Targets(
        boxes=torch.tensor([[4.0, 4, 28, 28]]), labels=torch.tensor([2]), size=(32, 32)
    )
    with pytest.raises(ValueError, match=r"labels\[0\] is 2, but the model has classes 0\.\.1"):
        yolox_tiny_course(2).loss([torch.rand(3, 32, 32)], [target])


def test_regions_may_learn_from_other_priors_than_the_classes():
    """The classes and the objectness from the first prior, the regression and the l1 from the second."""
    first, second = (
        torch.tensor([0, BACKGROUND, BACKGROUND]),
        torch.tensor([BACKGROUND, 0, BACKGROUND]),
    )
    loss = ObjectnessLoss(l1=1.0)
    both = losses(Assignment(first, localization=Assignment(second)), loss)
    classes, regions = losses(Assignment(first), loss), losses(Assignment(second), loss)
    for name in ("classification", "objectness"):
        assert torch.equal(both.terms[name], classes.terms[name])
    assert torch.equal(both.terms["regression"], regions.terms["regression"])
    assert torch.equal(both.terms["l1"], regions.terms["l1"])
    assert both.terms["regression"] != classes.terms["regression"]
