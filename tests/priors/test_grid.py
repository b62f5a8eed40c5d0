import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.priors import GridCells


def test_yolo_has_98_boxes():
    cells = GridCells(predictors=2)([(7, 7)], input_size=(448, 448))
    assert len(cells) == 98
    assert cells.regions[:3].tolist() == [[0, 0, 64, 64], [0, 0, 64, 64], [64, 0, 128, 64]]
    assert cells.strides.unique().tolist() == [64]


@given(
    st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.sampled_from([(48, 96), (50, 33)])
)
def test_cells_tile_the_input(rows, columns, predictors, size):
    regions = GridCells(predictors=predictors)([(rows, columns)], input_size=size).regions
    ones = regions[::predictors].reshape(rows, columns, 4)
    assert torch.equal(regions, ones.reshape(-1, 4).repeat_interleave(predictors, 0))
    assert torch.equal(ones[:, 1:, 0], ones[:, :-1, 2])
    assert torch.equal(ones[1:, :, 1], ones[:-1, :, 3])
    assert (ones[0, :, 1] == 0).all()
    assert (ones[:, 0, 0] == 0).all()
    assert (ones[-1, :, 3] == size[0]).all()
    assert (ones[:, -1, 2] == size[1]).all()


def test_spans():
    assert GridCells(predictors=1)([(4,)], input_size=(10,)).regions[1].tolist() == [2.5, 5]


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="predictors must be 1 or more"):
        GridCells(predictors=0)
    with pytest.raises(ValueError, match="got 2"):
        GridCells()([(2, 2), (1, 1)], input_size=(8, 8))
