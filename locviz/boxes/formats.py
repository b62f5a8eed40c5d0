"""Formats of a region, and the functions that convert one into another.

Inside locviz a region is always its low corner, then its high corner. ``dim = 2``:
``x1 y1 x2 y2``, ``cx cy w h``, ``x1 y1 w h``. ``dim = 1``: ``start end``, ``center length``,
``start length``. Chapter 01 draws them.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes.checks import check_last_axis, check_same_dim
from locviz.boxes.coordinates import planes, product


def corners_to_center_size(regions: Float[Tensor, "*n coords"]) -> Float[Tensor, "*n coords"]:
    """``low high -> center size``; undone by ``center_size_to_corners``.

    Both are ``(..., 2*dim)``.
    """
    check_last_axis(regions)
    low, high = regions.chunk(2, -1)
    return torch.cat([(low + high) / 2, high - low], -1)


def center_size_to_corners(center_size: Float[Tensor, "*n coords"]) -> Float[Tensor, "*n coords"]:
    """``center size -> low high``; undone by ``corners_to_center_size``.

    Both are ``(..., 2*dim)``.
    """
    check_last_axis(center_size, "center_size")
    center, size = center_size.chunk(2, -1)
    return torch.cat([center - size / 2, center + size / 2], -1)


def corners_to_low_size(regions: Float[Tensor, "*n coords"]) -> Float[Tensor, "*n coords"]:
    """``low high -> low size``, the format of COCO's files; undone by ``low_size_to_corners``.

    Both are ``(..., 2*dim)``.
    """
    check_last_axis(regions)
    low, high = regions.chunk(2, -1)
    return torch.cat([low, high - low], -1)


def low_size_to_corners(low_size: Float[Tensor, "*n coords"]) -> Float[Tensor, "*n coords"]:
    """``low size -> low high``; undone by ``corners_to_low_size``. Both are ``(..., 2*dim)``."""
    check_last_axis(low_size, "low_size")
    low, size = low_size.chunk(2, -1)
    return torch.cat([low, low + size], -1)


def area(regions: Float[Tensor, "*n coords"]) -> Float[Tensor, "*n"]:
    """Area of boxes in squared units, or length of spans. ``(..., 2*dim)`` gives ``(...)``.

    A region with high = low on an axis measures 0. The result is float32 at least, because
    300 x 300 pixels are infinite in float16.
    """
    axes = range(check_last_axis(regions))
    sides = planes(regions)
    return product([sides[i + len(axes)] - sides[i] for i in axes])


def clip(
    regions: Float[Tensor, "*n coords"], size: Sequence[int | float]
) -> Float[Tensor, "*n coords"]:
    """Cut regions to an image or a clip: every coordinate is brought into 0 .. extent.

    Args:
        regions: ``(..., 2*dim)``.
        size: ``(h, w)`` of the image, as everywhere in locviz, or ``(length,)``.

    Raises:
        ValueError: ``size`` does not have one number per axis, or one is NaN or negative.
    """
    dim = check_last_axis(regions)
    if len(size) != dim:
        raise ValueError(
            f"size must be (h, w) for boxes or (length,) for spans, got {tuple(size)} for dim {dim}"
        )
    if not all(extent >= 0 for extent in size):
        raise ValueError(f"size must hold numbers of 0 or more, got {tuple(size)}")
    limits = tuple(size)[::-1] * 2  # x belongs to w, the last entry of (h, w)
    cut = [plane.clamp(0, limit) for plane, limit in zip(regions.unbind(-1), limits, strict=True)]
    return torch.stack(cut, -1)


def intersection(
    a: Float[Tensor, "*#n coords"], b: Float[Tensor, "*#n coords"]
) -> Float[Tensor, "*#n coords"]:
    """The region common to ``a`` and ``b``. All are ``(..., 2*dim)``.

    Where the two do not overlap, it has zero length on the axis that separates them.
    """
    check_same_dim(a, b, "a", "b")
    (low_a, high_a), (low_b, high_b) = a.chunk(2, -1), b.chunk(2, -1)
    low = torch.maximum(low_a, low_b)
    # maximum(low): without an overlap the smaller high side would lie below the larger low side.
    return torch.cat([low, torch.minimum(high_a, high_b).maximum(low)], -1)


def hull(
    a: Float[Tensor, "*#n coords"], b: Float[Tensor, "*#n coords"]
) -> Float[Tensor, "*#n coords"]:
    """The smallest region that encloses ``a`` and ``b``: C in the GIoU paper.

    All are ``(..., 2*dim)``.
    """
    check_same_dim(a, b, "a", "b")
    (low_a, high_a), (low_b, high_b) = a.chunk(2, -1), b.chunk(2, -1)
    return torch.cat([torch.minimum(low_a, low_b), torch.maximum(high_a, high_b)], -1)
