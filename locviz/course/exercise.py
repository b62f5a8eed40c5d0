"""Exercises that check an answer and name the mistake in it.

Each exercise has its solution *and its typical mistakes as code*. ``check`` runs the learner's
answer, the solution and every mistake on the same cases. If the answer behaves like one of the
mistakes, the learner is told which one. So a diagnosis is never guessed from the learner's text,
and every diagnosis is itself tested (``tests/lessons/test_laws.py``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from locviz.course import answer_code, progress_file
from locviz.course.compare import as_numbers, brief, shape_of
from locviz.course.display import Bullets, Card, Code, Folded, Paragraph
from locviz.course.outcome import Outcome, run
from locviz.course.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Case:
    """One input on which answers are compared, and what it is in words ("two boxes that do not
    touch").
    """

    args: tuple = ()
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A typical wrong answer: its name, the answer (code or value), and what to think about."""

    name: str
    answer: Any
    says: str


def call(answer: Callable, *args) -> Any:
    """The usual probe: call the answer on the case's arguments."""
    return answer(*args)


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """A task with ``check(answer)``, ``hint()`` and ``solution()``.

    Attributes:
        name: chapter and short name, ``"01.iou"``; progress is kept under it.
        title: a few words.
        task: what to write, in plain text with `back-quoted` code.
        answer: the solution: a function, or a value (a number, a tensor, a text).
        mistakes: at least three typical wrong answers.
        hints: exactly three, each more detailed than the one before.
        cases: inputs on which a function is tried. They must separate every mistake from the
            solution and from every other mistake. A value needs none.
        probe: ``probe(answer, *case.args) -> value`` gives what is compared, where that is not the
            returned value itself but, for example, a gradient.
        tolerance: relative and absolute; whole numbers are exact.
        loops: False where the task asks for an answer without a loop. An answer that loops over
            anything but a written-out list or tuple is then told so.
        working: how a value comes about, in one line; ``solution`` shows it.

    Raises:
        ValueError: not exactly three hints, or a function without cases.
    """

    name: str
    title: str
    task: str
    answer: Any
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    cases: tuple[Case, ...] = ()
    probe: Callable[..., Any] = call
    tolerance: float | int = 1e-4
    loops: bool = True
    working: str = ""
    _asked: list[int] = field(default_factory=lambda: [0], init=False, repr=False)

    def __post_init__(self):
        if len(self.hints) != 3:
            raise ValueError(
                f"Exercise {self.name!r} has {len(self.hints)} hints: give exactly three"
            )
        if callable(self.answer) != bool(self.cases):
            raise ValueError(f"Exercise {self.name!r}: a function needs cases, a value needs none")

    def check(self, answer: Any) -> Verdict:
        """Report whether ``answer`` is right, and if not, why. An error in the learner's code is
        reported, too, and never raised.
        """
        verdict = self._judge(answer)
        if verdict.right:
            progress_file.record(self.name, count="tries", solved=True)
        elif verdict.card.tone == "wrong":
            progress_file.record(self.name, count="tries", last_mistake=verdict.mistake)
        return verdict

    def hint(self, level: int | None = None) -> Card:
        """The next of three hints (where to look, then the idea, then nearly the answer), or hint
        ``level`` in 1..3.
        """
        if level is not None and level not in (1, 2, 3):
            raise ValueError(
                f"hint: level must be 1, 2 or 3, got {level!r}; leave it out for the next one"
            )
        shown = level or min(self._asked[0] + 1, 3)
        self._asked[0] = max(self._asked[0], shown)
        progress_file.record(
            self.name, hints=max(shown, progress_file.get(self.name).get("hints", 0))
        )
        after = "" if shown < 3 else f"Still stuck? `{self._handle}.solution()` shows one."
        blocks = [Paragraph(self.hints[shown - 1])] + ([Paragraph(after)] if after else [])
        return Card(f"Hint {shown} of 3: {self.title}", "note", tuple(blocks))

    def solution(self) -> Card:
        """One right answer. The progress file records that it was shown before yours was right."""
        if not progress_file.get(self.name).get("solved"):
            progress_file.record(self.name, saw_solution=True)
        if callable(self.answer):
            body = Code(answer_code.printed(self.answer, self.name.partition(".")[2]))
        else:
            working = f": {self.working}" if self.working else ""
            body = Paragraph(f"`{brief(self.answer)}`{working}")
        return Card(f"One solution: {self.title}", "note", (body,))

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return self._card()._repr_mimebundle_()

    @property
    def _handle(self) -> str:
        """How the learner writes this exercise: ``ch01.iou``."""
        return f"ch{self.name}"

    def _card(self) -> Card:
        hints = tuple(
            Folded(f"Hint {level} of 3", hint) for level, hint in enumerate(self.hints, 1)
        )
        name = self._handle
        handle = f"Check: `{name}.check(...)`. Stuck: `{name}.hint()`, then `{name}.solution()`."
        return Card(
            f"Exercise: {self.title}", "task", (Paragraph(self.task), *hints, Paragraph(handle))
        )

    def _judge(self, answer: Any) -> Verdict:
        if answer is None or answer is Ellipsis:
            return self._open("Put your answer in the place of the dots and run this cell again.")
        if callable(answer) != callable(self.answer):
            return self._wrong_kind(answer)
        answer = answer if isinstance(self.answer, str) else _as_number(answer)
        if self._is_text_for_a_number(answer):
            return self._wrong_kind(answer)
        got, expected = self._outcomes(answer), self._outcomes(self.answer)
        if all(o.raised is None and (o.value is None or o.value is Ellipsis) for o in got):
            return self._open(
                "Your function returns `None`. Write its body, end it with `return`, "
                "run this cell again."
            )
        failing = [
            i
            for i, (a, b) in enumerate(zip(got, expected, strict=True))
            if not a.same(b, self.tolerance)
        ]
        if not failing:
            if any(o.mutated for o in got):
                return self._mutates()
            return self._right() if self.loops or not answer_code.loops(answer) else self._looped()
        return self._explain(got, expected, failing)

    def _outcomes(self, answer: Any) -> list[Outcome]:
        if not callable(answer):
            return [Outcome(value=answer)]
        return [run(self.probe, answer, case.args) for case in self.cases]

    def _explain(self, got: list[Outcome], expected: list[Outcome], failing: list[int]) -> Verdict:
        mistake, explained = self._closest_mistake(got, failing)
        if mistake and explained == len(failing):
            return self._named(mistake, "", got, expected, failing)
        if not self.cases and _is_rounded(got[0].value, self.answer):
            return self._open(
                "Nearly: your value is the right one, rounded. Give a fraction, or more digits."
            )
        for index in failing:
            if raised := got[index].raised:
                return self._wrong(
                    "it stops before it answers", None, *raised.explain(), *self._input(index)
                )
        if mistake:
            return self._named(mistake, " (and something else too)", got, expected, failing)
        return self._unnamed(got, expected, failing)

    def _closest_mistake(
        self, got: list[Outcome], failing: list[int]
    ) -> tuple[Mistake | None, int]:
        """The mistake that behaves like ``got`` on most of the failing cases, and on how many. Among
        equals, it is the one that agrees on more cases in all.
        """
        best, best_score = None, (0, 0)
        for mistake in self.mistakes:
            alike = [
                a.same(b, self.tolerance)
                for a, b in zip(got, self._outcomes(mistake.answer), strict=True)
            ]
            score = (sum(alike[i] for i in failing), sum(alike))
            if score[0] and score > best_score:
                best, best_score = mistake, score
        return best, best_score[0]

    def _named(self, mistake: Mistake, more: str, got, expected, failing) -> Verdict:
        shown = self._difference(failing[0], got, expected)
        return self._wrong(mistake.name + more, mistake.name, Paragraph(mistake.says), *shown)

    def _unnamed(self, got, expected, failing) -> Verdict:
        total = len(got)
        passed = f"Right cases: {total - len(failing)} of {total}. " if total > 1 else ""
        advice = f"{passed}This is no mistake that we know by name; `{self._handle}.hint()` helps."
        return self._wrong(
            "not yet", None, *self._difference(failing[0], got, expected), Paragraph(advice)
        )

    def _difference(self, index: int, got: list[Outcome], expected: list[Outcome]) -> tuple:
        """The case in words with its input, the learner's result and, for functions, the right
        result.
        """
        if not self.cases:
            return (Paragraph(f"You gave `{brief(got[0].value)}`."),)
        ours, theirs = got[index], expected[index]
        lines = []
        if not ours.raised:
            lines.append(f"Yours gives: `{brief(ours.value)}`")
        if theirs.raised:
            lines.append(f"It should stop with `{theirs.raised.kind}`")
        else:
            lines.append(f"It should give: `{brief(theirs.value)}`")
        shapes = shape_of(ours.value), shape_of(theirs.value)
        if None not in shapes and shapes[0] != shapes[1]:
            lines.append(f"The shapes differ: yours is {shapes[0]}, it should be {shapes[1]}")
        return (*self._input(index), Bullets(tuple(lines)))

    def _input(self, index: int) -> tuple:
        case = self.cases[index]
        given = ", ".join(_shown(arg) for arg in case.args)
        return (Paragraph(f"Case: {case.says or 'number ' + str(index + 1)}. Given: `{given}`"),)

    def _right(self) -> Verdict:
        cases = f" on all {len(self.cases)} cases" if len(self.cases) > 1 else ""
        beside = Paragraph(f"Lay ours beside yours: `{self._handle}.solution()`.")
        return Verdict(Card(f"Right{cases}: {self.title}", "right", (beside,)), right=True)

    def _open(self, advice: str) -> Verdict:
        return Verdict(Card(f"Open: {self.title}", "open", (Paragraph(advice),)))

    def _mutates(self) -> Verdict:
        advice = (
            "The values are right, but your function writes into the tensors that it was given. "
            "Work on new ones."
        )
        return self._wrong("it changes its inputs", "changes its inputs", Paragraph(advice))

    def _looped(self) -> Verdict:
        advice = (
            "The values are right, but your function loops. The task asks for whole tensors: give "
            "each side an axis of its own, such as `a[:, None]` and `b[None, :]`."
        )
        return self._wrong("it loops", "loops", Paragraph(advice))

    def _is_text_for_a_number(self, answer: Any) -> bool:
        return isinstance(answer, str) and as_numbers(self.answer) is not None

    def _wrong_kind(self, answer: Any) -> Verdict:
        if callable(self.answer):
            advice = (
                "`check` wants the function itself, without brackets or arguments; "
                f"it was given `{brief(answer)}`."
            )
        elif isinstance(answer, str):
            several = isinstance(self.answer, (list, tuple))
            wanted = (
                "a list of numbers here, such as `[1, 2]`"
                if several
                else "a number here, such as `0.25` or `1 / 4`"
            )
            advice = f"`check` wants {wanted}; it was given the text `{brief(answer)}`."
        else:
            advice = "`check` wants a value here, but it was given a function: call it first."
        return self._wrong("not the thing to check", "not the thing to check", Paragraph(advice))

    def _wrong(self, headline: str, mistake: str | None, *blocks) -> Verdict:
        return Verdict(Card(f"Not yet, {self.title}: {headline}", "wrong", blocks), mistake=mistake)


def _as_number(answer: Any) -> Any:
    """A text such as ``"1/7"`` or ``"0.14"`` as the number that it is; anything else as it came."""
    if not isinstance(answer, str):
        return answer
    try:
        return float(Fraction(answer.replace(" ", "")))
    except (ValueError, ZeroDivisionError, OverflowError):
        return answer


def _is_rounded(got: Any, expected: Any) -> bool:
    """Whether every number got is the expected one rounded to two, three or four places."""
    ours, theirs = as_numbers(got), as_numbers(expected)
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return False
    return any(
        bool(((ours - theirs.round(decimals=places)).abs() < 1e-9).all()) for places in (2, 3, 4)
    )


def _shown(value: Any) -> str:
    return getattr(value, "__name__", "a function") if callable(value) else brief(value)
