"""The check of everything that a detector is given to learn from: a batch of images and their
targets.

A box in another format is rarely an error anywhere: it overlaps no prior, no prior is positive, the
loss is finite, and training goes nowhere. So it is looked for here, once per batch, where targets
enter ``loss``.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from locviz.types import Targets

REACH = 0.1
"""How far a box may reach out of its image, as a share of the image's side: annotators' slips do no
harm, an image that was resized without its boxes does."""

SAMPLED = 8
"""Of an image's pixels every eighth of every eighth row is looked at: a sixty-fourth of the work
finds a wrong range as surely."""


def check_batch(
    images: Sequence[Any], targets: Sequence[Targets], *, num_classes: int | None
) -> list[Targets]:
    """Return the targets in float32 if a detector can learn from them.

    Refused are NaN and infinity; boxes with high < low, with no width or no height (no prior
    overlaps them), outside their image or reaching out of it by more than a tenth of its side;
    boxes that all lie in the first pixel, as shares of the image do; labels out of range; pictures
    whose values are not in 0..1. Crowd regions and ignored boxes are not learned from: they must be
    finite, and no more.

    An image without ground truths is valid. The values of the whole batch are read in one go, so on
    a GPU it costs one synchronisation; what is wrong is looked for only if something is.

    Args:
        images: one per image. Tensors ``(3, h, w)`` are checked as pictures; other inputs, such as
            features of a clip, are left alone.
        targets: one per image; boxes ``(g, 4)`` in pixels of the image as given, or spans
            ``(g, 2)`` with ``size`` ``(length,)``.
        num_classes: labels are 0 .. num_classes - 1; None if labels play no part.

    Raises:
        TypeError: targets are not a list of ``Targets``: torchvision's dictionaries, for instance.
        ValueError: what is listed above. The message names image and box, and the likely cause.
    """
    _check_types(images, targets)
    _check_sizes(images, targets)
    targets = [as_float32(target) for target in targets]
    rows = _rows(targets, num_classes)
    pictures = [image for image in images if _is_picture(image)]
    loud = _out_of_range(pictures)
    if (rows.any().to(loud.device) | loud.any()).item():
        _explain_pictures(images, loud)
        _explain_rows(targets, rows, num_classes)
    return targets


def check_pictures(images: Sequence[Any]) -> None:
    """Raise unless the values of all pictures ``(3, h, w)`` lie in 0..1, roughly; other inputs are
    left alone.

    It reads values, all in one go: on a GPU it costs one synchronisation.

    Raises:
        ValueError: a picture holds NaN, looks like 0..255 or like one that is normalised already.
    """
    loud = _out_of_range([image for image in images if _is_picture(image)])
    if loud.any():
        _explain_pictures(images, loud)


def as_float32(targets: Targets) -> Targets:
    """The targets with boxes ``(g, 2*dim)`` and areas ``(g,)`` in float32, a model's type; numpy's
    and a reader's are float64.

    Targets that are in float32 already come back as they are. Masks and keypoints are left alone.

    Raises:
        TypeError: not ``Targets``.
    """
    _check_type(targets, "targets")
    if targets.boxes.dtype == targets.area.dtype == torch.float32:  # type: ignore[union-attr]
        return targets
    boxes, area = targets.boxes.float(), targets.area.float()  # type: ignore[union-attr]
    return replace(targets, boxes=boxes, area=area)


def _check_type(target: Any, name: str) -> None:
    if not isinstance(target, Targets):
        raise TypeError(f"{name} must be Targets, got {type(target).__name__}{_cure(target)}")


def _check_types(images: Sequence[Any], targets: Any) -> None:
    if isinstance(targets, Targets):
        raise TypeError("targets must be a list with one Targets per image, got a single Targets")
    for index, target in enumerate(targets):
        _check_type(target, f"targets[{index}]")
    if len(images) != len(targets):
        raise ValueError(
            f"got {len(images)} images and {len(targets)} targets: give one Targets per image"
        )
    if len({target.dim for target in targets}) > 1:
        raise ValueError(
            "targets mix boxes (g, 4) and spans (g, 2): train on one of them; an image without "
            "boxes has boxes of shape (0, 4)"
        )


def _cure(target: Any) -> str:
    if isinstance(target, dict) and "boxes" in target:
        return (
            ": from torchvision's dictionaries write Targets(boxes=d['boxes'], labels=d['labels'] - 1, "
            "size=image.shape[-2:]); its labels count from 1, locviz's from 0"
        )
    return ": see locviz.types.Targets"


def _is_picture(image: Any) -> bool:
    return isinstance(image, Tensor) and image.ndim == 3 and image.shape[0] == 3


def _check_sizes(images: Sequence[Any], targets: Sequence[Targets]) -> None:
    for index, (image, target) in enumerate(zip(images, targets, strict=True)):
        if len(target.size) != target.dim:
            raise ValueError(
                f"targets[{index}].size is {tuple(target.size)}: give (h, w) for boxes, (length,) for spans"
            )
        if _is_picture(image) and target.dim != 2:
            raise ValueError(
                f"targets[{index}] holds spans (g, 2), but images[{index}] is a picture"
            )
        if not _is_picture(image):
            continue
        h, w = image.shape[-2:]
        if tuple(target.size) != (h, w):
            swapped = ": it looks like (w, h)" if tuple(target.size) == (w, h) else ""
            raise ValueError(
                f"targets[{index}].size is {tuple(target.size)}, but images[{index}] has height {h} and "
                f"width {w}{swapped}; size is (h, w) of the image that the boxes belong to"
            )


def _out_of_range(pictures: Sequence[Tensor]) -> Bool[Tensor, "n"]:
    """Which pictures ``(3, h, w)`` are not in 0..1, with room for what resizing and jitter add."""
    samples = [image[:, ::SAMPLED, ::SAMPLED] for image in pictures]
    if not samples or any(not s.numel() or not s.is_floating_point() for s in samples):
        return torch.zeros(1, dtype=torch.bool)  # Prepare says what is wrong with those
    limits = [sample.aminmax() for sample in samples]
    low, high = (torch.stack(ends) for ends in zip(*limits, strict=True))
    return ~((low > -0.5) & (high < 2))


def _explain_pictures(images: Sequence[Any], loud: Bool[Tensor, "n"]) -> None:
    if not loud.any():
        return
    numbers = [index for index, image in enumerate(images) if _is_picture(image)]
    number = numbers[int(loud.nonzero()[0])]
    sample = images[number][:, ::SAMPLED, ::SAMPLED]
    low, high = float(sample.amin()), float(sample.amax())
    if high > 16:
        cause = "they look like 0..255: divide the image by 255"
    elif low < 0:
        cause = "they look normalised already: a detector subtracts the mean itself, give it 0..1"
    else:
        cause = "give floats in 0..1"
    raise ValueError(f"images[{number}] has values from {low:g} to {high:g}; {cause}")


def _rows(targets: Sequence[Targets], num_classes: int | None) -> Bool[Tensor, "n"]:
    """Which of the batch's ground truths, all in one row, nothing can be learned from; reads no
    value.
    """
    if not targets:
        return torch.zeros(0, dtype=torch.bool)
    boxes = torch.cat([target.boxes for target in targets])
    labels = torch.cat([target.labels for target in targets])
    aside = torch.cat([target.crowd | target.ignore for target in targets])  # type: ignore[operator]
    extent = _extents(targets).to(boxes.device, non_blocking=True)
    low, high = boxes.chunk(2, -1)
    good = (high > low).all(-1) & _inside(low, high, extent)
    if targets[0].dim == 2:  # a span within the first second is nothing strange
        good &= ~((high <= 1) | aside[:, None]).all()
    if num_classes is not None:
        good &= (labels >= 0) & (labels < num_classes)
    return ~torch.isfinite(boxes).all(-1) | ~(good | aside)


def _extents(targets: Sequence[Targets]) -> Float[Tensor, "n dim"]:
    """Width and height of the image of every box, or the length of the clip of every span, all
    images in one row; on the CPU, so that a GPU gets them in one copy, which does not wait.
    """
    sizes = torch.tensor([tuple(target.size)[::-1] for target in targets], dtype=torch.float32)
    return sizes.repeat_interleave(torch.tensor([len(target) for target in targets]), 0)


def _inside(low: Tensor, high: Tensor, extent: Tensor) -> Bool[Tensor, "n"]:
    room = REACH * extent
    reaching = (low >= -room) & (high <= extent + room)
    return (reaching & (high > 0) & (low < extent)).all(-1)


def _explain_rows(
    targets: Sequence[Targets], rows: Bool[Tensor, "n"], num_classes: int | None
) -> None:
    row = int(rows.nonzero()[0])
    for index, target in enumerate(targets):
        if row < len(target):
            raise ValueError(
                f"targets[{index}] (image_id {target.image_id}): {_fault(target, row, num_classes)}"
            )
        row -= len(target)


def _fault(target: Targets, row: int, num_classes: int | None) -> str:
    box = target.boxes[row]
    low, high = box.chunk(2)
    name = f"boxes[{row}] is {[round(number, 2) for number in box.tolist()]}"
    size = " x ".join(f"{extent:g}" for extent in target.size[::-1])
    if not torch.isfinite(box).all():
        return f"{name}: NaN or infinity; drop or repair it"
    if (high < low).any():
        return f"{name}, high < low: {_other_format(target, box)}"
    if (high == low).any():
        return (
            f"{name}, without {'width or height' if target.dim == 2 else 'length'}: drop it or mark it in "
            "Targets.ignore, or convert it first if the second half is its size"
        )
    if not bool(_inside(low[None], high[None], box.new_tensor(target.size[::-1])[None])[0]):
        return (
            f"{name}, outside its image of {size}: {_other_format(target, box)}; if the image was resized, "
            "resize its boxes too, and cut what only reaches out with locviz.boxes.clip"
        )
    if target.dim == 2 and (high <= 1).all():
        return (
            f"{name}, and all boxes of the batch lie within 0..1: they look like shares of the image; "
            "multiply them by its width and height"
        )
    return (
        f"labels[{row}] is {int(target.labels[row])}, but the model has classes 0..{(num_classes or 0) - 1}: "
        "build it with num_classes of the data set; background is never a label"
    )


def _other_format(target: Targets, box: Float[Tensor, "coords"]) -> str:
    """Which other format the box would make sense in."""
    first, size = box.chunk(2)
    extent = box.new_tensor(target.size[::-1])
    slack = extent * 0.01 + 1
    letters = (
        ("x, y, w, h", "cx, cy, w, h") if target.dim == 2 else ("start, length", "centre, length")
    )
    if (size > 0).all() and (first >= -1).all() and (first + size <= extent + slack).all():
        return f"it looks like {letters[0]}; convert with locviz.boxes.low_size_to_corners"
    if (
        (size > 0).all()
        and ((first - size / 2) >= -1).all()
        and (first + size / 2 <= extent + slack).all()
    ):
        return f"it looks like {letters[1]}; convert with locviz.boxes.center_size_to_corners"
    return "boxes are low corner, then high corner, in the units of Targets.size"
