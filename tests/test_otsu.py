"""Otsu's threshold against an exhaustive search in exact fractions."""

from fractions import Fraction

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from locviz.otsu import otsu_threshold

eighths = st.lists(st.integers(-40, 40), min_size=1, max_size=14)


def within(group: list[Fraction]) -> Fraction:
    mean = sum(group) / len(group)
    return sum(((value - mean) ** 2 for value in group), Fraction(0))


def exhaustive(values: list[Fraction]) -> Fraction | None:
    """The lowest of the thresholds with the least variance within the groups; None without any."""
    found = {
        t: within([v for v in values if v <= t]) + within([v for v in values if v > t])
        for t in sorted(set(values))[:-1]
    }
    return min(found, key=lambda t: (found[t], t)) if found else None


@given(eighths)
def test_equals_an_exhaustive_search(numbers):
    values = [Fraction(number, 8) for number in numbers]
    t = otsu_threshold(torch.tensor([float(value) for value in values]))
    expected = exhaustive(values)
    if expected is None:
        assert t < float(values[0])
    else:
        assert float(t) == float(expected)


@given(st.integers(0, 10_000), st.integers(2, 60), st.sampled_from([0.0, 4096.0]))
def test_equals_an_exhaustive_search_on_any_numbers(seed, num, shift):
    """Also where float32 sums of them would round away what differs."""
    values = shift + torch.rand(num, generator=torch.Generator().manual_seed(seed)) / 16
    expected = exhaustive([Fraction(v) for v in values.tolist()])
    assume(expected is not None)  # two of them may be the same number in float32
    assert float(otsu_threshold(values)) == float(expected)


def test_values_by_hand():
    assert otsu_threshold(torch.tensor([0.9, 0.1, 0.8, 0.2])) == torch.tensor(0.2)
    # 0 | 1 2 and 0 1 | 2 are equally good: the lower threshold.
    assert otsu_threshold(torch.tensor([0.0, 1, 2])) == 0
    assert otsu_threshold(torch.tensor([2.0, 3.0])) == 2
    # Mirrored about the middle value, so equally good, though rounding makes the upper seem better.
    assert otsu_threshold(torch.tensor([1.0, 0.25, 4.125, 4.875, 2.5625])) == 1
    # One outlier below parts from the others, though there are many of them.
    assert otsu_threshold(torch.tensor([0.0] + [1.0] * 50)) == 0


@pytest.mark.parametrize("values", [[0.5], [0.0], [0.25] * 7, [0.0, 0.0], [-3.0, -3.0]])
def test_what_cannot_be_split_lies_above_by_the_least_margin(values):
    values = torch.tensor(values)
    t = otsu_threshold(values)
    assert (values > t).all()
    assert torch.nextafter(t, torch.tensor(torch.inf)) == values[0]


@given(eighths, st.randoms(use_true_random=False), st.sampled_from([0.5, 4.0]), st.integers(-3, 3))
def test_order_scale_and_shift_play_no_part(numbers, order, scale, shift):
    values = torch.tensor(numbers) / 8
    above = values > otsu_threshold(values)
    moved = scale * values + shift
    assert torch.equal(moved > otsu_threshold(moved), above)
    assert above.any()
    new = torch.tensor(order.sample(range(len(numbers)), len(numbers)))
    assert otsu_threshold(values[new]) == otsu_threshold(values)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_type_stays(dtype):
    t = otsu_threshold(torch.tensor([0.25, 0.5, 0.75, 0.0], dtype=dtype))
    assert t.dtype == dtype
    assert t == 0.25


def test_values_that_differ_little_beside_their_size_are_parted():
    values = torch.tensor([1e8, 1e8 + 1, 1e8 + 10, 1e8 + 11], dtype=torch.float64)
    assert otsu_threshold(values) == 1e8 + 1


@pytest.mark.parametrize("values", [[], [0.5, float("nan")], [float("inf")]])
def test_bad_values_are_refused(values):
    with pytest.raises(ValueError, match="values must be finite and at least one"):
        otsu_threshold(torch.tensor(values))


@pytest.mark.usefixtures("unchecked")
def test_whole_numbers_are_split_too_and_what_is_no_list_is_named():
    whole = torch.tensor([1, 2, 9])
    assert (whole > otsu_threshold(whole)).tolist() == [False, False, True]
    assert (torch.tensor([3, 3]) > otsu_threshold(torch.tensor([3, 3]))).all()
    with pytest.raises(ValueError, match=r"values must be a list \(n,\), got shape \(2, 3\)"):
        otsu_threshold(torch.rand(2, 3))
    with pytest.raises(TypeError, match="values must be a tensor, got list"):
        otsu_threshold([0.1, 0.9])
