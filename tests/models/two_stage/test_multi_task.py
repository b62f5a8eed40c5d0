"""The multi-task loss by hand: sums, and what they are divided by."""

import math
from functools import partial

import pytest
import torch

from locviz.losses import l1_loss, smooth_l1_loss
from locviz.models import MultiTaskLoss, objectness_loss, softmax_loss
from locviz.models.two_stage.multi_task import own_deltas
from locviz.types import BACKGROUND

LABELS = torch.tensor([1, BACKGROUND, 0, BACKGROUND])


def test_softmax_has_the_background_first():
    """Probabilities .7 .2 .1 for background, label 0, label 1."""
    logits = torch.tensor([[0.7, 0.2, 0.1]]).log().expand(3, 3)
    losses = softmax_loss(logits, torch.tensor([BACKGROUND, 0, 1]))
    torch.testing.assert_close(losses, -torch.tensor([0.7, 0.2, 0.1]).log())


def test_objectness_does_not_ask_which_label():
    logits = torch.tensor([[0.0], [math.log(3)], [math.log(3)], [math.log(3)]])
    losses = objectness_loss(logits, torch.tensor([BACKGROUND, BACKGROUND, 0, 5]))
    torch.testing.assert_close(losses, -torch.tensor([0.5, 0.25, 0.75, 0.75]).log())


def test_both_terms_are_divided_by_all_rows():
    """Four rows, two positive: even logits cost log 3 each; L1 errors are 4 * 1 and 4 * 2."""
    deltas = torch.zeros(4, 4)
    gt_deltas = torch.tensor([[1.0] * 4, [-2.0] * 4])
    losses = MultiTaskLoss(regression=l1_loss)(torch.zeros(4, 3), deltas, LABELS, gt_deltas)
    assert losses.terms["classification"].item() == pytest.approx(math.log(3))
    assert losses.terms["regression"].item() == pytest.approx((4 + 8) / 4)
    assert losses.total.item() == pytest.approx(math.log(3) + 3)


def test_lambda_weighs_the_boxes():
    loss = MultiTaskLoss(regression=l1_loss, weights={"regression": 10.0})
    losses = loss(torch.zeros(4, 3), torch.zeros(4, 4), LABELS, torch.ones(2, 4))
    assert losses.total.item() == pytest.approx(math.log(3) + 10 * 8 / 4)


def test_smooth_l1_turns_at_a_ninth():
    """Errors of 0.1 lie below 1/9: .5 * .01 * 9 each."""
    loss = MultiTaskLoss(regression=partial(smooth_l1_loss, beta=1 / 9))
    losses = loss(torch.zeros(1, 2), torch.zeros(1, 4), torch.tensor([0]), torch.full((1, 4), 0.1))
    assert losses.terms["regression"].item() == pytest.approx(4 * 0.045)


def test_each_row_is_judged_by_the_box_of_its_own_class():
    deltas = torch.arange(12.0).repeat(2, 1)  # background 0..3, label 0 4..7, label 1 8..11
    assert own_deltas(deltas, torch.tensor([0, 1]), 4).tolist() == [[4, 5, 6, 7], [8, 9, 10, 11]]
    assert own_deltas(deltas[:, :4], torch.tensor([0, 1]), 4).tolist() == [[0, 1, 2, 3]] * 2
    assert own_deltas(deltas[:, :6], torch.tensor([0, 1]), 2).tolist() == [[2, 3], [4, 5]]


def test_only_the_own_class_and_only_positives_learn_boxes():
    deltas = torch.zeros(4, 12, requires_grad=True)
    loss = MultiTaskLoss(regression=l1_loss)
    loss(torch.zeros(4, 3), deltas, LABELS, torch.ones(2, 4)).total.backward()
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
    nothing = torch.zeros(0, dtype=torch.int64)
    losses = MultiTaskLoss(regression=l1_loss)(logits, deltas, nothing, torch.zeros(0, 4))
    losses.total.backward()
    assert losses.total == 0
    assert logits.grad.shape == (0, 3)
