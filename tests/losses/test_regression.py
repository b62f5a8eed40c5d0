import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz import losses
from locviz.losses.regression import smooth_l1

betas = st.floats(0.01, 5)


def random_pair(seed: int, num: int = 20, coords: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randn(num, coords, generator=generator, dtype=torch.float64) * 2 for _ in range(2)
    )  # type: ignore


def value_and_grad(loss, pred, gt):
    pred = pred.clone().requires_grad_()
    value = loss(pred, gt)
    return value.detach(), torch.autograd.grad(value.sum(), pred)[0]


ORACLES = [
    (losses.l1_loss, lambda p, t: F.l1_loss(p, t, reduction="none").sum(-1)),
    (losses.l2_loss, lambda p, t: F.mse_loss(p, t, reduction="none").sum(-1)),
    (losses.smooth_l1_loss, lambda p, t: F.smooth_l1_loss(p, t, reduction="none").sum(-1)),
    (
        lambda p, t: losses.smooth_l1_loss(p, t, beta=1 / 9),
        lambda p, t: F.smooth_l1_loss(p, t, beta=1 / 9, reduction="none").sum(-1),
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), ORACLES)
@given(seed=st.integers(0, 10**6), coords=st.sampled_from([2, 4]))
def test_as_torch(ours, theirs, seed, coords):
    pair = random_pair(seed, coords=coords)
    for a, b in zip(value_and_grad(ours, *pair), value_and_grad(theirs, *pair), strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("error", [0.0, 1.0, -1.0])
@pytest.mark.parametrize(("ours", "theirs"), ORACLES)
def test_as_torch_at_the_kinks(ours, theirs, error):
    pair = (torch.full((1, 4), error, dtype=torch.float64), torch.zeros(1, 4, dtype=torch.float64))
    for a, b in zip(value_and_grad(ours, *pair), value_and_grad(theirs, *pair), strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize(
    ("beta", "error", "value"),
    [(1.0, 0.5, 0.125), (1 / 9, 0.05, 0.01125), (1.0, 2, 1.5), (0.0, 2, 2)],
)
def test_smooth_l1_by_hand(beta, error, value):
    loss = losses.smooth_l1_loss(torch.tensor([[error, 0.0]]), torch.zeros(1, 2), beta=beta)
    assert loss.item() == pytest.approx(value)


@given(seed=st.integers(0, 10**6))
def test_smooth_l1_with_beta_zero_is_l1(seed):
    pair = random_pair(seed)
    assert torch.equal(losses.smooth_l1_loss(*pair, beta=0.0), losses.l1_loss(*pair))


@given(seed=st.integers(0, 10**6), beta=betas)
def test_huber_is_beta_times_smooth_l1(seed, beta):
    pred, gt = random_pair(seed)
    huber = F.huber_loss(pred, gt, delta=beta, reduction="none").sum(-1)
    torch.testing.assert_close(losses.smooth_l1_loss(pred, gt, beta=beta) * beta, huber)


def test_smooth_l1_takes_one_beta_per_coordinate():
    error = torch.full((3, 2), 0.5)
    expected = torch.tensor([0.125, 0.375]).expand(3, 2)  # .5 * .25 / 1, and .5 - .25 / 2
    assert torch.equal(smooth_l1(error, torch.tensor([1.0, 0.25])), expected)


@pytest.mark.parametrize("beta", [-1.0, float("nan")])
def test_refuses_a_bad_beta(beta):
    with pytest.raises(ValueError, match="beta must be 0 or more"):
        losses.smooth_l1_loss(torch.zeros(1, 4), torch.zeros(1, 4), beta=beta)


# --- self-adjusting
# ---------------------------------------------------------------------------------------------------


def test_self_adjusting_by_hand():
    loss = losses.SelfAdjustingSmoothL1(num_coords=2)
    error = torch.tensor([[0.1, 0.0], [0.3, 0.0]])
    value = loss(error, torch.zeros(2, 2))
    mean = torch.tensor(
        [0.9 / 9 + 0.1 * 0.2, 0.9 / 9]
    )  # starts at 1/9, moves a tenth of the way to .2 and 0
    var = torch.tensor([0.1 * 0.02, 0.0])  # unbiased variance of .1 and .3 is .02, not .01
    torch.testing.assert_close(loss.running_mean, mean)
    torch.testing.assert_close(loss.running_var, var)
    beta = torch.tensor([1 / 9, 0.1])  # .12 - .002 is above the limit; .1 - 0
    torch.testing.assert_close(loss.beta, beta)
    first = 0.5 * 0.1**2 * 9 + 0.0  # the parabola, with the beta of *after* the update
    torch.testing.assert_close(value, torch.tensor([first, 0.3 - 0.5 / 9]))


def test_self_adjusting_subtracts_the_variance():
    loss = losses.SelfAdjustingSmoothL1(num_coords=2, momentum=1.0, max_beta=1.0)
    loss(torch.tensor([[0.2, 0.0], [0.6, 0.0]]), torch.zeros(2, 2))
    torch.testing.assert_close(loss.beta, torch.tensor([0.4 - 0.08, 1e-3]))


def test_self_adjusting_shrinks_with_the_errors():
    loss, generator = losses.SelfAdjustingSmoothL1(), torch.Generator().manual_seed(0)
    betas = []
    for step in range(60):
        error = torch.rand(50, 4, generator=generator) * 0.1 * 0.9**step
        loss(error, torch.zeros(50, 4))
        betas.append(loss.beta)
    assert (betas[-1] < betas[20]).all()
    assert (betas[-1] >= 1e-3).all()


@pytest.mark.parametrize("num", [0, 1])
def test_self_adjusting_survives_a_batch_without_variance(num):
    loss = losses.SelfAdjustingSmoothL1()
    assert torch.isfinite(loss(torch.ones(num, 4), torch.zeros(num, 4))).all()
    assert (loss.running_mean == loss.max_beta).all()
    assert (loss.running_var == 0).all()


def test_self_adjusting_rests_in_eval_mode():
    loss = losses.SelfAdjustingSmoothL1().eval()
    loss(torch.ones(5, 4), torch.zeros(5, 4))
    assert (loss.running_mean == loss.max_beta).all()


def test_self_adjusting_statistics_are_saved_and_carry_no_gradient():
    loss = losses.SelfAdjustingSmoothL1()
    pred = torch.rand(5, 4, requires_grad=True)
    loss(pred, torch.zeros(5, 4)).sum().backward()
    assert pred.grad is not None
    assert not loss.running_mean.requires_grad
    assert set(loss.state_dict()) == {"running_mean", "running_var"}


def test_self_adjusting_refuses_a_max_beta_below_the_lower_limit():
    with pytest.raises(ValueError, match="max_beta"):
        losses.SelfAdjustingSmoothL1(max_beta=1e-4)


# --- Focal-L1
# ---------------------------------------------------------------------------------------------------------


def focal_l1_slope(error: float, beta: float) -> float:
    return (
        -math.e * beta * error * math.log(beta * error or 1)
        if error < 1
        else -math.e * beta * math.log(beta)
    )


@pytest.mark.parametrize("beta", [1 / math.e, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("error", [1e-6, 0.2, 0.7, 0.999, 1.0, 1.001, 3.0])
def test_focal_l1_has_the_designed_slope(beta, error):
    pair = torch.tensor([[error, 0.0]], dtype=torch.float64), torch.zeros(1, 2, dtype=torch.float64)
    _, grad = value_and_grad(lambda p, t: losses.focal_l1_loss(p, t, beta=beta), *pair)
    assert grad[0, 0].item() == pytest.approx(focal_l1_slope(error, beta), abs=1e-9)
    assert grad[0, 1] == 0


@pytest.mark.parametrize("error", [0.0, 5e-324, 1e-310])
def test_focal_l1_is_finite_for_errors_that_beta_times_rounds_to_nothing(error):
    pred = torch.tensor([[error, 0.0]], dtype=torch.float64)
    for x in value_and_grad(lambda p, t: losses.focal_l1_loss(p, t, beta=0.5), pred, pred * 0):
        assert (x.abs() < 1e-300).all()


@settings(max_examples=20)
@given(beta=st.floats(1 / math.e, 1), error=st.floats(0, 3))
def test_focal_l1_is_the_area_under_its_slope(beta, error):
    grid = torch.linspace(0, error, 4001, dtype=torch.float64)[1:]
    slopes = torch.tensor(
        [0.0] + [focal_l1_slope(x, beta) for x in grid.tolist()], dtype=torch.float64
    )
    area = torch.trapezoid(slopes, dx=error / 4000).item()
    loss = losses.focal_l1_loss(
        torch.tensor([[error, 0.0]], dtype=torch.float64), torch.zeros(1, 2).double(), beta=beta
    )
    assert loss.item() == pytest.approx(area, abs=1e-4)


def test_focal_l1_pulls_hardest_where_the_paper_says():
    beta = 0.8
    _, grad = value_and_grad(
        losses.focal_l1_loss, torch.tensor([[1 / (math.e * beta), 0.0]]), torch.zeros(1, 2)
    )
    assert grad[0, 0].item() == pytest.approx(1)


@pytest.mark.parametrize("beta", [0.3, 1.1])
def test_focal_l1_refuses_a_beta_outside_its_interval(beta):
    with pytest.raises(ValueError, match="beta must lie in"):
        losses.focal_l1_loss(torch.zeros(1, 4), torch.zeros(1, 4), beta=beta)


@pytest.mark.parametrize("error", [0.0, 1e-30, 1e-12, 1.0, 1e9, 1e18])
@pytest.mark.parametrize(
    "loss",
    [
        losses.l1_loss,
        losses.l2_loss,
        losses.smooth_l1_loss,
        losses.focal_l1_loss,
        losses.SelfAdjustingSmoothL1(),
    ],
)
def test_finite_for_every_error(loss, error):
    value, grad = value_and_grad(loss, torch.full((2, 4), error), torch.zeros(2, 4))
    assert torch.isfinite(value).all()
    assert torch.isfinite(grad).all()


def test_self_adjusting_refuses_other_coordinates_and_momenta():
    with pytest.raises(ValueError, match="pred has 2 numbers per region, but num_coords is 4"):
        losses.SelfAdjustingSmoothL1()(torch.zeros(3, 2), torch.zeros(3, 2))
    for momentum in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"momentum must lie in 0\.\.1"):
            losses.SelfAdjustingSmoothL1(momentum=momentum)


def test_focal_l1_of_an_enormous_error_keeps_its_slope():
    """The square of 1e25 overflows in the branch that is not taken: 0 times infinity would be a NaN
    gradient.
    """
    pred = torch.tensor([[1e25, 0.0]], requires_grad=True)
    losses.focal_l1_loss(pred, torch.zeros(1, 2), beta=0.8).sum().backward()
    assert pred.grad[0].tolist() == pytest.approx([-math.e * 0.8 * math.log(0.8), 0.0])
