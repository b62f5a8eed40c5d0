import pytest
import torch

from locviz.layers import SmallConvNet


def test_strides_and_channels():
    net = SmallConvNet(widths=(4, 6, 8, 10), depths=(1, 2, 1, 1), num_maps=3)
    maps = net(torch.rand(2, 3, 32, 64))
    assert net.channels == (6, 8, 10)
    assert [tuple(x.shape) for x in maps] == [(2, 6, 8, 16), (2, 8, 4, 8), (2, 10, 2, 4)]


def test_one_depth_per_width():
    with pytest.raises(ValueError, match="one depth per width"):
        SmallConvNet(widths=(4, 6), depths=(1,))
