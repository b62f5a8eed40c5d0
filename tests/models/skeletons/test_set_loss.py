"""The loss of a set by hand, against transformers' on random predictions, and in its limit cases."""

from functools import partial
from math import log

import pytest
import torch

from locviz.assign import ClassCost, GIoUCost, Hungarian, L1Cost
from locviz.boxes import ShareCoder, corners_to_center_size
from locviz.models import SetLoss, cross_entropy_with_no_object, focal_over_objects, match_rows
from locviz.priors import whole_images
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Targets

SIZES = ((40, 64), (64, 32))


def predictions_of(logits: torch.Tensor, deltas: torch.Tensor) -> Predictions:
    extents = torch.tensor([[w, h] for h, w in SIZES]).float()
    priors = whole_images(extents, logits.shape[1])
    return Predictions(logits, deltas, priors, SIZES, torch.ones(2, 2))


def losses_of(loss, predictions, targets, assignments=None):
    coder = ShareCoder()
    regions = coder.decode(predictions.deltas, predictions.priors.regions)
    if assignments is None:
        hungarian = Hungarian(costs=(ClassCost(), L1Cost(), GIoUCost()))
        assignments = hungarian.assign_batch(predictions.logits, regions, targets)
    matched = match_rows(assignments, targets, predictions.priors, coder=coder)
    return loss(predictions, regions, matched)


def scene(seed: int, counts, *, num_queries: int = 6, num_classes: int = 3):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, num_queries, 1 + num_classes, generator=generator)
    deltas = torch.randn(2, num_queries, 4, generator=generator)
    targets = []
    for num, (h, w) in zip(counts, SIZES, strict=True):
        side = torch.tensor([w, h]).float()
        low = torch.rand(num, 2, generator=generator) * side / 2
        high = low + (0.1 + 0.4 * torch.rand(num, 2, generator=generator)) * side
        labels = torch.randint(num_classes, (num,), generator=generator)
        targets.append(Targets(torch.cat([low, high], -1), labels, (h, w)))
    return predictions_of(logits, deltas), targets


def test_by_hand():
    """Even logits of four columns cost ln 4 whatever their target is. One query is matched: its box
    is the middle half of 64 x 40 pixels, its object reaches 8 pixels less far right, which is 1/8
    of the width in size and 1/16 in centre; three quarters of it are covered.
    """
    predictions = predictions_of(torch.zeros(2, 2, 4), torch.zeros(2, 2, 4))
    targets = [
        Targets(torch.tensor([[16.0, 10, 40, 30]]), torch.tensor([1]), SIZES[0]),
        Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), SIZES[1]),
    ]
    nobody = torch.full((2,), BACKGROUND)
    assignments = [Assignment(torch.tensor([BACKGROUND, 0])), Assignment(nobody)]
    losses = losses_of(SetLoss(), predictions, targets, assignments)
    terms = {name: term.item() for name, term in losses.terms.items()}
    assert terms["classification"] == pytest.approx(log(4))
    assert terms["l1"] == pytest.approx(1 / 8 + 1 / 16)
    assert terms["giou"] == pytest.approx(1 / 4)
    assert losses.total.item() == pytest.approx(log(4) + 5 * 3 / 16 + 2 / 4)


def test_the_classification_is_divided_by_the_sum_of_weights():
    """One query is right by 2, three should be "no object" and prefer class 0 by 1: their losses
    count 1 and three times 0.1, and are divided by 1.3.
    """
    logits = torch.zeros(2, 2, 2)
    logits[..., 1] = 1.0
    logits[0, 1] = torch.tensor([0.0, 2.0])
    predictions = predictions_of(logits, torch.zeros(2, 2, 4))
    one = Targets(torch.tensor([[16.0, 10, 40, 30]]), torch.tensor([0]), SIZES[0])
    nothing = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), SIZES[1])
    nobody = torch.full((2,), BACKGROUND)
    assignments = [Assignment(torch.tensor([BACKGROUND, 0])), Assignment(nobody)]
    losses = losses_of(SetLoss(), predictions, [one, nothing], assignments)
    right, wrong = log(1 + 2.718281828459045**-2), log(1 + 2.718281828459045)
    expected = (right + 0.3 * wrong) / 1.3
    assert losses.terms["classification"].item() == pytest.approx(expected)


