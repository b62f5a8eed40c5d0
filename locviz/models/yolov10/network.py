"""Backbone and neck of YOLOv10: which blocks stand where."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import final

from torch import Tensor, nn

from locviz.layers import ConvNorm, PyramidPooling, aggregate_paths
from locviz.models.yolov10.blocks import Block, C2f, DecoupledDownsampling, PartialSelfAttention

# (in_channels, out_channels) to a module that halves its map.
Halve = Callable[[int, int], nn.Module]


def strided(in_channels: int, out_channels: int) -> ConvNorm:
    """A 3x3 convolution with stride 2: from (b, c, h, w) to (b, out_channels, h / 2, w / 2)."""
    return ConvNorm(in_channels, out_channels, 3, 2)


@final
class YOLOv10Backbone(nn.Module):
    """A stem, stages of one halving and one ``C2f`` each, then pooling and attention on the last map.

    The last two stages halve their maps by ``DecoupledDownsampling``: there the maps have most
    channels.

    Args:
        widths: channels of the stem (stride 2), then of each stage; stage i has stride 2 ** (i +
            2).
        depths: blocks per stage.
        blocks: what the blocks of each stage are.
        num_maps: how many of the last stages to return.
    """

    def __init__(
        self,
        *,
        widths: Sequence[int],
        depths: Sequence[int],
        blocks: Sequence[Block],
        num_maps: int = 3,
    ):
        super().__init__()
        if not len(widths) - 1 == len(depths) == len(blocks) >= num_maps >= 1:
            raise ValueError(
                "YOLOv10Backbone needs one width for the stem and one per stage, a depth and a block per stage, "
                f"and returns at most one map per stage, got {len(widths)} widths, {len(depths)} depths, "
                f"{len(blocks)} blocks, {num_maps} maps"
            )
        self.channels = tuple(widths[-num_maps:])
        halves: Sequence[Halve] = [strided] * (len(depths) - 2) + [DecoupledDownsampling] * 2
        self.stem = strided(3, widths[0])
        self.stages = nn.ModuleList(
            nn.Sequential(halve(before, width), C2f(width, width, depth=depth, block=block))
            for halve, (before, width), depth, block in zip(
                halves, pairwise(widths), depths, blocks, strict=True
            )
        )
        self.pooling = PyramidPooling(widths[-1])
        self.attention = PartialSelfAttention(widths[-1])

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Return the last ``num_maps`` maps of ``pixels`` (b, 3, h, w), finest first."""
        maps = [self.stem(pixels)]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        maps[-1] = self.attention(self.pooling(maps[-1]))
        return maps[-len(self.channels) :]


@final
class YOLOv10Neck(nn.Module):
    """Path aggregation for three maps that are concatenated as they are, with a ``C2f`` after each
    step.

    Args:
        in_channels: channels of the three maps, finest first; the levels that come out have the
            same.
        depth: blocks per ``C2f``.
        descend: what the blocks of the way down are, coarsest first.
        ascend: what the blocks of the way back are, finest first.
    """

    def __init__(
        self,
        *,
        in_channels: Sequence[int],
        depth: int,
        descend: Sequence[Block],
        ascend: Sequence[Block],
    ):
        super().__init__()
        fine, middle, coarse = in_channels
        self.descend = nn.ModuleList(
            [
                C2f(coarse + middle, middle, depth=depth, block=descend[0]),
                C2f(middle + fine, fine, depth=depth, block=descend[1]),
            ]
        )
        self.shrink = nn.ModuleList([strided(fine, fine), DecoupledDownsampling(middle, middle)])
        self.ascend = nn.ModuleList(
            [
                C2f(fine + middle, middle, depth=depth, block=ascend[0]),
                C2f(middle + coarse, coarse, depth=depth, block=ascend[1]),
            ]
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return one map (b, c, h, w) per level, finest first, with the channels and sizes of
        ``maps``.
        """
        return aggregate_paths(
            maps,
            reduce=[nn.Identity()] * 2,
            descend=self.descend,
            shrink=self.shrink,
            ascend=self.ascend,
        )
