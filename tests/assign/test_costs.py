import math

import pytest
import torch
from torch.nn import functional as F

from locviz.assign import ClassCost, FocalCost, GIoUCost, L1Cost, MatchingCost, pad_targets
from locviz.boxes import pairwise_giou
from locviz.losses import sigmoid_focal_loss
from locviz.types import Targets

COSTS = [ClassCost(), FocalCost(loss=sigmoid_focal_loss), L1Cost(), GIoUCost()]


def padded(boxes, labels, size=(50, 100)):
    boxes = torch.tensor(boxes, dtype=torch.float32)
    return pad_targets([Targets(boxes, torch.tensor(labels), size)])


TWO = padded([[0, 0, 10, 10], [20, 10, 60, 30]], [1, 0])
QUERIES = torch.tensor([[[0.0, 0, 10, 10], [20, 10, 40, 30], [90, 40, 100, 50]]])
LOGITS = torch.tensor([[[0.0, 0.0], [math.log(3), 0.0], [0.0, math.log(9)]]])
# With a background, its logit first: the same softmax over the two classes beside a half of it.
WITH_BACKGROUND = torch.tensor(
    [[[math.log(2), 0.0, 0.0], [math.log(4), math.log(3), 0.0], [math.log(10), 0.0, math.log(9)]]]
)


def test_class_cost_by_hand():
    """Softmax of (ln 4, ln 3, 0) is 1/2, 3/8, 1/8, the background first; the sigmoid of ln 9 is
    9/10.
    """
    expected = [[-0.25, -0.25], [-0.125, -0.375], [-0.45, -0.05]]
    cost = ClassCost()(WITH_BACKGROUND, QUERIES, TWO)[0]
    torch.testing.assert_close(cost, torch.tensor(expected))
    sigmoid = ClassCost(probability=torch.sigmoid, weight=2.0)(LOGITS, QUERIES, TWO)[0]
    torch.testing.assert_close(sigmoid, -2 * torch.tensor([[0.5, 0.5], [0.5, 0.75], [0.9, 0.5]]))


def test_focal_cost_with_cross_entropy_is_minus_the_logit():
    """-log p + log(1 - p) = -x: the limit of the focal loss without focus."""

    def entropy(logits, targets):
        return F.binary_cross_entropy_with_logits(logits, targets, reduction="none")

    cost = FocalCost(loss=entropy, weight=1.0)(LOGITS, QUERIES, TWO)[0]
    torch.testing.assert_close(cost, -LOGITS[0][:, [1, 0]])


def test_focal_cost_by_hand():
    """p = 9/10: 0.25 * 0.1^2 * -ln 0.9 - 0.75 * 0.9^2 * -ln 0.1, twice."""
    expected = 2 * (0.25 * 0.01 * -math.log(0.9) - 0.75 * 0.81 * -math.log(0.1))
    cost = FocalCost(loss=sigmoid_focal_loss)(LOGITS, QUERIES, TWO)
    assert cost[0, 2, 0].item() == pytest.approx(expected, rel=1e-6)


def test_focal_cost_stays_finite():
    logits = torch.tensor([[[1e4, -1e4]] * 3])
    assert torch.isfinite(FocalCost(loss=sigmoid_focal_loss)(logits, QUERIES, TWO)).all()


def test_l1_cost_by_hand():
    """An image 100 wide and 50 high. Query 1 against ground truth 1: centre 10/100 off, width
    20/100; first against second: cx 35/100, cy 15/50, w 30/100, h 10/50.
    """
    cost = L1Cost(weight=5.0)(LOGITS, QUERIES, TWO)[0]
    assert cost[0, 0] == 0
    assert cost[1, 1].item() == pytest.approx(5 * 0.3)
    assert cost[0, 1].item() == pytest.approx(5 * (0.35 + 0.3 + 0.3 + 0.2))
    doubled = L1Cost(weight=5.0, extent=(100, 200))(LOGITS, QUERIES, TWO)[0]
    torch.testing.assert_close(doubled, cost / 2)


def test_l1_cost_of_spans():
    targets = pad_targets([Targets(torch.tensor([[2.0, 6]]), torch.tensor([0]), (10,))])
    cost = L1Cost(weight=1.0)(torch.zeros(1, 1, 1), torch.tensor([[[0.0, 6]]]), targets)
    assert cost.item() == pytest.approx(0.1 + 0.2)  # centre 4 against 3, length 4 against 6


def test_giou_cost_is_the_pairwise_measure():
    cost = GIoUCost(weight=3.0)(LOGITS, QUERIES, TWO)[0]
    torch.testing.assert_close(cost, -3 * pairwise_giou(QUERIES[0], TWO.boxes[0]))
    assert cost[0, 0] == -3


@pytest.mark.parametrize("cost", COSTS)
def test_shapes_and_nothing_at_all(cost):
    assert isinstance(cost, MatchingCost)
    logits = WITH_BACKGROUND if isinstance(cost, ClassCost) else LOGITS
    none = pad_targets([Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (50, 100))])
    assert cost(logits, QUERIES, none).shape == (1, 3, 0)
    assert cost(logits[:, :0], QUERIES[:, :0], TWO).shape == (1, 0, 2)


@pytest.mark.parametrize("cost", COSTS[:2])
@pytest.mark.parametrize("label", [2, -1])
def test_a_label_that_is_no_class_is_named(cost, label):
    logits = WITH_BACKGROUND if isinstance(cost, ClassCost) else LOGITS
    with pytest.raises(ValueError, match=f"label {label} but the logits have 2 classes"):
        cost(logits, QUERIES, padded([[0, 0, 1, 1]], [label]))


def test_an_empty_extent_is_refused():
    with pytest.raises(ValueError, match=r"L1Cost\.extent"):
        L1Cost(extent=(0, 5))
