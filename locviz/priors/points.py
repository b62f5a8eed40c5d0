"""Points on a grid: the priors of FCOS and of other dense detectors without anchors."""

from collections.abc import Sequence
from typing import final

import torch

from locviz.priors.cell_grid import (
    Device,
    Sizes,
    Spacing,
    check_maps,
    check_strides,
    in_one_row,
    lattice,
    nominal_spacing,
)
from locviz.types import Priors


@final
class PointPriors:
    """One point per cell of each feature map, as the stride-sized region around it.

    Law: with ``offset`` 0.5 and inputs that the strides divide, the regions of a level tile the
    input exactly.

    Args:
        strides: input pixels per cell, finest level first.
        offset: where in its cell the point lies, in strides. 0.5 is ``floor(s / 2) + x s`` of the
            FCOS paper (section 3.1, https://arxiv.org/abs/1904.01355) for even strides; 0 is
            torchvision's departure.
        spacing: distance between points, ``nominal_spacing`` or ``fitted_spacing`` (torchvision's
            departure).
    """

    def __init__(
        self, *, strides: Sequence[int], offset: float = 0.5, spacing: Spacing = nominal_spacing
    ):
        self.strides = check_strides("PointPriors", strides)
        self.offset = offset
        self.spacing = spacing

    @property
    def num_per_cell(self) -> int:
        """How many priors a cell of every level has: what a detector's head must predict."""
        return 1

    def __call__(
        self, feature_sizes: Sizes, *, input_size: Sequence[int], device: Device = "cpu"
    ) -> Priors:
        """Put the points of all levels in one row: by level, then row-major (as a flattened map).

        The arguments are those of every ``PriorGenerator``.

        Raises:
            ValueError: there is not one feature map per stride.
        """
        check_maps("PointPriors", len(self.strides), feature_sizes)
        levels = []
        for stride, cells in zip(self.strides, feature_sizes, strict=True):
            points = lattice(
                cells, input_size, stride=stride, offset=self.offset, spacing=self.spacing
            )
            levels.append(torch.cat([points - stride / 2, points + stride / 2], -1))
        return in_one_row(levels, self.strides).to(device)
