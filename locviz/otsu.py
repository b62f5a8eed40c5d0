"""Otsu's threshold: where numbers fall into two groups, the value that parts them."""

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.types import check_tensors


def otsu_threshold(values: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """The value t for which ``values > t`` and ``values <= t`` are best apart: a scalar ``()``.

    Best apart means the largest variance *between* the two groups, ``share * share' * (mean -
    mean') ** 2``, or equally the least variance within them (Otsu, 1979). Every split between two
    different values is tried, so t is one of the values: the largest of the lower group. A
    histogram, as libraries for images have it, returns the middle of a bin, and one value too many
    or too few may then lie above it.

    Where the formula leaves the answer open: of equally good splits the lowest is taken. A single
    value, and a group of equal values, cannot be split; all of them are then the upper group, and t
    is the next smaller number.

    Laws: it does not depend on the order of the values; ``values > t`` does not change when all
    values are shifted or multiplied by a positive number; the upper group is never empty.

    Args:
        values: ``(n,)`` finite, at least one.

    Raises:
        TypeError: ``values`` is not a tensor.
        ValueError: ``values`` is not a list, is empty, or holds NaN or infinity.
    """
    check_tensors(values=values)
    if values.ndim != 1:
        raise ValueError(
            f"values must be a list (n,), got shape {tuple(values.shape)}: a group has one threshold, so call once per "
            "group"
        )
    if not values.is_floating_point():
        # The next smaller number of a whole one would be too far away.
        values = values.double()
    if not values.numel() or not torch.isfinite(values).all():
        raise ValueError(
            f"values must be finite and at least one, got {values.tolist()}: a group without members has no threshold"
        )
    ordered = values.detach().sort().values
    # From the least value on, so that sums do not round away what differs.
    numbers = ordered.double() - ordered[0].double()
    num = len(numbers)
    below = torch.arange(1, num, device=values.device, dtype=torch.float64)
    sums = numbers.cumsum(0)
    apart = sums[:-1] / below - (sums[-1] - sums[:-1]) / (num - below)
    variance = below * (num - below) * apart.square()
    variance[ordered[1:] == ordered[:-1]] = -1  # no threshold parts two equal values
    if not num - 1 or not (best := variance.max()) > 0:
        return torch.nextafter(ordered[0], torch.full_like(ordered[0], -torch.inf))
    # Splits that are equally good differ in their last bits.
    return ordered[(variance >= best * (1 - 1e-9)).nonzero()[0, 0]]
