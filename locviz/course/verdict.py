"""The result of checking an exercise's answer or a widget's state."""

from dataclasses import dataclass

from locviz.course.display import Card


@dataclass(frozen=True)
class Verdict:
    """The result of ``check``; it is true where the answer is right.

    Attributes:
        card: what the learner reads.
        right: whether the answer is right.
        mistake: the name of the mistake that was recognised, if one was.
    """

    card: Card
    right: bool = False
    mistake: str | None = None

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.card.text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return self.card._repr_mimebundle_()
