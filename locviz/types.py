"""The few types that every stage of locviz shares.

Conventions, stated here once:

- A *region* is ``(..., 2 * dim)``: the low corner, then the high corner, in absolute units. For
  ``dim = 2`` that is ``x1 y1 x2 y2`` in pixels, for ``dim = 1`` it is ``start end`` in seconds or
  clips.
- Coordinates are continuous; the centre of the first pixel is at 0.5. A box that covers an h x w
  image is (0, 0, w, h).
- An image is a float tensor ``(3, h, w)`` with values in 0..1. A batch is a list of them: sizes may
  differ. A detector normalises, resizes and pads, and maps its boxes back to the pixels that it was
  given.
- Labels are ``0 .. num_classes - 1``. Background is never a label: an assigner marks a prior that
  is responsible for no object with ``BACKGROUND``.
- Where a softmax decides, column 0 is the background and label l has column l + 1, because
  ``BACKGROUND`` is -1. Costs, losses and selection all use ``softmax_columns`` and
  ``without_background`` for this. Weights of an origin that puts "no object" last (DETR) are brought
  to this order when they are converted.
- Letters in shapes: b batch, p priors, g ground truths, k classes, d detections, n any number, c
  channels, h height, w width, t time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

# A type variable and not typing.Self: the tests' run-time checker takes Self in decorated classes
# only.
T = TypeVar("T", bound="Movable")

BACKGROUND = -1
IGNORE = -2


def softmax_columns(labels: Int64[Tensor, "*n"]) -> Int64[Tensor, "*n"]:
    """The column of each label, of any shape (...), in the scores of a softmax; ``BACKGROUND`` has
    column 0.
    """
    return labels + 1


def without_background(scores: Float[Tensor, "*n columns"]) -> Float[Tensor, "*n k"]:
    """The columns of the k classes, from scores (..., 1 + k) whose column 0 is the background's."""
    return scores[..., 1:]


def _moved(value, device):
    """``value`` with every tensor in it on ``device``; what holds no tensor stays as it is."""
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, Movable):
        return value.to(device)
    if isinstance(value, tuple):
        return tuple(_moved(item, device) for item in value)
    return value


def check_tensors(**arguments: object) -> None:
    """Raise unless each argument is a tensor; people often have lists or numpy arrays instead.

    Raises:
        TypeError: one is not. The message names it.
    """
    for name, value in arguments.items():
        if not isinstance(value, Tensor):
            how = (
                "torch.from_numpy(...)"
                if type(value).__module__ == "numpy"
                else "torch.tensor(...)"
            )
            raise TypeError(
                f"{name} must be a tensor, got {type(value).__name__}: wrap it in {how}"
            )


def _check_tensors(owner: str, **fields_: Tensor | None) -> None:
    """Raise unless each field is a tensor or None."""
    given = {f"{owner}.{name}": value for name, value in fields_.items() if value is not None}
    check_tensors(**given)


def _check_regions(owner: str, letter: str, boxes: Tensor) -> None:
    """Raise unless ``boxes`` has the shape of boxes or spans; the values are not looked at."""
    if boxes.ndim != 2 or boxes.shape[-1] not in (2, 4):
        raise ValueError(
            f"{owner}.boxes must be ({letter}, 4) boxes or ({letter}, 2) spans, got {tuple(boxes.shape)}"
        )


def _without_rows(boxes: Tensor, labels: Tensor, coords: int) -> tuple[Tensor, Tensor]:
    """An empty list makes a tensor ``(0,)`` of floats; give it the shape and type of no boxes."""
    if boxes.shape == (0,):
        boxes = boxes.reshape(0, coords)
    return boxes, labels.long() if labels.shape == (0,) else labels


def _check_rows(owner: str, num: int, **columns: Tensor | None) -> None:
    """Raise unless each column is ``(num,)`` and labels are int64. The values are not looked at, so
    that a GPU need not be waited for.
    """
    for name, column in columns.items():
        if column is None or column.shape != (num,):
            shape = () if column is None else tuple(column.shape)
            what = f"{shape[0]} entries" if len(shape) == 1 else f"shape {shape}"
            raise ValueError(
                f"{owner}.{name} has {what} for {num} boxes: give one entry per box, ({num},)"
            )
        if name == "labels" and column.dtype != torch.int64:
            raise ValueError(f"{owner}.labels must be int64, got {column.dtype}: use labels.long()")


