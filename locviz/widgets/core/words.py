"""Numbers in words, as the static pictures write them: a zero has no sign (``z`` in a format)."""

import math
from collections.abc import Iterable

from locviz.widgets.core.picture import Number


def share(value: Number) -> str:
    """Return a number in 0..1 with three decimals, or "undefined" for NaN."""
    return "undefined" if math.isnan(value) else f"{value:z.3f}"


def listed(values: Iterable[Number], *, digits: int = 2) -> str:
    """Return numbers as people list them: ``0.5, 1, 2``."""
    return ", ".join(f"{round(float(value), digits):zg}" for value in values)


def letter(index: int) -> str:
    """Return what an object is called on screen: A, B .. Z, then A1, B1 ..."""
    return chr(65 + index % 26) + (str(index // 26) if index >= 26 else "")
