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


@final
class ProjectLevels(nn.Module):
    """Deformable DETR's neck (https://arxiv.org/abs/2010.04159, appendix A.2): a 1x1 convolution for
    each of the last maps, and coarser levels made of the last map by 3x3 convolutions of stride 2,
    the first of them from the backbone's own channels. Each is followed by a group norm.

    Args:
        in_channels: of these maps, finest first.
        channels: that come out.
        extra: how many coarser levels.
        groups: of the norms; they divide the channels.
        dim: 2 for images, 1 for clips.
    """

    def __init__(
        self,
        *,
        in_channels: Sequence[int],
        channels: int,
        extra: int = 0,
        groups: int = 32,
        dim: int = 2,
    ):
        super().__init__()
        coarser = [in_channels[-1], *[channels] * extra][:extra]
        self.num_maps = len(in_channels)
        convolutions = [
            *(convolution(dim, each, channels, size=1) for each in in_channels),
            *(convolution(dim, each, channels, size=3, stride=2) for each in coarser),
        ]
        for each in convolutions:
            nn.init.xavier_uniform_(each.weight)
            nn.init.zeros_(each.bias)  # type: ignore[arg-type]
        self.levels = nn.ModuleList(
            nn.Sequential(each, nn.GroupNorm(groups, channels)) for each in convolutions
        )

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """From maps (b, c, *space), finest first, to the levels, finest first, with ``channels``
        each.
        """
        last = maps[-self.num_maps :]
        projections, coarser = self.levels[: self.num_maps], self.levels[self.num_maps :]
        levels = [project(one) for project, one in zip(projections, last, strict=True)]
        source = last[-1]
        for shrink in coarser:
            source = shrink(source)
            levels.append(source)
        return levels
