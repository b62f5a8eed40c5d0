"""NMSLab: play a suppression method over the boxes of a scene, and see what it gets wrong.

Chapter 09.
"""

import math
from collections.abc import Sequence
from typing import Any

import traitlets
from torch import Tensor, nn

from locviz.evaluate import Divergence
from locviz.postprocess import Survivors
from locviz.types import Detections, Targets
from locviz.widgets.core.base import bundle, kernel_owned
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Choice, Ranged
from locviz.widgets.core.picture import Number, StaticPicture
from locviz.widgets.core.region import between, moved
from locviz.widgets.nmslab.crowd import crowd
from locviz.widgets.nmslab.messages import photo_message, result_message, scene_message
from locviz.widgets.nmslab.methods import BY_NAME
from locviz.widgets.nmslab.picture import draw
from locviz.widgets.nmslab.reading import Given, Run, Setting, Verdict
from locviz.widgets.nmslab.scene import Scene, given, of_detector
from locviz.widgets.nmslab.wire import UserTraits

_SLIDERS = ("threshold", "second_threshold", "sigma", "beta", "weight", "score_threshold")


class NMSLab(KnobWidget):
    """Candidate boxes of one image, and what is left of them under one suppression method, or two.

    Drag a box or a score, turn the threshold, play the method step by step: who is picked, who is
    suppressed or lowered by whom; objects that are lost, boxes that are wrong or repeat another.
    Steps are those of ``locviz.postprocess``, verdicts those of ``locviz.evaluate``: a detection is
    right, and an object found, from an IoU of 0.5; a box repeats a better one above 0.7.

    Without data: a crowd in which greedy NMS at 0.5 kills one of two overlapping rings.
    ``NMSLab.of(detector, images, targets)`` shows what a detector of your own predicts before
    suppression. Boxes are numbered from 0 on, the best score first, as the constructor got them.

    Args:
        detections: the candidates of one image; the best 60 are shown.
        targets: its ground truth.
        image: (3, h, w) in 0..1; without it boxes stand on plain ground.
        class_names: in label order; their numbers if not given.
        quality: (n,) a localization confidence for IoU-guided NMS; without it that method ranks by
            the IoU with the truth, as a perfect IoU head would.
        source: where the candidates come from, in words.
        scale: 1.5 reads well on a projector.

    Attributes:
        kept: numbers of the boxes that the method reports, best score first. This and the next
            seven are of the method's end, whatever step is shown; ``second_kept`` and so on are of
            the second method.
        victims: numbers of the objects that suppression took (``evaluate.victims``).
        duplicates: how many reported boxes repeat a better one (``evaluate.duplicates``).
        false_positives: numbers of the reported boxes that are wrong.
        true_positives: how many are right.
        missed: numbers of the objects that are not found for another reason.
        survivors: what the method itself returns.
        final_scores: every candidate's score after the method, 0 where it is suppressed.
        spearman: correlation of score and IoU over the candidates of all objects, before
            suppression; ``divergence`` has it by object.
        steps: how many steps there are.
        detections: the candidates as they are dragged, to call ``locviz.postprocess`` with.
        history: every state, with ``kept``, ``victims`` and ``duplicates``.

    Headless: ``lab.step(n)`` (``lab.rewind()`` goes before the first), ``lab.drag("box 3", dx,
    dy)``, also ``part="left edge"``, ``lab.drag("threshold", 0.1)``, ``lab.set_score(3, 0.8)``,
    ``lab.reset()``, ``lab.snapshot()``.

    Raises:
        TypeError: an unknown keyword, or only one of ``detections`` and ``targets``.
        ValueError: they do not fit together, or are not valid.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("nmslab")
    declared = UserTraits

    boxes = knob(traitlets.List(), "one ``x1 y1 x2 y2`` in pixels per candidate, as dragged.")
    scores = knob(traitlets.List(), "their scores before suppression, each in 0..1.")
    method = knob(Choice(list(BY_NAME), default="greedy"), "what suppresses.")
    second = knob(traitlets.Unicode(None, allow_none=True), "a method beside it, or None.")
    threshold = knob(Ranged(0.5), "an IoU above it suppresses.")
    second_threshold = knob(Ranged(None), "the same for the second method; None takes the first's.")
    sigma = knob(Ranged(0.5), "of Gaussian Soft-NMS and of Matrix-NMS; small is hard.")
    beta = knob(Ranged(1.0), "of DIoU-NMS: the power of the centres' distance.")
    weight = knob(Ranged(1.0), "of CL-balanced NMS: of the closeness against the score.")
    score_threshold = knob(Ranged(0.25), "what scores this or less is not reported.")
    all_labels = knob(
        traitlets.Bool(False), "whether boxes of different classes suppress each other."
    )
    played = knob(Ranged(None), "how many steps are played; None plays to the end.")

    scene = kernel_owned(traitlets.Dict())
    photo = kernel_owned(traitlets.Dict())
    result = kernel_owned(traitlets.Dict())

    def __init__(
        self,
        *,
        detections: Detections | Sequence[Detections] | None = None,
        targets: Targets | Sequence[Targets] | None = None,
        image: Tensor | None = None,
        class_names: Sequence[str] | None = None,
        quality: Any = None,
        source: str | None = None,
        **traits: Any,
    ):
        self._check_keywords(traits)
        own = {"detections": detections, "targets": targets, "image": image, "quality": quality}
        if all(value is None for value in own.values()):
            scene = crowd()
        else:
            scene = given(**own, class_names=class_names, source=source)
        self._start(scene, traits)

    @classmethod
    def of(
        cls,
        detector: nn.Module,
        images: Tensor | Sequence[Tensor],
        targets: Targets | Sequence[Targets],
        *,
        output: int = -1,
        index: int = 0,
        class_names: Sequence[str] | None = None,
        source: str | None = None,
        **traits: Any,
    ) -> "NMSLab":
        """Show what a dense detector predicts for an image before suppression, the best 60.

        Its own score threshold and scores apply; its mode is left as it is.

        Args:
            detector: a ``DenseDetector``.
            images: (3, h, w) in 0..1, one or several.
            targets: one per image.
            output: which of its predictions decide, as in ``detect``: of YOLOv10 0 is the
                one-to-many head, -1 the one-to-one head.
            index: which of several images.
            class_names: in label order.
            source: where the candidates come from, in words.
            traits: the knobs.

        Raises:
            TypeError: it is no dense detector, or selects in a way of its own.
            ValueError: images and targets do not fit, or labels or names go beyond the detector's
                classes.
        """
        scene = of_detector(
            detector,
            images,
            targets,
            output=output,
            index=index,
            class_names=class_names,
            source=source,
        )
        parts = {"image": scene.image, "class_names": scene.class_names, "quality": scene.quality}
        return cls(
            detections=scene.found, targets=scene.truth, source=scene.source, **parts, **traits
        )

    def _start(self, scene: Scene, traits: dict[str, Any]) -> None:
        self._scene = scene
        traits.setdefault("boxes", scene.boxes)
        traits.setdefault("scores", scene.scores)
        super().__init__(**traits)
        self.scene, self.photo = scene_message(scene), photo_message(scene)
        self._begin()

    # Values that are refused

    @traitlets.validate("boxes")
    def _check_boxes(self, proposal):
        rows = _table(proposal["value"])
        height, width = self._scene.truth.size
        if len(rows) != len(self._scene) or not all(map(_is_box, rows)):
            raise traitlets.TraitError(
                f"NMSLab.boxes must be {len(self._scene)} rows x1 y1 x2 y2 with x1 <= x2 and y1 <= "
                f"y2 in a picture of {width:g} x {height:g} pixels, got {proposal['value']!r:.200}"
            )
        return rows

    @traitlets.validate("scores")
    def _check_scores(self, proposal):
        values = _numbers(proposal["value"])
        if len(values) != len(self._scene) or not all(0 <= value <= 1 for value in values):
            raise traitlets.TraitError(
                f"NMSLab.scores must be {len(self._scene)} numbers in 0..1, got "
                f"{proposal['value']!r:.200}"
            )
        return values

    @traitlets.validate("second")
    def _check_second(self, proposal):
        value = proposal["value"]
        if value is not None and value not in BY_NAME:
            raise traitlets.TraitError(
                f"NMSLab.second must be None or one of {', '.join(map(repr, BY_NAME))}, got {value!r}"
            )
        return value

    # What locviz.postprocess and locviz.evaluate give

    @property
    def detections(self) -> Detections:
        """The candidates as they are dragged, before suppression."""
        return self._scene.candidates(self.boxes, self.scores)

    @property
    def targets(self) -> Targets:
        """What is really there."""
        return self._scene.truth

    @property
    def runs(self) -> tuple[Run, ...]:
        """The method played to its end, and the second one if there is one."""
        return self._runs

    @property
    def verdict(self) -> Verdict:
        """What the method has got right and wrong at its end."""
        return _verdict(self._runs[0])

    @property
    def second_verdict(self) -> Verdict:
        """The same of the second method."""
        if len(self._runs) < 2:
            raise ValueError("there is no second method: set lab.second = 'diou'")
        return _verdict(self._runs[1])

    @property
    def kept(self) -> tuple[int, ...]:
        """The boxes that are reported, best score first."""
        return self.verdict.reported

    @property
    def second_kept(self) -> tuple[int, ...]:
        """Those that the second method reports."""
        return self.second_verdict.reported

    @property
    def victims(self) -> tuple[int, ...]:
        """The objects that suppression took."""
        return _rows(self.verdict.lost)

    @property
    def second_victims(self) -> tuple[int, ...]:
        """Those that the second method took."""
        return _rows(self.second_verdict.lost)

    @property
    def missed(self) -> tuple[int, ...]:
        """The objects that are not found for another reason."""
        return _rows(self.verdict.missed)

    @property
    def duplicates(self) -> int:
        """How many reported boxes repeat a better one."""
        return int(self.verdict.repeated.sum())

    @property
    def second_duplicates(self) -> int:
        """How many do under the second method."""
        return int(self.second_verdict.repeated.sum())

    @property
    def false_positives(self) -> tuple[int, ...]:
        """The reported boxes that are wrong."""
        return self.verdict.false_positives

    @property
    def second_false_positives(self) -> tuple[int, ...]:
        """Those that the second method reports."""
        return self.second_verdict.false_positives

    @property
    def true_positives(self) -> int:
        """How many reported boxes are right."""
        return self.verdict.num_right

    @property
    def second_true_positives(self) -> int:
        """How many are under the second method."""
        return self.second_verdict.num_right

    @property
    def survivors(self) -> Survivors:
        """What the method returns when it is called at once."""
        return self._runs[0].survivors

    @property
    def final_scores(self) -> list[float]:
        """Every candidate's score at the method's end; 0 where it is suppressed."""
        return self._runs[0].end.scores.tolist()

    @property
    def steps(self) -> int:
        """How many steps the method takes."""
        return len(self._runs[0].steps)

    @property
    def divergence(self) -> Divergence:
        """How far score and IoU agree before suppression, by object and pooled."""
        return self._runs[0].given.divergence

    @property
    def spearman(self) -> float:
        """Spearman's correlation over the candidates of all objects; NaN where there are too few."""
        return self.divergence.pooled

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs, in one message."""
        with self._lock, self.hold_sync():
            settings = self._settings()
            state = {"seq": self.seq, **settings}
            if self.result and {"seq": self.result["seq"], **self.result["of"]} == state:
                return
            self._runs = self._played(settings)
            message = result_message(self._runs, self._scene, seq=self.seq, settings=settings)
            self.result = message
            self._remember(kept=self.kept, victims=self.victims, duplicates=self.duplicates)

    def _played(self, settings: dict[str, Any]) -> tuple[Run, ...]:
        scene = self._scene
        found = scene.candidates(settings["boxes"], settings["scores"])
        data = Given(found=found, truth=scene.truth, quality=scene.quality)
        shared = ("threshold", "sigma", "beta", "weight", "all_labels", "score_threshold")
        first = Setting(method=self.method, **{name: settings[name] for name in shared})
        if self.second is None:
            return (Run(data, first),)
        other = {name: settings[name] for name in shared}
        if self.second_threshold is not None:
            other["threshold"] = self.second_threshold
        return Run(data, first), Run(data, Setting(method=self.second, **other))

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: Number, dy: Number = 0, *, part: str = "body") -> None:
        """Drag a box, a score, or a knob.

        Args:
            name: ``"box 3"``, ``"score 3"``, ``"threshold"``, ``"sigma"`` ...
            dx: pixels to the right; of a score or a knob, by how much, kept in its range.
            dy: pixels down.
            part: what is dragged of a box: ``"body"``, ``"left edge"``, ``"top right corner"`` ...

        Raises:
            ValueError: an unknown ``name`` or ``part``.
        """
        with self._lock:
            what, _, index = name.partition(" ")
            if what in ("box", "score") and index.isdecimal() and int(index) < len(self._scene):
                self._drag_candidate(what, int(index), dx, dy, part)
            elif name in _SLIDERS:
                if (start := getattr(self, name)) is None:
                    start = self.threshold
                held = getattr(type(self), name).held(start + dx)
                self._change("drag", **{name: float(held)})
            else:
                last = len(self._scene) - 1
                raise ValueError(
                    f"name must be 'box 0' to 'box {last}', 'score 0' to 'score {last}', or one of "
                    f"{', '.join(map(repr, _SLIDERS))}, got {name!r}"
                )

    def _drag_candidate(self, what: str, row: int, dx: Number, dy: Number, part: str) -> None:
        if what == "score":
            return self.set_score(row, between(self.scores[row] + dx, 0.0, 1.0))
        boxes = [list(box) for box in self.boxes]
        height, width = self._scene.truth.size
        boxes[row] = [float(side) for side in moved(boxes[row], part, dx, dy, (height, width))]
        return self._change("drag", boxes=boxes)

    def set_score(self, index: int, score: Number) -> None:
        """Set a candidate's score before suppression.

        Args:
            index: the box's number.
            score: in 0..1.

        Raises:
            IndexError: there is no such box.
        """
        if not 0 <= index < len(self._scene):
            raise IndexError(f"index must be in 0..{len(self._scene) - 1}, got {index}")
        with self._lock:
            scores = [*self.scores]
            scores[index] = float(score)
            self._change("drag", scores=scores)

    def step(self, n: int = 1) -> None:
        """Play ``n`` steps on (back for negative ``n``), as far as there are any."""
        with self._lock:
            longest = max(len(run.steps) for run in self._runs)
            now = longest if self.played is None else min(self.played, longest)
            there = int(between(now + n, 0, longest))
            self._change("step", played=None if there == longest else there)

    def rewind(self) -> None:
        """Go back before the first step."""
        with self._lock:
            self._change("step", played=0)

    def _summary(self) -> dict[str, Any]:
        second = {} if self.second is None else {"second": self.second}
        counts = {"kept": len(self.kept), "lost": len(self.victims)}
        return {"method": self.method, **second, **counts, "wrong": len(self.false_positives)}

    def _picture(self) -> StaticPicture:
        return draw(self._sent())


def _verdict(run: Run) -> Verdict:
    return run.verdict(run.end)


def _rows(mask) -> tuple[int, ...]:
    return tuple(mask.nonzero()[0].tolist())


def _numbers(values: Any) -> list[float]:
    """Numbers as floats; none where one is no number."""
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError):
        return []


def _table(rows: Any) -> list[list[float]]:
    try:
        return [_numbers(row) for row in rows]
    except TypeError:
        return []


def _is_box(row: list[float]) -> bool:
    return len(row) == 4 and all(map(math.isfinite, row)) and row[0] <= row[2] and row[1] <= row[3]
