"""The layers of YOLOX by hand; that they are wired as released is in tests/parity/test_yolox.py."""

import pytest
import torch
from torch import nn

from locviz.layers import ConvNorm
from locviz.models.yolox.csp import (
    CrossStagePartial,
    CSPDarknet,
    DepthwiseConvNorm,
    PathAggregation,
    focus,
)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_focus_keeps_every_pixel_and_its_order():
    """Channel c of the four groups of three: left top, left bottom, right top, right bottom."""
    image = torch.arange(16.0).reshape(1, 1, 4, 4).expand(1, 3, 4, 4)
    small = focus(image)
    assert small.shape == (1, 12, 2, 2)
    assert small[0, ::3, 0, 0].tolist() == [0, 4, 1, 5]
    assert small[0, ::3, 1, 1].tolist() == [10, 14, 11, 15]
    assert torch.equal(small.flatten().sort().values, image.flatten().sort().values)


def test_convolutions_by_parameter_count():
    """A 3x3 of 8 to 16 channels: 1,152 and two per norm channel. Depthwise: 72 + 16, then 128 + 32."""
    assert count(ConvNorm(8, 16, 3)) == 9 * 8 * 16 + 32
    assert count(DepthwiseConvNorm(8, 16, 3)) == 9 * 8 + 16 + 8 * 16 + 32
    for layer in (ConvNorm(8, 16, 3, 2), DepthwiseConvNorm(8, 16, 3, 2)):
        assert layer(torch.randn(2, 8, 6, 10)).shape == (2, 16, 3, 5)


def test_half_of_the_channels_go_around_the_bottlenecks():
    block = CrossStagePartial(8, 8, depth=2).eval()
    x = torch.randn(1, 8, 4, 4)
    joined = []
    block.join.register_forward_pre_hook(lambda module, inputs: joined.append(inputs[0]))
    with torch.no_grad():
        block(x)
        block.blocks[0].conv1.conv.weight.mul_(-1)
        block(x)
    assert torch.equal(joined[0][:, 4:], joined[1][:, 4:])
    assert not torch.equal(joined[0][:, :4], joined[1][:, :4])


def test_shortcut_adds_the_input():
    block = CrossStagePartial(8, 8, depth=1).eval()
    straight = CrossStagePartial(8, 8, depth=1, shortcut=False).eval()
    straight.load_state_dict(block.state_dict())
    x = torch.randn(1, 4, 5, 5)
    torch.testing.assert_close(block.blocks(x) - straight.blocks(x), x)


@pytest.mark.parametrize("size", [(64, 64), (64, 96)])
def test_maps_and_levels_have_the_strides_and_channels_they_say(size):
    backbone = CSPDarknet(widths=(8, 16, 24, 32), depths=(1, 1, 1))
    maps = backbone(torch.randn(2, 3, *size))
    levels = PathAggregation(in_channels=backbone.channels, depth=1)(maps)
    wanted = [(2, c, size[0] // s, size[1] // s) for c, s in [(16, 4), (24, 8), (32, 16)]]
    assert [tuple(x.shape) for x in maps] == wanted
    assert [tuple(x.shape) for x in levels] == wanted


def test_every_level_hears_every_map():
    """Perturbing any map changes all three levels: the top-down path reaches the finest, the path
    back the coarsest.
    """
    torch.manual_seed(0)
    neck = PathAggregation(in_channels=(4, 6, 8), depth=1).eval()
    maps = [torch.randn(1, c, 8 // s, 8 // s) for c, s in [(4, 1), (6, 2), (8, 4)]]
    before = neck(maps)
    for index in range(3):
        changed = [x + (i == index) for i, x in enumerate(maps)]
        assert all(not torch.equal(a, b) for a, b in zip(before, neck(changed), strict=True))


def test_widths_and_depths_must_fit():
    with pytest.raises(ValueError, match="3 widths, 3 depths"):
        CSPDarknet(widths=(8, 16, 32), depths=(1, 1, 1))
    with pytest.raises(ValueError, match="4 maps"):
        CSPDarknet(widths=(8, 16, 32, 64), depths=(1, 1, 1), num_maps=4)
