"""The multi-task loss by hand: sums, and what they are divided by."""

import math
from functools import partial

import pytest
import torch

from locviz.boxes import CornerCoder
from locviz.losses import l1_loss, smooth_l1_loss
from locviz.models import MultiTaskLoss, match_rows, objectness_loss, softmax_loss
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Priors, Targets


def test_softmax_has_the_background_first():
    """Probabilities .7 .2 .1 for background, label 0, label 1."""
    logits = torch.tensor([[0.7, 0.2, 0.1]]).log().expand(3, 3)
    losses = softmax_loss(logits, torch.tensor([BACKGROUND, 0, 1]))
    torch.testing.assert_close(losses, -torch.tensor([0.7, 0.2, 0.1]).log())


def test_objectness_does_not_ask_which_label():
    logits = torch.tensor([[0.0], [math.log(3)], [math.log(3)], [math.log(3)]])
    losses = objectness_loss(logits, torch.tensor([BACKGROUND, BACKGROUND, 0, 5]))
    torch.testing.assert_close(losses, -torch.tensor([0.5, 0.25, 0.75, 0.75]).log())


def judged(loss, gt_index, *, logits=None, deltas=None, gt=(0.0, 1.0), places=None):
    """The losses of one image with two ground truths, label 0 and label 1.

    Priors are unit boxes at the origin, and the coder subtracts corners: the deltas of ground truth
    g are g's four coordinates less the prior's.
    """
    num = len(gt_index)
    priors = Priors(torch.tensor([[0.0, 0, 1, 1]]).expand(num, 4), torch.zeros(num), (num,))
    unit = torch.tensor([0.0, 0, 1, 1])
    targets = Targets(torch.stack([unit + shift for shift in gt]), torch.tensor([0, 1]), (8, 8))
    predictions = Predictions(
        logits=torch.zeros(1, num, 3) if logits is None else logits[None],
        deltas=torch.zeros(1, num, 4) if deltas is None else deltas[None],
        priors=priors,
        sizes=((8, 8),),
        scales=torch.ones(1, 2),
    )
    assignment = Assignment(
        torch.tensor(gt_index, dtype=torch.int64),
        localization=None if places is None else Assignment(torch.tensor(places)),
    )
    coder = CornerCoder(units="absolute")
    matched = match_rows([assignment], [targets], priors, coder=coder, num_classes=2)
    return loss(predictions, predictions.deltas, matched)


ROWS = [1, BACKGROUND, 0, BACKGROUND]


def test_both_terms_are_divided_by_all_rows_that_are_sampled():
    """Four rows, two positive: even logits cost log 3 each; L1 errors are 4 * 2 and 4 * 1."""
    loss = MultiTaskLoss(regression=l1_loss)
    losses = judged(loss, [*ROWS, IGNORE, IGNORE], gt=(1.0, -2.0))
    assert losses.terms["classification"].item() == pytest.approx(math.log(3))
    assert losses.terms["regression"].item() == pytest.approx((4 + 8) / 4)
    assert losses.total.item() == pytest.approx(math.log(3) + 3)


def test_regions_may_learn_from_other_rows_than_the_classes():
    """Only the last row learns a region, that of label 0, one to the side: an L1 error of 4."""
    loss, elsewhere = MultiTaskLoss(regression=l1_loss), [BACKGROUND] * 3 + [0]
    losses = judged(loss, ROWS, gt=(1.0, -2.0), places=elsewhere)
    assert losses.terms["classification"].item() == pytest.approx(math.log(3))
    assert losses.terms["regression"].item() == pytest.approx(4 / 4)


def test_lambda_weighs_the_boxes():
    loss = MultiTaskLoss(regression=l1_loss, weights={"regression": 10.0})
    losses = judged(loss, ROWS, gt=(1.0, 1.0))
    assert losses.total.item() == pytest.approx(math.log(3) + 10 * 8 / 4)


def test_smooth_l1_turns_at_a_ninth():
    """Errors of 0.1 lie below 1/9: .5 * .01 * 9 each."""
    loss = MultiTaskLoss(regression=partial(smooth_l1_loss, beta=1 / 9))
    losses = judged(loss, [0], gt=(0.1, 0.0))
    assert losses.terms["regression"].item() == pytest.approx(4 * 0.045, rel=1e-5)


def test_only_the_own_class_and_only_positives_learn_boxes():
    """Three boxes per row: the background's first, then label 0's, then label 1's."""
    deltas = torch.zeros(4, 12, requires_grad=True)
    judged(MultiTaskLoss(regression=l1_loss), ROWS, deltas=deltas, gt=(1.0, 1.0)).total.backward()
    touched = (deltas.grad != 0).unflatten(-1, (3, 4)).all(-1)
    assert touched.tolist() == [
        [False, False, True],
        [False] * 3,
        [False, True, False],
        [False] * 3,
    ]


@pytest.mark.parametrize("width", [4, 12])
def test_no_row_at_all_costs_nothing_and_back_propagates(width):
    logits, deltas = (
        torch.zeros(0, 3, requires_grad=True),
        torch.zeros(0, width, requires_grad=True),
    )
    losses = judged(MultiTaskLoss(regression=l1_loss), [], logits=logits, deltas=deltas)
    losses.total.backward()
    assert losses.total == 0
    assert logits.grad.shape == (0, 3)


def test_a_weight_multiplies_the_losses_of_its_row():
    """Four rows, one of weight .5 and one of 0; the count stays four."""
    targets = Targets(torch.tensor([[1.0, 1, 2, 2]]), torch.tensor([0]), (8, 8))
    priors = Priors(torch.tensor([[0.0, 0, 1, 1]]).expand(4, 4), torch.zeros(4), (4,))
    zeros = torch.zeros(1, 4, 3), torch.zeros(1, 4, 4)
    predictions = Predictions(*zeros, priors, ((8, 8),), torch.ones(1, 2))
    weight = torch.tensor([0.5, 1.0, 0.0, 1.0])
    assignment = Assignment(torch.tensor([0, 0, BACKGROUND, BACKGROUND]), weight)
    matched = match_rows([assignment], [targets], priors, coder=CornerCoder(units="absolute"))
    terms = MultiTaskLoss(regression=l1_loss)(predictions, predictions.deltas, matched).terms
    assert terms["classification"].item() == pytest.approx(2.5 * math.log(3) / 4)
    assert terms["regression"].item() == pytest.approx(1.5 * 4 / 4)
