import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.losses import (
    dynamic_coefficient,
    in_diagonals,
    in_pixels,
    in_sides,
    keeping_sum,
    localization_coefficient,
)

UNITS = (in_sides, in_diagonals, in_pixels)
coordinates = st.floats(0, 200, width=32)
lengths = st.floats(0, 200, width=32)


def tensor(*rows) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# A true box of 8 by 6 around (14, 13): its diagonal is 10.
GT = (10.0, 10.0, 18.0, 16.0)


@pytest.mark.parametrize(
    ("pred", "unit", "value"),
    [
        # Perfect: 1 / (1/2).
        (GT, in_sides, 2.0),
        (GT, in_pixels, 2.0),
        # Twice as large at the same centre: the ratio is the same, so this counts as perfect.
        ((6.0, 7.0, 22.0, 19.0), in_sides, 2.0),
        # 2 right and 1.5 down: a quarter of each side, a quarter of the diagonal, 2.5 pixels.
        ((12.0, 11.5, 20.0, 17.5), in_sides, 1 / sigmoid(2 / 16)),
        ((12.0, 11.5, 20.0, 17.5), in_diagonals, 1 / sigmoid(1 / 16)),
        ((12.0, 11.5, 20.0, 17.5), in_pixels, 1 / sigmoid(6.25)),
        # 6 by 8 around the same centre: the ratio is 3/4 where it should be 4/3.
        ((11.0, 9.0, 17.0, 17.0), in_sides, 1 / (0.5 + math.tanh(7 / 12))),
    ],
)
def test_equation_1_by_hand(pred, unit, value):
    found = localization_coefficient(tensor(pred), tensor(GT), unit=unit, eps=0.0)
    assert found.item() == pytest.approx(value, abs=1e-12)


def test_eps_is_in_the_denominator():
    assert localization_coefficient(tensor(GT), tensor(GT), eps=0.5).item() == pytest.approx(1.0)


def test_spans_by_hand():
    """A span of 8 from 10, predicted 4 longer at its end: centre off by 2, a quarter of its length;
    the length is 3/2 of the true one.
    """
    found = localization_coefficient(tensor((10.0, 22.0)), tensor((10.0, 18.0)), eps=0.0)
    assert found.item() == pytest.approx(1 / (sigmoid(1 / 16) + math.tanh(0.5)), abs=1e-12)


@given(start=coordinates, length=st.floats(1, 200), gt=coordinates, gt_length=st.floats(1, 200))
def test_a_span_is_a_box_as_high_as_the_true_span_is_long(start, length, gt, gt_length):
    spans = tensor((start, start + length)), tensor((gt, gt + gt_length))
    boxes = (
        tensor((start, 0.0, start + length, spans[1][0, 1] - gt)),
        tensor((gt, 0.0, gt + gt_length, spans[1][0, 1] - gt)),
    )
    one, two = localization_coefficient(*spans), localization_coefficient(*boxes)
    torch.testing.assert_close(one, two, rtol=1e-9, atol=1e-9)


@given(x=coordinates, y=coordinates, w=lengths, h=lengths, unit=st.sampled_from(UNITS))
def test_lies_between_a_half_and_two(x, y, w, h, unit):
    pred, gt = tensor((x, y, x + w, y + h)), tensor(GT)
    for a, b in ((pred, gt), (gt, pred), (pred, pred)):
        found = localization_coefficient(a, b, unit=unit, eps=0.0).item()
        assert 0.5 - 1e-12 <= found <= 2 + 1e-12
    assert localization_coefficient(pred, pred, unit=unit, eps=0.0).item() == pytest.approx(2.0)


def test_further_away_is_less():
    away = torch.tensor([0.0, 0.5, 1, 2, 3], dtype=torch.float64)[:, None]
    gt = tensor(GT).expand(5, 4)
    for unit in UNITS:
        for moved in (gt + away, gt + away * torch.tensor([0.0, 0, 1, 0])):
            assert (localization_coefficient(moved, gt, unit=unit).diff() < 0).all()


@pytest.mark.parametrize("unit", [in_sides, in_diagonals])
def test_the_scale_of_the_image_does_not_matter_and_in_pixels_it_does(unit):
    pred, gt = tensor((12.0, 11.0, 21.0, 18.0)), tensor(GT)
    same = localization_coefficient(7 * pred, 7 * gt, unit=unit)
    torch.testing.assert_close(same, localization_coefficient(pred, gt, unit=unit))
    near, far = (localization_coefficient(k * pred, k * gt, unit=in_pixels) for k in (0.1, 10.0))
    assert far < 0.8 * near


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("unit", UNITS)
def test_extreme_boxes_are_finite(unit, dtype):
    """No height, no width, a point, huge, far away; as prediction and as truth."""
    rows = torch.tensor(
        [
            [0, 5, 10, 5], [5, 0, 5, 10], [5, 5, 5, 5], [0, 0, 6e4, 6e4], [0, 0, 6e4, 1e-4],
            [-6e4, -6e4, -5e4, -5e4], [0, 0, 1e-4, 1e-4], [3, 4, 9, 11],
        ]
    ).to(dtype)  # fmt: skip
    pred, gt = rows.repeat_interleave(len(rows), 0), rows.repeat(len(rows), 1)
    losses = torch.linspace(0, 1e4, len(pred))
    for a, b in ((pred, gt), (pred[:, ::2], gt[:, ::2])):
        a = a.sort(-1).values if a.shape[-1] == 2 else a
        b = b.sort(-1).values if b.shape[-1] == 2 else b
        found = localization_coefficient(a, b, unit=unit)
        assert torch.isfinite(found).all()
        assert ((found >= 0.49) & (found <= 2.01)).all()
        assert torch.isfinite(dynamic_coefficient(a, b, losses, unit=unit)).all()


