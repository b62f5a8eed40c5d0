"""AnchorLab: set scales, ratios and strides, drag a box, see which anchors reach it.

Chapters 04 and 05.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import traitlets
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.types import Targets
from locviz.widgets.anchorlab.box_set import box_set_of, default_set, design_of
from locviz.widgets.anchorlab.knobs import DESIGN, AnchorKnobs
from locviz.widgets.anchorlab.messages import (
    anchors_message,
    curve_message,
    recall_message,
    reference_message,
)
from locviz.widgets.anchorlab.picture import draw
from locviz.widgets.anchorlab.reading import (
    AssignedAnchors,
    BestAnchor,
    Design,
    Survey,
    assign_anchors,
    survey,
)
from locviz.widgets.core.base import bundle, kernel_owned
from locviz.widgets.core.image import photo_message
from locviz.widgets.core.picture import Number, StaticPicture
from locviz.widgets.core.region import between, moved

_TRIED = 80


class AnchorLab(AnchorKnobs):
    """Design anchors for a set of boxes, and compare what they reach with the default design.

    A level of stride s has a cell every s pixels, and every cell an anchor per scale and ratio:
    area ``(scale * s)^2``, height over width ``ratio`` (``locviz.priors.AnchorPriors``). The
    picture shows one image with its ground truths, of which ``target`` is dragged; the chart the
    share of all boxes of the set whose best anchor reaches an IoU, with the default design dashed.
    Anchors are not cut at the image's edge.

    Args:
        boxes: the set: one ``(n, 4)`` tensor (or ``Targets``) per image, in pixels. Without it, 24
            scenes of ``Shapes(level="crowded")``.
        images: (3, h, w) with values in 0..1, in the same order; without them boxes are drawn on
            plain ground.
        size: (h, w) in pixels, of all images or one per image; not needed with ``images`` or
            ``Targets``.
        default: the design that the dashed curve shows, ``{"scales": .., "ratios": .., "strides":
            ..}``. Not given: Faster R-CNN's on a pyramid (arXiv:1612.03144), scales (8,), ratios
            (0.5, 1, 2), strides (4, 8, 16, 32, 64).
        scale: 1.5 reads well on a projector.

    Attributes:
        recall, default_recall: share of the set's boxes whose best anchor has an IoU of at least
            ``positive``, with this design and with the default one; NaN without boxes.
            ``recall_at(iou)`` gives others.
        num_anchors, default_num_anchors: anchors per image (the mean where sizes differ).
        best_iou: (m,) best IoU of every box of the set, image after image; ``mean_best_iou`` their
            mean.
        best: the target's best anchor: ``region``, ``iou``, ``level``, ``scale`` and ``ratio``.
        gt_best_iou, gt_num_positive: (g,) best IoU of each ground truth in the picture, and how
            many anchors are responsible for it; the target is at ``selected``.
        counts: positive, ignored and negative anchors in the picture.

    Headless: ``lab.drag("target", dx, dy)``, also ``part="top left corner"``, ``lab.drag("cell",
    dx, dy)``; ``step(n)`` turns to the n-th next image, ``select(i)`` takes another of its boxes;
    ``reset()``, ``snapshot()``, ``history``.

    Raises:
        TypeError: an unknown keyword.
        ValueError: the lists differ in length, boxes are not (n, 4) or not valid, no size is known.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("anchorlab")

    photo = kernel_owned(traitlets.Dict())
    reference = kernel_owned(traitlets.Dict())
    curve = kernel_owned(traitlets.Dict())
    result = kernel_owned(traitlets.Dict())

    def __init__(
        self,
        *,
        boxes: Sequence[Tensor | Targets] | None = None,
        images: Sequence[Tensor] | None = None,
        size: Sequence[Any] | None = None,
        default: Mapping[str, Sequence[Number]] | None = None,
        **traits: Any,
    ):
        self._check_keywords(traits)
        self._set = default_set() if boxes is None else box_set_of(boxes, images, size)
        self.default: Design = design_of(default)
        self._default_survey = self._survey(self.default)
        self._tried: deque[Survey] = deque(maxlen=_TRIED)
        self._surveyed: Design | None = None
        super().__init__(**{name: getattr(self.default, name) for name in DESIGN} | traits)
        self.reference = reference_message(self.default, self._default_survey)
        self._begin()

    @traitlets.observe("image", "selected")
    def _take_its_box(self, _):
        """Take another box as the target when the image or the box changes.

        A target that was set in the same change stays.
        """
        if self.result and self.result["target"] == self.target:
            self.target = self._annotated()

    @traitlets.default("target")
    def _annotated(self) -> list[float]:
        """The selected box of the image; a third of the image where it has none."""
        regions = self._set.regions[self.image]
        if len(regions):
            return regions[self.shown_selected].tolist()
        height, width = self.size
        return [width / 3, height / 3, width * 2 / 3, height * 2 / 3]

    # What locviz.priors and locviz.assign find

    @property
    def design(self) -> Design:
        """The present scales, ratios and strides: each once, in rising order."""
        return Design.of(self.scales, self.ratios, self.strides)

    @property
    def size(self) -> tuple[int, int]:
        """(h, w) of the image that is shown, in pixels."""
        return self._set.sizes[self.image]

    @property
    def best_iou(self) -> Float[Tensor, "m"]:
        """Best IoU of every box of the set."""
        return self._tried[-1].best

    @property
    def mean_best_iou(self) -> float:
        """Mean of the best IoUs of the set; NaN without boxes."""
        return float(self.best_iou.double().mean())

    @property
    def recall(self) -> float:
        """Share of the set's boxes whose best anchor reaches ``positive``."""
        return self.recall_at(self.positive)

    @property
    def default_recall(self) -> float:
        """The same with the default design."""
        return self._default_survey.recall(self.positive)

    @property
    def num_anchors(self) -> Number:
        """Anchors per image."""
        return _whole(self._tried[-1].num_anchors)

    @property
    def default_num_anchors(self) -> Number:
        """Anchors per image of the default design."""
        return _whole(self._default_survey.num_anchors)

    @property
    def shown_selected(self) -> int:
        """Which of the image's boxes is the target; the last if there are fewer."""
        return max(min(self.selected, len(self._set.regions[self.image]) - 1), 0)

    @property
    def gt(self) -> Float[Tensor, "g 4"]:
        """The ground truths of the picture: its boxes, the target where it was dragged to."""
        target = torch.tensor([self.target])
        regions = self._set.regions[self.image]
        return torch.cat(
            [regions[: self.shown_selected], target, regions[self.shown_selected + 1 :]]
        )

    @property
    def scene(self) -> AssignedAnchors:
        """The image that is shown: its ground truths, and what becomes of every anchor."""
        return self._scene

    @property
    def best(self) -> BestAnchor:
        """The target's best anchor."""
        return self._scene.best

    @property
    def gt_best_iou(self) -> Float[Tensor, "g"]:
        """Best IoU of each ground truth in the picture."""
        return self._scene.best_iou

    @property
    def gt_num_positive(self) -> Int64[Tensor, "g"]:
        """How many anchors are responsible for each ground truth in the picture."""
        return self._scene.num_positive

    @property
    def counts(self) -> dict[str, int]:
        """Positive, ignored and negative anchors in the picture."""
        return dict(zip(("positive", "ignored", "negative"), self._scene.counts, strict=True))

    def recall_at(self, iou: Number) -> float:
        """Share of the set's boxes whose best anchor has at least this IoU; NaN without boxes."""
        return self._tried[-1].recall(float(iou))

    @property
    def shown_level(self) -> int:
        """The level whose anchors are drawn."""
        return (
            self.best.level if self.level is None else min(self.level, len(self.design.strides) - 1)
        )

    @property
    def point(self) -> list[float]:
        """The point whose cells' anchors are drawn, inside the image."""
        height, width = self.size
        x1, y1, x2, y2 = self.target
        x, y = ((x1 + x2) / 2, (y1 + y2) / 2) if self.cell is None else self.cell
        return [between(x, 0.0, float(width)), between(y, 0.0, float(height))]

    def _survey(self, design: Design) -> Survey:
        return survey(design, self._set.all, self._set.owner, self._set.sizes)

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs, once per state.

        The curve is made anew only where the design changed.
        """
        with self._lock, self.hold_sync():
            state = {"seq": self.seq, **self._settings()}
            if all(self.result.get(name, "never") == value for name, value in state.items()):
                return
            if self.photo.get("image") != self.image:
                self.photo = self._read_photo()
            if self._surveyed != self.design:
                self._surveyed = self.design
                self._tried.append(self._survey(self.design))
                self.curve = curve_message(self._tried[-1])
            self._scene = self._assign()
            self.result = {**state, **self._message()}
            self._remember(recall=self.recall, num_anchors=self.num_anchors)

    def _read_photo(self) -> dict[str, Any]:
        image = None if self._set.images is None else self._set.images[self.image]
        return photo_message(self.image, num=self.num_images, size=self.size, image=image)

    def _assign(self) -> AssignedAnchors:
        rule = {"positive": self.positive, "negative": self.negative, "forced": self.forced}
        shown = {"target": self.shown_selected, "point": self.point}
        return assign_anchors(self.design, self.gt, self.size, **rule, **shown)

    def _message(self) -> dict[str, Any]:
        recalls = recall_message(self._tried, self._default_survey, iou=self.positive)
        anchors = anchors_message(self._scene, level=self.shown_level, point=self.point)
        return {**recalls, **anchors}

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: Number, dy: Number, *, part: str = "body") -> None:
        """Move the target, one of its edges or corners, or the cell, by ``(dx, dy)`` pixels.

        It stays in the image.

        Args:
            name: ``"target"`` or ``"cell"``.
            dx: pixels to the right.
            dy: pixels down.
            part: of the target: ``"body"``, ``"left edge"``, ``"top right corner"`` and so on.

        Raises:
            ValueError: an unknown ``name`` or ``part``.
        """
        if name not in ("target", "cell"):
            raise ValueError(f"name must be 'target' or 'cell', got {name!r}")
        with self._lock:
            if name == "target":
                self._change("drag", target=moved(self.target, part, dx, dy, self.size))
            else:
                (x, y), (height, width) = self.point, self.size
                self._change(
                    "drag", cell=[between(x + dx, 0.0, width), between(y + dy, 0.0, height)]
                )

    def step(self, n: int = 1) -> None:
        """Turn to the ``n``-th next image (previous for negative ``n``).

        Its first box becomes the target.
        """
        with self._lock:
            self._turn("page", image=(self.image + n) % self.num_images, selected=0)

    def select(self, index: int) -> None:
        """Make another of the image's boxes the target.

        The box that was dragged goes back to its place.

        Raises:
            ValueError: the image has no such box.
        """
        num = len(self._set.regions[self.image])
        if not 0 <= index < num:
            raise ValueError(
                f"index must be in 0..{num - 1}: image {self.image} has {num} boxes, got {index}"
            )
        with self._lock:
            self._turn("select", image=self.image, selected=index)

    def _turn(self, gesture: str, **place: int) -> None:
        """Go to a box of an image and take it as annotated, wherever it had been dragged to."""
        with self.hold_sync():
            self._change(gesture, **place, cell=None)
            self.target = self._annotated()

    def _command(self, content: dict[str, Any], buffers) -> None:
        """Do what a button of the view asks for: another image, another box, or a reset."""
        commands = {"step": self.step, "select": self.select, "reset": self.reset}
        name = content.get("name")
        if name not in commands:
            return super()._command(content, buffers)
        commands[name](*content.get("arguments", ()))
        return None

    def _summary(self) -> dict[str, Any]:
        return {"anchors": self.num_anchors, "recall": self.recall, "iou": self.positive}

    def _picture(self) -> StaticPicture:
        return draw(self._sent())


def _whole(value: float) -> Number:
    """Return a value as a whole number where it is one."""
    return int(value) if value == int(value) else value
