"""AssignLab's knobs: the scene, two assigners and their own knobs; and what is refused."""

import math
from collections.abc import Mapping
from typing import Any

import traitlets
from torch import Tensor

from locviz.models import ASSIGNERS
from locviz.widgets.assignlab.flips import REFERENCES
from locviz.widgets.assignlab.replay import Replay
from locviz.widgets.assignlab.rule import Rule
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Choice

MOVES = frozenset(
    {"image", "training_step", "boxes", "assigner", "second", "settings", "second_settings"}
)
"""The knobs that an answer depends on; the others choose what is shown of it."""


class AssignKnobs(KnobWidget):
    """The knobs over a replay and some rules, which a subclass gives before they are set."""

    _replay: Replay
    rules: dict[str, Rule]

    image = knob(traitlets.Int(0), "which scene.")
    training_step = knob(traitlets.Int(0), "one of ``steps``; at first the last.")
    boxes = knob(
        traitlets.List(),
        "the ground truths as they are dragged: one ``x1 y1 x2 y2`` (or ``start end``) per object.",
    )
    assigner = knob(
        traitlets.Unicode("center_sampling"),
        f"a name in ``rules``: {', '.join(entry.name for entry in ASSIGNERS)}, or one of yours.",
    )
    second = knob(traitlets.Unicode(None, allow_none=True), "the assigner beside it, or None.")
    settings = knob(
        traitlets.Dict(),
        'knobs of the assigners that are turned: ``{"atss": {"top_k": 5}}``; ``rules[name].knobs`` '
        "lists them.",
    )
    second_settings = knob(
        traitlets.Dict(),
        "the same for the second side, so that one assigner can be held against itself.",
    )
    selected = knob(traitlets.Int(-1), "the object whose priors fill the matrix; -1 for all.")
    looked = knob(
        traitlets.Int(-1), "the prior whose reasons are shown, on both sides; -1 for none."
    )
    against = knob(
        Choice(REFERENCES),
        "what *flips* are counted against: the answer before the last gesture, the pinned one "
        "(``pin()``), that of the training step before, or the other side's.",
    )
    frame = knob(
        traitlets.Int(-1), "which iteration of a played assigner is shown; -1 for its end."
    )
    second_frame = knob(traitlets.Int(-1), "the same on the second side.")

    @property
    def steps(self) -> tuple[int, ...]:
        """The training steps whose predictions are there."""
        return self._replay.steps

    @traitlets.validate("boxes")
    def _check_boxes(self, proposal):
        # Traits are validated in no fixed order: the image may still be one that is not there.
        self._checked("image", self.image)
        rows = _rows(proposal["value"])
        num, coords = len(self._replay.targets[self.image]), self._replay.targets[0].boxes.shape[1]
        if len(rows) != num or any(len(row) != coords for row in rows):
            shape = "x1 y1 x2 y2" if coords == 4 else "start end"
            raise traitlets.TraitError(
                f"AssignLab.boxes must be {num} rows of {shape}, got {proposal['value']!r}"
            )
        for i, row in enumerate(rows):
            if not _is_region(row):
                raise traitlets.TraitError(
                    f"AssignLab.boxes[{i}] must be finite with low <= high, got {row}"
                )
        return rows

    @traitlets.validate("assigner", "second")
    def _check_rule(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if value not in self.rules and not (name == "second" and value is None):
            raise traitlets.TraitError(
                f"AssignLab.{name} must be one of {', '.join(map(repr, self.rules))}, got {value!r}"
            )
        return value

    @traitlets.validate("settings", "second_settings")
    def _check_settings(self, proposal):
        trait, checked = proposal["trait"].name, {}
        for rule, turned in proposal["value"].items():
            if rule not in self.rules or not isinstance(turned, Mapping):
                raise traitlets.TraitError(
                    f"AssignLab.{trait} is turned by assigner, such as {{'atss': {{'top_k': 5}}}}, "
                    f"got {rule!r}: {turned!r}; the assigners are {', '.join(self.rules)}"
                )
            try:
                settings = self.rules[rule].settings(turned)
            except ValueError as error:
                raise traitlets.TraitError(f"AssignLab.{trait}: {error}") from None
            checked[rule] = {name: settings[name] for name in turned}
        return checked

    @traitlets.validate("image", "training_step", "selected", "looked")
    def _check_place(self, proposal):
        return self._checked(proposal["trait"].name, proposal["value"])

    def _checked(self, name: str, value: int) -> int:
        targets = self._replay.targets
        valid = {
            "image": range(len(targets)),
            "training_step": self.steps,
            "selected": range(-1, max(map(len, targets))),
            "looked": range(-1, len(self._replay.priors)),
        }[name]
        if value not in valid:
            if isinstance(valid, range):
                what = f"{valid[0]}..{valid[-1]}"
            else:
                what = f"one of {', '.join(map(repr, valid))}"
            raise traitlets.TraitError(f"AssignLab.{name} must be {what}, got {value!r}")
        return value


def _rows(value: Any) -> list[list[float]]:
    """Return regions as lists of floats; none where they are not numbers."""
    try:
        rows = value.tolist() if isinstance(value, Tensor) else value
        return [[float(number) for number in row] for row in rows]
    except (TypeError, ValueError):
        return []


def _is_region(row: list[float]) -> bool:
    dim = len(row) // 2
    ordered = all(low <= high for low, high in zip(row[:dim], row[dim:], strict=True))
    return ordered and all(map(math.isfinite, row))
