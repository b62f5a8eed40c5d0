import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from locviz.losses import quality_focal_loss, sigmoid_focal_loss

shares = st.floats(0, 1)
logits_ = st.floats(-12, 12)
betas = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0])


def tensor(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(
    ("logit", "target", "value"),
    [
        # Even odds: the error is 1/2 for a yes or a no, nothing for a half, and 0.3 for 0.8.
        (0.0, 1.0, 0.25 * math.log(2)),
        (0.0, 0.0, 0.25 * math.log(2)),
        (0.0, 0.5, 0.0),
        (0.0, 0.8, 0.09 * math.log(2)),
        # s = 0.9, y = 0.4: (1/2)**2 times -(0.6 ln 0.1 + 0.4 ln 0.9).
        (math.log(9), 0.4, 0.25 * -(0.6 * math.log(0.1) + 0.4 * math.log(0.9))),
    ],
)
def test_by_hand(logit, target, value):
    loss = quality_focal_loss(tensor(logit), tensor(target))
    assert loss.item() == pytest.approx(value, abs=1e-15)


@given(logit=logits_, target=shares, beta=betas)
def test_the_equation_as_it_is_written(logit, target, beta):
    s = 1 / (1 + math.exp(-logit))
    entropy = -((1 - target) * math.log1p(-s) + target * math.log(s))
    loss = quality_focal_loss(tensor(logit), tensor(target), beta=beta)
    assert loss.item() == pytest.approx(abs(target - s) ** beta * entropy, rel=1e-8, abs=1e-12)


@given(logit=logits_, yes=st.booleans(), beta=betas)
def test_for_a_yes_or_a_no_it_is_the_focal_loss_without_class_weights(logit, yes, beta):
    logit, target = tensor(logit), tensor(float(yes))
    focal = sigmoid_focal_loss(logit, target, alpha=None, gamma=beta)
    torch.testing.assert_close(quality_focal_loss(logit, target, beta=beta), focal)


@given(logit=logits_, target=shares)
def test_without_modulation_it_is_cross_entropy(logit, target):
    logit, target = tensor(logit), tensor(target)
    entropy = F.binary_cross_entropy_with_logits(logit, target, reduction="none")
    torch.testing.assert_close(quality_focal_loss(logit, target, beta=0.0), entropy)


@given(target=st.floats(0.02, 0.98), beta=st.sampled_from([1.0, 2.0, 3.0]))
def test_smallest_at_the_target_which_the_focal_loss_is_not(target, beta):
    """Zero at s = y, positive elsewhere; descent from any side ends there."""
    at_target = tensor(math.log(target / (1 - target)))
    elsewhere = at_target + tensor(-4.0, -1.0, -0.1, 0.1, 1.0, 4.0)
    target = tensor(target)
    assert quality_focal_loss(at_target, target, beta=beta).item() == pytest.approx(0, abs=1e-12)
    elsewhere.requires_grad_()
    loss = quality_focal_loss(elsewhere, target.expand(6), beta=beta)
    (grad,) = torch.autograd.grad(loss.sum(), elsewhere)
    assert (loss > 0).all()
    assert torch.equal(grad.sign(), tensor(-1, -1, -1, 1, 1, 1))
    assert sigmoid_focal_loss(at_target, target, alpha=None, gamma=beta).item() > 0


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
def test_its_slope_by_differences(beta):
    logits = tensor(-5.0, -1.0, 0.3, 2.0, 6.0).requires_grad_()
    targets = tensor(0.0, 0.7, 0.2, 1.0, 0.5)
    assert torch.autograd.gradcheck(lambda x: quality_focal_loss(x, targets, beta=beta), logits)


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("target", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("logit", [-1e4, -100.0, 0.0, 100.0, 1e4])
def test_finite_however_sure_and_at_the_target(logit, target, beta):
    logits = torch.tensor([logit], requires_grad=True)
    loss = quality_focal_loss(logits, torch.tensor([target]), beta=beta)
    (grad,) = torch.autograd.grad(loss.sum(), logits)
    assert torch.isfinite(loss).all()
    assert torch.isfinite(grad).all()


def test_reductions_and_nothing():
    logits, targets = torch.tensor([0.0, 2.0, -1.0]), torch.tensor([0.3, 0.0, 1.0])
    rows = quality_focal_loss(logits, targets)
    torch.testing.assert_close(quality_focal_loss(logits, targets, reduction="sum"), rows.sum())
    torch.testing.assert_close(quality_focal_loss(logits, targets, reduction="mean"), rows.mean())
    assert quality_focal_loss(logits[:0], targets[:0], reduction="mean") == 0


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    with pytest.raises(ValueError, match="targets must have the shape of logits"):
        quality_focal_loss(torch.zeros(3, 2), torch.zeros(3))
    with pytest.raises(ValueError, match="beta must be 0 or more, got -1"):
        quality_focal_loss(torch.zeros(3), torch.zeros(3), beta=-1.0)
