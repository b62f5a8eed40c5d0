"""What every locviz widget shares: trait owners, visible errors, headless use, a static picture.

A widget is a Python class and a TypeScript view of the same name. Its traits have *one owner*: the
user (``boxes``, ``loss``, sliders: the browser and the caller's own code may set them) or the
kernel (``result``: computed from them, only Python sets it). A view therefore never fights the
kernel over a box that is being dragged.

Messages that are not traits: a view *asks* (``{"kind": "ask", "seq": n, ...}``, answered by
``_answer`` with the same ``seq``, latest wins, see ``src/shared/kernel.ts``) or *commands*
(``{"kind": "command", ...}``, done by ``_command``). JupyterLab may deliver them on a subshell
thread while a cell runs, so every handler runs under the widget's lock.
"""

import difflib
import inspect
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import anywidget
import traitlets

from locviz.widgets.core.numbers import declared_limits
from locviz.widgets.core.picture import StaticPicture
from locviz.widgets.core.wire import CommonUserTraits, Watched

_HISTORY = 10_000
_Trait = TypeVar("_Trait", bound=traitlets.TraitType)


def bundle(name: str) -> Path:
    """Return the path of ``static/<name>.js``: the committed bundle of ``src/<name>/index.ts``."""
    return Path(__file__).parents[1] / "static" / f"{name}.js"


def user_owned(trait: _Trait) -> _Trait:
    """Sync ``trait`` with the browser; the user sets it, by hand or by keyword."""
    trait.tag(sync=True, owner="user")
    return trait


def kernel_owned(trait: _Trait) -> _Trait:
    """Sync ``trait`` to the browser; only Python sets it, the browser's own changes are refused."""
    trait.tag(sync=True, owner="kernel", echo_update=False)
    return trait


