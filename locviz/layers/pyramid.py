"""The feature pyramid network (https://arxiv.org/abs/1612.03144), with RetinaNet's extra levels."""

from collections.abc import Sequence
from typing import final

from torch import Tensor, nn
from torch.nn import functional as F


@final
class FeaturePyramid(nn.Module):
    """Mix coarse, meaningful maps into fine ones: 1x1 laterals, top-down addition, 3x3 smoothing.

    ``num_extra`` levels follow by strided convolutions from the coarsest *output*: P6 from P5 and
    P7 from relu(P6), as FCOS has them (RetinaNet's P6 starts from the backbone's C5).
    ``num_pooled`` more have every second cell of the level before: the P6 of the FPN paper (section
    4.1), for anchors larger than any region of the second stage.

    Args:
        in_channels: channels of the backbone's maps, finest first.
        channels: channels of every output map.
        num_extra: how many coarser levels to add by convolution.
        num_pooled: and how many by leaving out cells.
    """

    def __init__(
        self, *, in_channels: Sequence[int], channels: int, num_extra: int = 0, num_pooled: int = 0
    ):
        super().__init__()
        self.num_pooled = num_pooled
        self.lateral = nn.ModuleList(nn.Conv2d(c, channels, 1) for c in in_channels)
        self.smooth = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, padding=1) for _ in in_channels
        )
        self.extra = nn.ModuleList(
            nn.Conv2d(channels, channels, 3, stride=2, padding=1) for _ in range(num_extra)
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, a=1)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return one (b, channels, h, w) map per level, finest first."""
        mixed = [lateral(x) for lateral, x in zip(self.lateral, maps, strict=True)]
        for fine in range(len(mixed) - 2, -1, -1):
            mixed[fine] = mixed[fine] + F.interpolate(
                mixed[fine + 1], size=mixed[fine].shape[-2:], mode="nearest"
            )
        levels = [smooth(x) for smooth, x in zip(self.smooth, mixed, strict=True)]
        for index, conv in enumerate(self.extra):
            levels.append(conv(levels[-1] if index == 0 else F.relu(levels[-1])))
        for _ in range(self.num_pooled):
            levels.append(levels[-1][..., ::2, ::2])
        return levels
