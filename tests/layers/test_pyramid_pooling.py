import torch
from torch import nn
from torch.nn import functional as F

from locviz.layers import PyramidPooling


def test_pyramid_pooling_reaches_two_four_and_six_cells():
    """One bright cell: its maxima fill squares of 5, 9 and 13 cells around it."""
    pooling = PyramidPooling(8).eval()
    pooling.reduce = nn.Identity()
    seen = []
    pooling.join = nn.Identity()
    pooling.join.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    x = torch.zeros(1, 1, 15, 15)
    x[..., 7, 7] = 1
    pooling(x)
    assert seen[0].sum((0, 2, 3)).tolist() == [1, 25, 81, 169]


def test_three_maxima_over_five_cells_in_a_row_are_the_same():
    pooling = PyramidPooling(8).eval()
    seen = []
    pooling.join.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    x = torch.randn(2, 8, 7, 20)
    pooling(x)
    parts = [pooling.reduce(x)]
    for _ in range(3):
        parts.append(F.max_pool2d(parts[-1], 5, stride=1, padding=2))
    assert torch.equal(seen[0], torch.cat(parts, 1))
