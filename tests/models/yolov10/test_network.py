import pytest
import torch

from locviz.models.yolov10.blocks import ConvPair, DecoupledDownsampling
from locviz.models.yolov10.network import YOLOv10Backbone, YOLOv10Neck

PLAIN = (ConvPair,) * 3


@pytest.mark.parametrize("size", [(64, 64), (64, 96)])
def test_maps_and_levels_have_the_strides_and_channels_they_say(size):
    backbone = YOLOv10Backbone(widths=(8, 16, 24, 32), depths=(1, 1, 1), blocks=PLAIN)
    neck = YOLOv10Neck(in_channels=backbone.channels, depth=1, descend=PLAIN[:2], ascend=PLAIN[:2])
    maps = backbone(torch.randn(2, 3, *size))
    wanted = [(2, c, size[0] // s, size[1] // s) for c, s in [(16, 4), (24, 8), (32, 16)]]
    assert [tuple(x.shape) for x in maps] == wanted
    assert [tuple(x.shape) for x in neck(maps)] == wanted


def test_the_last_two_stages_halve_in_two_steps():
    backbone = YOLOv10Backbone(widths=(8, 16, 24, 32), depths=(1, 1, 1), blocks=PLAIN)
    steps = [isinstance(stage[0], DecoupledDownsampling) for stage in backbone.stages]
    assert steps == [False, True, True]


def test_every_level_depends_on_every_map():
    torch.manual_seed(0)
    neck = YOLOv10Neck(in_channels=(4, 6, 8), depth=1, descend=PLAIN[:2], ascend=PLAIN[:2]).eval()
    maps = [torch.randn(1, c, 8 // s, 8 // s) for c, s in [(4, 1), (6, 2), (8, 4)]]
    before = neck(maps)
    for index in range(3):
        changed = [x + (i == index) for i, x in enumerate(maps)]
        assert all(not torch.equal(a, b) for a, b in zip(before, neck(changed), strict=True))


def test_widths_depths_and_blocks_must_fit():
    with pytest.raises(ValueError, match="3 widths, 3 depths"):
        YOLOv10Backbone(widths=(8, 16, 32), depths=(1, 1, 1), blocks=PLAIN)
    with pytest.raises(ValueError, match="2 blocks"):
        YOLOv10Backbone(widths=(8, 16, 32, 64), depths=(1, 1, 1), blocks=PLAIN[:2])
