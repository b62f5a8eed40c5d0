"""Where the words at boxes stand in a static picture, so that none lies on another.

Its twin is ``src/shared/labels.ts``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from locviz.widgets.core.picture import Number

Place = tuple[float, float]
"""The left end of a base line."""


@dataclass(frozen=True, kw_only=True)
class LabelRules:
    """Of the picture its ``width`` and ``height``; ``high`` is a line of words with its rim, ``gap``
    the distance between a box's line and the words at it.
    """

    width: Number
    height: Number
    high: Number
    gap: Number


def label_places(
    boxes: Sequence[Sequence[float]], wides: Sequence[float], rules: LabelRules
) -> list[Place | None]:
    """Return a place for each box's label where no earlier one lies, inside the picture.

    The first boxes get the best places; None where there is no room.

    Args:
        boxes: x1 y1 x2 y2 of each.
        wides: how wide each label is.
        rules: the picture, and the size of a line.
    """
    taken: list[tuple[float, float, float]] = []
    places: list[Place | None] = []
    for box, wide in zip(boxes, wides, strict=True):
        place = next(
            (at for at in _inside(box, wide, rules) if _free(at, wide, taken, rules)), None
        )
        places.append(place)
        if place is not None:
            taken.append((*place, wide))
    return places


def _free(
    place: Place, wide: float, taken: Sequence[tuple[float, float, float]], rules: LabelRules
) -> bool:
    x, y = place
    return all(x >= a + w or a >= x + wide or abs(y - b) >= rules.high for a, b, w in taken)


def _inside(box: Sequence[float], wide: float, rules: LabelRules) -> Iterator[Place]:
    for x, y in _tried(box, wide, rules):
        kept = max(min(x, rules.width - wide), 0.0), min(y, rules.height - rules.high / 4)
        if kept[1] >= rules.high:
            yield kept


def _tried(box: Sequence[float], wide: float, rules: LabelRules) -> Iterator[Place]:
    """Its corners outside and inside, then along its sides."""
    x1, y1, x2, y2 = box
    above, top, bottom, below = y1 - rules.gap, y1 + rules.high, y2 - rules.gap, y2 + rules.high
    left, right = x1 + rules.gap, x2 - wide - rules.gap
    for rows in ((above, top), (bottom, below)):
        yield from ((x, y) for y in rows for x in (left, right))
    for y in (above, top, bottom, below):
        yield from ((x, y) for x in _steps(left + wide / 2, right, wide / 2))
    for x in (left, right, x2 + rules.gap, x1 - wide - rules.gap):
        yield from ((x, y) for y in _steps(above, below, rules.high / 2))


def _steps(low: float, high: float, by: float) -> Iterator[float]:
    while low <= high:
        yield low
        low += by
