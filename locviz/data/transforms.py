"""Augmentation: torchvision's transforms v2 behind a small adapter for (image, Targets).

torchvision transforms images, boxes and masks together. The adapter adds what a detector's targets
need besides: boxes that leave the image are dropped and counted; ``area``, ``crowd`` and ``ignore``
follow their boxes; keypoints and the words "left" and "right" change sides when the image is
mirrored; and all random numbers come from a given generator.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import v2

from locviz.data.dataset import Sample
from locviz.types import Targets

_MIRRORED_WORDS = (
    {"left": "right", "leftmost": "rightmost"},
    {"top": "bottom", "topmost": "lowest", "above": "below", "upper": "lower"},
)


class Augmentation:
    """Apply torchvision v2 transforms, in order, to an image and its targets.

    Law: with no steps, or with steps that do nothing this time, targets come back unchanged except
    for boxes smaller than ``min_size``. A box is dropped when less than ``min_visible`` of its
    area, or less than ``min_size`` pixels of a side, is left inside the image; ``dropped`` counts
    them since the object was made.

    Args:
        steps: transforms such as ``v2.RandomHorizontalFlip()`` or ``CropAroundBox()``. Not those of
            torchvision that remove boxes themselves (``RandomIoUCrop``, ``SanitizeBoundingBoxes``):
            dropping is done here.
        min_size: pixels, on both sides.
        min_visible: share of the box's area, 0..1.
        keypoint_mirror: where each keypoint goes when the image is mirrored (left elbow to right
            elbow); None leaves their order as it is.

    The area of a target is that of its mask where there is one; otherwise it changes in proportion
    to the area of its box.
    """

    def __init__(
        self,
        *steps: v2.Transform,
        min_size: float = 1.0,
        min_visible: float = 0.2,
        keypoint_mirror: tuple[int, ...] | None = None,
    ):
        if not 0 <= min_visible <= 1:
            raise ValueError(
                f"min_visible is a share of the box's area and must be in 0..1, got {min_visible}"
            )
        self.steps = steps
        self.min_size = min_size
        self.min_visible = min_visible
        self.keypoint_mirror = keypoint_mirror
        self.dropped = 0

    def __call__(
        self, image: Float[Tensor, "3 old_h old_w"], targets: Targets, generator: torch.Generator
    ) -> Sample:
        """Return the augmented image (3, h, w) and targets; the same state of the generator gives
        the same result.
        """
        _check(image, targets)
        parts = _pack(image, targets)
        with _seeded(generator):
            for step in self.steps:
                parts = step(parts)
        return self._unpack(parts, targets)

    def _unpack(self, parts: dict, targets: Targets) -> Sample:
        image = parts["image"].as_subclass(Tensor)
        size = tuple(image.shape[-2:])
        moved = parts["boxes"].as_subclass(Tensor)
        boxes = _clipped(moved, size)
        keep = self._kept(moved, boxes)
        self.dropped += int((~keep).sum())
        masks = parts["masks"].as_subclass(Tensor)[keep] if "masks" in parts else None
        frame = parts["points"].as_subclass(Tensor)[-3:, :2]
        return image.clamp(0, 1), replace(
            targets,
            boxes=boxes[keep],
            labels=targets.labels[keep],
            size=size,
            area=masks.flatten(1).sum(1).float()
            if masks is not None
            else _area(boxes, targets)[keep],
            crowd=_rows(targets.crowd, keep),
            ignore=_rows(targets.ignore, keep),
            masks=masks,
            keypoints=self._keypoints(parts["points"], targets, size, keep),
            text=_text(targets.text, frame, keep),
        )

    def _kept(self, moved, boxes) -> Bool[Tensor, "g"]:
        sides, whole = boxes[:, 2:] - boxes[:, :2], (moved[:, 2:] - moved[:, :2]).prod(1)
        # A little less than min_visible, so that rounding drops no box that is whole.
        visible = sides.prod(1) >= self.min_visible * whole * (1 - 1e-5)
        return visible & (sides >= self.min_size).all(1)

    def _keypoints(self, points, targets: Targets, size, keep) -> Tensor | None:
        if targets.keypoints is None:
            return None
        places = points.as_subclass(Tensor)
        xy, frame = places[:-3, :2].reshape(*targets.keypoints.shape[:2], 2), places[-3:, :2]
        inside = ((xy >= 0) & (xy <= xy.new_tensor([size[1], size[0]]))).all(-1, keepdim=True)
        # COCO writes a keypoint that is not there as three zeros.
        result = torch.where(
            inside, torch.cat([xy.to(targets.keypoints), targets.keypoints[..., 2:]], -1), 0.0
        )[keep]
        # The transformed axes of the image have a negative determinant if it was mirrored.
        mirrored = torch.linalg.det((frame[1:] - frame[0]).double()) < 0
        return (
            result[:, list(self.keypoint_mirror)] if mirrored and self.keypoint_mirror else result
        )


class CropAroundBox(v2.Transform):
    """Cut out a window around one box that is chosen at random. The window holds the whole box if
    it is large enough; other boxes may lose a part.

    Args:
        scale: each side of the window, as a share of the image's side, is drawn uniformly from this
            range.
        p: probability of cropping at all.
    """

    _transformed_types = (tv_tensors.Image, tv_tensors.BoundingBoxes, tv_tensors.Mask)

    def __init__(self, *, scale: tuple[float, float] = (0.5, 1.0), p: float = 0.5):
        super().__init__()
        if not 0 < scale[0] <= scale[1] <= 1:
            raise ValueError(f"scale must be a range inside 0..1, low end first, got {scale}")
        self.scale = scale
        self.p = p

    def make_params(self, flat_inputs):
        """Choose the window, or none; called by torchvision."""
        boxes = next(part for part in flat_inputs if isinstance(part, tv_tensors.BoundingBoxes))
        image_height, image_width = boxes.canvas_size
        if float(torch.rand(())) >= self.p:
            return {"window": None}
        low, high = self.scale
        height, width = (
            ((low + (high - low) * torch.rand(2)) * torch.tensor([image_height, image_width]))
            .ceil()
            .tolist()
        )
        around = (0.0, 0.0, float(image_width), float(image_height))
        if len(boxes):
            around = boxes.as_subclass(Tensor)[int(torch.randint(len(boxes), ()))].tolist()
        left = _start(around[0], around[2], width, image_width)
        top = _start(around[1], around[3], height, image_height)
        return {"window": {"top": top, "left": left, "height": int(height), "width": int(width)}}

    def transform(self, inpt, params):
        """Cut one part of the sample; called by torchvision."""
        return inpt if params["window"] is None else v2.functional.crop(inpt, **params["window"])


def standard_augmentation(*, keypoint_mirror: tuple[int, ...] | None = None) -> Augmentation:
    """Return the augmentation for small photographs: mirroring, scaling by 0.7 to 1.4 with a shift,
    and changes of brightness, contrast and saturation.

    The size of the image stays. The hue stays, too, because colour often tells the class (blood
    cells), and changing it takes more time than all the rest.
    """
    return Augmentation(
        v2.RandomHorizontalFlip(),
        v2.RandomAffine(
            degrees=(0.0, 0.0),
            translate=(0.1, 0.1),
            scale=(0.7, 1.4),
            interpolation=v2.InterpolationMode.BILINEAR,
            fill=0.5,
        ),
        v2.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.3),
        keypoint_mirror=keypoint_mirror,
    )


def _check(image: Tensor, targets: Targets) -> None:
    if targets.dim != 2:
        raise ValueError(
            "Augmentation moves boxes (g, 4) in images; these targets hold spans (g, 2)"
        )
    if tuple(image.shape[-2:]) != tuple(targets.size):
        raise ValueError(
            f"targets.size {tuple(targets.size)} of image {targets.image_id} is not the size of the image, "
            f"{tuple(image.shape[-2:])}"
        )


@contextmanager
def _seeded(generator: torch.Generator) -> Iterator[None]:
    """Seed the global random state, which is the only one that torchvision uses, from
    ``generator``; restore it afterwards.
    """
    state = torch.get_rng_state()
    # Only the CPU's generator: torch.manual_seed would reseed the GPU's too.
    torch.default_generator.manual_seed(int(torch.randint(2**62, (), generator=generator)))
    try:
        yield
    finally:
        torch.set_rng_state(state)


def _pack(image: Tensor, targets: Targets) -> dict:
    """Wrap the parts for torchvision.

    Keypoints are passed as boxes of size 0, because torchvision's own ``KeyPoints`` mirrors x to
    w - 1 - x. In coordinates whose first pixel has its centre at 0.5, this is one pixel too little.
    Three more points show how the image's axes were transformed.
    """
    points = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=targets.boxes.dtype)
    if targets.keypoints is not None:
        points = torch.cat([targets.keypoints[..., :2].reshape(-1, 2).to(points), points])
    parts = {
        "image": tv_tensors.Image(image),
        "boxes": _as_boxes(targets.boxes, targets.size),
        "points": _as_boxes(points.repeat(1, 2), targets.size),
    }
    return parts if targets.masks is None else {**parts, "masks": tv_tensors.Mask(targets.masks)}


def _as_boxes(boxes: Tensor, size) -> tv_tensors.BoundingBoxes:
    # Not clamped by torchvision: the visible part of a box can only be computed from the whole one.
    return tv_tensors.BoundingBoxes(
        boxes, format="XYXY", canvas_size=tuple(size), clamping_mode=None
    )  # type: ignore[call-overload]


def _clipped(boxes: Float[Tensor, "g 4"], size) -> Float[Tensor, "g 4"]:
    limit = boxes.new_tensor([size[1], size[0]]).repeat(2)
    return torch.minimum(boxes.clamp(min=0), limit)


def _area(boxes: Float[Tensor, "g 4"], targets: Targets) -> Float[Tensor, "g"]:
    before = (targets.boxes[:, 2:] - targets.boxes[:, :2]).prod(1)
    ratio = (boxes[:, 2:] - boxes[:, :2]).prod(1) / before.clamp(min=1e-6)
    assert targets.area is not None  # Targets fills it in
    return targets.area * ratio


def _rows(values: Tensor | None, keep: Tensor) -> Tensor | None:
    return None if values is None else values[keep]


def _text(text: tuple[str, ...] | None, frame: Tensor, keep: Tensor) -> tuple[str, ...] | None:
    """Swap left and right (top and bottom) in the expressions if the image's x (y) axis was turned
    around.
    """
    if text is None:
        return None
    turned = (bool(frame[1, 0] < frame[0, 0]), bool(frame[2, 1] < frame[0, 1]))
    swaps = {}
    for words in (
        words for words, is_turned in zip(_MIRRORED_WORDS, turned, strict=True) if is_turned
    ):
        swaps |= words | {value: key for key, value in words.items()}
    kept = [line for line, stays in zip(text, keep.tolist(), strict=True) if stays]
    return (
        tuple(" ".join(swaps.get(word, word) for word in line.split(" ")) for line in kept)
        if swaps
        else tuple(kept)
    )


def _start(low: float, high: float, length: float, limit: int) -> int:
    """Return a random start, in 0..limit - length, of a window that holds low..high, or the end of
    it.
    """
    furthest = limit - int(length)
    first = min(max(0, math.ceil(high - length)), furthest)
    last = max(first, min(math.floor(low), furthest))
    return first + int((last - first + 1) * float(torch.rand(())))
