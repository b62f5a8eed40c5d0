"""AssignLab: drag ground truths over a scene and see which priors are responsible for them.

Any assigner can be chosen. Chapter 07.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import traitlets
from torch import Tensor, nn

from locviz.types import Priors, Targets
from locviz.widgets.assignlab.answers import AssignAnswers
from locviz.widgets.assignlab.flips import Memory, count
from locviz.widgets.assignlab.knobs import MOVES
from locviz.widgets.assignlab.messages import (
    film_answer,
    photo_message,
    scene_message,
    side_message,
)
from locviz.widgets.assignlab.picture import draw
from locviz.widgets.assignlab.reading import AnswerCache
from locviz.widgets.assignlab.replay import Replay, gathered
from locviz.widgets.assignlab.rules import rules_by_name
from locviz.widgets.assignlab.wire import UserTraits
from locviz.widgets.core.base import bundle, kernel_owned
from locviz.widgets.core.picture import Number, StaticPicture
from locviz.widgets.core.region import dragged


class AssignLab(AssignAnswers):
    """Priors coloured by the object that they are responsible for, under one assigner or two.

    Drag an object, turn a knob, change the training step: every number is the answer of
    ``locviz.assign``. Three ways to get one: ``AssignLab.replay("fcos_tiny-shapes-crowded")``, a
    real model's predictions at six training steps; ``AssignLab.from_detector(detector, images,
    targets)``, what a live detector predicts now; ``AssignLab(targets=..., images=...)``, made-up
    predictions (the truth, jittered less and less at "steps" 0 to 3). Without arguments: one
    crowded scene of ``shapes``.

    Args:
        targets: the ground truths of one image, or of several of one size. Spans (dim 1) show as a
            timeline.
        images: (3, h, w) in 0..1 each; without them objects stand on plain ground.
        class_names: in label order; their numbers if not given.
        priors: for made-up predictions; points at strides 4, 8 and 16 if not given.
        predictions: a ``Replay`` in place of targets, images and the rest.
        assigners: your own, by name, beside those of ``locviz.models.ASSIGNERS``: ``{"mine":
            rule}``. A rule is a function of the overlaps, ``rule(iou)`` with ``iou`` (priors,
            objects), that returns for each prior an object's number, -1 (background) or -2
            (ignored); or an assigner, called with (priors, targets, predicted).
        scale: 1.5 reads well on a projector.

    Read: ``assignment``, ``second_assignment`` (``Assignment``), ``positives`` (per object),
    ``ambiguous``, ``ignored``, ``flips`` (by reference; None where there is none),
    ``flips_by_step``, ``difference`` (between the two), ``why(prior)``, ``steps``, ``history``.
    Headless: ``drag("gt 0", dx, dy)``, ``drag("top_k", 2)``, ``turn(top_k=5)``, ``step(n)``,
    ``pin()``, ``film()``, ``reset()``, ``snapshot()``.

    Raises:
        TypeError: an unknown keyword, or a rule of your own that cannot be called as one.
        ValueError: the data do not fit together, or a rule of your own returns no owners.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("assignlab")
    declared = UserTraits
    follows: ClassVar[tuple[str, ...]] = ("seq", "gesture")

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
        self._cache = AnswerCache(self._replay)
        self.rules = rules_by_name(assigners or {})
        self._memory = Memory()
        self._asked: tuple[Any, ...] = ()
        self._settled: dict[str, str] = {}
        if traits.get("second") is not None:
            traits.setdefault("against", "other")  # two rules side by side: where do they differ?
        traits.setdefault("training_step", self._replay.steps[-1])
        traits.setdefault("boxes", self._truth_boxes(traits.get("image", 0)))
        super().__init__(**traits)
        self.offered = [rule.message() for rule in self.rules.values()]
        self.scene = scene_message(self._replay)
        self.observe(self._turned_page, "image")
        self._begin()

    @classmethod
    def replay(cls, name: str = "fcos_tiny-shapes-crowded", **traits: Any) -> "AssignLab":
        """Show a detector's predictions at chosen training steps.

        They are read from a replay: give the name of one that ships, or a path.

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
        """Show what a dense detector of ``locviz.models`` predicts, with its own priors.

        All images must have one size.
        """
        pictures = [images] if isinstance(images, Tensor) else list(images)
        truths = [targets] if isinstance(targets, Targets) else list(targets)
        replay = Replay.watch(detector, pictures, truths, class_names=class_names)
        return cls(predictions=replay, **traits)

    def _truth_boxes(self, image: int) -> list[list[float]]:
        num = len(self._replay.targets)
        return self._replay.targets[image if 0 <= image < num else 0].boxes.tolist()

    # What follows from the knobs

    def _turned_page(self, change) -> None:
        """Take the objects of another image, and forget the answers that flips compare with."""
        with self._lock:
            self._memory.forget()
            self.selected = -1
            self.boxes = self._truth_boxes(change["new"])

    def _update(self, _=None) -> None:
        """Bring ``result`` in line with the state, once per state."""
        with self._lock, self.hold_sync():
            if len(self.boxes) != len(self._replay.targets[self.image]):
                return  # between two images: the boxes follow
            state = {name: repr(value) for name, value in self._settings().items()}
            asked = (state, self.seq, self.gesture, tuple(self._memory.pinned))
            if asked == self._asked:
                return
            settled = {name: state[name] for name in MOVES}
            moved = settled != self._settled
            self._asked = ()  # an answer that fails is asked for again
            owners = {side: self.reading(side).owner for side in self._sides}
            self._memory.note(owners, moved=moved, dragging=self.gesture == "drag")
            if self.photo.get("image") != self.image:
                self.photo = photo_message(self._replay, self.image)
            self.result = self._message()
            self._asked, self._settled = asked, settled
            if moved:
                self._remember_move()

    def _message(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "image": self.image,
            "of": self._settings(),
            "difference": self.difference,
            "pinned": bool(self._memory.pinned),
            "sides": [self._side_message(side) for side in self._sides],
        }

    def _side_message(self, side: int) -> dict[str, Any]:
        return side_message(
            self.reading(side),
            selected=self.selected,
            flipped=self._flipped(side, self.against),
            by_step=None if self._memory.dragging else self._by_step(side),
            why=None if self.looked < 0 else self.why(self.looked, side),
        )

    def _remember_move(self) -> None:
        # The last move of a drag may come together with its end.
        gesture = "drag" if self.gesture == "drop" else self.gesture
        flips = count(self._flipped(0, "previous"))
        self._remember(gesture=gesture, positives=self.positives, flips=flips, ignored=self.ignored)

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
        objects = [f"gt {i}" for i in range(len(self.boxes))]
        with self._lock:
            if name in objects:
                index, rows = objects.index(name), [list(row) for row in self.boxes]
                rows[index] = dragged(rows[index], part, dx, dy, self._replay.targets[0].size)
                self._change("drag", boxes=rows)
            else:
                self._drag_knob(name, dx)
            self._change("drop")  # the gesture is over: flips of the next compare with its result

    def _drag_knob(self, name: str, by: Number) -> None:
        side = 1 if name.startswith("second ") else 0
        answer, knob = self.reading(side), name.removeprefix("second ")
        known = {each.name: each for each in answer.rule.knobs}
        if knob not in known:
            objects = f"'gt 0'..'gt {len(self.boxes) - 1}'"
            raise ValueError(
                f"name must be {objects} or a knob ({', '.join(known) or 'none'}), got {name!r}"
            )
        one = known[knob]
        value = min(max(answer.settings[knob] + by, one.low), one.high)
        self._turn("drag", side, {knob: round(value) if one.whole else float(value)})

    def turn(self, *, side: int = 0, **knobs: Number) -> None:
        """Turn knobs of a side's assigner: ``turn(top_k=5)``."""
        with self._lock:
            self._turn("turn", side, knobs)

    def _turn(self, gesture: str, side: int, turned: Mapping[str, Number]) -> None:
        trait, name = ("settings", "second_settings")[side], self.reading(side).rule.name
        settings = getattr(self, trait)
        of_this_rule = {**settings.get(name, {}), **turned}
        self._change(gesture, **{trait: {**settings, name: of_this_rule}})

    def step(self, n: int = 1) -> None:
        """Go ``n`` training steps on (back for negative ``n``), as far as there are any."""
        at = min(max(self._step + n, 0), len(self.steps) - 1)
        with self._lock:
            self._change("step", training_step=self.steps[at])

    def pin(self) -> None:
        """Remember the present answer: ``flips["pinned"]`` compares with it.

        It is forgotten when the image changes.
        """
        with self._lock:
            self._memory.pinned = {side: self.reading(side).owner for side in self._sides}
            self._change("pin", against="pinned")
            self._update()

    def unpin(self) -> None:
        """Forget what was pinned."""
        with self._lock:
            self._memory.pinned = {}
            self._change("unpin", against="previous")
            self._update()

    def reset(self) -> None:
        """Put everything back where the constructor put it."""
        with self._lock:
            self._memory.pinned = {}
            self._change("reset", image=self.initial["image"])
            self._change("reset", **self.initial)

    # What the browser asks

    def _answer(self, question: dict[str, Any], buffers) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Take the knobs; ``result`` follows as a trait.

        A question for a film brings the knobs along, so that the film is of that state.
        """
        if question.get("name") != "film":
            return super()._answer(question, buffers)
        super()._answer({**question, "name": "knobs"}, buffers)
        side = int(question["side"])
        return film_answer(self.film(side), side=side, at=self.seq)

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

    def _picture(self) -> StaticPicture:
        return draw(self._sent())
