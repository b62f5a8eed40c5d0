"""Traits of a widget's knobs: a number in a range, one of a few words, a few numbers, a point.

Each says in its error what to give.
"""

import math
from collections.abc import Sequence
from typing import Any

import traitlets

from locviz.widgets.core.picture import Number


class Ranged(traitlets.TraitType):
    """A finite number from ``low`` to ``high``.

    Args:
        default: where it stands at first.
        low, high: the ends of the range; ``high`` may be infinite.
        step: what a slider moves it by.
        above_low: whether ``low`` itself is refused.
        whole: whether it counts something.
        allow_none: whether None is a value, too.
    """

    info_text = "a number"

    def __init__(
        self,
        default: Number | None,
        *,
        low: Number,
        high: Number = math.inf,
        step: Number = 1,
        above_low: bool = False,
        whole: bool = False,
        allow_none: bool = False,
    ):
        super().__init__(default, allow_none=allow_none)
        self.low, self.high, self.step = low, high, step
        self.above_low, self.whole = above_low, whole

    def validate(self, obj, value):
        """Return the number, or raise a TraitError that says what is allowed."""
        if not self._fits(value):
            raise traitlets.TraitError(
                f"{type(obj).__name__}.{self.name} must be {self.allowed()}, got {value!r}"
            )
        return int(value) if self.whole else float(value)

    def _fits(self, value: Any) -> bool:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            return False
        low_enough = value > self.low if self.above_low else value >= self.low
        return low_enough and value <= self.high and math.isfinite(value)

    def allowed(self) -> str:
        """Return in words what is allowed."""
        if self.whole and math.isfinite(self.high):
            return f"a whole number from {self.low} to {self.high}"
        low = f"{'more than' if self.above_low else 'at least'} {self.low:g}"
        if self.whole:
            return f"a whole number, {low}"
        return f"{low} and {'finite' if math.isinf(self.high) else f'at most {self.high:g}'}"

    def held(self, value: Number) -> Number:
        """Return the value nearest to ``value`` that is in the range."""
        low = self.low + self.step if self.above_low else self.low
        return min(max(value, low), self.high)


class Choice(traitlets.TraitType):
    """One of a few words, the first of them by default."""

    info_text = "one of a few words"

    def __init__(self, choices: Sequence[str], *, default: str | None = None):
        super().__init__(choices[0] if default is None else default)
        self.choices = tuple(choices)

    def validate(self, obj, value):
        """Return the word, or raise a TraitError that lists them all."""
        if value not in self.choices:
            raise traitlets.TraitError(
                f"{type(obj).__name__}.{self.name} must be {self.allowed()}, got {value!r}"
            )
        return value

    def allowed(self) -> str:
        """Return in words what is allowed."""
        return f"one of {', '.join(map(repr, self.choices))}"


class Numbers(traitlets.TraitType):
    """Between one and ``most`` finite numbers from ``low`` to ``high``; their order is kept."""

    info_text = "a few numbers"

    def __init__(self, *, low: Number, high: Number, most: int, what: str, whole: bool = False):
        super().__init__()
        self.low, self.high, self.most, self.what, self.whole = low, high, most, what, whole

    def validate(self, obj, value):
        """Return the numbers as a list, or raise a TraitError that says what is allowed."""
        numbers = self._read(value)
        if not 1 <= len(numbers) <= self.most or not all(map(self._fits, numbers)):
            raise traitlets.TraitError(
                f"{type(obj).__name__}.{self.name} must be {self.allowed()}, got {value!r}"
            )
        return numbers

    def allowed(self) -> str:
        """Return in words what is allowed."""
        return f"1 to {self.most} {self.what}, each from {self.low:g} to {self.high:g}"

    def _read(self, value: Any) -> list[Number]:
        """Return the numbers; none where one of them is not what it should be."""
        try:
            numbers = [float(number) for number in value]
            whole = [int(number) for number in numbers] if self.whole else numbers
        except (TypeError, ValueError, OverflowError):
            return []
        return list(whole) if whole == numbers else []

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
                f"{type(obj).__name__}.{self.name} must be two finite numbers x, y in pixels, "
                f"got {value!r}"
            )
        return [x, y]