class Movable:
    """Gives a frozen dataclass of tensors ``to(device)``."""

    def to(self: T, device: torch.device | str) -> T:
        """Return a copy whose tensors live on ``device``."""
        moved = {f.name: _moved(getattr(self, f.name), device) for f in fields(self)}  # type: ignore[arg-type]
        return replace(self, **moved)  # type: ignore[type-var]


@dataclass(frozen=True, eq=False)
class Targets(Movable):
    """What is in one image: its ground truths.

    Only ``boxes``, ``labels`` and ``size`` must be given. ``crowd`` and ``ignore`` are not the same
    thing: a crowd region may be matched by any number of detections (COCO), an ignored box takes
    part in nothing.

    Shapes and units: ``boxes`` (g, 2*dim) absolute units; ``labels`` (g,) int64; ``area`` (g,) the
    *annotation's* area in squared units, which is what COCO's size ranges use (the box's own
    measure where none is given); ``crowd`` and ``ignore`` (g,) booleans; ``size`` (h, w) in pixels,
    or (length,) for spans.

    An image without objects has ``boxes=torch.zeros(0, 4)``; ``torch.tensor([])`` means the same.

    Raises:
        TypeError: a field is not a tensor.
        ValueError: a shape does not fit, or (from ``check``) a value is not valid. The message
            names the field.
    """

    boxes: Float[Tensor, "g coords"]
    labels: Int64[Tensor, "g"]
    size: tuple[int | float, ...]
    image_id: int = 0
    area: Float[Tensor, "g"] | None = None
    crowd: Bool[Tensor, "g"] | None = None
    ignore: Bool[Tensor, "g"] | None = None
    masks: Tensor | None = None
    keypoints: Tensor | None = None
    text: tuple[str, ...] | None = None

    def __post_init__(self):
        _check_tensors(
            "Targets", boxes=self.boxes, labels=self.labels, area=self.area, crowd=self.crowd, ignore=self.ignore
        )  # fmt: skip
        # A size has as many numbers as there are axes, so it tells boxes from spans where there is
        # no row to tell them apart.
        boxes, labels = _without_rows(self.boxes, self.labels, 2 * len(self.size))
        # The class is frozen; this is how a frozen dataclass fills in a field of its own.
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "labels", labels)
        _check_regions("Targets", "g", self.boxes)
        num = len(self.boxes)
        _check_rows("Targets", num, labels=self.labels)
        if self.area is None:
            low, high = self.boxes.chunk(2, -1)
            object.__setattr__(self, "area", (high - low).prod(-1))
        for name in ("crowd", "ignore"):
            if getattr(self, name) is None:
                object.__setattr__(
                    self, name, torch.zeros(num, dtype=torch.bool, device=self.boxes.device)
                )
        _check_rows("Targets", num, area=self.area, crowd=self.crowd, ignore=self.ignore)

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def dim(self) -> int:
        """2 for boxes, 1 for spans."""
        return self.boxes.shape[-1] // 2

    def check(self, num_classes: int | None = None) -> "Targets":
        """Return self if every *value* is valid.

        Looking at values makes the program wait for the device, so readers of data call this once
        per image, and training loops do not.

        Raises:
            ValueError: a box is NaN, infinite or has high < low, or a label is not one of
                ``num_classes``.
        """
        low, high = self.boxes.chunk(2, -1)
        if not torch.isfinite(self.boxes).all():
            raise ValueError(
                f"Targets.boxes of image {self.image_id} holds NaN or infinity: drop or repair these boxes"
            )
        if (high < low).any():
            bad = int((high < low).any(-1).nonzero()[0])
            raise ValueError(
                f"Targets.boxes[{bad}] of image {self.image_id} has high < low ({self.boxes[bad].tolist()}): "
                "boxes are low corner, then high corner; convert with locviz.boxes first"
            )
        if num_classes is not None and ((self.labels < 0) | (self.labels >= num_classes)).any():
            raise ValueError(
                f"Targets.labels of image {self.image_id} must be in 0..{num_classes - 1}, "
                f"got {int(self.labels.min())}..{int(self.labels.max())}: background is never a label"
            )
        return self


