"""The shortest neck: maps of a backbone, brought to one number of channels."""

from collections.abc import Sequence
from typing import final

from torch import Tensor, nn

from locviz.layers.heads import convolution


@final
class ProjectMaps(nn.Module):
    """A 1x1 convolution for each of the last maps.

    Args:
        in_channels: of these maps, finest first.
        channels: that come out.
        dim: 2 for images, 1 for clips.
    """

    def __init__(self, *, in_channels: Sequence[int], channels: int, dim: int = 2):
        super().__init__()
        self.projections = nn.ModuleList(
            convolution(dim, each, channels, size=1) for each in in_channels
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """From maps (b, c, *space), finest first, to the last of them with ``channels`` each."""
        last = maps[-len(self.projections) :]
        return [project(one) for project, one in zip(self.projections, last, strict=True)]
