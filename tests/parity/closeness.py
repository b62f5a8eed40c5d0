"""How close is close enough: in proportion to the size of what is compared.

What another processor or another kernel changes is a share of the numbers that it adds up. So an
absolute tolerance is too tight for large values, and a relative one for a small sum of large values.
"""

from torch import Tensor


def near(want: Tensor, got: Tensor, tolerance: float = 1e-4) -> None:
    """Assert that outputs are equal, to a share of the largest of them, at least of 1."""
    assert got.shape == want.shape
    assert (got - want).abs().max() <= tolerance * want.abs().max().clamp(min=1)


def near_boxes(want: Tensor, got: Tensor, tolerance: float = 1e-4) -> None:
    """Assert that boxes (..., 4) in pixels are equal row for row: corners to a share of the box's
    longer side, at least of a pixel.
    """
    assert got.shape == want.shape
    assert ((got - want).abs() / allowed(want, tolerance, least=1)).max() <= 1


def allowed(boxes: Tensor, tolerance: float, *, least: float) -> Tensor:
    """How far the corners of boxes (..., 4) may be off (..., 1), in pixels: a share of the longer
    side. A detector predicts distances in proportion to the box, and a corner near 0 is off as far
    as the others.
    """
    low, high = boxes.chunk(2, -1)
    return tolerance * (high - low).abs().amax(-1, keepdim=True).clamp(min=least)
