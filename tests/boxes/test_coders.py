import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.models.detection._utils import BoxCoder, BoxLinearCoder

from locviz.boxes import CenterSizeCoder, CornerCoder, ShareCoder, SideDistanceCoder, clip

CODERS = [
    CenterSizeCoder(),
    CenterSizeCoder(weights=(10.0, 5.0)),
    SideDistanceCoder(),
    SideDistanceCoder(units="absolute"),
    CornerCoder(),
    CornerCoder(units="absolute"),
]


def random_regions(seed: int, num: int, dim: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(num, dim, generator=generator, dtype=torch.float64) * 30
    return torch.cat(
        [low, low + torch.rand(num, dim, generator=generator, dtype=torch.float64) * 20 + 0.5], -1
    )


@pytest.mark.parametrize("coder", CODERS, ids=repr)
@given(seed=st.integers(0, 10**6), num=st.integers(0, 6), dim=st.sampled_from([1, 2]))
def test_round_trip(coder, seed, num, dim):
    regions, priors = random_regions(seed, num, dim), random_regions(seed + 1, num, dim)
    torch.testing.assert_close(coder.decode(coder.encode(regions, priors), priors), regions)
    deltas = torch.rand_like(regions)
    torch.testing.assert_close(coder.encode(coder.decode(deltas, priors), priors), deltas)


def test_center_size_by_hand():
    prior, region = torch.tensor([[0.0, 0, 10, 20]]), torch.tensor([[5.0, 5, 25, 15]])
    deltas = CenterSizeCoder(weights=(10.0, 5.0)).encode(region, prior)
    torch.testing.assert_close(
        deltas, torch.tensor([[10.0, 0, 5 * math.log(2), 5 * math.log(0.5)]])
    )


def test_center_size_as_torchvision():
    regions, priors = random_regions(0, 30, 2), random_regions(1, 30, 2)
    ours, theirs = CenterSizeCoder(weights=(10.0, 5.0)), BoxCoder((10.0, 10.0, 5.0, 5.0))
    torch.testing.assert_close(ours.encode(regions, priors), theirs.encode_single(regions, priors))
    wild = torch.randn(30, 4, dtype=torch.float64) * 30  # far beyond the clamp
    torch.testing.assert_close(ours.decode(wild, priors), theirs.decode_single(wild, priors))


def test_clamp_cuts_growth_at_1000_over_16():
    decoded = CenterSizeCoder().decode(torch.tensor([[0.0, 99.0]]), torch.tensor([[0.0, 16.0]]))
    torch.testing.assert_close(decoded, torch.tensor([[-492.0, 508.0]]))


def test_clamp_acts_after_the_weights():
    deltas = torch.tensor(
        [[0.0, 5 * math.log(2)]]
    )  # above the clamp before the division, below it afterwards
    coder = CenterSizeCoder(weights=(10.0, 5.0), clamp=1.0)
    torch.testing.assert_close(
        coder.decode(deltas, torch.tensor([[0.0, 8.0]])), torch.tensor([[-4.0, 12.0]])
    )


def test_a_zero_size_region_has_finite_deltas():
    deltas = CenterSizeCoder().encode(
        torch.tensor([[3.0, 3, 3, 3]]), torch.tensor([[0.0, 0, 8, 8]])
    )
    assert torch.isfinite(deltas).all()


def test_side_distances_by_hand():
    cell, region = torch.tensor([[8.0, 8, 16, 16]]), torch.tensor([[4.0, 10, 28, 20]])
    assert SideDistanceCoder(units="absolute").encode(region, cell).tolist() == [[8, 2, 16, 8]]
    assert SideDistanceCoder().encode(region, cell).tolist() == [[1, 0.25, 2, 1]]


def test_side_distances_as_torchvision():
    regions, priors = random_regions(0, 30, 2), random_regions(1, 30, 2)
    for units, normalized in (("prior", True), ("absolute", False)):
        ours, theirs = SideDistanceCoder(units=units), BoxLinearCoder(normalize_by_size=normalized)
        torch.testing.assert_close(ours.encode(regions, priors), theirs.encode(priors, regions))
        torch.testing.assert_close(ours.decode(regions, priors), theirs.decode(regions, priors))


def test_corners_by_hand():
    prior, region = torch.tensor([[0.0, 10]]), torch.tensor([[5.0, 30]])
    assert CornerCoder().encode(region, prior).tolist() == [[0.5, 2]]
    assert CornerCoder(units="absolute").encode(region, prior).tolist() == [[5, 20]]


@pytest.mark.parametrize("weights", [(1.0,), (1.0, 0.0), (1.0, -2.0), (10.0, 10.0, 5.0, 5.0)])
@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_weights(weights):
    with pytest.raises(ValueError, match="weights must be"):
        CenterSizeCoder(weights=weights)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("coder", [SideDistanceCoder, CornerCoder])
def test_refuses_other_units(coder):
    with pytest.raises(ValueError, match="units must be"):
        coder(units="stride")


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("coder", CODERS, ids=repr)
def test_refuses_boxes_with_spans(coder):
    with pytest.raises(ValueError, match="mix boxes"):
        coder.encode(torch.zeros(1, 4), torch.zeros(1, 2))
    with pytest.raises(ValueError, match="mix boxes"):
        coder.decode(torch.zeros(1, 2), torch.zeros(1, 4))


def test_refuses_a_clamp_that_is_no_number():
    with pytest.raises(ValueError, match="clamp must be a number"):
        CenterSizeCoder(clamp=float("nan"))
    deltas, prior = torch.tensor([[0.0, 0.0, 8.0, 8.0]]), torch.tensor([[0.0, 0.0, 2.0, 2.0]])
    assert CenterSizeCoder(clamp=float("inf")).decode(deltas, prior)[0, 2] > 2900, (
        "not cut: 1 + exp(8)"
    )


def test_the_numbers_of_mmdetections_suite():
    """Cut to an image of 32 x 32; the last prior is a point, which nothing moves."""
    priors = torch.tensor([[0.0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1], [5, 5, 5, 5]])
    deltas = torch.tensor([[0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 2, -1], [0.7, -1.9, -0.5, 0.3]])
    expected = [
        [0, 0, 1, 1],
        [0.1409, 0.1409, 2.8591, 2.8591],
        [0, 0.3161, 4.1945, 0.6839],
        [5, 5, 5, 5],
    ]
    decoded = clip(CenterSizeCoder().decode(deltas, priors), (32, 32))
    torch.testing.assert_close(decoded, torch.tensor(expected), rtol=0, atol=1e-4)


def test_shares_by_hand():
    """Half way across an image of 40 x 20 at (10, 20), a quarter as wide and half as high."""
    image, region = torch.tensor([[10.0, 20, 50, 40]]), torch.tensor([[25.0, 25, 35, 35]])
    coder = ShareCoder()
    assert coder.shares(region, image).tolist() == [[0.5, 0.5, 0.25, 0.5]]
    assert coder.encode(region, image)[0].tolist() == pytest.approx([0, 0, -math.log(3), 0])
    assert coder.decode(torch.zeros(1, 4), image).tolist() == [[20, 25, 40, 35]]


@given(seed=st.integers(0, 10**6), num=st.integers(0, 6), dim=st.sampled_from([1, 2]))
def test_shares_undo_each_other_inside_the_prior(seed, num, dim):
    coder, priors = ShareCoder(), random_regions(seed, num, dim)
    generator = torch.Generator().manual_seed(seed)
    deltas = 8 * torch.rand(num, 2 * dim, generator=generator, dtype=torch.float64) - 4
    regions = coder.decode(deltas, priors)
    torch.testing.assert_close(coder.encode(regions, priors), deltas)
    torch.testing.assert_close(coder.decode(coder.encode(regions, priors), priors), regions)


def test_a_share_of_0_or_more_than_1_has_finite_deltas():
    prior = torch.tensor([[0.0, 8.0]])
    for region in ([[8.0, 8.0]], [[-20.0, 30.0]], [[90.0, 91.0]]):
        assert torch.isfinite(ShareCoder().encode(torch.tensor(region), prior)).all()
    with pytest.raises(ValueError, match="margin must lie between 0 and"):
        ShareCoder(margin=0.0)
