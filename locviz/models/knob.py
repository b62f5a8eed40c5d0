"""A number of an assigner that a reader may turn: its range, its default, and what it does."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Number = int | float


@dataclass(frozen=True, kw_only=True)
class Knob:
    """A number of an assigner: ``low <= value <= high`` in steps of ``step``.

    Attributes:
        name: the keyword that the assigner is built with.
        label: what it is called on screen, with its unit.
        low, high, step: which values it can take.
        default: where it stands at first.
        help: what it does, in a sentence.
    """

    name: str
    label: str
    low: Number
    high: Number
    step: Number
    default: Number
    help: str

    @property
    def whole(self) -> bool:
        """Whether it counts something: its step and its default are whole numbers."""
        return float(self.step).is_integer() and float(self.default).is_integer() and self.step >= 1

    def checked(self, value: Any, owner: str) -> Number:
        """Return the value as an int where the knob counts something, else as a float.

        Args:
            value: a number in the range.
            owner: the assigner's name, for the message.

        Raises:
            ValueError: it is no number, or out of the range; the message says what is allowed.
        """
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not self.low <= value <= self.high:
            raise ValueError(
                f"{owner}.{self.name} must be in {self.low:g}..{self.high:g}, got {value!r}"
            )
        return int(value) if self.whole else float(value)


def defaults(knobs: Sequence[Knob]) -> dict[str, Number]:
    """Every knob where it stands at first."""
    return {knob.name: knob.checked(knob.default, "default") for knob in knobs}


def settings(knobs: Sequence[Knob], given: Mapping[str, Any], owner: str) -> dict[str, Number]:
    """All knobs, those in ``given`` turned.

    Args:
        knobs: what can be turned.
        given: values by name.
        owner: the assigner's name, for the message.

    Raises:
        ValueError: an unknown knob, or a value out of its range; the message says what there is.
    """
    known = {knob.name: knob for knob in knobs}
    for name in given:
        if name not in known:
            raise ValueError(f"{owner} has no knob {name!r}: {_hint(str(name), list(known))}")
    return defaults(knobs) | {
        name: known[name].checked(value, owner) for name, value in given.items()
    }


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    return f"did you mean {near[0]!r}? It has {', '.join(known)}" if near else "it has none"