@given(
    losses=st.lists(st.floats(0, 50), min_size=1, max_size=12),
    seed=st.integers(0, 1000),
    unit=st.sampled_from(UNITS),
)
def test_the_sum_of_the_losses_is_kept(losses, seed, unit):
    generator = torch.Generator().manual_seed(seed)
    low = 50 * torch.rand(2, len(losses), 2, generator=generator)
    pred, gt = torch.cat([low, low + 50 * torch.rand(low.shape, generator=generator)], -1)
    losses = torch.tensor(losses)
    found = dynamic_coefficient(pred, gt, losses, unit=unit)
    assert (found * losses).sum().item() == pytest.approx(losses.sum().item(), rel=1e-6, abs=1e-30)
    assert found.max() <= 4 * found.min() * (1 + 1e-5)


def test_equal_errors_give_ones():
    gt = torch.tensor([[10.0, 10, 18, 16], [0, 0, 80, 60], [5, 5, 6, 9]])
    losses = torch.tensor([0.3, 2.0, 0.0])
    torch.testing.assert_close(dynamic_coefficient(gt, gt, losses), torch.ones(3))
    # The same quarter of a side everywhere.
    moved = gt + 0.25 * (gt[:, 2:] - gt[:, :2]).repeat(1, 2)
    torch.testing.assert_close(dynamic_coefficient(moved, gt, losses), torch.ones(3))


def test_equation_2_by_hand():
    """Coefficients 2 and 1, losses 3 and 6: the sum 9 becomes 12, so all are scaled by 3/4."""
    found = keeping_sum(torch.tensor([2.0, 1.0]), torch.tensor([3.0, 6.0]))
    assert found.tolist() == pytest.approx([1.5, 0.75])


def test_without_losses_or_positives():
    boxes = torch.tensor([GT, GT])
    assert dynamic_coefficient(boxes, boxes + 1, torch.zeros(2)).tolist() == [1.0, 1.0]
    assert dynamic_coefficient(boxes[:0], boxes[:0], torch.zeros(0)).shape == (0,)


def test_through_the_whole_of_equation_2_flows_the_plain_gradient():
    """Why it is detached: the sum is the plain sum, so the coefficients would do nothing."""
    logits = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    losses = torch.nn.functional.softplus(-logits)
    coefficient = torch.tensor([2.0, 1.0, 0.6], dtype=torch.float64)
    (plain,) = torch.autograd.grad(losses.sum(), logits, retain_graph=True)
    through = (keeping_sum(coefficient, losses) * losses).sum()
    (same,) = torch.autograd.grad(through, logits, retain_graph=True)
    torch.testing.assert_close(same, plain)
    detached = (keeping_sum(coefficient, losses.detach()) * losses).sum()
    (other,) = torch.autograd.grad(detached, logits)
    assert not torch.allclose(other, plain)


def test_through_equation_1_boxes_would_become_worse():
    """And why the box is detached, too: descent moves it away from the object."""
    gt = tensor(GT)
    pred = (gt + torch.tensor([2.0, 0, 2.0, 0])).requires_grad_()
    (slope,) = torch.autograd.grad(localization_coefficient(pred, gt).sum(), pred)
    step = -slope[0, 0]
    assert step > 0  # further to the right, where it already is too far


def test_no_gradient_flows_through_the_coefficient():
    pred = torch.tensor([GT], requires_grad=True)
    losses = torch.tensor([2.0], requires_grad=True)
    assert not dynamic_coefficient(pred, torch.tensor([GT]), losses).requires_grad


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    boxes = torch.tensor([GT])
    with pytest.raises(ValueError, match="gt must have the shape of pred"):
        dynamic_coefficient(boxes, boxes.expand(2, 4), torch.zeros(1))
    with pytest.raises(ValueError, match=r"losses must have one entry per region, \(1,\)"):
        dynamic_coefficient(boxes, boxes, torch.zeros(1, 3))
    with pytest.raises(ValueError, match="eps must be 0 or more, got -1"):
        localization_coefficient(boxes, boxes, eps=-1.0)
