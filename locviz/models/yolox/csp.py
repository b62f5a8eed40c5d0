"""CSPDarknet and the path-aggregation neck: backbone and neck of YOLOX (as in YOLOv5, with SiLU).

Every convolution is followed by batch norm and SiLU. There are three ideas. A *cross-stage partial*
block sends half of the channels around its bottlenecks (https://arxiv.org/abs/1911.11929). *Spatial
pyramid pooling* takes maxima around each place in windows of several sizes
(https://arxiv.org/abs/1406.4729). *Path aggregation* adds a bottom-up path to the top-down path of
a feature pyramid (https://arxiv.org/abs/1803.01534).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import final

import torch
from torch import Tensor, nn

from locviz.layers import ConvNorm, PyramidPooling, aggregate_paths

# (in_channels, out_channels, size, stride) to a module: ``ConvNorm``, or ``DepthwiseConvNorm`` in
# the nano model.
Convolution = Callable[[int, int, int, int], nn.Module]


@final
class DepthwiseConvNorm(nn.Module):
    """One filter per channel, then a 1x1 convolution that mixes them: about a ninth of the
    arithmetic.
    """

    def __init__(self, in_channels: int, out_channels: int, size: int = 3, stride: int = 1):
        super().__init__()
        self.each = ConvNorm(in_channels, in_channels, size, stride, groups=in_channels)
        self.mix = ConvNorm(in_channels, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to (b, out_channels, h / stride, w / stride)."""
        return self.mix(self.each(x))


@final
class Bottleneck(nn.Module):
    """1x1, then 3x3 convolution, all at one width; ``shortcut`` adds the input."""

    def __init__(self, channels: int, *, shortcut: bool, convolution: Convolution):
        super().__init__()
        self.conv1, self.conv2 = ConvNorm(channels, channels), convolution(channels, channels, 3, 1)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to the same shape."""
        y = self.conv2(self.conv1(x))
        return x + y if self.shortcut else y


@final
class CrossStagePartial(nn.Module):
    """Half of the channels pass ``depth`` bottlenecks, half go around them, and a 1x1 convolution
    joins both.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        depth: int,
        shortcut: bool = True,
        convolution: Convolution = ConvNorm,
    ):
        super().__init__()
        half = out_channels // 2
        # Both start from all channels of the input; each keeps half as many.
        self.through, self.around = ConvNorm(in_channels, half), ConvNorm(in_channels, half)
        self.blocks = nn.Sequential(
            *(Bottleneck(half, shortcut=shortcut, convolution=convolution) for _ in range(depth))
        )
        self.join = ConvNorm(2 * half, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to (b, out_channels, h, w)."""
        return self.join(torch.cat([self.blocks(self.through(x)), self.around(x)], 1))


def focus(pixels: Tensor) -> Tensor:
    """Each square of 2x2 pixels becomes one place with four times the channels: (b, c, h, w) to
    (b, 4 * c, h / 2, w / 2). No value is lost.

    The order is top left, bottom left, top right, bottom right, as the released weights need it.
    """
    return torch.cat([pixels[..., y::2, x::2] for x in (0, 1) for y in (0, 1)], 1)


@final
class CSPDarknet(nn.Module):
    """``focus``, then stages of one strided convolution and one cross-stage partial block.

    The last stage has ``PyramidPooling`` before its block, and its bottlenecks have no shortcut.

    Args:
        widths: channels of the stem (stride 2), then of each stage; stage i has stride 2 ** (i +
            2).
        depths: bottlenecks per stage, one number per stage.
        num_maps: how many of the last stages to return.
        convolution: makes every 3x3 convolution but the stem's.
    """

    def __init__(
        self,
        *,
        widths: Sequence[int],
        depths: Sequence[int],
        num_maps: int = 3,
        convolution: Convolution = ConvNorm,
    ):
        super().__init__()
        if len(widths) != len(depths) + 1 or not 1 <= num_maps <= len(depths):
            raise ValueError(
                "CSPDarknet needs one width for the stem and one per stage, and returns at most one map per stage, "
                f"got {len(widths)} widths, {len(depths)} depths, {num_maps} maps"
            )
        self.channels = tuple(widths[-num_maps:])
        # ``focus`` makes twelve channels of red, green and blue.
        self.stem = ConvNorm(4 * 3, widths[0], 3)
        stages = []
        for index, depth in enumerate(depths):
            before, width, last = widths[index], widths[index + 1], index == len(depths) - 1
            block = CrossStagePartial(
                width, width, depth=depth, shortcut=not last, convolution=convolution
            )
            pooling = [PyramidPooling(width)] if last else []
            stages.append(nn.Sequential(convolution(before, width, 3, 2), *pooling, block))
        self.stages = nn.ModuleList(stages)

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Return the last ``num_maps`` maps of ``pixels`` (b, 3, h, w), finest first."""
        maps = [self.stem(focus(pixels))]
        for stage in self.stages:
            maps.append(stage(maps[-1]))
        return maps[-len(self.channels) :]


@final
class PathAggregation(nn.Module):
    """A feature pyramid that concatenates instead of adding, then a second path from fine to
    coarse, so that every level depends on every map.

    Args:
        in_channels: channels of the backbone's maps, finest first; the levels that come out have
            the same.
        depth: bottlenecks per block.
        convolution: makes every 3x3 convolution.
    """

    def __init__(
        self, *, in_channels: Sequence[int], depth: int, convolution: Convolution = ConvNorm
    ):
        super().__init__()
        pairs = list(pairwise(in_channels))  # (finer, coarser)

        def block(inside: int, outside: int) -> CrossStagePartial:
            return CrossStagePartial(
                inside, outside, depth=depth, shortcut=False, convolution=convolution
            )

        # Top down, coarsest first.
        self.reduce = nn.ModuleList(ConvNorm(coarser, finer) for finer, coarser in reversed(pairs))
        self.descend = nn.ModuleList(block(2 * finer, finer) for finer, _ in reversed(pairs))
        # Bottom up, finest first.
        self.shrink = nn.ModuleList(convolution(finer, finer, 3, 2) for finer, _ in pairs)
        self.ascend = nn.ModuleList(block(2 * finer, coarser) for finer, coarser in pairs)

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return one map (b, c, h, w) per level, finest first, with the channels and sizes of
        ``maps``.
        """
        return aggregate_paths(
            maps,
            reduce=self.reduce,
            descend=self.descend,
            shrink=self.shrink,
            ascend=self.ascend,
        )
