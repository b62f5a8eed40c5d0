import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from locviz.losses import balanced_cross_entropy, sigmoid_focal_loss

numbers = st.lists(st.floats(-30, 30), min_size=1, max_size=8)
alphas = st.floats(0, 1)


def test_by_hand():
    """At logit 0 a yes and a no both cost ln 2; they count 3/4 and 1/4."""
    loss = balanced_cross_entropy(torch.zeros(2), torch.tensor([1.0, 0.0]))
    assert loss.tolist() == pytest.approx([0.75 * math.log(2), 0.25 * math.log(2)])


def test_ten_objects_among_a_hundred_thousand_negatives():
    """By the inverse frequency both classes weigh the same at the start: 10 against 100,000."""
    targets = torch.zeros(100_010)
    targets[:10] = 1
    loss = balanced_cross_entropy(torch.zeros(100_010), targets, alpha=100_000 / 100_010)
    assert loss[:10].sum().item() == pytest.approx(loss[10:].sum().item(), rel=1e-2)


@given(logits=numbers, alpha=alphas, yes=st.booleans())
def test_is_the_focal_loss_without_focus(logits, alpha, yes):
    logits = torch.tensor(logits, dtype=torch.float64)
    targets = torch.full_like(logits, float(yes))
    focal = sigmoid_focal_loss(logits, targets, alpha=alpha, gamma=0.0)
    torch.testing.assert_close(balanced_cross_entropy(logits, targets, alpha=alpha), focal)


@given(logits=numbers, yes=st.booleans())
def test_with_equal_weights_is_half_the_cross_entropy(logits, yes):
    logits = torch.tensor(logits, dtype=torch.float64)
    targets = torch.full_like(logits, float(yes))
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    torch.testing.assert_close(balanced_cross_entropy(logits, targets, alpha=0.5), entropy / 2)


def test_its_slope_by_differences():
    logits = torch.tensor([-3.0, 0.1, 4.0], dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: balanced_cross_entropy(x, targets), logits)


@pytest.mark.parametrize("logit", [-1e4, -100.0, 100.0, 1e4])
def test_finite_however_sure(logit):
    logits = torch.tensor([logit, logit], requires_grad=True)
    loss = balanced_cross_entropy(logits, torch.tensor([0.0, 1.0]))
    (grad,) = torch.autograd.grad(loss.sum(), logits)
    assert torch.isfinite(loss).all()
    assert torch.isfinite(grad).all()


def test_reductions_and_nothing():
    logits, targets = torch.tensor([0.0, 2.0, -1.0]), torch.tensor([1.0, 0.0, 1.0])
    rows = balanced_cross_entropy(logits, targets)
    assert balanced_cross_entropy(logits, targets, reduction="sum") == rows.sum()
    torch.testing.assert_close(
        balanced_cross_entropy(logits, targets, reduction="mean"), rows.mean()
    )
    assert balanced_cross_entropy(logits[:0], targets[:0], reduction="mean") == 0


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    with pytest.raises(ValueError, match="targets must have the shape of logits"):
        balanced_cross_entropy(torch.zeros(3, 2), torch.zeros(3))
    with pytest.raises(ValueError, match=r"alpha must lie in 0\.\.1"):
        balanced_cross_entropy(torch.zeros(3), torch.zeros(3), alpha=1.5)
