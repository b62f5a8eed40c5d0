"""Traits of a widget's knobs: a number in a range, one of a few words, a few numbers, a point.

Each says in its error what to give. A range stands once, as the ``Limits`` of the widget's
``wire.py``, which the view reads, too: a trait looks them up under its own name.
"""

import math
from collections.abc import Sequence
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import traitlets

from locviz.widgets.core.picture import Number
from locviz.widgets.core.wire import Limits


def declared_limits(declared: type, name: str) -> tuple[tuple[Any, ...], Limits]:
    """Return what a field may hold and its limits, as a TypedDict of ``wire.py`` declares them.

    Args:
        declared: the TypedDict, such as ``UserTraits``.
        name: the field, annotated as ``Annotated[list[int], Limits(2, 256, most=7)]``.

    Returns:
        The type with its parts, such as ``(list[int], int)``, and the limits.

    Raises:
        TypeError: the field is not there, or has no limits.
    """
    hint = get_type_hints(declared, include_extras=True).get(name)
    if get_origin(hint) is Annotated:
        bare, *notes = get_args(hint)
        for limits in notes:
            if isinstance(limits, Limits):
                return (bare, *get_args(bare)), limits
    raise TypeError(
        f"{declared.__module__}.{declared.__name__} gives {name!r} no limits: declare it there as "
        f"{name}: Annotated[float, Limits(low, high)], and name the widget's own UserTraits in its "
        "class as declared = UserTraits"
    )


class Ranged(traitlets.TraitType):
    """A finite number in the range that the class's ``declared`` gives the trait's name.

    It is a whole number where ``int`` is declared, and may be None where that is.

    Args:
        default: where it stands at first.
        step: how far ``held`` keeps from an end that is refused.
    """

    info_text = "a number"

    def __init__(self, default: Number | None, *, step: Number = 1):
        super().__init__(default)
        self.step = step

    def __set_name__(self, owner, name):
        """Take the range from the declaration; Python calls this while it makes the class."""
        kinds, self.limits = declared_limits(owner.declared, name)
        self.whole, self.allow_none = int in kinds, NoneType in kinds

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
        low, high = self.limits.low, self.limits.high
        low_enough = value > low if self.limits.above_low else value >= low
        return low_enough and value <= high and math.isfinite(value)

    def allowed(self) -> str:
        """Return in words what is allowed."""
        return f"{self._range_in_words()}, or None" if self.allow_none else self._range_in_words()

    def _range_in_words(self) -> str:
        low, high = self.limits.low, self.limits.high
        if self.whole and math.isfinite(high):
            return f"a whole number from {low} to {high}"
        least = f"{'more than' if self.limits.above_low else 'at least'} {low:g}"
        if self.whole:
            return f"a whole number, {least}"
        return f"{least} and {'finite' if math.isinf(high) else f'at most {high:g}'}"

    def held(self, value: Number) -> Number:
        """Return the value nearest to ``value`` that is in the range."""
        low = self.limits.low + self.step if self.limits.above_low else self.limits.low
        return min(max(value, low), self.limits.high)


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
    """Finite numbers in the order given: at least one, and as many and as large as the class's
    ``declared`` allows under the trait's name; whole ones where a list of ``int`` is declared.

    Args:
        what: what they are, for the error.
    """

    info_text = "a few numbers"

    def __init__(self, *, what: str):
        super().__init__()
        self.what = what

    def __set_name__(self, owner, name):
        """Take the range from the declaration; Python calls this while it makes the class."""
        kinds, self.limits = declared_limits(owner.declared, name)
        self.whole = int in kinds

    def validate(self, obj, value):
        """Return the numbers as a list, or raise a TraitError that says what is allowed."""
        numbers = self._read(value)
        if not 1 <= len(numbers) <= self.limits.most or not all(map(self._fits, numbers)):
            raise traitlets.TraitError(
                f"{type(obj).__name__}.{self.name} must be {self.allowed()}, got {value!r}"
            )
        return numbers

    def allowed(self) -> str:
        """Return in words what is allowed."""
        low, high, most = self.limits.low, self.limits.high, self.limits.most
        return f"1 to {most} {self.what}, each from {low:g} to {high:g}"

    def _read(self, value: Any) -> list[Number]:
        """Return the numbers; none where one of them is not what it should be."""
        try:
            numbers = [float(number) for number in value]
            whole = [int(number) for number in numbers] if self.whole else numbers
        except (TypeError, ValueError, OverflowError):
            return []
        return list(whole) if whole == numbers else []

    def _fits(self, number: Number) -> bool:
        return math.isfinite(number) and self.limits.low <= number <= self.limits.high


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
