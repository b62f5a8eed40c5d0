"""Centre-ness: how central a point is in its ground truth."""

from jaxtyping import Float
from torch import Tensor

TINY = 1e-12
"""Stands in for a distance of 0 to the farther side, that of an empty region."""


def centerness(
    points: Float[Tensor, "n dim"], regions: Float[Tensor, "n coords"]
) -> Float[Tensor, "n"]:
    """The root of the product over the axes of (distance to the nearer / to the farther side).

    It is 1 at the centre and 0 on a side. Equation 3 of https://arxiv.org/abs/1904.01355: with
    l, t, r, b = 2, 5, 8, 5 it is sqrt(2/8 * 5/5) = 0.5. For spans there is one axis under the root.
    It is 0 for points outside, which other assigners may choose, and for empty regions. Points
    ``(n, dim)`` and regions ``(n, 2*dim)`` give ``(n,)``.

    Raises:
        ValueError: the two do not fit together.
    """
    if 2 * points.shape[-1] != regions.shape[-1] or len(points) != len(regions):
        raise ValueError(
            f"points {tuple(points.shape)} must be the (n, dim) of regions {tuple(regions.shape)}, (n, 2*dim)"
        )
    low, high = regions.chunk(2, -1)
    before, after = (points - low).clamp(min=0), (high - points).clamp(min=0)
    nearer, farther = before.minimum(after), before.maximum(after)
    return (nearer / farther.clamp(min=TINY)).prod(-1).sqrt()
