"""APLab: drag the score threshold and see what average precision is the area of. Chapter 03."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from torch import Tensor

from locviz.evaluate import IOU_THRESHOLDS, Evaluation
from locviz.types import Detections, Targets
from locviz.widgets.ap_picture import draw
from locviz.widgets.ap_truth import Curve, Scene, Truth, Working
from locviz.widgets.base import bundle, kernel_owned
from locviz.widgets.image import png, wire
from locviz.widgets.knobs import KnobWidget, knob
from locviz.widgets.picture import Picture

_DATA = ("detections", "targets", "images", "class_names")


class Label(traitlets.TraitType):
    """A class by its number or its name, or None: all classes in one ranking."""

    info_text = "a label, a class name, or None for all classes"

    def validate(self, obj, value):
        """Return the label's number or None, or raise a TraitError that lists the classes."""
        names = obj.class_names
        if value is None or value in range(len(names)):
            return None if value is None else int(value)
        if isinstance(value, str) and value in names:
            return names.index(value)
        raise traitlets.TraitError(
            f"APLab.label must be None (all classes), one of {', '.join(map(repr, names))}, or a number in "
            f"0..{len(names) - 1}, got {value!r}"
        )


class APLab(KnobWidget):
    """Detections of a set of images against their ground truths: the precision-recall curve with a
    point to drag.

    The point is the score threshold; what it says and misses is drawn on the picture. The shaded
    area under the interpolated curve is AP at the chosen IoU threshold; the bars are AP at COCO's
    ten. All numbers are those of ``locviz.evaluate``, with at most 100 detections per image and
    class, as COCO counts.

    Args:
        detections: one entry per image.
        targets: the ground truths, in the same order.
        images: (3, h, w) with values in 0..1, in the same order; without them boxes are drawn on
            plain ground.
        class_names: the classes in label order; their numbers if not given.
        score_threshold: detections that score less are not said.
        iou_threshold: the overlap that makes a detection right.
        label: the class looked at, by number or name; None pools all classes into one ranking. At
            first the class that occurs most often.
        image: which image is shown; at first the first one that holds the class.
        scale: 1.5 reads well on a projector.

    Raises:
        TypeError: an unknown keyword.
        ValueError: the lists differ in length, hold spans, or a label, score or box is not valid.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("aplab")

    knobs = ("score_threshold", "iou_threshold", "label", "image")
    score_threshold = knob(traitlets.Float(0.5))
    iou_threshold = knob(traitlets.Float(0.5))
    label = knob(Label(None, allow_none=True))
    image = knob(traitlets.Int(0))

    classes = kernel_owned(traitlets.List())
    curve = kernel_owned(traitlets.Dict())
    reading = kernel_owned(traitlets.Dict())
    scene = kernel_owned(traitlets.Dict())
    photo = kernel_owned(traitlets.Dict())

    def __init__(
        self,
        *,
        detections: Sequence[Detections],
        targets: Sequence[Targets],
        images: Sequence[Tensor] | None = None,
        class_names: Sequence[str] | None = None,
        **traits: Any,
    ):
        self._check_keywords(traits)
        if images is not None and len(images) != len(targets):
            raise ValueError(
                f"images has {len(images)} entries and targets {len(targets)}: give one image per entry"
            )
        if not len(targets):
            raise ValueError("targets is empty: APLab needs at least one image")
        self.class_names = _names(detections, targets, class_names)
        self._images = images
        self._truth = Truth(
            detections=detections, targets=targets, num_classes=len(self.class_names)
        )
        traits.setdefault("label", int(np.argmax(self._truth.num_gt)))
        super().__init__(**traits)
        if "image" not in traits:
            self.image = self._truth.first_page(self.label)
        self.classes = [
            {"label": k, "name": name, "num_gt": self._truth.num_gt[k]}
            for k, name in enumerate(self.class_names)
        ]
        self.initial = self._settings()
        self._update()
        self.observe(self._update, [*self.knobs, "seq"])

    @classmethod
    def keywords(cls) -> list[str]:
        """Return the keywords that the widget takes: data and user-owned traits."""
        return sorted({*super().keywords(), *_DATA})

    @traitlets.validate("score_threshold", "iou_threshold")
    def _check_share(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        least_ok = value > 0 if name == "iou_threshold" else value >= 0
        if not (least_ok and value <= 1):
            low = "more than 0" if name == "iou_threshold" else "at least 0"
            raise traitlets.TraitError(f"APLab.{name} must be {low} and at most 1, got {value}")
        return value

    @traitlets.validate("image")
    def _check_image(self, proposal):
        if not 0 <= proposal["value"] < self.num_images:
            raise traitlets.TraitError(
                f"APLab.image must be in 0..{self.num_images - 1}, got {proposal['value']}"
            )
        return proposal["value"]

    # What locviz.evaluate says

    @property
    def num_images(self) -> int:
        """How many images there are."""
        return len(self._truth.targets)

    @property
    def evaluation(self) -> Evaluation:
        """COCO's figures of all images and classes."""
        return self._truth.evaluation

    @property
    def ap(self) -> float:
        """The shaded area: average precision of the chosen class at the chosen IoU threshold."""
        return self._curve.ap

    @property
    def precision(self) -> float:
        """The part of what is said at this score threshold that is right; NaN if nothing is."""
        return self._working.precision

    @property
    def recall(self) -> float:
        """The part of what is there that is found at this score threshold; NaN if nothing is there."""
        return self._working.recall

    @property
    def counts(self) -> Working:
        """True positives, false positives and false negatives over all images."""
        return self._working

    @property
    def _curve(self) -> Curve:
        return self._truth.curve(self.label, round(self.iou_threshold, 6))

    @property
    def _working(self) -> Working:
        return self._curve.at(self.score_threshold)

    @property
    def shown(self) -> Scene:
        """What happened in the image that is shown."""
        return self._truth.scene(self.image, self.label, self.iou_threshold, self.score_threshold)

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs: the curve and the photograph only where
        they changed.
        """
        with self._lock, self.hold_sync():
            if self.photo.get("image") != self.image:
                self.photo = self._read_photo()
            if (self.curve.get("label", -1), self.curve.get("iou")) != (
                self.label,
                self.iou_threshold,
            ):
                self.curve = self._read_curve()
            shown = self.shown
            self.scene = {"image": self.image, "tally": list(shown.tally), **shown.message()}
            self.reading = self._read_working()
            self._remember(ap=self.ap, precision=self.precision, recall=self.recall)

    def _read_photo(self) -> dict[str, Any]:
        size = list(map(float, self._truth.targets[self.image].size))
        content = b"" if self._images is None else png(self._images[self.image])
        return {"image": self.image, "size": size, "png": content}

    def _read_curve(self) -> dict[str, Any]:
        recall, precision, score = self._curve.thinned()
        return {
            "label": self.label,
            "iou": self.iou_threshold,
            "ap": _number(self._curve.ap),
            "num_gt": self._curve.num_gt,
            "pages": self._truth.pages(self.label),
            "thresholds": IOU_THRESHOLDS.round(2).tolist(),
            "aps": [_number(ap) for ap in self._truth.ap_per_threshold(self.label)],
            "recall": wire(recall),
            "precision": wire(precision),
            "score": wire(score),
            "envelope": wire(self._curve.envelope),
        }

    def _read_working(self) -> dict[str, Any]:
        working = self._working
        return {
            "seq": self.seq,
            "score_threshold": self.score_threshold,
            "precision": _number(working.precision),
            "recall": _number(working.recall),
            "counts": [working.true_positives, working.false_positives, working.false_negatives],
        }

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: float | int, dy: float | int = 0) -> None:
        """Drag a knob.

        Args:
            name: ``"score_threshold"``, ``"iou_threshold"``, or ``"point"``: the working point on
                the curve, which goes to the corner of the curve nearest to where it is dragged.
            dx: in units of the knob; for the point, of recall.
            dy: for the point, in units of precision.

        Raises:
            ValueError: an unknown ``name``.
        """
        with self._lock:
            if name == "point":
                self._change("drag", score_threshold=self._nearest(dx, dy))
            elif name in ("score_threshold", "iou_threshold"):
                low = 0.01 if name == "iou_threshold" else 0.0
                self._change("drag", **{name: min(max(getattr(self, name) + dx, low), 1.0)})
            else:
                raise ValueError(
                    f"name must be 'score_threshold', 'iou_threshold' or 'point', got {name!r}"
                )

    def step(self, n: int = 1) -> None:
        """Turn to the ``n``-th next image that holds the chosen class (previous for negative
        ``n``).
        """
        with self._lock:
            pages = self._truth.pages(self.label) or [self.image]
            here = bisect_left(pages, self.image)
            between = self.image not in pages  # then the next page is the one at `here`
            there = here + n - (between and n > 0)
            self._change("page", image=pages[there % len(pages)])

    def _nearest(self, dx: float | int, dy: float | int) -> float:
        recall, precision, score = self._curve.thinned()
        if not len(score) or self._curve.num_gt == 0:
            return self.score_threshold
        start = self._working
        y = 1.0 if math.isnan(start.precision) else start.precision
        distance = np.hypot(recall - start.recall - dx, precision - y - dy)
        return float(score[int(distance.argmin())])

    def _summary(self) -> dict[str, Any]:
        return {"images": self.num_images, "iou": self.iou_threshold, "ap": self.ap}

    def _picture(self) -> Picture:
        return draw(self)


def _names(detections, targets, class_names: Sequence[str] | None) -> tuple[str, ...]:
    if class_names is not None:
        return tuple(map(str, class_names))
    items = [item for item in (*detections, *targets) if len(item)]
    return tuple(
        str(k) for k in range(1 + max((int(item.labels.max()) for item in items), default=0))
    )


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return None if math.isnan(value) else float(value)
