"""Quizzes: the learner predicts the answer before looking at it.

A quiz blocks nothing and unlocks nothing. The guess is recorded, and ``reveal`` shows it again
beside the answer.
"""

from dataclasses import dataclass
from typing import Any

from locviz.course import progress_file
from locviz.course.display import Bullets, Card, Folded, Paragraph, in_live_notebook

LETTERS = "abcdefgh"


@dataclass(frozen=True, kw_only=True, eq=False)
class Quiz:
    """A question with choices, of which one is right.

    Attributes:
        name: chapter and short name, ``"01.half_shift"``; the guess is kept under it.
        title: a few words.
        question: plain text with `back-quoted` code.
        choices: two to eight texts; the learner calls them a, b, c, ...
        right: the letter of the right one.
        because: the reason, shown by ``reveal``.

    Raises:
        ValueError: fewer than two or more than eight choices, or ``right`` is not one of their
            letters.
    """

    name: str
    title: str
    question: str
    choices: tuple[str, ...]
    right: str
    because: str

    def __post_init__(self):
        if not 2 <= len(self.choices) <= len(LETTERS):
            raise ValueError(
                f"Quiz {self.name!r} has {len(self.choices)} choices: give two to eight"
            )
        self._index(self.right)

    def ask(self) -> "Question":
        """The question, with buttons in a live notebook; make it the last line of a cell."""
        return Question(self)

    def guess(self, letter: object) -> Card:
        """Record a guess (``"a"``, ``"b"``, ...). Guess again as often as you like: the last one
        counts.
        """
        index = self._index(letter)
        progress_file.record(self.name, count="guesses", guess=LETTERS[index])
        chosen = f"Your guess: {LETTERS[index]}) {self.choices[index]}"
        return Card(
            chosen, "note", (Paragraph(f"Kept. Go and look; then `ch{self.name}.reveal()`."),)
        )

    def reveal(self, *, anyway: bool = False) -> Card:
        """The answer and its reason beside your guess. Without a guess they are folded away, so that
        a saved chapter does not tell them to who has yet to guess; ``anyway`` opens them.
        """
        guessed, right = self.guessed(), self._index(self.right)
        answer = f"The answer is {LETTERS[right]}) {self.choices[right]}"
        if guessed is None and not anyway:
            first = f"Guess first: `ch{self.name}.guess('{LETTERS[0]}')`, then run this cell again."
            folded = Folded(
                "The answer without a guess",
                f"{answer}. {self.because}",
                instead=f"The answer without a guess: `ch{self.name}.reveal(anyway=True)`.",
            )
            return Card(f"{self.title}: no guess yet", "open", (Paragraph(first), folded))
        tone = "right" if guessed == right else "note"
        beside = () if guessed is None else (Paragraph(self._beside(guessed)),)
        title = self.title if self.title.endswith("?") else f"{self.title}."
        return Card(f"{title} {answer}", tone, (*beside, Paragraph(self.because)))

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        return self._card()._repr_mimebundle_()

    def guessed(self) -> int | None:
        """The number of the recorded choice, or None where there is none or the lesson no longer has this choice."""
        letter = progress_file.get(self.name).get("guess")
        if isinstance(letter, str) and letter in list(LETTERS[: len(self.choices)]):
            return LETTERS.index(letter)
        return None

    def _beside(self, guessed: int) -> str:
        if guessed == self._index(self.right):
            return "You guessed it."
        return f"Your guess was {LETTERS[guessed]}) {self.choices[guessed]}"

    def _index(self, letter: object) -> int:
        allowed = LETTERS[: len(self.choices)]
        if (
            not isinstance(letter, str)
            or len(letter.strip()) != 1
            or letter.strip().lower() not in allowed
        ):
            raise ValueError(
                f"Quiz {self.name!r}: choose one of {', '.join(allowed)}, got {letter!r}"
            )
        return allowed.index(letter.strip().lower())

    def _card(self) -> Card:
        choices = Bullets(tuple(f"{LETTERS[i]}) {choice}" for i, choice in enumerate(self.choices)))
        how = Paragraph(f"Guess before you look: `ch{self.name}.guess('{LETTERS[0]}')`.")
        return Card(
            f"Predict first: {self.title}", "task", (Paragraph(self.question), choices, how)
        )


class Question:
    """A displayed quiz: radio buttons in a live notebook, and always the text and HTML that are
    saved in the file.
    """

    def __init__(self, quiz: Quiz):
        self.quiz = quiz
        self.buttons = _radio_buttons(quiz) if in_live_notebook() else None

    def __repr__(self) -> str:
        return repr(self.quiz)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        live = self.buttons.bundle() if self.buttons else {}
        return {**live, **self.quiz._repr_mimebundle_()}


def _radio_buttons(quiz: Quiz):
    """Question, radio buttons and a line that confirms the guess."""
    from locviz.course.live import LiveCard

    title = f"Predict first: {quiz.title}"
    guess = quiz.guessed()
    live = LiveCard(
        card=Card(title, "task", (Paragraph(quiz.question),)).html(),
        question=title,
        choices=[
            f"{LETTERS[i]}) {choice.replace('`', '')}" for i, choice in enumerate(quiz.choices)
        ],
        chosen=-1 if guess is None else guess,
    )

    def keep(change) -> None:
        letter = LETTERS[change["new"]]
        quiz.guess(letter)
        live.says = f"Kept: {letter}). Go and look; you will see your guess beside the answer."

    live.observe(keep, names="chosen")
    return live
