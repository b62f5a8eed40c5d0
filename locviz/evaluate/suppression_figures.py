"""Figures of suppression: what it left twice, and what it took away."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor

from locviz.boxes import pairwise_iou
from locviz.evaluate.divergence import counting
from locviz.evaluate.flatten import check_lists, count_classes, flatten_lists
from locviz.evaluate.matching import checked_thresholds, overlapping_pairs
from locviz.types import Detections, Targets


def duplicates(
    detections: Sequence[Detections], *, iou: float = 0.7, score: float = 0.25
) -> Int64[Tensor, "images"]:
    """How many detections of each image repeat a better one, ``(images,)``.

    A detection is a duplicate if it scores above ``score`` and overlaps a better-scored detection
    of its class (among equals an earlier one) by an IoU above ``iou``. No ground truth is needed:
    two boxes of one class that lie so close are hardly ever two objects.

    Args:
        detections: one entry per image.
        iou: boxes that overlap by this or less are no duplicates.
        score: detections that score this or less are not looked at.

    Raises:
        TypeError: not a list of ``Detections``.
        ValueError: ``iou`` is not in 0..1.
    """
    checked_thresholds("iou", iou)
    check_lists(detections, [])
    return torch.tensor(
        [int(repeats(item, iou=iou, score=score).sum()) for item in detections], dtype=torch.int64
    )


def repeats(found: Detections, *, iou: float = 0.7, score: float = 0.25) -> Bool[Tensor, "d"]:
    """Which detections of one image repeat a better one, ``(d,)``: those that ``duplicates`` counts."""
    order = found.scores.argsort(descending=True, stable=True)
    order = order[found.scores[order] > score]
    boxes, labels = found.boxes[order], found.labels[order]
    # Row i is better than column j above the diagonal. In float64, as the other figures.
    close = pairwise_iou(boxes.double(), boxes.double()) > iou
    repeated = torch.zeros(len(found), dtype=torch.bool, device=order.device)
    repeated[order] = (close & (labels[:, None] == labels)).triu(1).any(0)
    return repeated


def victims(
    candidates: Sequence[Detections],
    kept: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    iou_threshold: float = 0.5,
) -> Bool[Tensor, "objects"]:
    """Which objects suppression took from us, ``(objects,)``: found before, not found after.

    An object is found if a detection of its class overlaps it by at least ``iou_threshold``. One
    detection may find two objects: that is what an object in front of another does to the other's
    detections. The objects of all images come in one row, without crowd regions and ignored boxes.

    Law: keeping everything has no victims, and keeping nothing makes every object that was found
    one.

    Args:
        candidates: the detections before suppression, one entry per image.
        kept: those after it.
        targets: the ground truths, in the same order and coordinates.
        iou_threshold: an IoU in 0..1, 0 excluded.

    Raises:
        TypeError: an entry is no ``Detections``, or no ``Targets``.
        ValueError: ``iou_threshold`` is not in 0..1, or there is not one entry per image.
    """
    for name, items in (("candidates", candidates), ("kept", kept)):
        if isinstance(items, Detections) or len(items) != len(targets):
            raise ValueError(
                f"{name} must be a list with one entry for each of the {len(targets)} targets, got "
                f"{type(items).__name__} of length {len(items)}"
            )
    before = _found(candidates, targets, iou_threshold)
    after = _found(kept, targets, iou_threshold)
    return torch.from_numpy(before & ~after)


def _found(
    detections: Sequence[Detections], targets: Sequence[Targets], iou_threshold: float
) -> Bool[np.ndarray, "objects"]:
    checked_thresholds("iou_threshold", iou_threshold)
    check_lists(detections, targets)
    found, truth = flatten_lists(detections, targets, count_classes([*detections, *targets]))
    truth = counting(truth)
    near = np.zeros(len(truth), dtype=bool)
    near[overlapping_pairs(found, truth, iou_threshold).gt] = True
    return near
