"""Equation 8 by hand: three priors on one line of reasoning, two classes, sides of 0 to 2 bins."""

import math

import pytest
import torch

from locviz.boxes import DistributionCoder
from locviz.models import GeneralizedFocalLoss, images_count_one, match_rows
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Priors, Targets

LN2, LN3 = math.log(2), math.log(3)
# Cells of 4 pixels; each decodes to itself and half a cell around: one bin per side.
REGIONS = torch.tensor([[0.0, 0, 4, 4], [4, 0, 8, 4], [8, 0, 12, 4]])
CODER = DistributionCoder(reg_max=2)


def losses(
    gt_index, criterion=None, *, logits=None, box=(-2.0, -2.0, 6.0, 6.0), images=1, **assignment
):
    """Even distributions: every side's expectation is 1 bin, so prior 0 predicts -2 -2 6 6."""
    priors = Priors(REGIONS, torch.full((3,), 4.0), (3,))
    predictions = Predictions(
        logits=torch.zeros(images, 3, 2) if logits is None else logits,
        deltas=torch.zeros(images, 3, 4 * 3),
        priors=priors,
        sizes=((8, 8),) * images,
        scales=torch.ones(images, 2),
    )
    target = Targets(torch.tensor([box]), torch.tensor([1]), (8, 8))
    found = Assignment(torch.tensor(gt_index), **assignment)
    none = Assignment(torch.full((3,), BACKGROUND))
    assignments = [found] + [none] * (images - 1)
    matched = match_rows(assignments, [target] * images, priors, coder=CODER)
    regions = CODER.decode(predictions.deltas, priors.regions.expand(images, -1, -1))
    return (criterion or GeneralizedFocalLoss())(predictions, regions, matched)


def test_a_perfect_box():
    """IoU 1: the class of the positive is a plain yes. At even odds each of the six numbers costs
    ln 2 / 4. Every side should be 1 bin, which has a third of the probability: ln 3.
    """
    answer = losses([0, BACKGROUND, BACKGROUND])
    assert answer.terms["classification"].item() == pytest.approx(6 * LN2 / 4)
    assert answer.terms["regression"].item() == pytest.approx(0, abs=1e-6)
    assert answer.terms["distribution"].item() == pytest.approx(LN3)
    assert answer.total.item() == pytest.approx(6 * LN2 / 4 + LN3 / 4)


def test_the_class_target_is_how_well_the_box_fits():
    """The object is the predicted box's lower half, 4 pixels high: IoU 1/2, so the class is right
    at even odds, and the other five numbers cost ln 2 / 4. GIoU is 1/2, too, and its weight is 2.
    """
    answer = losses([0, BACKGROUND, BACKGROUND], box=(-2.0, 2.0, 6.0, 6.0))
    assert answer.terms["classification"].item() == pytest.approx(5 * LN2 / 4, abs=1e-6)
    assert answer.terms["regression"].item() == pytest.approx(0.5)
    assert answer.total.item() == pytest.approx(5 * LN2 / 4 + 2 * 0.5 + LN3 / 4, rel=1e-5)


def test_the_highest_score_of_a_positive_is_its_weight():
    """Scores 3/4 and 1/4 (of the other class, too) weigh the losses of the boxes 3 to 1. The first
    box fits; the second lies a cell to the right, so it shares half of the object.
    """
    logits = torch.full((1, 3, 2), -20.0)
    logits[0, 0, 0] = LN3
    logits[0, 1, 1] = -LN3
    answer = losses([0, 0, BACKGROUND], logits=logits)
    giou = 32 / 96  # hull and union are the same 12 x 8 pixels
    assert answer.terms["regression"].item() == pytest.approx((3 * 0 + 1 * (1 - giou)) / 4)


def test_no_gradient_flows_into_scores_by_weights_nor_into_boxes_by_qualities():
    priors = Priors(REGIONS, torch.full((3,), 4.0), (3,))
    logits, deltas = torch.zeros(1, 3, 2), torch.zeros(1, 3, 12)
    logits.requires_grad_()
    deltas.requires_grad_()
    predictions = Predictions(logits, deltas, priors, ((8, 8),), torch.ones(1, 2))
    target = Targets(torch.tensor([[-2.0, 1, 6, 6]]), torch.tensor([1]), (8, 8))
    assignment = Assignment(torch.tensor([0, BACKGROUND, BACKGROUND]))
    matched = match_rows([assignment], [target], priors, coder=CODER)
    terms = GeneralizedFocalLoss()(predictions, CODER.decode(deltas, REGIONS[None]), matched).terms
    for name, own, other in [
        ("classification", logits, deltas),
        ("regression", deltas, logits),
        ("distribution", deltas, logits),
    ]:
        mine, none = torch.autograd.grad(
            terms[name], (own, other), retain_graph=True, allow_unused=True
        )
        assert mine.abs().sum() > 0
        assert none is None


def test_sides_beyond_the_last_bin_are_taken_as_the_last():
    """The right side is 6 cells away, the left one 3/4: bins 2 and 3/4; all cost ln 3."""
    answer = losses([0, BACKGROUND, BACKGROUND], box=(-1.0, -2.0, 26.0, 6.0))
    assert answer.terms["distribution"].item() == pytest.approx(LN3)


def test_ignored_priors_and_weights():
    answer = losses([0, IGNORE, IGNORE])
    assert answer.terms["classification"].item() == pytest.approx(2 * LN2 / 4)
    answer = losses([0, BACKGROUND, BACKGROUND], weight=torch.tensor([1.0, 0.5, 0.0]))
    assert answer.terms["classification"].item() == pytest.approx((2 + 1) * LN2 / 4)


def test_an_assigners_own_quality_replaces_the_iou():
    answer = losses([0, BACKGROUND, BACKGROUND], quality=torch.tensor([0.5, 0.0, 0.0]))
    assert answer.terms["classification"].item() == pytest.approx(5 * LN2 / 4)


def test_without_positives_the_boxes_cost_nothing_and_back_propagate():
    answer = losses([BACKGROUND] * 3)
    assert answer.terms["classification"].item() == pytest.approx(6 * LN2 / 4)
    assert answer.terms["regression"] == answer.terms["distribution"] == 0


def test_an_image_without_positives_may_count_as_one():
    """Two images, one positive: the sum over both is 12 ln 2 / 4."""
    paper = losses([0, BACKGROUND, BACKGROUND], images=2)
    released = losses(
        [0, BACKGROUND, BACKGROUND], GeneralizedFocalLoss(normalise=images_count_one), images=2
    )
    assert paper.terms["classification"].item() == pytest.approx(12 * LN2 / 4)
    assert released.terms["classification"].item() == pytest.approx(6 * LN2 / 4)


def test_the_least_sum_of_weights():
    """One positive of score 1/2: as a mean its loss is 1/2, over a sum of at least 1 it is 1/4."""
    for least, value in ((1e-6, 0.5), (1.0, 0.25)):
        answer = losses(
            [0, BACKGROUND, BACKGROUND],
            GeneralizedFocalLoss(least=least),
            box=(-2.0, 2.0, 6.0, 6.0),
        )
        assert answer.terms["regression"].item() == pytest.approx(value)


def test_without_a_distribution_loss_there_is_no_such_term():
    answer = losses([0, BACKGROUND, BACKGROUND], GeneralizedFocalLoss(distribution=None))
    assert set(answer.terms) == set(answer.weights) == {"classification", "regression"}