class Widget(anywidget.AnyWidget):
    """The base of every locviz widget.

    Subclasses give ``_esm``, traits, ``_picture``, and ``_answer`` where their view asks. What a
    widget shows in the browser and what its static picture shows come from the same traits:
    ``_sent`` returns them as the browser has them, and ``_picture`` draws from that alone.

    Attributes:
        declared: the ``UserTraits`` of its ``wire.py``, where the ranges of its knobs stand.
        scale: size of text and handles; 1.5 reads well on a projector.
        seq: the browser's count of its own changes. A ``result`` carries the ``seq`` that it
            answers.
        gesture: what the user did last (``"drag"``, ``"key"``, ``"reset"`` ...), or ``""``.
        challenges: what ``show_goals`` was given, one entry a challenge.
        last_error: what went wrong in the last handler, as it shows in the widget; ``""`` if
            nothing did.

    Raises:
        TypeError: an unknown keyword; the message names the nearest valid one.
        traitlets.TraitError: a bad value; the message says what to give instead.
    """

    declared: ClassVar[type] = CommonUserTraits

    scale = user_owned(traitlets.Float(1.0))
    seq = user_owned(traitlets.Int(0))
    gesture = user_owned(traitlets.Unicode(""))
    last_error = kernel_owned(traitlets.Unicode(""))
    challenges = kernel_owned(traitlets.List())

    def __init__(self, **traits: Any):
        self._check_keywords(traits)
        self._lock = threading.RLock()
        self._history: deque[dict[str, Any]] = deque(maxlen=_HISTORY)
        super().__init__(**traits)

    @classmethod
    def keywords(cls) -> list[str]:
        """Return the keywords that the widget takes.

        They are its user-owned traits, the data that its constructor names, and ``layout``.
        """
        owned = set(cls.class_traits(owner="user")) - {"seq", "gesture"}
        parameters = inspect.signature(cls.__init__).parameters.values()
        data = {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}
        return sorted(owned | data | {"layout"})

    @classmethod
    def _check_keywords(cls, keywords: Mapping[str, Any]) -> None:
        valid = cls.keywords()
        for name in keywords:
            if name not in valid:
                near = difflib.get_close_matches(name, valid, n=1, cutoff=0.0)[0]
                raise TypeError(
                    f"{cls.__name__}() has no argument {name!r}: did you mean {near!r}? "
                    f"It takes {', '.join(valid)}"
                )

    @traitlets.validate("scale")
    def _check_scale(self, proposal):
        _, limits = declared_limits(self.declared, "scale")
        if not limits.low <= proposal["value"] <= limits.high:
            raise traitlets.TraitError(
                f"scale must be between {limits.low} and {limits.high} (1.5 suits a projector), "
                f"got {proposal['value']}"
            )
        return proposal["value"]

    # What the browser sends

    def set_state(self, sync_data):
        """Take changed traits from the browser; show an exception in the widget."""
        with self._shown():
            foreign = [name for name in sync_data if self.trait_metadata(name, "owner") == "kernel"]
            if foreign:
                raise PermissionError(
                    f"the browser tried to set {foreign}, which only the kernel may set"
                )
            super().set_state(sync_data)

    def _handle_custom_msg(self, content, buffers):
        kind = content.get("kind") if isinstance(content, dict) else None
        if kind == "ask":
            self._reply(content, buffers)
        elif kind == "command":
            with self._shown():
                self._command(content, buffers)
        else:
            super()._handle_custom_msg(content, buffers)

    def _reply(self, question: dict[str, Any], buffers) -> None:
        """Answer every question, also one that failed.

        The view allows three open questions at a time and would wait for ever.
        """
        answer: dict[str, Any] = {}
        out: Sequence[bytes] = ()
        with self._shown():
            answer, out = self._answer(question, buffers)
        failed = {"error": self.last_error} if self.last_error else {}
        self.send(
            {"kind": "answer", "seq": question.get("seq", 0), **answer, **failed}, list(out) or None
        )

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """Hold the lock; put an exception into ``last_error``, where the view shows it."""
        with self._lock:
            try:
                yield
            except Exception as error:
                self.last_error = f"{type(error).__name__}: {error}"
            else:
                self.last_error = ""

    def open(self):
        """Open the comm to the browser."""
        super().open()
        self._let_the_browser_choose()

    def _send(self, msg, buffers=None):
        super()._send(msg, buffers)
        self._let_the_browser_choose()

    def _let_the_browser_choose(self) -> None:
        """Let messages go to the shell that JupyterLab names: the widgets' own subshell.

        ipykernel 7.4 sends them to the shell that last published on the comm instead. That is the
        main shell after the cell that made the widget: the first drag would then wait for whatever
        cell is running.
        """
        if self.comm is not None:
            vars(self.comm).pop("_reply_subshell_id", None)

    def show_goals(self, title: str, goals: Mapping[str, bool], *, proved: bool) -> None:
        """Show a challenge's goals, each in words with whether it is met now, inside the widget.

        They stay in sight while the user drags; goals given again under a title replace the first.
        """
        now = Watched(
            title=title, proved=proved, goals=list(goals), met=[bool(met) for met in goals.values()]
        )
        with self._lock:
            titles = [one["title"] for one in self.challenges]
            at = titles.index(title) if title in titles else len(titles)
            self.challenges = [*self.challenges[:at], now, *self.challenges[at + 1 :]]

    # What subclasses fill in

    def _answer(self, question: dict[str, Any], buffers) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Return the reply to a view's question, and its buffers, whose shapes the reply gives."""
        raise NotImplementedError(
            f"{type(self).__name__} answers no questions, got {question.get('name')!r}"
        )

    def _command(self, content: dict[str, Any], buffers) -> None:
        """Do what a view commands."""
        raise NotImplementedError(
            f"{type(self).__name__} takes no commands, got {content.get('name')!r}"
        )

    def _summary(self) -> dict[str, Any]:
        """Return what the short ``repr`` shows."""
        return {}

    def _picture(self) -> StaticPicture:
        """Return the static picture of what ``_sent`` returns."""
        raise NotImplementedError(f"{type(self).__name__} draws no picture")

    # What the browser has

    def _sent(self) -> dict[str, Any]:
        """Return every trait that travels and has an owner, by name: what the view reads."""
        return {name: getattr(self, name) for name in self.traits(owner=bool)}

    # Headless use

    @property
    def history(self) -> list[dict[str, Any]]:
        """The last 10,000 states, oldest first, each with the ``gesture`` that made it."""
        with self._lock:
            return list(self._history)

    def _record(self, **state: Any) -> None:
        self._history.append({"gesture": self.gesture, **state})

    def snapshot(self) -> StaticPicture:
        """Return the present state as a static SVG picture with a text alternative."""
        with self._lock:
            return self._picture()

    def __repr__(self) -> str:
        """Short and stable, such as ``BoxLab(loss='giou', iou=0.412)``."""
        parts = (f"{name}={_short(value)}" for name, value in self._summary().items())
        return f"{type(self).__name__}({', '.join(parts)})"

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:  # not displayable in this front end
            return None
        data, metadata = bundle
        return {**data, "text/html": self.snapshot().html()}, metadata


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else repr(value)
