import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.priors import PointPriors, fitted_spacing


def test_points_of_the_paper():
    """floor(s / 2) + x s: at stride 8 the first points are (4, 4) and (12, 4)."""
    priors = PointPriors(strides=(8, 16))([(2, 3), (1, 2)], input_size=(16, 24))
    assert priors.levels == (6, 2)
    assert priors.centers[:4].tolist() == [[4, 4], [12, 4], [20, 4], [4, 12]]
    assert priors.centers[6:].tolist() == [[8, 8], [24, 8]]
    assert priors.strides.tolist() == [8] * 6 + [16] * 2


def test_800_pixels_square_have_13343_points():
    sizes = [(100, 100), (50, 50), (25, 25), (13, 13), (7, 7)]
    assert len(PointPriors(strides=(8, 16, 32, 64, 128))(sizes, input_size=(800, 800))) == 13_343


@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 2, 7, 8]))
def test_regions_tile_the_input(rows, columns, stride):
    priors = PointPriors(strides=(stride,))(
        [(rows, columns)], input_size=(rows * stride, columns * stride)
    )
    low, high = priors.regions.chunk(2, -1)
    assert (high - low == stride).all()
    assert set(map(tuple, low.tolist())) == {
        (x * stride, y * stride) for x in range(columns) for y in range(rows)
    }


def test_spans():
    priors = PointPriors(strides=(2, 4))([(3,), (2,)], input_size=(6,))
    assert priors.regions.tolist() == [[0, 2], [2, 4], [4, 6], [0, 4], [4, 8]]
    assert priors.centers[:, 0].tolist() == [1, 3, 5, 2, 6]


def test_torchvisions_departures():
    """160 pixels at stride 64: three cells, 53 pixels apart, the first at the very corner."""
    points = PointPriors(strides=(64,), offset=0.0, spacing=fitted_spacing)(
        [(3, 3)], input_size=(160, 160)
    )
    assert points.centers[:3, 0].tolist() == [0, 53, 106]
    assert torch.equal(points.regions[0], torch.tensor([-32.0, -32, 32, 32]))


def test_wrong_number_of_levels_is_named():
    with pytest.raises(ValueError, match="one stride per level"):
        PointPriors(strides=(8, 16))([(2, 2)], input_size=(16, 16))
    with pytest.raises(ValueError, match="strides must be positive"):
        PointPriors(strides=())