@pytest.mark.parametrize("counts", [(3, 2), (0, 1), (6, 0), (0, 0), (9, 2), (0, 12)])
@pytest.mark.parametrize("no_object", [0.1, 1.0])
def test_equals_transformers_also_with_more_objects_than_queries(counts, no_object):
    """Six queries: the objects that fit worst are dropped, and all are counted."""
    from transformers.loss.loss_for_object_detection import HungarianMatcher, ImageLoss

    predictions, targets = scene(sum(counts), counts)
    criterion = ImageLoss(HungarianMatcher(1, 5, 2), 3, no_object, ["labels", "boxes"])
    units = [torch.tensor([w, h, w, h]) for h, w in SIZES]
    expected = criterion(
        {"logits": predictions.logits.roll(-1, -1), "pred_boxes": predictions.deltas.sigmoid()},
        [
            {"class_labels": t.labels, "boxes": corners_to_center_size(t.boxes) / unit}
            for t, unit in zip(targets, units, strict=True)
        ],
    )
    classification = partial(cross_entropy_with_no_object, no_object=no_object)
    terms = losses_of(SetLoss(classification=classification), predictions, targets).terms
    for theirs, ours in (
        ("loss_ce", "classification"),
        ("loss_bbox", "l1"),
        ("loss_giou", "giou"),
    ):
        torch.testing.assert_close(terms[ours], expected[theirs], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("counts", [(0, 0), (9, 40)])
def test_gradients_are_finite_without_objects_and_with_too_many(counts):
    predictions, targets = scene(1, counts)
    predictions.logits.requires_grad_()
    predictions.deltas.requires_grad_()
    losses_of(SetLoss(), predictions, targets).total.backward()
    assert torch.isfinite(predictions.logits.grad).all()
    assert torch.isfinite(predictions.deltas.grad).all()
    assert predictions.deltas.grad.any() == bool(sum(counts))


def test_what_is_set_aside_is_neither_learned_nor_counted():
    """A crowd region, and a query in it that is matched to nothing."""
    predictions, targets = scene(2, (1, 0))
    low, high = targets[0].boxes.chunk(2, -1)
    crowd = Targets(
        torch.cat([targets[0].boxes, torch.cat([low * 0, high * 0 + 64], -1)]),
        torch.cat([targets[0].labels, torch.tensor([0])]),
        SIZES[0],
        crowd=torch.tensor([False, True]),
    )
    gt_index = torch.tensor([BACKGROUND, 0, BACKGROUND, BACKGROUND, BACKGROUND, BACKGROUND])
    ignored = gt_index.clone()
    ignored[3] = IGNORE
    nobody = Assignment(torch.full((6,), BACKGROUND))
    usual = losses_of(SetLoss(), predictions, targets, [Assignment(gt_index), nobody])
    aside = losses_of(SetLoss(), predictions, [crowd, targets[1]], [Assignment(ignored), nobody])
    for name in ("l1", "giou"):
        torch.testing.assert_close(aside.terms[name], usual.terms[name])
    entropy = predictions.logits[0, 3].logsumexp(0) - predictions.logits[0, 3, 0]
    weights = 1 + 0.1 * 11
    expected = (usual.terms["classification"] * weights - 0.1 * entropy) / (weights - 0.1)
    torch.testing.assert_close(aside.terms["classification"], expected)


def test_a_querys_weight_multiplies_all_of_its_terms():
    predictions, targets = scene(3, (1, 0))
    gt_index = torch.tensor([0] + [BACKGROUND] * 5)
    nobody = Assignment(torch.full((6,), BACKGROUND), weight=torch.zeros(6))
    half = Assignment(gt_index, weight=torch.tensor([0.5] + [0.0] * 5))
    whole = Assignment(gt_index, weight=torch.tensor([1.0] + [0.0] * 5))
    one, two = (losses_of(SetLoss(), predictions, targets, [a, nobody]) for a in (half, whole))
    for name in ("l1", "giou"):
        torch.testing.assert_close(2 * one.terms[name], two.terms[name])
    # A weighted mean of one query is that query's loss.
    torch.testing.assert_close(one.terms["classification"], two.terms["classification"])


def test_the_focal_classification_is_divided_by_the_number_of_objects():
    """Even logits: a matched class costs 0.25 * 0.5**2 * ln 2, every other one 0.75 * 0.5**2 * ln 2.
    Two objects; of twelve (query, class) pairs two are matched.
    """
    predictions = predictions_of(torch.zeros(2, 2, 3), torch.zeros(2, 2, 4))
    boxes = torch.tensor([[16.0, 10, 40, 30]])
    targets = [
        Targets(boxes, torch.tensor([label]), size)
        for label, size in zip((1, 0), SIZES, strict=True)
    ]
    assignments = [Assignment(torch.tensor(row)) for row in ([BACKGROUND, 0], [0, BACKGROUND])]
    loss = SetLoss(classification=focal_over_objects, classes=2.0)
    losses = losses_of(loss, predictions, targets, assignments)
    expected = (2 * 0.25 + 10 * 0.75) * 0.25 * log(2) / 2
    assert losses.terms["classification"].item() == pytest.approx(expected)
    # A query that is ignored takes part in nothing.
    assignments[0] = Assignment(torch.tensor([IGNORE, 0]))
    losses = losses_of(loss, predictions, targets, assignments)
    expected -= 3 * 0.75 * 0.25 * log(2) / 2
    assert losses.terms["classification"].item() == pytest.approx(expected)


def test_the_focal_classification_of_nothing_is_finite():
    predictions, targets = scene(0, (0, 0))
    losses = losses_of(SetLoss(classification=focal_over_objects), predictions, targets)
    assert losses.total.isfinite()
    assert losses.terms["classification"] > 0
