"""Which regions are large enough to be worth keeping."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.boxes.checks import check_last_axis


def large_enough(regions: Float[Tensor, "*n coords"], min_size: int | float) -> Bool[Tensor, "*n"]:
    """Whether every side of a region is at least ``min_size`` long, in the units of the regions.

    Args:
        regions: ``(..., 2*dim)``.
        min_size: a side of exactly this length is long enough.

    Returns:
        ``(...)``, False where a side is too short, NaN, or high < low.
    """
    check_last_axis(regions)
    low, high = regions.chunk(2, -1)
    return torch.all(high - low >= min_size, -1)


def remove_small_boxes(
    regions: Float[Tensor, "n coords"], min_size: int | float
) -> Int64[Tensor, "m"]:
    """The ascending indices of the regions whose sides are all at least ``min_size`` long.

    It is torchvision's function of this name, for boxes and for spans.

    Args:
        regions: ``(n, 2*dim)``.
        min_size: in the units of the regions; a side of exactly this length is long enough.

    Raises:
        ValueError: ``regions`` is not a list of regions ``(n, 2*dim)``.
    """
    keep = large_enough(regions, min_size)
    if keep.ndim != 1:
        raise ValueError(f"regions must be (n, 4) or (n, 2), got shape {tuple(regions.shape)}")
    return keep.nonzero()[:, 0]
