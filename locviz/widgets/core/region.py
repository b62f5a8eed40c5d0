"""A box as a trait that the user drags: what is valid, and how each handle moves it.

The twin of ``moved`` and of ``PARTS`` is ``src/shared/boxes.ts``.
"""

import math
from collections.abc import Iterable

import traitlets

from locviz.widgets.core.picture import Number

PARTS = {
    "body": (True, True, True, True),
    "left edge": (True, False, False, False),
    "top edge": (False, True, False, False),
    "right edge": (False, False, True, False),
    "bottom edge": (False, False, False, True),
    "top left corner": (True, True, False, False),
    "top right corner": (False, True, True, False),
    "bottom right corner": (False, False, True, True),
    "bottom left corner": (True, False, False, True),
}
"""What can be dragged of a box, and which of x1, y1, x2, y2 move with it."""


class Box(traitlets.TraitType):
    """Four finite numbers ``x1 y1 x2 y2`` with ``x1 <= x2`` and ``y1 <= y2``.

    A tensor or an array is accepted, too.
    """

    info_text = "four numbers x1, y1, x2, y2"

    def validate(self, obj, value):
        """Return the box as a list of floats, or raise a TraitError that names the fix."""
        name, numbers = f"{type(obj).__name__}.{self.name}", _numbers(value)
        if len(numbers) != 4:
            raise traitlets.TraitError(
                f"{name} must be four numbers x1, y1, x2, y2 in pixels, got {value!r}"
            )
        if not all(map(math.isfinite, numbers)):
            raise traitlets.TraitError(
                f"{name} holds NaN or infinity ({numbers}): give four finite numbers"
            )
        x1, y1, x2, y2 = numbers
        if x2 < x1 or y2 < y1:
            raise traitlets.TraitError(
                f"{name} has high < low ({numbers}): give the low corner, then the high corner; "
                "locviz.boxes.center_size_to_corners converts from centre and size"
            )
        return numbers


def _numbers(value) -> list[float]:
    try:
        return [float(number) for number in value]
    except (TypeError, ValueError):
        return []


def moved(
    box: list[float], part: str, dx: Number, dy: Number, size: Iterable[Number]
) -> list[Number]:
    """Return the box after its ``part`` was dragged by ``(dx, dy)`` pixels.

    The box stays in the picture of ``size`` (h, w) and keeps low <= high.

    Raises:
        ValueError: ``part`` is not in ``PARTS``.
    """
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(map(repr, PARTS))}, got {part!r}")
    height, width = size
    limits = (width, height)
    if part == "body":
        shift = [
            between(step, -box[i], limits[i] - box[i + 2]) for i, step in enumerate((dx, dy))
        ] * 2
        return [value + step for value, step in zip(box, shift, strict=True)]
    new: list[Number] = list(box)
    for i, (moves, step) in enumerate(zip(PARTS[part], (dx, dy, dx, dy), strict=True)):
        if moves:
            low, high = (0.0, box[i + 2]) if i < 2 else (box[i - 2], limits[i % 2])
            new[i] = between(box[i] + step, low, high)
    return new


def between(value: Number, low: Number, high: Number) -> Number:
    """Return ``value`` held between ``low`` and ``high``; ``low`` where they cross."""
    return min(max(value, low), max(low, high))


def dragged(
    region: list[float], part: str, dx: Number, dy: Number, size: Iterable[Number]
) -> list[Number]:
    """Return a box or a span after its ``part`` was dragged.

    A span ``start end`` is a box without a vertical way to go; then ``size`` is its (length,).

    Raises:
        ValueError: ``part`` is not in ``PARTS``.
    """
    if len(region) == 4:
        return moved(region, part, dx, dy, size)
    start, _, end, _ = moved([region[0], 0.0, region[1], 1.0], part, dx, 0, (1, *size))
    return [start, end]
