"""Widgets whose view sends every knob with each question: the kernel sets them together and answers
with traits.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import anywidget
import traitlets

from locviz.widgets.base import Widget, kernel_owned, user_owned

_Trait = TypeVar("_Trait", bound=traitlets.TraitType)


def knob(trait: _Trait) -> _Trait:
    """A user-owned trait without echo: an echo would come late and pull the knob back under the
    pointer.
    """
    return user_owned(trait).tag(echo_update=False)


class KnobWidget(Widget):
    """The base of widgets that ask the kernel at pointer rate (``src/shared/knobs.ts`` is the
    view's side).

    A subclass names its knobs, makes each of them with ``knob``, and observes them and ``seq``.

    Attributes:
        initial: the knobs as the constructor left them; ``reset()`` and a double-click go back to
            them.
    """

    knobs: ClassVar[tuple[str, ...]] = ()
    initial = kernel_owned(traitlets.Dict())

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
        given = {name: question[name] for name in (*self.knobs, "gesture") if name in question}
        # Not this class's set_state: an exception has to reach the answer.
        anywidget.AnyWidget.set_state(self, {**given, "seq": question.get("at", self.seq)})
        return {}, ()

    def _remember(self, **numbers: Any) -> None:
        """Add the present state to the history where a knob has moved since the last one."""
        settings = self._settings()
        last = self._history[-1] if self._history else {}
        if any(last.get(name, "never") != value for name, value in settings.items()):
            self._record(**settings, **numbers)
