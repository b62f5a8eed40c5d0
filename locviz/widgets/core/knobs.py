"""Widgets whose view sends every knob with each question.

The kernel sets them together and answers with traits; ``src/shared/knobs.ts`` is the view's side.
A knob's range is declared in ``wire.py``, its default and a sentence with the trait of the same
name; from these come the keyword, the check, and its line in the class's docstring.
"""

import inspect
import textwrap
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import anywidget
import traitlets

from locviz.widgets.core.base import Widget, kernel_owned, user_owned

_Trait = TypeVar("_Trait", bound=traitlets.TraitType)


def knob(trait: _Trait, help: str) -> _Trait:
    """Make a trait a knob; ``help`` says what it is, in a sentence.

    It is user-owned and has no echo: an echo would come late and pull the knob back under the
    pointer.
    """
    trait.help = help
    return user_owned(trait).tag(echo_update=False, knob=True)


class KnobWidget(Widget):
    """The base of widgets with knobs.

    A subclass declares them with ``knob`` and calls ``_begin`` at the end of its constructor.

    Attributes:
        knobs: their names, in the order in which they are declared.
        follows: what else ``_update`` follows.
        initial: where the constructor left them; ``reset()`` and a double-click go back to that.
    """

    knobs: ClassVar[tuple[str, ...]] = ()
    follows: ClassVar[tuple[str, ...]] = ("seq",)
    initial = kernel_owned(traitlets.Dict())
    _begun = False

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        cls.knobs = tuple(
            name
            for kind in reversed(cls.__mro__)
            for name, member in vars(kind).items()
            if isinstance(member, traitlets.TraitType) and member.metadata.get("knob")
        )
        head, lines = "Knobs, which are keywords and traits:", map(cls._described, cls.knobs)
        cls.__doc__ = "\n".join([inspect.cleandoc(cls.__doc__ or ""), "", head, *lines])

    @classmethod
    def _described(cls, name: str) -> str:
        """Return a knob's lines of the docstring."""
        trait = getattr(cls, name)
        allowed = f" ({trait.allowed()})" if hasattr(trait, "allowed") else ""
        text = f"{name}{allowed}: {trait.help}"
        return textwrap.fill(text, 96, initial_indent=" " * 4, subsequent_indent=" " * 8)

    def open(self):
        """Open the comm to the browser once all that the view reads is there.

        A busy machine may draw the view before the messages that follow the opening have come.
        """
        if self._begun:
            super().open()

    def _begin(self) -> None:
        """Compute for the first time, and from now on whenever a knob moves."""
        self.initial = self._settings()
        self._update()
        self.observe(self._update, [*self.knobs, *self.follows])
        self._begun = True
        self.open()

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs, once per state."""
        raise NotImplementedError(f"{type(self).__name__} computes nothing")

    def reset(self) -> None:
        """Put every knob back where the constructor put it."""
        with self._lock:
            self._change("reset", **self.initial)

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.knobs}

    def _change(self, gesture: str, **traits: Any) -> None:
        """Change traits as the browser does: together, with the gesture's name."""
        with self.hold_sync(), self.hold_trait_notifications():
            self.gesture = gesture
            for name, value in traits.items():
                setattr(self, name, value)

    def _answer(self, question: dict[str, Any], buffers) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Take the knobs as the view has them; what follows from them goes out as traits."""
        if question.get("name") != "knobs":
            return super()._answer(question, buffers)
        traits = {name: question[name] for name in (*self.knobs, "gesture") if name in question}
        # Not this class's set_state: an exception has to reach the answer.
        anywidget.AnyWidget.set_state(self, {**traits, "seq": question.get("at", self.seq)})
        return {}, ()

    def _remember(self, **numbers: Any) -> None:
        """Add the present state to the history where a knob has moved since the last one."""
        settings = self._settings()
        last = self._history[-1] if self._history else {}
        if any(last.get(name, "never") != value for name, value in settings.items()):
            self._record(**settings, **numbers)
