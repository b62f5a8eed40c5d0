"""AssignLab: drag ground truths over a scene and see which priors answer for them, under any
assigner. Chapter 07.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import traitlets
from torch import Tensor, nn

from locviz.types import Assignment, Priors, Targets
from locviz.widgets.assign_film import Film, film
from locviz.widgets.assign_picture import draw
from locviz.widgets.assign_rules import Rule, by_name
from locviz.widgets.assign_truth import Reader, Reading, changed
from locviz.widgets.assign_wire import (
    answer_film,
    dragged,
    photo_message,
    result_message,
    scene_message,
)
from locviz.widgets.base import bundle, kernel_owned
from locviz.widgets.knobs import KnobWidget, knob
from locviz.widgets.picture import Number, Picture
from locviz.widgets.replay import Replay, gathered

_MOVES = ("image", "training_step", "boxes", "assigner", "second", "settings", "second_settings")
_STATE = (*_MOVES, "selected", "against", "frame", "second_frame")
_DATA = ("targets", "images", "class_names", "priors", "predictions", "assigners")
REFERENCES = ("previous", "pinned", "step", "other")


class AssignLab(KnobWidget):
    """Who is responsible for whom: priors coloured by the object they answer for, under one
    assigner or two.

    Drag an object, turn a knob, change the training step: every number is the answer of
    ``locviz.assign``. Three ways to get one: ``AssignLab.replay("fcos_tiny-shapes-crowded")``, a
    real model's predictions at six training steps; ``AssignLab.from_detector(detector, images,
    targets)``, what a live detector says now; ``AssignLab(targets=..., images=...)``, made-up
    predictions (the truth, jittered less and less at "steps" 0 to 3). Without arguments: one
    crowded scene of ``shapes``.

    Args:
        targets: the ground truths of one image, or of several of one size. Spans (dim 1) show as a
            timeline.
        images: (3, h, w) in 0..1 each; without them objects stand on plain ground.
        class_names: in label order; their numbers if not given.
        priors: for made-up predictions; points at strides 4, 8 and 16 if not given.
        predictions: a ``Replay`` in place of targets, images and the rest.
        assigners: your own, by name: ``{"mine": my_assigner}`` beside the ten that come with the
            widget.
        assigner: a name in ``rules``: max_iou, rpn, ssd, grid_cell, center_sampling, atss,
            hungarian, ota, simota, task_aligned, or one of yours.
        second: the assigner beside it, or None.
        settings: knobs that are turned, by assigner: ``{"atss": {"top_k": 5}}``.
            ``rules[name].knobs`` lists them.
        second_settings: the same for the second side, so that one assigner can be held against
            itself.
        image: which scene.
        training_step: one of ``steps``; at first the last.
        boxes: the ground truths as they are dragged: one ``x1 y1 x2 y2`` (or ``start end``) per
            object.
        selected: the object whose priors fill the matrix; -1 for all.
        against: what *flips* are counted against: ``"previous"`` (before the last gesture),
            ``"pinned"`` (``pin()``), ``"step"`` (the training step before), ``"other"`` (the other
            side).
        frame, second_frame: which iteration of a played assigner is shown; -1 for its end.
        scale: 1.5 reads well on a projector.

    Read: ``assignment``, ``second_assignment`` (``Assignment``), ``positives`` (per object),
    ``ambiguous``, ``ignored``, ``flips`` (by reference; None where there is none),
    ``flips_by_step``, ``steps``, ``history``. Headless: ``drag("gt 0", dx, dy)``, ``drag("top_k",
    2)``, ``turn(top_k=5)``, ``step(n)``, ``pin()``, ``film()``, ``reset()``, ``snapshot()``.

    Raises:
        TypeError: an unknown keyword.
        ValueError: the data do not fit together.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("assignlab")

    knobs: ClassVar[tuple[str, ...]] = _STATE

    boxes = knob(traitlets.List())
    assigner = knob(traitlets.Unicode("center_sampling"))
    second = knob(traitlets.Unicode(None, allow_none=True))
    settings = knob(traitlets.Dict())
    second_settings = knob(traitlets.Dict())
    image = knob(traitlets.Int(0))
    training_step = knob(traitlets.Int(0))
    selected = knob(traitlets.Int(-1))
    against = knob(traitlets.Unicode("previous"))
    frame = knob(traitlets.Int(-1))
    second_frame = knob(traitlets.Int(-1))

    offered = kernel_owned(traitlets.List())
    scene = kernel_owned(traitlets.Dict())
    photo = kernel_owned(traitlets.Dict())
    result = kernel_owned(traitlets.Dict())

    def __init__(
        self,
        *,
        targets: Targets | Sequence[Targets] | None = None,
        images: Tensor | Sequence[Tensor] | None = None,
        class_names: Sequence[str] | None = None,
        priors: Priors | None = None,
        predictions: Replay | None = None,
        assigners: Mapping[str, Any] | None = None,
        **traits: Any,
    ):
        self._check_keywords(traits)
        self._replay = gathered(targets, images, class_names, priors, predictions)
        self._reader = Reader(self._replay)
        self.rules: dict[str, Rule] = by_name(assigners or {})
        self._before: dict[int, np.ndarray] = {}  # before the last gesture, per side
        self._pins: dict[int, np.ndarray] = {}
        self._last: dict[int, np.ndarray] = {}
        self._asked: Any = None
        self._dragging = False
        traits.setdefault("training_step", self._replay.steps[-1])
        traits.setdefault("boxes", self._truth_boxes(traits.get("image", 0)))
        super().__init__(**traits)
        self.offered = [rule.message() for rule in self.rules.values()]
        self.initial = self._settings()
        self.scene = scene_message(self._replay)
        self._update()
        self.observe(self._turned_page, "image")
        self.observe(self._update, [*_STATE, "seq", "gesture"])

    @classmethod
    def replay(cls, name: str = "fcos_tiny-shapes-crowded", **traits: Any) -> "AssignLab":
        """Show a detector's predictions at chosen training steps: the name of a replay that ships,
        or a path.

        Raises:
            ValueError: nothing of that name ships; the message lists what does.
        """
        return cls(predictions=Replay.load(name), **traits)

    @classmethod
    def from_detector(
        cls,
        detector: nn.Module,
        images: Tensor | Sequence[Tensor],
        targets: Targets | Sequence[Targets],
        *,
        class_names: Sequence[str] | None = None,
        **traits: Any,
    ) -> "AssignLab":
        """Show what a dense detector of ``locviz.models`` says of some images of one size, with its
        own priors.
        """
        pictures = [images] if isinstance(images, Tensor) else list(images)
        truths = [targets] if isinstance(targets, Targets) else list(targets)
        return cls(
            predictions=Replay.watch(detector, pictures, truths, class_names=class_names), **traits
        )

    @classmethod
    def keywords(cls) -> list[str]:
        """Return the keywords that the widget takes: data and user-owned traits."""
        return sorted({*super().keywords(), *_DATA})

    # Values that are refused

    @traitlets.validate("boxes")
    def _check_boxes(self, proposal):
        # Traits are validated in no fixed order: the image may still be one that is not there.
        self._choice("image", self.image)
        num, coords = len(self._replay.targets[self.image]), self._replay.targets[0].boxes.shape[1]
        rows = (
            proposal["value"].tolist()
            if isinstance(proposal["value"], Tensor)
            else proposal["value"]
        )
        try:
            rows = [[float(number) for number in row] for row in rows]
        except (TypeError, ValueError):
            rows = []
        if len(rows) != num or any(len(row) != coords for row in rows):
            shape = "x1 y1 x2 y2" if coords == 4 else "start end"
            raise traitlets.TraitError(
                f"AssignLab.boxes must be {num} rows of {shape}, got {proposal['value']!r}"
            )
        for i, row in enumerate(rows):
            low, high = row[: coords // 2], row[coords // 2 :]
            if not all(map(math.isfinite, row)) or any(
                h < a for a, h in zip(low, high, strict=True)
            ):
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
    def _check_knobs(self, proposal):
        name, checked = proposal["trait"].name, {}
        for rule, given in proposal["value"].items():
            if rule not in self.rules or not isinstance(given, Mapping):
                raise traitlets.TraitError(
                    f"AssignLab.{name} is turned by assigner, such as {{'atss': {{'top_k': 5}}}}, got "
                    f"{rule!r}: {given!r}; the assigners are {', '.join(self.rules)}"
                )
            try:
                whole = self.rules[rule].settings(given)
            except ValueError as error:
                raise traitlets.TraitError(f"AssignLab.{name}: {error}") from None
            checked[rule] = {knob: whole[knob] for knob in given}
        return checked

    @traitlets.validate("image", "training_step", "selected", "against")
    def _check_choice(self, proposal):
        return self._choice(proposal["trait"].name, proposal["value"])

    def _choice(self, name: str, value: Any) -> Any:
        num = len(self._replay.targets)
        valid = {
            "image": range(num),
            "training_step": self.steps,
            "selected": range(-1, max((len(truth) for truth in self._replay.targets), default=0)),
            "against": REFERENCES,
        }[name]
        if value not in valid:
            what = (
                f"{valid[0]}..{valid[-1]}"
                if isinstance(valid, range)
                else f"one of {', '.join(map(repr, valid))}"
            )
            raise traitlets.TraitError(f"AssignLab.{name} must be {what}, got {value!r}")
        return value

    # What the assigners say

    @property
    def steps(self) -> tuple[int, ...]:
        """The training steps whose predictions are there."""
        return self._replay.steps

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes, in label order."""
        return self._replay.class_names

    @property
    def targets(self) -> Targets:
        """The ground truths as they stand now."""
        return self._reader.targets(self.image, self._regions)

    @property
    def predictions(self) -> dict[str, Tensor | None]:
        """``logits``, ``regions`` and ``quality`` of the image at the training step: an assigner's
        keywords.
        """
        return self._replay.said(self.steps.index(self.training_step), self.image)

    @property
    def priors(self) -> Priors:
        """The priors, in pixels of the image."""
        return self._replay.priors

    @property
    def assignment(self) -> Assignment:
        """The first assigner's answer."""
        return self.reading(0).assignment

    @property
    def second_assignment(self) -> Assignment | None:
        """The second assigner's answer, if there is one."""
        return None if self.second is None else self.reading(1).assignment

    @property
    def positives(self) -> tuple[int, ...]:
        """How many priors answer for each object under the first assigner."""
        return self.reading(0).positives

    @property
    def ambiguous(self) -> int:
        """How many priors two or more objects would take under the first assigner, each asked as if
        it were alone.
        """
        return int(self.reading(0).ambiguous.sum())

    @property
    def ignored(self) -> int:
        """How many priors the first assigner leaves out of every loss."""
        return self.reading(0).ignored

    @property
    def flips(self) -> dict[str, int | None]:
        """How many priors change owner under the first assigner, against each reference; None where
        there is none.
        """
        return self._flips(0)

    @property
    def flips_by_step(self) -> dict[int, int]:
        """How many priors of the first assigner change owner from each training step to the next,
        by the latter.
        """
        owners = [self.reading(0, step=i).owner for i in range(len(self.steps))]
        return {
            step: int((a != b).sum())
            for step, (a, b) in zip(self.steps[1:], pairwise(owners), strict=True)
        }

    def reading(self, side: int, *, step: int | None = None) -> Reading:
        """A side's answer: 0 the first, 1 the second; ``step`` counts in ``steps``, the present one
        if not given.
        """
        name = self.assigner if side == 0 else self.second
        if name is None:
            raise ValueError("there is no second assigner: set lab.second to one of lab.rules")
        rule = self.rules[name]
        turned = (self.settings if side == 0 else self.second_settings).get(name, {})
        at = self.steps.index(self.training_step) if step is None else step
        with self._lock:  # drags arrive on a thread of their own while a cell runs
            return self._reader.read(
                rule, rule.settings(turned), image=self.image, step=at, regions=self._regions
            )

    def film(self, side: int = 0) -> Film | None:
        """The iterations of a side's assigner, computed by the same torch code; None where it has
        none.
        """
        return film(self.reading(side), self.priors, self.targets, self.predictions)

    @property
    def _regions(self) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(row) for row in self.boxes)

    @property
    def _sides(self) -> tuple[int, ...]:
        return (0,) if self.second is None else (0, 1)

    def _truth_boxes(self, image: int) -> list[list[float]]:
        num = len(self._replay.targets)
        return self._replay.targets[image if 0 <= image < num else 0].boxes.tolist()

    def _references(self, side: int) -> dict[str, Any]:
        """What the answer is held against, by name; each is looked up only when it is asked for."""
        at, other = self.steps.index(self.training_step), 1 - side
        return {
            "previous": lambda: self._before.get(side),
            "pinned": lambda: self._pins.get(side),
            "step": lambda: self.reading(side, step=at - 1).owner if at else None,
            "other": lambda: self.reading(other).owner if other in self._sides else None,
        }

    def _flipped(self, side: int, reference: str) -> np.ndarray | None:
        """Which priors have another owner than in a reference."""
        return changed(self.reading(side).owner, self._references(side)[reference]())

    def _flips(self, side: int) -> dict[str, int | None]:
        masks = {name: self._flipped(side, name) for name in REFERENCES}
        return {name: None if mask is None else int(mask.sum()) for name, mask in masks.items()}

    def _turned_page(self, change) -> None:
        """Another image has other objects; what was counted against is gone."""
        with self._lock:
            self._last, self._pins = {}, {}
            self.selected = -1
            self.boxes = self._truth_boxes(change["new"])

    def _update(self, _=None) -> None:
        """Bring ``result`` in line with the state, once per state."""
        with self._lock, self.hold_sync():
            if len(self.boxes) != len(self._replay.targets[self.image]):
                return  # between two images: the boxes follow
            state = tuple(repr(getattr(self, name)) for name in _STATE)
            asked = (state, self.seq, self.gesture, tuple(self._pins))
            if asked == self._asked:
                return
            moved = self._asked is None or self._asked[0][: len(_MOVES)] != state[: len(_MOVES)]
            if moved and not self._dragging:
                self._before = self._last
            self._asked, self._dragging = asked, self.gesture == "drag"
            self._last = {side: self.reading(side).owner for side in self._sides}
            if self.photo.get("image") != self.image:
                self.photo = photo_message(self._replay, self.image)
            self.result = result_message(self, dragging=self._dragging)
            if moved:
                mask = self._flipped(0, "previous")
                counts = {
                    "flips": None if mask is None else int(mask.sum()),
                    "ignored": self.ignored,
                }
                # The last move of a drag may come together with its end.
                gesture = "drag" if self.gesture == "drop" else self.gesture
                self._remember(gesture=gesture, positives=self.positives, **counts)

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: Number, dy: Number = 0, *, part: str = "body") -> None:
        """Drag an object, or turn a knob of the first assigner.

        Args:
            name: ``"gt 0"``, ``"gt 1"`` ..., or a knob such as ``"top_k"`` (``"second top_k"`` on
                the other side).
            dx: pixels to the right; for a knob, by how much, kept in its range.
            dy: pixels down.
            part: ``"body"``, ``"left edge"``, ``"bottom right corner"`` ...: what is dragged of the
                object.

        Raises:
            ValueError: an unknown ``name`` or ``part``.
        """
        with self._lock:
            if name in self._names():
                self._change("drag", boxes=self._dragged(self._names().index(name), part, dx, dy))
            else:
                side, knob = (
                    (1, name.removeprefix("second ")) if name.startswith("second ") else (0, name)
                )
                known = {known.name: known for known in self.reading(side).rule.knobs}
                if knob not in known:
                    objects = f"'gt 0'..'gt {len(self.boxes) - 1}'"
                    raise ValueError(
                        f"name must be {objects} or a knob ({', '.join(known) or 'none'}), got {name!r}"
                    )
                value = min(
                    max(self.reading(side).settings[knob] + dx, known[knob].low), known[knob].high
                )
                self._turn(
                    "drag", side, {knob: round(value) if known[knob].whole else float(value)}
                )
            self._change("drop")  # the gesture is over: the next one is held against what it gave

    def turn(self, *, side: int = 0, **knobs: Number) -> None:
        """Turn knobs of a side's assigner: ``turn(top_k=5)``."""
        with self._lock:
            self._turn("turn", side, knobs)

    def step(self, n: int = 1) -> None:
        """Go ``n`` training steps on (back for negative ``n``), as far as there are any."""
        at = min(max(self.steps.index(self.training_step) + n, 0), len(self.steps) - 1)
        with self._lock:
            self._change("step", training_step=self.steps[at])

    def pin(self) -> None:
        """Remember the present answer: ``flips["pinned"]`` counts against it until the image
        changes.
        """
        with self._lock:
            self._pins = {side: self.reading(side).owner for side in self._sides}
            self._change("pin", against="pinned")
            self._update()

    def unpin(self) -> None:
        """Forget what was pinned."""
        with self._lock:
            self._pins = {}
            self._change("unpin", against="previous")
            self._update()

    def reset(self) -> None:
        """Put everything back where the constructor put it."""
        with self._lock:
            self._pins = {}
            self._change("reset", image=self.initial["image"])
            self._change("reset", **self.initial)

    def _names(self) -> list[str]:
        return [f"gt {i}" for i in range(len(self.boxes))]

    def _turn(self, gesture: str, side: int, turned: Mapping[str, Number]) -> None:
        trait, name = ("settings", "second_settings")[side], self.reading(side).rule.name
        given = getattr(self, trait)
        self._change(gesture, **{trait: {**given, name: {**given.get(name, {}), **turned}}})

    def _dragged(self, index: int, part: str, dx: Number, dy: Number) -> list[list[float]]:
        rows = [list(row) for row in self.boxes]
        rows[index] = dragged(rows[index], part, dx, dy, self._replay.targets[0].size)
        return rows

    # What the browser asks

    def _answer(self, question: dict[str, Any], buffers) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Take the knobs; ``result`` follows as a trait. A film comes with them: it is of that
        state.
        """
        if question.get("name") != "film":
            return super()._answer(question, buffers)
        super()._answer({**question, "name": "knobs"}, buffers)
        side = int(question["side"])
        return answer_film(self.film(side), side=side, at=self.seq)

    def _command(self, content: dict[str, Any], buffers) -> None:
        """Pin or unpin."""
        if content.get("name") not in ("pin", "unpin"):
            return super()._command(content, buffers)
        return self.pin() if content["name"] == "pin" else self.unpin()

    def _summary(self) -> dict[str, Any]:
        second = {} if self.second is None else {"second": self.second}
        return {
            "assigner": self.assigner,
            **second,
            "step": self.training_step,
            "positives": sum(self.positives),
        }

    def _picture(self) -> Picture:
        return draw(self)
