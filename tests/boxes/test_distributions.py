import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.boxes import Coder, DistributionCoder, SideDistanceCoder, expected_bin, two_hot

seeds = st.integers(0, 10**6)
dims = st.sampled_from([1, 2])


def problem(seed: int, dim: int, *, reach: float = 7.0, num: int = 9):
    """Priors of different sides, and regions that hold their centres and reach so many of their
    sides.
    """
    generator = torch.Generator().manual_seed(seed)
    draw = lambda *shape: torch.rand(*shape, generator=generator, dtype=torch.float64)  # noqa: E731
    center, size = draw(num, dim) * 50, draw(num, dim) * 9 + 1
    low, high = draw(num, dim) * reach * size, draw(num, dim) * reach * size
    priors = torch.cat([center - size / 2, center + size / 2], -1)
    return torch.cat([center - low, center + high], -1), priors


def test_the_expectation_by_hand():
    """Half on bin 0, a quarter on 1 and on 3: 0 + 1/4 + 3/4."""
    logits = torch.tensor([0.5, 0.25, 1e-30, 0.25]).log()
    assert expected_bin(logits).item() == pytest.approx(1.0)
    assert expected_bin(torch.zeros(17)).item() == pytest.approx(8.0)


def test_two_hot_by_hand():
    rows = two_hot(torch.tensor([0.0, 1.25, 3.0, 9.0, -1.0]), bins=4)
    assert rows.tolist() == [
        [1, 0, 0, 0],
        [0, 0.75, 0.25, 0],
        [0, 0, 0, 1],
        [0, 0, 0, 1],
        [1, 0, 0, 0],
    ]


@given(distance=st.floats(0, 7))
def test_two_hot_has_the_distance_as_its_expectation(distance):
    (row,) = two_hot(torch.tensor([distance], dtype=torch.float64), bins=8)
    assert row.sum().item() == pytest.approx(1)
    assert (row @ torch.arange(8.0).double()).item() == pytest.approx(distance, abs=1e-12)
    where = row.nonzero()[:, 0]
    assert len(where) <= 2
    assert where.max() - where.min() <= 1


@given(seed=seeds, dim=dims, bin=st.sampled_from([0.5, 1.0]))
def test_decoding_undoes_encoding_for_what_is_in_reach(seed, dim, bin):
    coder = DistributionCoder(reg_max=16, bin=bin)
    regions, priors = problem(seed, dim)
    deltas = coder.encode(regions, priors)
    assert deltas.shape == (9, 2 * dim * 17)
    torch.testing.assert_close(coder.decode(deltas, priors), regions)


@given(seed=seeds, dim=dims)
def test_longer_sides_are_cut(seed, dim):
    """To three bins, less the margin."""
    coder = DistributionCoder(reg_max=3, margin=0.5)
    regions, priors = problem(seed, dim)
    sides = SideDistanceCoder().encode(regions, priors).clamp(max=2.5)
    expected = SideDistanceCoder().decode(sides, priors)
    torch.testing.assert_close(coder.distances(regions, priors), sides)
    torch.testing.assert_close(coder.decode(coder.encode(regions, priors), priors), expected)


def test_sides_are_in_the_order_of_the_corners():
    """A prior of 4 around (10, 20). All of the first side's logits are on bin 1, of the second on 2
    and so on: x from 10 - 4, y from 20 - 8, to 10 + 12 and 20 + 16.
    """
    coder = DistributionCoder(reg_max=4)
    logits = torch.full((4, 5), -100.0)
    logits[range(4), [1, 2, 3, 4]] = 0
    region = coder.decode(logits.flatten(), torch.tensor([8.0, 18, 12, 22]))
    torch.testing.assert_close(region, torch.tensor([6.0, 12, 22, 36]))
    assert coder.distributions(logits.flatten()).shape == (4, 5)


def test_any_leading_shape_and_none():
    coder = DistributionCoder(reg_max=2)
    assert coder.decode(torch.zeros(2, 5, 12), torch.zeros(2, 5, 4)).shape == (2, 5, 4)
    assert coder.decode(torch.zeros(0, 6), torch.zeros(0, 2)).shape == (0, 2)
    assert coder.encode(torch.zeros(0, 2), torch.zeros(0, 2)).shape == (0, 6)
    assert isinstance(coder, Coder)


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    for options in ({"reg_max": 0}, {"bin": 0.0}, {"margin": -0.1}, {"reg_max": 4, "margin": 4.0}):
        with pytest.raises(ValueError, match="DistributionCoder needs reg_max >= 1"):
            DistributionCoder(**options)
    coder = DistributionCoder(reg_max=4)
    with pytest.raises(ValueError, match="give head and coder the same reg_max"):
        coder.decode(torch.zeros(3, 18), torch.zeros(3, 4))
    with pytest.raises(ValueError, match="mix boxes"):
        coder.decode(torch.zeros(3, 10), torch.zeros(3, 4))
    with pytest.raises(ValueError, match="2 or more"):
        two_hot(torch.zeros(3), bins=1)
