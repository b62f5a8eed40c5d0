"""APLab: drag the score threshold and see what average precision is the area of. Chapter 03."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from torch import Tensor

from locviz.evaluate import Evaluation
from locviz.types import Detections, Targets
from locviz.widgets.aplab.messages import (
    classes_message,
    curve_message,
    reading_message,
    scene_message,
)
from locviz.widgets.aplab.picture import draw
from locviz.widgets.aplab.reading import Curve, EvaluatedSet, OperatingPoint
from locviz.widgets.aplab.wire import UserTraits
from locviz.widgets.core.base import bundle, kernel_owned
from locviz.widgets.core.image import photo_message
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.matched_image import MatchedImage
from locviz.widgets.core.numbers import Ranged
from locviz.widgets.core.picture import Number, StaticPicture


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
            f"APLab.label must be None (all classes), one of {', '.join(map(repr, names))}, or a "
            f"number in 0..{len(names) - 1}, got {value!r}"
        )


class APLab(KnobWidget):
    """The precision-recall curve of detections on a set of images, with a point to drag.

    The point is the score threshold; what is found and missed there is drawn on the picture. The
    shaded area under the interpolated curve is AP at the chosen IoU threshold; the bars are AP at
    COCO's ten. All numbers are those of ``locviz.evaluate``, with at most 100 detections per image
    and class, as COCO counts.

    Args:
        detections: one entry per image.
        targets: the ground truths, in the same order.
        images: (3, h, w) with values in 0..1, in the same order; without them boxes are drawn on
            plain ground.
        class_names: the classes in label order; their numbers if not given.
        scale: 1.5 reads well on a projector.

    Raises:
        TypeError: an unknown keyword.
        ValueError: the lists differ in length, hold spans, or a label, score or box is not valid.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("aplab")
    declared = UserTraits

    score_threshold = knob(Ranged(0.5), "detections that score less are left out.")
    iou_threshold = knob(Ranged(0.5, step=0.005), "the overlap that makes a detection right.")
    label = knob(
        Label(None, allow_none=True),
        "the class looked at, by number or name; None pools all classes into one ranking. At first "
        "the class that occurs most often.",
    )
    image = knob(
        traitlets.Int(0),
        "which image is shown; at first the first one that holds the class.",
    )

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
                f"images has {len(images)} entries and targets {len(targets)}: give one image per "
                "entry"
            )
        if not len(targets):
            raise ValueError("targets is empty: APLab needs at least one image")
        self.class_names = _names(detections, targets, class_names)
        self._images = images
        self._data = EvaluatedSet(
            detections=detections, targets=targets, num_classes=len(self.class_names)
        )
        traits.setdefault("label", int(np.argmax(self._data.num_gt)))
        super().__init__(**traits)
        if "image" not in traits:
            self.image = self._data.first_page(self.label)
        self.classes = classes_message(self.class_names, self._data.num_gt)
        self._begin()

    @traitlets.validate("image")
    def _check_image(self, proposal):
        if not 0 <= proposal["value"] < self.num_images:
            raise traitlets.TraitError(
                f"APLab.image must be in 0..{self.num_images - 1}, got {proposal['value']}"
            )
        return proposal["value"]

    # What locviz.evaluate finds

    @property
    def num_images(self) -> int:
        """How many images there are."""
        return len(self._data.targets)

    @property
    def evaluation(self) -> Evaluation:
        """COCO's figures of all images and classes."""
        return self._data.evaluation

    @property
    def ap(self) -> float:
        """The shaded area: average precision of the chosen class at the chosen IoU threshold."""
        return self._curve.ap

    @property
    def precision(self) -> float:
        """The share of the detections at this score threshold that are right; NaN without any."""
        return self.counts.precision

    @property
    def recall(self) -> float:
        """The share of the ground truths found at this score threshold; NaN without any."""
        return self.counts.recall

    @property
    def counts(self) -> OperatingPoint:
        """True positives, false positives and false negatives over all images."""
        return self._curve.at(self.score_threshold)

    @property
    def _curve(self) -> Curve:
        return self._data.curve(self.label, round(self.iou_threshold, 6))

    @property
    def shown(self) -> MatchedImage:
        """What happened in the image that is shown."""
        return self._data.matched(
            self.image,
            label=self.label,
            iou_threshold=self.iou_threshold,
            score_threshold=self.score_threshold,
        )

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs.

        The curve and the photograph are made anew only where they changed.
        """
        with self._lock, self.hold_sync():
            if self.photo.get("image") != self.image:
                self.photo = self._read_photo()
            asked = {"label": self.label, "iou": self.iou_threshold}
            if any(self.curve.get(name, "never") != value for name, value in asked.items()):
                self.curve = curve_message(self._curve, self._data, **asked)
            self.scene = scene_message(self.image, self.shown)
            at = {"seq": self.seq, "score_threshold": self.score_threshold}
            self.reading = reading_message(self._curve, **at)
            self._remember(ap=self.ap, precision=self.precision, recall=self.recall)

    def _read_photo(self) -> dict[str, Any]:
        image = None if self._images is None else self._images[self.image]
        size = self._data.targets[self.image].size
        return photo_message(self.image, num=self.num_images, size=size, image=image)

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: Number, dy: Number = 0) -> None:
        """Drag a knob.

        Args:
            name: ``"score_threshold"``, ``"iou_threshold"``, or ``"point"``: the operating point
                on the curve, which goes to the corner of the curve nearest to where it is dragged.
            dx: in units of the knob; for the point, of recall.
            dy: for the point, in units of precision.

        Raises:
            ValueError: an unknown ``name``.
        """
        with self._lock:
            if name == "point":
                self._change("drag", score_threshold=self._nearest(dx, dy))
            elif name in ("score_threshold", "iou_threshold"):
                moved = getattr(type(self), name).held(getattr(self, name) + dx)
                self._change("drag", **{name: float(moved)})
            else:
                raise ValueError(
                    f"name must be 'score_threshold', 'iou_threshold' or 'point', got {name!r}"
                )

    def sweep(self, num: int = 40) -> None:
        """Lower the score threshold from 1 to 0 in ``num`` equal steps, as the button does.

        ``reading["area"]`` grows on the way from 0 to AP.

        Raises:
            ValueError: ``num`` is less than 1.
        """
        if num < 1:
            raise ValueError(f"num must be at least 1, got {num}: give the number of steps")
        with self._lock:
            for left in range(num, -1, -1):
                self._change("sweep", score_threshold=left / num)

    def step(self, n: int = 1) -> None:
        """Turn to the ``n``-th next image with the chosen class (previous for negative ``n``)."""
        with self._lock:
            pages = self._data.pages(self.label) or [self.image]
            here = bisect_left(pages, self.image)
            between = self.image not in pages  # then the next page is the one at `here`
            there = here + n - (between and n > 0)
            self._change("page", image=pages[there % len(pages)])

    def _nearest(self, dx: Number, dy: Number) -> float:
        recall, precision, score = self._curve.thinned()
        if not len(score) or self._curve.num_gt == 0:
            return self.score_threshold
        start = self.counts
        y = 1.0 if math.isnan(start.precision) else start.precision
        distance = np.hypot(recall - start.recall - dx, precision - y - dy)
        return float(score[int(distance.argmin())])

    def _summary(self) -> dict[str, Any]:
        return {"images": self.num_images, "iou": self.iou_threshold, "ap": self.ap}

    def _picture(self) -> StaticPicture:
        return draw(self._sent())


def _names(detections, targets, class_names: Sequence[str] | None) -> tuple[str, ...]:
    if class_names is not None:
        return tuple(map(str, class_names))
    items = [item for item in (*detections, *targets) if len(item)]
    return tuple(
        str(k) for k in range(1 + max((int(item.labels.max()) for item in items), default=0))
    )