@dataclass(frozen=True, eq=False)
class Priors(Movable):
    """The places that a model predicts from, the levels one after another: anchors, cells or
    points, or each image's own proposals.

    A point of a dense detector is stored as the stride-sized cell around it, whose centre is the
    point. Anchors are the same for every image of a batch. Proposals differ from image to image, so
    they have a batch axis, and the shorter lists are padded.

    Shapes and units: ``regions`` (p, 2*dim), or (b, p, 2*dim) where each image has its own, in
    padded-input pixels; ``strides`` (p,) pixels, 0 where a region belongs to no grid; ``levels``
    gives how many priors each level has, finest first, and they sum to p; ``valid`` (b, p) is False
    where a row is padding, and None where no row is.

    Raises:
        TypeError: a field is not a tensor.
        ValueError: the counts in ``levels`` do not sum to p, or a shape does not fit.
    """

    regions: Float[Tensor, "*b p coords"]
    strides: Float[Tensor, "p"]
    levels: tuple[int, ...]
    valid: Bool[Tensor, "*b p"] | None = None

    def __post_init__(self):
        _check_tensors("Priors", regions=self.regions, strides=self.strides, valid=self.valid)
        if self.regions.ndim not in (2, 3) or self.regions.shape[-1] not in (2, 4):
            raise ValueError(
                "Priors.regions must be (p, 2*dim), or (b, p, 2*dim) where each image has its own, got "
                f"{tuple(self.regions.shape)}"
            )
        if sum(self.levels) != len(self):
            raise ValueError(
                f"Priors.levels {tuple(self.levels)} sum to {sum(self.levels)}, but there are {len(self)} "
                "regions: give how many priors each level has"
            )
        if self.strides.shape != (len(self),):
            raise ValueError(
                f"Priors.strides has shape {tuple(self.strides.shape)} for {len(self)} regions: give one "
                "per prior, 0 where a region belongs to no grid"
            )
        if self.valid is not None and self.valid.shape != self.regions.shape[:-1]:
            raise ValueError(
                f"Priors.valid has shape {tuple(self.valid.shape)} for regions {tuple(self.regions.shape)}: "
                "give one entry per region of each image"
            )

    def __len__(self) -> int:
        return self.regions.shape[-2]

    @property
    def centers(self) -> Float[Tensor, "*b p dim"]:
        """The middle of each region, (p, dim) or (b, p, dim)."""
        low, high = self.regions.chunk(2, -1)
        return (low + high) / 2

    def of_image(self, index: int) -> "Priors":
        """The priors of one image of the batch, (n, 2*dim), without padding. Priors that all images
        share come back as they are.
        """
        if self.regions.ndim == 2:
            return self
        regions = self.regions[index]
        regions = regions if self.valid is None else regions[self.valid[index]]
        # Proposals lie on no grid, so their strides are 0 and they form a single level.
        return Priors(regions, regions.new_zeros(len(regions)), (len(regions),))


@dataclass(frozen=True, eq=False)
class Predictions(Movable):
    """What a network predicts, before anything is decided: one row per prior.

    Shapes: ``logits`` (b, p, k) class scores before the sigmoid or softmax; ``deltas`` (b, p,
    2*dim) in the units of the model's coder, or (b, p, k*2*dim) where every class has a box of its
    own; ``quality`` (b, p) extra logit per prior (centre-ness, IoU, a proposal's objectness) where
    the model has one; ``aux`` holds the Predictions of earlier decoder layers, stages or steps, or
    of a head that only trains; in a two-stage detector, those of the first stage. ``sizes`` are the
    (h, w) of the images as they were given. ``scales`` (b, dim) are input pixels per given pixel, x
    then y: a given box times its scale is in the frame of the priors.

    Where a softmax decides, column 0 is the background and label l has column l + 1 (``BACKGROUND``
    is -1).
    """

    logits: Float[Tensor, "b p k"]
    deltas: Float[Tensor, "b p coords"]
    priors: Priors
    sizes: tuple[tuple[int | float, ...], ...]
    scales: Float[Tensor, "b dim"]
    quality: Float[Tensor, "b p"] | None = None
    aux: "tuple[Predictions, ...]" = ()


