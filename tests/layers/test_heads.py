"""What dense heads repeat: convolutions that keep sizes, where layers start, and the order of rows."""

import pytest
import torch
from torch import nn

from locviz.layers import heads


@pytest.mark.parametrize(("dim", "kind"), [(1, nn.Conv1d), (2, nn.Conv2d)])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_a_convolution_keeps_the_size_of_its_map(dim, kind, size):
    layer = heads.convolution(dim, 4, 6, size=size)
    assert isinstance(layer, kind)
    assert layer(torch.rand(2, 4, *(7,) * dim)).shape == (2, 6, *(7,) * dim)


def test_another_dimension_is_refused():
    with pytest.raises(ValueError, match=r"dim must be 2 .* or 1 .*, got 3"):
        heads.convolution(3, 4, 6)


def test_a_tower_is_convolutions_with_relu_and_a_norm_where_one_is_given():
    plain = heads.tower(4, 2)
    assert [type(layer) for layer in plain] == [nn.Conv2d, nn.ReLU] * 2
    normed = heads.tower(4, 1, dim=1, norm=lambda channels: nn.GroupNorm(2, channels))
    assert [type(layer) for layer in normed] == [nn.Conv1d, nn.GroupNorm, nn.ReLU]


def test_where_layers_start():
    torch.manual_seed(0)
    layer = nn.Conv2d(64, 64, 3)
    heads.start_near_zero(layer, std=0.02)
    assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert not layer.bias.any()
    heads.start_at_probability(layer, 0.25)
    assert layer.bias.sigmoid().tolist() == pytest.approx([0.25] * 64)


def test_rows_run_over_the_cells_and_within_a_cell_over_the_priors():
    """Two priors of three numbers per cell: channel c of cell i is number c % 3 of its prior c // 3."""
    level = torch.arange(2 * 3 * 4.0).reshape(1, 6, 2, 2)
    found = heads.rows(level, 3)
    assert found.shape == (1, 8, 3)
    for cell in range(4):
        for prior in range(2):
            expected = level.flatten(2)[0, 3 * prior : 3 * prior + 3, cell]
            assert torch.equal(found[0, 2 * cell + prior], expected)
    spans = heads.rows(torch.arange(12.0).reshape(1, 4, 3), 2)
    assert spans[0].tolist() == [[0, 3], [6, 9], [1, 4], [7, 10], [2, 5], [8, 11]]


def test_a_tower_may_have_no_biases():
    tower = heads.tower(4, 2, norm=lambda channels: nn.GroupNorm(2, channels), bias=False)
    convolutions = [layer for layer in tower if isinstance(layer, nn.Conv2d)]
    assert [layer.bias for layer in convolutions] == [None, None]
    heads.start_near_zero(convolutions[0])
    assert convolutions[0].weight.std() < 0.02
