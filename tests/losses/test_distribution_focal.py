import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.losses import distribution_focal_loss

seeds = st.integers(0, 10**6)


def by_loop(logits: list[float], distance: float) -> float:
    """Equation 6 for one distance, from the probabilities."""
    total = sum(math.exp(x) for x in logits)
    s = [math.exp(x) / total for x in logits]
    left = min(int(distance), len(s) - 2)
    right = left + 1
    return -((right - distance) * math.log(s[left]) + (distance - left) * math.log(s[right]))


def random_problem(seed: int, *shape: int, bins: int = 6):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(*shape, bins, generator=generator, dtype=torch.float64) * 2
    return logits, torch.rand(*shape, generator=generator, dtype=torch.float64) * (bins - 1)


@pytest.mark.parametrize(
    ("distance", "value"),
    [
        # Even logits over four bins: ln 4 wherever the distance is.
        (0.0, math.log(4)),
        (1.25, math.log(4)),
        (3.0, math.log(4)),
        (3.7, math.log(4)),
        (-2.0, math.log(4)),
    ],
)
def test_even_logits_by_hand(distance, value):
    loss = distribution_focal_loss(torch.zeros(1, 4), torch.tensor([distance]))
    assert loss.item() == pytest.approx(value)


def test_probabilities_by_hand():
    """S = (1/2, 1/4, 1/4) and y = 0.25: -(3/4 ln 1/2 + 1/4 ln 1/4) = 5/4 ln 2."""
    logits = torch.tensor([[0.5, 0.25, 0.25]]).log()
    loss = distribution_focal_loss(logits, torch.tensor([0.25]))
    assert loss.item() == pytest.approx(1.25 * math.log(2))


@given(seed=seeds)
def test_as_a_loop_over_equation_6(seed):
    logits, distances = random_problem(seed, 3, 4)
    distances[0, :3] = torch.tensor([0.0, 2.0, 5.0])  # whole numbers, the last bin among them
    loss = distribution_focal_loss(logits, distances)
    for row in range(3):
        for side in range(4):
            expected = by_loop(logits[row, side].tolist(), distances[row, side].item())
            assert loss[row, side].item() == pytest.approx(expected)


@given(distance=st.floats(0, 5), seed=seeds)
def test_smallest_where_both_neighbours_share_by_distance(distance, seed):
    """The smallest value is the entropy of the shares, and no other distribution reaches it."""
    left = min(int(distance), 4)
    shares = torch.zeros(6, dtype=torch.float64)
    shares[left], shares[left + 1] = left + 1 - distance, distance - left
    best = distribution_focal_loss(
        shares.clamp(min=1e-300).log()[None], torch.tensor([distance], dtype=torch.float64)
    )
    entropy = -sum(p * math.log(p) for p in shares.tolist() if p > 0)
    assert best.item() == pytest.approx(entropy, abs=1e-9)
    other, _ = random_problem(seed, 1)
    assert (
        distribution_focal_loss(other, torch.tensor([distance], dtype=torch.float64)) >= best - 1e-9
    )


@given(seed=seeds, shift=st.floats(-50, 50))
def test_a_number_added_to_all_logits_changes_nothing(seed, shift):
    logits, distances = random_problem(seed, 5)
    torch.testing.assert_close(
        distribution_focal_loss(logits + shift, distances),
        distribution_focal_loss(logits, distances),
    )


def test_what_lies_beyond_the_bins_is_the_nearest_bin():
    logits, _ = random_problem(0, 2)
    beyond = distribution_focal_loss(logits, torch.tensor([-3.0, 17.0]).double())
    nearest = distribution_focal_loss(logits, torch.tensor([0.0, 5.0]).double())
    assert torch.equal(beyond, nearest)


def test_its_slope_by_differences():
    logits, distances = random_problem(0, 3, 2)
    logits.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: distribution_focal_loss(x, distances), logits)


def test_finite_however_sure_and_in_half_precision():
    logits = torch.tensor([[1e4, -1e4, 0.0]], dtype=torch.float16, requires_grad=True)
    loss = distribution_focal_loss(logits, torch.tensor([1.5], dtype=torch.float16))
    assert loss.dtype == torch.float32
    (grad,) = torch.autograd.grad(loss.sum(), logits)
    assert torch.isfinite(loss).all()
    assert torch.isfinite(grad).all()


def test_reductions_and_nothing():
    logits, distances = random_problem(0, 4)
    rows = distribution_focal_loss(logits, distances)
    torch.testing.assert_close(
        distribution_focal_loss(logits, distances, reduction="sum"), rows.sum()
    )
    nothing = torch.zeros(0, 4, 6, requires_grad=True)
    loss = distribution_focal_loss(nothing, torch.zeros(0, 4), reduction="mean")
    loss.backward()
    assert loss == 0
    assert nothing.grad is not None


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    with pytest.raises(ValueError, match=r"logits must be \(..., bins\) for distances"):
        distribution_focal_loss(torch.zeros(3, 4), torch.zeros(4))
    with pytest.raises(ValueError, match="a distance lies between two bins, got bins=1"):
        distribution_focal_loss(torch.zeros(3, 1), torch.zeros(3))
