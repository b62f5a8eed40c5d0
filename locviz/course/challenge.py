"""Challenges: a task in a widget, which is solved when the widget's own state proves it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from locviz.course import progress_file
from locviz.course.display import Bullets, Card, Folded, Paragraph, in_live_notebook
from locviz.course.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One thing that must hold: ``low <= number(state) <= high``.

    Attributes:
        says: the goal in words: "IoU between 0.49 and 0.51".
        number: what is measured, computed from the widget's state by the package's own functions.
        low, high: the allowed range, ends included.
    """

    says: str
    number: Callable[[SimpleNamespace], Any]
    low: float | int = -math.inf
    high: float | int = math.inf

    def value(self, state: SimpleNamespace) -> float:
        """The measured number of a state."""
        return float(self.number(state))

    def met(self, state: SimpleNamespace) -> bool:
        """Whether the goal holds; it does not where the number is NaN."""
        return self.low <= self.value(state) <= self.high


@dataclass(frozen=True, kw_only=True, eq=False)
class Challenge:
    """A task in a widget, proved by the widget's state.

    ``check`` takes any object that has the traits named in ``reads``, or whose ``snapshot()`` has
    them.

    Attributes:
        name: chapter and short name, ``"01.half"``; progress is kept under it.
        title: a few words.
        task: what to do, in plain text with `back-quoted` code.
        reads: the traits that the goals look at.
        goals: all must hold at once.
        hint: one sentence.
        widget: the name that the chapter gives to the widget: the card says what can be typed.
        example: a state that solves it. ``solution`` shows it, and tests prove by it that the
            challenge can be solved.

    Raises:
        ValueError: ``example`` lacks one of ``reads``.
    """

    name: str
    title: str
    task: str
    reads: tuple[str, ...]
    goals: tuple[Goal, ...]
    hint: str
    example: Mapping[str, Any]
    widget: str = "lab"

    def __post_init__(self):
        if missing := [name for name in self.reads if name not in self.example]:
            raise ValueError(f"Challenge {self.name!r}: the example lacks {missing}")

    def check(self, widget: Any) -> Verdict:
        """Report which goals the widget meets now, with the measured numbers."""
        state = read_state(widget, self.reads)
        met = [goal.met(state) for goal in self.goals]
        if all(met):
            progress_file.record(self.name, proved=True)
        lines = [
            _line(goal, ok, f" (now {goal.value(state):.4g})")
            for goal, ok in zip(self.goals, met, strict=True)
        ]
        title = f"Proved: {self.title}" if all(met) else f"Not there yet: {self.title}"
        return Verdict(
            Card(title, "right" if all(met) else "open", (Bullets(tuple(lines), signed=True),)),
            right=all(met),
        )

    def watch(self, widget: Any) -> "WatchedChallenge":
        """A card whose goals are ticked while you drag; make it the last line of a cell."""
        return WatchedChallenge(self, widget)

    def solution(self) -> Card:
        """One state that solves it."""
        progress_file.record(self.name, saw_solution=True)
        # What the widget computes by itself, its result or a method, is nothing to set by hand.
        values = {
            name: self.example[name]
            for name in self.reads
            if name != "result" and not callable(self.example[name])
        }
        lines = tuple(f"`{name} = {value!r}`" for name, value in values.items())
        return Card(f"One solution: {self.title}", "note", (Bullets(lines),))

    def __repr__(self) -> str:
        return self.card().text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        return self.card()._repr_mimebundle_()

    def card(self, met: tuple[bool, ...] | None = None, *, proved: bool = False) -> Card:
        """The task with its goals, ticked where ``met`` is true."""
        ticks = met or (False,) * len(self.goals)
        lines = tuple(_line(goal, ok) for goal, ok in zip(self.goals, ticks, strict=True))
        how = Paragraph(f"Check: `ch{self.name}.check({self.widget})`.")
        blocks = (Paragraph(self.task), Bullets(lines, signed=True), Folded("Hint", self.hint), how)
        title = f"Challenge{', proved' if proved else ''}: {self.title}"
        return Card(title, "right" if proved else "task", blocks)


