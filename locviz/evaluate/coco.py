"""COCO's evaluation: twelve figures from a list of detections and a list of ground truths."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int, Int8

from locviz.evaluate.average_precision import IGNORED, RECALL_POINTS, TRUE_POSITIVE, at_points
from locviz.evaluate.flatten import Flat, flatten_lists, rank_in_group
from locviz.evaluate.matching import checked_thresholds, greedy_match, outcomes, overlapping_pairs
from locviz.evaluate.result import Evaluation
from locviz.types import Detections, Targets

IOU_THRESHOLDS = np.linspace(0.5, 0.95, 10)
MAX_DETECTIONS = (1, 10, 100)
# Square pixels. The area of the annotation decides, not that of its box. An object whose area is
# exactly a bound belongs to both ranges, as in pycocotools.
SIZE_RANGES = {
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}
SPAN_RANGES = {"all": (0.0, np.inf)}


def evaluate(
    detections: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    num_classes: int,
    class_names: Sequence[str] | None = None,
    iou_thresholds: Sequence[float] | np.ndarray = IOU_THRESHOLDS,
    max_detections: Sequence[int] = MAX_DETECTIONS,
    size_ranges: Mapping[str, tuple[float, float]] | None = None,
) -> Evaluation:
    """Evaluate boxes (dim 2) or spans in time (dim 1) as the COCO challenge does.

    The rules are at https://cocodataset.org/#detection-eval. The figures equal those of pycocotools
    to 1e-9 on the same numbers. Coordinates are taken as they are, in float64, which is what
    ``CocoDetection`` reads: boxes that were rounded on their way here (``x + w`` of a JSON file
    stored in float32) can differ from the file's where an overlap falls exactly on a threshold.

    - At most ``max(max_detections)`` detections per image *and class* take part, best scores first.
      Equal scores keep the order given, within an image and across images.
    - A crowd region and an ignored ground truth need not be found, and a detection matched to one
      does not count. The same holds for ground truths outside a size range; detections outside it
      count only if they are matched.
    - A class without ground truths has no average precision (NaN) and is left out of every mean.

    Args:
        detections: one entry per image, in the order of ``targets``.
        targets: the ground truths.
        num_classes: labels are 0 .. num_classes - 1.
        class_names: for tables; the labels' numbers if None.
        iou_thresholds: overlaps that make a detection right; the figures average over them.
        max_detections: ascending; average precision uses the last, average recall is given for
            each.
        size_ranges: name -> (least, most) area (or length) that counts; the first must be "all".
            COCO's four ranges in squared pixels if None; for spans just "all".

    Raises:
        TypeError: one pair in place of two lists, or something else than ``Detections`` and
            ``Targets``.
        ValueError: lengths differ, a label or score or region is not valid, or an option is not.
            Names the argument.
    """
    found, truth = flatten_lists(detections, targets, num_classes)
    thresholds = checked_thresholds("iou_thresholds", iou_thresholds)
    limits = _limits(max_detections)
    if size_ranges is None:
        size_ranges = SIZE_RANGES if found.boxes.shape[1] == 4 else SPAN_RANGES
    if next(iter(size_ranges), None) != "all":
        raise ValueError(f'the first of size_ranges must be "all", got {list(size_ranges)}')
    if class_names is not None and len(class_names) != num_classes:
        raise ValueError(f"class_names has {len(class_names)} names for num_classes={num_classes}")

    found, rank = _ranked(found, limits[-1])
    pairs = overlapping_pairs(found, truth, thresholds.min())
    shape = (len(thresholds), num_classes, len(size_ranges), len(limits))
    precision = np.full((shape[0], len(RECALL_POINTS), *shape[1:]), np.nan)
    recall = np.full(shape, np.nan)
    num_gt = np.zeros((num_classes, len(size_ranges)), dtype=np.int64)
    for a, bounds in enumerate(size_ranges.values()):
        gt_ignored = truth.crowd | truth.ignore | _outside(truth.area, bounds)
        matched = greedy_match(pairs, rank, gt_ignored, truth.crowd, thresholds)
        outcome = outcomes(matched, gt_ignored, _outside(found.area, bounds))
        num_gt[:, a] = np.bincount(truth.label[~gt_ignored], minlength=num_classes)
        for m, limit in enumerate(limits):
            kept = rank < limit
            curves = _curves(outcome[:, kept], found.label[kept], num_gt[:, a])
            precision[..., a, m], recall[..., a, m] = curves
    return Evaluation(
        precision=precision,
        recall=recall,
        num_gt=num_gt,
        num_detections=np.bincount(found.label, minlength=num_classes),
        iou_thresholds=thresholds,
        recall_points=RECALL_POINTS,
        size_ranges=dict(size_ranges),
        max_detections=limits,
        class_names=tuple(class_names)
        if class_names is not None
        else tuple(map(str, range(num_classes))),
        num_images=len(targets),
    )


def _curves(
    outcome: Int8[np.ndarray, "t d"], label: Int[np.ndarray, "d"], num_gt: Int[np.ndarray, "k"]
) -> tuple[Float[np.ndarray, "t r k"], Float[np.ndarray, "t k"]]:
    """Precision at the recall points, and the highest recall; NaN for classes without objects."""
    precision = np.full((len(outcome), len(RECALL_POINTS), len(num_gt)), np.nan)
    recall = np.full((len(outcome), len(num_gt)), np.nan)
    ends = np.searchsorted(label, np.arange(len(num_gt) + 1))
    for k in np.flatnonzero(num_gt):
        for t, row in enumerate(outcome[:, ends[k] : ends[k + 1]]):
            # Precision rises only at true positives, so they alone decide the envelope.
            hits = np.flatnonzero(row == TRUE_POSITIVE)
            num_hits = np.arange(1, len(hits) + 1)
            num_detections = np.cumsum(row != IGNORED)[hits]
            curve = num_hits / num_gt[k], num_hits / num_detections
            precision[t, :, k] = at_points(*curve, RECALL_POINTS)
            recall[t, k] = len(hits) / num_gt[k]
    return precision, recall


def _ranked(found: Flat, limit: int) -> tuple[Flat, Int[np.ndarray, "n"]]:
    """The ``limit`` best detections of each image and class, and their ranks.

    They are sorted by class, then by score.
    """
    rank = rank_in_group(found)
    order = np.lexsort((-found.score, found.label))
    order = order[rank[order] < limit]
    return found.take(order), rank[order]


def _outside(area: Float[np.ndarray, "n"], bounds: tuple[float, float]) -> Bool[np.ndarray, "n"]:
    return (area < bounds[0]) | (area > bounds[1])


def _limits(values: Sequence[int]) -> tuple[int, ...]:
    limits = tuple(values)
    if not limits or limits[0] < 1 or any(b <= a for a, b in pairwise(limits)):
        raise ValueError(f"max_detections must be ascending positive numbers, got {values!r}")
    return limits
