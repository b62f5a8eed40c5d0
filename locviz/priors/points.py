"""Points on a grid: the priors of FCOS, CenterNet and every other detector without anchors."""

from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.types import Priors

Spacing = Callable[[int, int, int], int]


def nominal_spacing(stride: int, num_cells: int, input_size: int) -> int:
    """The distance between neighbouring points is the stride: FCOS and nearly everybody."""
    return stride


def fitted_spacing(stride: int, num_cells: int, input_size: int) -> int:
    """The input size over the number of cells, rounded down: what torchvision's anchor generator does.

    It differs from the stride where the input is not a multiple of it: 160 pixels at stride 64 are 3 cells, which
    torchvision puts 53 pixels apart.
    """
    return input_size // num_cells


@final
class PointPriors:
    """One point per cell of each feature map, as the stride-sized region around it.

    Law: with ``offset`` 0.5 and inputs that the strides divide, the regions of a level tile the input exactly.

    Args:
        strides: input pixels per cell, finest level first.
        offset: where in its cell the point lies, in strides. 0.5 is ``floor(s / 2) + x s`` of the FCOS paper
            (section 3.1, https://arxiv.org/abs/1904.01355) for even strides; 0 is torchvision's departure.
        spacing: distance between points, ``nominal_spacing`` or ``fitted_spacing`` (torchvision's departure).
    """

    def __init__(self, *, strides: Sequence[int], offset: float = 0.5, spacing: Spacing = nominal_spacing):
        if not strides or any(stride < 1 for stride in strides):
            raise ValueError(f"PointPriors.strides must be positive pixels per cell, got {tuple(strides)}")
        self.strides = tuple(strides)
        self.offset = offset
        self.spacing = spacing

    def __call__(
        self,
        feature_sizes: Sequence[Sequence[int]],
        *,
        input_size: Sequence[int],
        device: torch.device | str = "cpu",
    ) -> Priors:
        """Lay the points of all levels in one row, row-major within a level (the order of a flattened map).

        Args:
            feature_sizes: ``(h, w)`` of each level's map, or ``(t,)`` for spans.
            input_size: ``(h, w)`` or ``(t,)`` of the padded input.
            device: where the points are wanted.

        Raises:
            ValueError: there is not one feature map per stride.
        """
        if len(feature_sizes) != len(self.strides):
            raise ValueError(
                f"PointPriors has strides {self.strides} but got {len(feature_sizes)} feature maps: "
                "give one stride per level that the neck returns"
            )
        levels = [
            self._level(stride, cells, input_size) for stride, cells in zip(self.strides, feature_sizes, strict=True)
        ]
        counts = tuple(len(level) for level in levels)
        strides = torch.tensor(self.strides, dtype=torch.float32).repeat_interleave(torch.tensor(counts))
        return Priors(torch.cat(levels), strides, counts).to(device)

    def _level(self, stride: int, cells: Sequence[int], input_size: Sequence[int]) -> Float[Tensor, "p coords"]:
        axes = [
            (torch.arange(num) * self.spacing(stride, num, extent) + self.offset * stride).float()
            for num, extent in zip(cells, input_size, strict=True)
        ]
        # Maps are indexed row first, regions name x first: hence the reversal.
        grid = torch.meshgrid(*axes, indexing="ij")
        points = torch.stack([axis.reshape(-1) for axis in reversed(grid)], -1)
        return torch.cat([points - stride / 2, points + stride / 2], -1)
