"""The feature pyramid network (https://arxiv.org/abs/1612.03144), with RetinaNet's extra levels."""

from collections.abc import Callable, Sequence
from typing import final

from torch import Tensor, nn
from torch.nn import functional as F

from locviz.layers.heads import convolution

# (backbone's maps, levels so far) to the map that the first extra level is made from.
ExtraSource = Callable[[Sequence[Tensor], Sequence[Tensor]], Tensor]


def from_output(maps: Sequence[Tensor], levels: Sequence[Tensor]) -> Tensor:
    """The coarsest level, P5 (b, c, *space): FCOS and torchvision's RetinaNet."""
    return levels[-1]


def from_backbone(maps: Sequence[Tensor], levels: Sequence[Tensor]) -> Tensor:
    """The backbone's coarsest map, C5 (b, c, *space): the RetinaNet paper (arXiv:1708.02002,
    footnote 2).
    """
    return maps[-1]


@final
class FeaturePyramid(nn.Module):
    """Mix coarse, meaningful maps into fine ones: 1x1 laterals, top-down addition, 3x3 smoothing.

    ``num_extra`` more levels are made by strided convolutions: P6 from the map that
    ``extra_source`` chooses, P7 from ``between`` of P6, a ReLU. ``num_pooled`` more keep every second cell of the
    level before: this is the P6 of the FPN paper (section 4.1), for anchors larger than any region
    of the second stage.

    Args:
        in_channels: channels of the backbone's maps, finest first.
        channels: channels of every output map.
        num_extra: how many coarser levels to add by convolution.
        num_pooled: how many coarser levels to add by leaving out every second cell.
        extra_source: what the first extra level is made from, ``from_output`` (P5) or
            ``from_backbone`` (C5).
        between: what an extra level goes through before the next is made from it: ``F.relu``, or
            ``torch.nn.Identity()`` in mmdetection.
        dim: 2 for images, 1 for clips.
    """

    def __init__(
        self,
        *,
        in_channels: Sequence[int],
        channels: int,
        num_extra: int = 0,
        num_pooled: int = 0,
        extra_source: ExtraSource = from_output,
        between: Callable[[Tensor], Tensor] = F.relu,
        dim: int = 2,
    ):
        super().__init__()
        self.num_pooled, self.extra_source, self.dim = num_pooled, extra_source, dim
        self.between = between
        self.lateral = nn.ModuleList(convolution(dim, c, channels, size=1) for c in in_channels)
        self.smooth = nn.ModuleList(convolution(dim, channels, channels) for _ in in_channels)
        # C5 still has the backbone's channels; P5 has the pyramid's.
        first = in_channels[-1] if extra_source is from_backbone else channels
        self.extra = nn.ModuleList(
            convolution(dim, channels if index else first, channels, stride=2)
            for index in range(num_extra)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv1d | nn.Conv2d):
                # No ReLU follows these convolutions, hence a slope of 1; torchvision does the same.
                nn.init.kaiming_uniform_(module.weight, a=1)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return one (b, channels, *space) map per level, finest first."""
        mixed = [lateral(x) for lateral, x in zip(self.lateral, maps, strict=True)]
        # From coarse to fine, so that each level receives everything above it. The size is given
        # and not a factor of 2: an odd map is not exactly twice the next one.
        for fine in range(len(mixed) - 2, -1, -1):
            mixed[fine] = mixed[fine] + F.interpolate(
                mixed[fine + 1], size=mixed[fine].shape[2:], mode="nearest"
            )
        levels = [smooth(x) for smooth, x in zip(self.smooth, mixed, strict=True)]
        for index, conv in enumerate(self.extra):
            # ReLU between P6 and P7, but not before P6 (RetinaNet, footnote 2).
            source = self.between(levels[-1]) if index else self.extra_source(maps, levels)
            levels.append(conv(source))
        every_second = (..., *(slice(None, None, 2),) * self.dim)
        for _ in range(self.num_pooled):
            levels.append(levels[-1][every_second])
        return levels
