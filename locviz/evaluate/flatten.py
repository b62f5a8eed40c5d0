"""From a list of images to a few long arrays, checked once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int

from locviz.types import Detections, Targets


@dataclass(frozen=True, eq=False)
class Flat:
    """The regions of all images, one row each, in float64.

    ``group`` is image * num_classes + label: only members of one group can match. ``index`` is the
    row's place in its image. Detections have ``score``; ground truths have ``area`` (the
    annotation's), ``crowd`` and ``ignore``.
    """

    group: Int[np.ndarray, "n"]
    image: Int[np.ndarray, "n"]
    label: Int[np.ndarray, "n"]
    index: Int[np.ndarray, "n"]
    boxes: Float[np.ndarray, "n coords"]
    area: Float[np.ndarray, "n"]
    score: Float[np.ndarray, "n"]
    crowd: Bool[np.ndarray, "n"]
    ignore: Bool[np.ndarray, "n"]

    def __len__(self) -> int:
        return len(self.group)

    def take(self, rows: Int[np.ndarray, "m"]) -> "Flat":
        """These rows, in this order. ``rows`` is ``(m,)``."""
        return replace(self, **{name: value[rows] for name, value in vars(self).items()})


def flatten_lists(
    detections: Sequence[Detections], targets: Sequence[Targets], num_classes: int
) -> tuple[Flat, Flat]:
    """Flatten and check both sides.

    Raises:
        TypeError: not a list of ``Detections`` and a list of ``Targets``.
        ValueError: the lists differ in length, the regions in dimension; a label is out of range, a
            score or an area is NaN or infinite, a region is not finite or has high < low. The
            message names the image.
    """
    check_lists(detections, targets)
    if len(detections) != len(targets):
        raise ValueError(
            f"detections has {len(detections)} images and targets {len(targets)}: give one entry per image, in the "
            "same order, with empty Detections where nothing was found"
        )
    if num_classes < 1:
        raise ValueError(f"num_classes must be at least 1, got {num_classes}")
    dims = {item.boxes.shape[-1] for item in (*detections, *targets)}
    if len(dims) > 1:
        raise ValueError(
            "detections and targets mix boxes (n, 4) and spans (n, 2): evaluate them separately"
        )
    coords = dims.pop() if dims else 4
    found = _flat("detections", detections, num_classes, coords)
    truth = _flat("targets", targets, num_classes, coords)
    bad = np.flatnonzero(~np.isfinite(found.score))
    if len(bad):
        raise ValueError(
            f"detections[{found.image[bad[0]]}].scores holds NaN or infinity: scores must be finite numbers"
        )
    bad = np.flatnonzero(~np.isfinite(truth.area))
    if len(bad):
        raise ValueError(
            f"targets[{truth.image[bad[0]]}].area holds NaN or infinity: areas must be finite numbers"
        )
    return found, truth


def count_classes(items: Sequence[Detections | Targets]) -> int:
    """One more than the largest label of all images."""
    return 1 + max((int(item.labels.max()) for item in items if len(item)), default=0)


def check_lists(detections: Any, targets: Any) -> None:
    """Raise unless these are a list of ``Detections`` and a list of ``Targets``.

    Raises:
        TypeError: one pair in place of two lists, or something else; the message names the image.
    """
    for name, items, kind in (
        ("detections", detections, Detections),
        ("targets", targets, Targets),
    ):
        if isinstance(items, Detections | Targets):
            raise TypeError(
                f"{name} must be a list with one entry per image, got a single {type(items).__name__}: for "
                "one image write [detections] and [targets], or look at it with locviz.evaluate.match"
            )
        for index, item in enumerate(items):
            if not isinstance(item, kind):
                raise TypeError(
                    f"{name}[{index}] must be {kind.__name__}, got {type(item).__name__}: see locviz.types"
                )


def _flat(
    name: str, items: Sequence[Detections] | Sequence[Targets], num_classes: int, coords: int
) -> Flat:
    sizes = np.array([len(item) for item in items], dtype=np.int64)
    image = np.repeat(np.arange(len(items)), sizes)
    label = _column(items, "labels", np.int64)
    boxes = _column(items, "boxes", np.float64).reshape(-1, coords)
    num = len(boxes)
    _check_regions(name, boxes, image)
    outside = np.flatnonzero((label < 0) | (label >= num_classes))
    if len(outside):
        raise ValueError(
            f"{name}[{image[outside[0]]}].labels holds {label[outside[0]]}: labels must be in 0..{num_classes - 1} "
            "(num_classes - 1); background is never a label"
        )
    low, high = np.split(boxes, 2, axis=1)
    is_truth = name == "targets"
    return Flat(
        group=image * num_classes + label,
        image=image,
        label=label,
        index=np.arange(num) - np.repeat(np.cumsum(sizes) - sizes, sizes),
        boxes=boxes,
        area=_column(items, "area", np.float64) if is_truth else np.prod(high - low, axis=1),
        score=np.zeros(num) if is_truth else _column(items, "scores", np.float64),
        crowd=_column(items, "crowd", np.bool_) if is_truth else np.zeros(num, np.bool_),
        ignore=_column(items, "ignore", np.bool_) if is_truth else np.zeros(num, np.bool_),
    )


def _column(items: Sequence, field: str, dtype: type) -> np.ndarray:
    values = [getattr(item, field) for item in items if len(item)]
    if not values:
        return np.zeros(0, dtype)
    column = torch.cat(values).detach().cpu()
    # numpy has no bfloat16; float64 holds every float exactly.
    return (column.double() if column.is_floating_point() else column).numpy().astype(dtype)


def _check_regions(name: str, boxes: np.ndarray, image: np.ndarray) -> None:
    low, high = np.split(boxes, 2, axis=1)
    for bad, what in (
        (~np.isfinite(boxes).all(axis=1), "holds NaN or infinity"),
        (
            (high < low).any(axis=1),
            "has high < low: boxes are the low corner, then the high corner",
        ),
    ):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise ValueError(f"{name}[{image[row]}].boxes {what} ({boxes[row].tolist()})")


def rank_in_group(found: Flat) -> Int[np.ndarray, "n"]:
    """Place of each detection within its image and class, best score first, ``(n,)``.

    Equal scores keep their order.
    """
    order = np.lexsort((-found.score, found.group))
    groups = found.group[order]
    new = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(np.append(new, len(groups)))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(new, sizes)
    return rank
