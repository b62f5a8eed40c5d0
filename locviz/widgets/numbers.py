"""Traits that hold a few numbers: a set that the user designs, and a point in a picture."""

import math

import traitlets

from locviz.widgets.picture import Number


class Numbers(traitlets.TraitType):
    """Finite numbers between ``low`` and ``high``, at least one and at most ``most``, in the order
    given.
    """

    info_text = "a few numbers"

    def __init__(self, *, low: Number, high: Number, most: int, what: str, whole: bool = False):
        super().__init__()
        self.low, self.high, self.most, self.what, self.whole = low, high, most, what, whole

    def validate(self, obj, value):
        """Return the numbers as a list, or raise a TraitError that says what is allowed."""
        name = f"{type(obj).__name__}.{self.name}"
        try:
            numbers = [int(number) if self.whole else float(number) for number in value]
            exact = not self.whole or all(float(number) == int(number) for number in value)
        except (TypeError, ValueError, OverflowError):
            numbers, exact = [], False
        if not exact or not 1 <= len(numbers) <= self.most or not all(map(self._fits, numbers)):
            raise traitlets.TraitError(
                f"{name} must be 1 to {self.most} {self.what}, each from {self.low:g} to {self.high:g}, got {value!r}"
            )
        return numbers

    def _fits(self, number: Number) -> bool:
        return math.isfinite(number) and self.low <= number <= self.high


class Point(traitlets.TraitType):
    """Two finite numbers ``x, y``."""

    info_text = "two numbers x, y"

    def validate(self, obj, value):
        """Return the point as a list of floats, or raise a TraitError."""
        try:
            x, y = (float(number) for number in value)
        except (TypeError, ValueError):
            x = y = math.nan
        if not (math.isfinite(x) and math.isfinite(y)):
            raise traitlets.TraitError(
                f"{type(obj).__name__}.{self.name} must be two finite numbers x, y in pixels, got {value!r}"
            )
        return [x, y]