class WatchedChallenge:
    """A challenge together with a widget: live in a running notebook, a plain card in a saved one.

    Where the widget's cell is run again, the card follows the new widget, by the name that the
    chapter gives to it.
    """

    def __init__(self, challenge: Challenge, widget: Any):
        self.challenge = challenge
        # Proved once is proved: also after the kernel was restarted.
        self.proved = bool(progress_file.get(challenge.name).get("proved"))
        self.view = None
        self._attach(widget)
        if in_live_notebook():
            self.view = self._live_view()
            _shell().events.register("post_run_cell", self._follow)

    def update(self, change: Any = None) -> None:
        """Read the widget again. Only a changed tick is sent to the browser, because dragging calls
        this sixty times a second.
        """
        before, self.met = self.met, self._goals_met()
        if self.met != before:
            self._show(says=self._news(before))

    def __repr__(self) -> str:
        return repr(self.challenge)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        live = self.view.bundle() if self.view else {}
        return {**live, **self.challenge._repr_mimebundle_()}

    def _attach(self, widget: Any) -> None:
        self.widget = widget
        self.met = self._goals_met()
        if hasattr(widget, "observe"):
            widget.observe(self.update, names=self._observed(widget))
        self._show()

    def _show(self, *, says: str = "") -> None:
        """Tick the goals in the card, and in the widget if it shows goals."""
        if self.view is not None:
            self.view.show(self._card(), says=says)
        if hasattr(self.widget, "show_goals"):
            goals = dict(zip((goal.says for goal in self.challenge.goals), self.met, strict=True))
            self.widget.show_goals(self.challenge.title, goals, proved=self.proved)

    def _observed(self, widget: Any) -> list[str]:
        return [name for name in self.challenge.reads if widget.has_trait(name)]

    def _follow(self, result: Any = None) -> None:
        """Turn to the widget that has the name now, after its cell was run again."""
        now = _shell().user_ns.get(self.challenge.widget)
        if now is self.widget or type(now) is not type(self.widget):
            return
        if hasattr(self.widget, "observe"):
            self.widget.unobserve(self.update, names=self._observed(self.widget))
        self._attach(now)

    def _goals_met(self) -> tuple[bool, ...]:
        state = read_state(self.widget, self.challenge.reads)
        met = tuple(goal.met(state) for goal in self.challenge.goals)
        if all(met) and not self.proved:
            self.proved = True
            progress_file.record(self.challenge.name, proved=True)
        return met

    def _news(self, before: tuple[bool, ...]) -> str:
        """The goals that changed, in words, for who cannot see the ticks."""
        changed = [
            _line(goal, now)
            for goal, was, now in zip(self.challenge.goals, before, self.met, strict=True)
            if was != now
        ]
        done = [f"Proved: {self.challenge.title}"] if all(self.met) else []
        return ". ".join([*changed, *done])

    def _live_view(self):
        from locviz.course.live import LiveCard

        return LiveCard(card=self._card().html())

    def _card(self) -> Card:
        return self.challenge.card(self.met, proved=self.proved)


def _shell() -> Any:
    from IPython import get_ipython  # type: ignore[attr-defined]

    return get_ipython()


def read_state(widget: Any, names: tuple[str, ...]) -> SimpleNamespace:
    """The named values of a widget, of its ``snapshot()``, or of a mapping.

    Raises:
        TypeError: one of them is missing; the message names it and what was given.
    """
    found = {name: getattr(widget, name) for name in names if hasattr(widget, name)}
    others: Any = widget
    if len(found) < len(names) and not isinstance(widget, Mapping) and hasattr(widget, "snapshot"):
        others = widget.snapshot()
    for name in names:
        if name not in found and isinstance(others, Mapping) and name in others:
            found[name] = others[name]
    if missing := [name for name in names if name not in found]:
        kind = type(widget).__name__
        raise TypeError(
            f"this challenge reads {', '.join(missing)}, which {kind} has not: "
            "give it the widget above"
        )
    return SimpleNamespace(**found)


def _line(goal: Goal, met: bool, now: str = "") -> str:
    return f"{'✔ done' if met else '○ open'}: {goal.says}{now}"