@dataclass(frozen=True, eq=False)
class ImagePredictions(Movable):
    """What the network predicts for one image, detached: what an assigner may look at.

    When a future assigner needs more than this, a field is added here and no signature changes.

    Shapes: ``logits`` (p, k) class scores before the sigmoid or softmax; ``regions`` (p, 2*dim)
    decoded, in the frame of the priors; ``quality`` (p,) the extra logit where the model has one.
    """

    logits: Float[Tensor, "p k"] | None = None
    regions: Float[Tensor, "p coords"] | None = None
    quality: Float[Tensor, "p"] | None = None

    def rows(self, chosen: Tensor | slice) -> "ImagePredictions":
        """The predictions of some priors, by a mask (p,), indices (n,) or a slice."""
        columns = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(self, **{n: None if x is None else x[chosen] for n, x in columns.items()})


@dataclass(frozen=True, eq=False)
class Assignment(Movable):
    """Which prior is responsible for which ground truth in one image: what every assigner returns.

    Shapes: ``gt_index`` (p,) the ground truth that each prior is responsible for, or ``BACKGROUND``
    (-1), or ``IGNORE`` (-2: the prior takes part in no loss); ``weight`` (p,) loss weight;
    ``quality`` (p,) soft target in 0..1; ``cost`` (p, g) is kept for people to look at;
    ``localization`` is another assignment of the same priors, which the predicted regions (and
    their quality) learn from, where they learn from other priors than the classes do; None where
    both learn from this one.
    """

    gt_index: Int64[Tensor, "p"]
    weight: Float[Tensor, "p"] | None = None
    quality: Float[Tensor, "p"] | None = None
    cost: Float[Tensor, "p g"] | None = None
    localization: "Assignment | None" = None

    @property
    def positive(self) -> Bool[Tensor, "p"]:
        """Which priors are responsible for a ground truth. The shape is ``(p,)``."""
        return self.gt_index >= 0

    @property
    def negative(self) -> Bool[Tensor, "p"]:
        """Which priors should predict background. The shape is ``(p,)``."""
        return self.gt_index == BACKGROUND


@dataclass(frozen=True, eq=False)
class Losses:
    """Named loss terms (scalars, before weighting) and the weights that sum them.

    A term without a weight counts once. ``total`` is what is back-propagated.

    Raises:
        ValueError: a weight belongs to no term.
    """

    terms: Mapping[str, Float[Tensor, ""]]
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self):
        unknown = set(self.weights) - set(self.terms)
        if unknown:
            raise ValueError(
                f"Losses.weights names {sorted(unknown)}, but the terms are {sorted(self.terms)}: "
                "rename or drop these weights"
            )

    @property
    def total(self) -> Float[Tensor, ""]:
        """The weighted sum of all terms. A scalar ``()``."""
        weighted = [term * self.weights.get(name, 1.0) for name, term in self.terms.items()]
        return torch.stack(weighted).sum()


@dataclass(frozen=True, eq=False)
class Detections(Movable):
    """What was found in one image, best score first, in the pixels of the image as it was given.

    Shapes: ``boxes`` (d, 2*dim), ``scores`` (d,) in 0..1, ``labels`` (d,) int64; optional
    ``masks``, ``keypoints``.

    Raises:
        TypeError: a field is not a tensor.
        ValueError: a shape does not fit, or labels are not int64. The message names the field.
    """

    boxes: Float[Tensor, "d coords"]
    scores: Float[Tensor, "d"]
    labels: Int64[Tensor, "d"]
    masks: Tensor | None = None
    keypoints: Tensor | None = None

    def __post_init__(self):
        _check_tensors("Detections", boxes=self.boxes, scores=self.scores, labels=self.labels)
        # Four coordinates: detections know no image size that could tell spans from boxes.
        boxes, labels = _without_rows(self.boxes, self.labels, 4)
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "labels", labels)
        _check_regions("Detections", "d", self.boxes)
        _check_rows("Detections", len(self.boxes), scores=self.scores, labels=self.labels)

    def __len__(self) -> int:
        return len(self.boxes)
