"""By hand: a 4-cell axis, halves, edges. That the references built on these numbers equal
torchvision is next door.
"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.layers import pool_bins, sample_points

MAP = {"map_size": (5, 5), "stride": 1}


def bins_of(*roi, size=2):
    return pool_bins(torch.tensor([roi], dtype=torch.float32), output_size=(size, size), **MAP)


def test_pool_bins_of_a_region_with_fractional_corners():
    """.4 rounds to 0 and 2.6 to 3: four columns, 0 to 3, two per bin."""
    bins = bins_of(0.4, 0.4, 2.6, 2.6)
    assert bins.rounded.tolist() == [[0, 0, 3, 3]]
    assert bins.rows.tolist() == bins.columns.tolist() == [[[0, 2], [2, 4]]]


def test_neighbouring_bins_share_a_cell_where_the_length_does_not_divide():
    """Three columns for two bins: edges 0, 1.5, 3 go outwards to 0..2 and 1..3."""
    assert bins_of(0, 0, 2, 1).columns.tolist() == [[[0, 2], [1, 3]]]
    assert bins_of(0, 0, 2, 1).rows.tolist() == [[[0, 1], [1, 2]]]


def test_halves_go_away_from_zero():
    assert bins_of(-0.5, 0.5, 1.5, 2.5).rounded.tolist() == [[-1, 1, 2, 3]]


def test_bins_outside_the_map_are_empty():
    bins = bins_of(7, -9, 9, -7)
    for ranges in (bins.rows, bins.columns):
        assert (ranges[..., 0] == ranges[..., 1]).all()


def test_columns_are_x():
    bins = pool_bins(torch.tensor([[0.0, 8, 8, 24]]), output_size=(1, 1), stride=8, map_size=(9, 9))
    assert bins.columns.tolist() == [[[0, 2]]]
    assert bins.rows.tolist() == [[[1, 4]]]


def points_of(*roi, **settings):
    settings = {"output_size": (1, 2), "sampling_ratio": 2, **MAP, **settings}
    return sample_points(torch.tensor(roi, dtype=torch.float32), **settings)


def test_sample_points_by_hand():
    """Two bins of 2 columns with samples at a quarter and three quarters; one bin of 1 row."""
    samples = points_of(0, 1, 4, 2)
    assert samples.columns.position.tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert samples.rows.position.tolist() == [[1.25, 1.75]]
    assert samples.points[0, 1, 0, 1].tolist() == [3.5, 1.25]
    assert samples.neighbours[0, 1, 0, 1].tolist() == [[3, 1], [4, 1], [3, 2], [4, 2]]
    assert samples.weights[0, 1, 0, 1].tolist() == [0.5 * 0.75, 0.5 * 0.75, 0.5 * 0.25, 0.5 * 0.25]


def test_aligned_moves_by_half_a_cell_and_only_unaligned_widens():
    assert points_of(0, 1, 4, 2, aligned=True).columns.position.tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert points_of(1, 1, 1.5, 2).columns.position.tolist() == [[1.125, 1.375], [1.625, 1.875]]
    narrow = points_of(1, 1, 1.5, 2, aligned=True).columns.position - 0.5
    torch.testing.assert_close(narrow, torch.tensor([[0.0625, 0.1875], [0.3125, 0.4375]]))


def test_up_to_one_cell_outside_the_edge_goes_on_and_then_comes_nothing():
    samples = points_of(-2, 0, 6, 1, output_size=(1, 4), sampling_ratio=1).columns
    assert samples.position.tolist() == [[-1.0], [1.0], [3.0], [5.0]]
    assert samples.low_weight.tolist() == [[1.0]] * 4
    assert samples.low.tolist() == [[0], [1], [3], [4]]
    beyond = points_of(-3, 0, 7, 1, output_size=(1, 4), sampling_ratio=1).columns
    assert beyond.position[[0, -1]].tolist() == [[-1.75], [5.75]]
    assert (
        beyond.low_weight[[0, -1]].tolist()
        == beyond.high_weight[[0, -1]].tolist()
        == [[0.0], [0.0]]
    )


def test_adaptive_samples_are_one_per_cell_rounded_up():
    assert points_of(0, 0, 3, 5, sampling_ratio=0).points.shape == (
        1,
        2,
        5,
        2,
        2,
    )  # 5 rows in 1 bin, 1.5 columns each
    assert points_of(1, 1, 1, 1, sampling_ratio=0, aligned=True).points.shape == (1, 2, 0, 0, 2)


@given(
    st.lists(st.floats(-3, 9, width=32), min_size=4, max_size=4),
    st.integers(1, 3),
    st.integers(0, 3),
    st.booleans(),
)
def test_the_matrix_is_the_mean_of_the_points(corners, size, ratio, aligned):
    (x1, x2), (y1, y2) = sorted(corners[:2]), sorted(corners[2:])
    samples = points_of(
        x1, y1, x2, y2, output_size=(size, 2), sampling_ratio=ratio, aligned=aligned
    )
    by_loop = torch.zeros(size, 2, 5, 5)
    count = max(samples.points.shape[2] * samples.points.shape[3], 1)
    for row, column, y, x, corner in torch.ones(samples.weights.shape).nonzero().tolist():
        cell_x, cell_y = samples.neighbours[row, column, y, x, corner].tolist()
        by_loop[row, column, cell_y, cell_x] += samples.weights[row, column, y, x, corner] / count
    expected = (
        samples.rows.matrix(5)[:, None, :, None] * samples.columns.matrix(5)[None, :, None, :]
    )
    torch.testing.assert_close(by_loop, expected)
    assert (by_loop.sum((-1, -2)) <= 1 + 1e-5).all()


def test_inside_the_map_every_bin_weighs_one():
    samples = points_of(0.3, 0.7, 3.9, 3.1, output_size=(2, 2))
    torch.testing.assert_close(samples.rows.matrix(5).sum(1), torch.ones(2))
    assert samples.weights.sum(-1).allclose(torch.ones(2, 2, 2, 2))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_types_are_kept(dtype):
    samples = sample_points(torch.tensor([0, 0, 2, 2], dtype=dtype), output_size=(1, 1), **MAP)
    assert samples.rows.matrix(5).dtype == samples.points.dtype == samples.weights.dtype == dtype
