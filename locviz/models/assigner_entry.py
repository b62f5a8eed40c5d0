"""What an assigner is, to everybody who lists assigners: AssignLab, tables, experiments, tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from locviz.assign import OneLevel, OnSquareAnchors
from locviz.models.knob import Knob, settings
from locviz.types import Assignment

Assigner = Callable[..., Assignment]
Wrapper = Callable[..., Assigner]

SIDE = Knob(
    name="side",
    label="anchor side (strides)",
    low=1.0,
    high=10.0,
    step=0.5,
    default=4.0,
    help="How wide the square is that stands for a prior where overlaps are compared.",
)
LEVEL = Knob(
    name="level",
    label="grid (0: finest level)",
    low=0,
    high=4,
    step=1,
    default=2,
    help="Which level's places are the cells; no other level is responsible for anything.",
)


@dataclass(frozen=True, kw_only=True)
class AssignerEntry:
    """One assigner: a constant in ``assigner_entries.py`` and a place in its list ``ASSIGNERS``.

    Attributes:
        name: what code and stored results call it.
        title: what a reader sees.
        rule: what it does, in a sentence.
        origin: the papers or detectors that made it known.
        source: the class or function to read.
        make: makes the assigner of all its knobs, given by name.
        decided: for whom it decides at once.
        takes: whether an object gets ``"one"`` prior or ``"many"``.
        priors: what it was made for. An assigner for ``"anchors"`` compares overlaps with the
            priors' own regions, one for ``"cells"`` wants a single grid, one for ``"points"`` is
            content with any priors.
        dynamic: whether it looks at the network's predictions.
        knobs: what can be turned.
    """

    name: str
    title: str
    rule: str
    origin: str
    source: Callable[..., Any]
    make: Callable[..., Assigner]
    decided: str
    takes: Literal["one", "many"]
    priors: Literal["anchors", "points", "cells"]
    dynamic: bool = False
    knobs: tuple[Knob, ...] = ()

    def build(self, **turned: Any) -> Assigner:
        """The plain assigner, for the priors that it was made for.

        Args:
            turned: values of knobs by name; the others stand at their defaults.

        Raises:
            ValueError: an unknown knob, or a value out of its range.
        """
        return self.make(**settings(self.knobs, turned, self.name))

    @property
    def knobs_on_points(self) -> tuple[Knob, ...]:
        """What can be turned on a detector that has only points."""
        return (*self.knobs, *(knob for knob, _ in _ON_POINTS[self.priors]))

    def on_points(self, **turned: Any) -> Assigner:
        """The assigner for a detector that has only points.

        Where it compares overlaps, it sees square anchors in place of the points; where it wants a
        single grid, it sees one level.

        Args:
            turned: values of ``knobs_on_points`` by name; the others stand at their defaults.

        Raises:
            ValueError: an unknown knob, or a value out of its range.
        """
        values = settings(self.knobs_on_points, turned, self.name)
        wrappers = [(knob.name, wrap) for knob, wrap in _ON_POINTS[self.priors]]
        placed = {name: values.pop(name) for name, _ in wrappers}
        assigner = self.make(**values)
        for name, wrap in wrappers:
            assigner = wrap(assigner, **{name: placed[name]})
        return assigner


# What stands between an assigner and points, by the priors that it was made for, with its knob.
_ON_POINTS: dict[str, tuple[tuple[Knob, Wrapper], ...]] = {
    "anchors": ((SIDE, OnSquareAnchors),),
    "points": (),
    "cells": ((LEVEL, OneLevel),),
}
