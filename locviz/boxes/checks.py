"""Checks of regions.

Those of the shape are cheap and always run. The one of the values runs only where data enters.
"""

import torch
from torch import Tensor


def check_last_axis(regions: Tensor, name: str = "regions") -> int:
    """Return the dim (1 or 2) of regions ``(..., 2*dim)``. Only the shape is read.

    Raises:
        TypeError: not a tensor.
        ValueError: the last axis holds neither 2 (``start end``) nor 4 (``x1 y1 x2 y2``) numbers.
    """
    if not isinstance(regions, Tensor):
        raise TypeError(
            f"{name} must be a tensor, got {type(regions).__name__}: wrap it in torch.tensor(...)"
        )
    if regions.ndim == 0 or regions.shape[-1] not in (2, 4):
        raise ValueError(
            f"{name} must have 4 (x1 y1 x2 y2) or 2 (start end) numbers in its last axis, "
            f"got shape {tuple(regions.shape)}: stack the coordinates in the last axis"
        )
    return regions.shape[-1] // 2


def check_same_dim(first: Tensor, second: Tensor, first_name: str, second_name: str) -> int:
    """Return the dim that two sets of regions share. Only the shapes are read.

    Both sets are ``(..., 2*dim)``.

    Raises:
        ValueError: one is not a set of regions, or one holds boxes and the other spans.
    """
    dim = check_last_axis(first, first_name)
    if check_last_axis(second, second_name) != dim:
        raise ValueError(
            f"{first_name} {tuple(first.shape)} and {second_name} {tuple(second.shape)} mix boxes (4 numbers) and "
            "spans (2 numbers): give both in the same dimension"
        )
    return dim


def check_rows(first: Tensor, second: Tensor, first_name: str, second_name: str):
    """Raise for shapes that an all-pairs function would silently broadcast into something else.

    Raises:
        ValueError: one of them is not a list ``(n, 2*dim)``, or one holds boxes and the other
            spans.
    """
    check_same_dim(first, second, first_name, second_name)
    for name, regions in ((first_name, first), (second_name, second)):
        if regions.ndim != 2:
            raise ValueError(
                f"{name} must be (n, 4) boxes or (n, 2) spans, got shape {tuple(regions.shape)}: compare a batch image "
                "by image"
            )


def check_regions(regions: Tensor, name: str = "regions") -> Tensor:
    """Return ``regions`` if all are valid: finite, and low <= high on each axis.

    A length of zero is valid. The function reads values, so on a GPU it waits for the device: call
    it where data enters, not in a loop.

    Args:
        regions: ``(..., 2*dim)``.
        name: the name of the argument in the message.

    Raises:
        ValueError: the last axis is wrong, a number is NaN or infinite, or high < low. The message
            names the argument and the first invalid region.
    """
    dim = check_last_axis(regions, name)
    rows = regions.detach().reshape(-1, 2 * dim)
    broken = ~torch.isfinite(rows).all(-1)
    if broken.any():
        row = int(broken.nonzero()[0])
        raise ValueError(
            f"{name} holds NaN or infinity in row {row} ({rows[row].tolist()}): drop or repair it"
        )
    flipped = (rows[:, dim:] < rows[:, :dim]).any(-1)
    if flipped.any():
        row = int(flipped.nonzero()[0])
        raise ValueError(
            f"{name} has high < low in row {row} ({rows[row].tolist()}): regions are low corner, then high corner; "
            "convert from centre and size or from low corner and size with locviz.boxes first"
        )
    return regions
