"""Pascal VOC's evaluation: one IoU threshold, and a matching with two differences from COCO's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int8

from locviz.evaluate.average_precision import (
    FALSE_POSITIVE,
    IGNORED,
    TRUE_POSITIVE,
    all_points,
    precision_recall,
)
from locviz.evaluate.flatten import Flat, flatten_lists
from locviz.evaluate.matching import checked_thresholds, overlapping_pairs
from locviz.types import Detections, Targets


@dataclass(frozen=True)
class VocEvaluation:
    """``mean_ap`` over the classes with ground truths, and ``ap`` of each class, or NaN."""

    mean_ap: float
    ap: tuple[float, ...]


def evaluate_voc(
    detections: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    num_classes: int,
    iou_threshold: float = 0.5,
    area: Callable[[np.ndarray, np.ndarray], float] = all_points,
) -> VocEvaluation:
    """Average precision as the Pascal VOC development kit computes it.

    It is described in Everingham et al. 2010, section 4.2. There are two differences from COCO's
    rule. A detection can match only the ground truth that overlaps it *most*; it is wrong if a
    better detection has matched that one, even if a second ground truth overlaps it enough. And any
    number of detections of an ignored ("difficult") ground truth are not counted, not only the
    first. Coordinates are continuous here, while the kit adds 1 to widths, so figures on tiny
    objects differ from its own.

    Args:
        detections, targets, num_classes: as for ``evaluate``; ``Targets.ignore`` marks the
            difficult ones.
        iou_threshold: least IoU of a right detection.
        area: ``all_points`` (since VOC 2010) or ``eleven_points`` (VOC 2007).

    Raises:
        TypeError, ValueError: as ``evaluate``.
    """
    checked_thresholds("iou_threshold", iou_threshold)
    found, truth = flatten_lists(detections, targets, num_classes)
    found = found.take(np.argsort(-found.score, kind="stable"))
    outcome = _outcome(found, truth, iou_threshold)
    counts = np.bincount(truth.label[~(truth.ignore | truth.crowd)], minlength=num_classes)
    aps = tuple(
        area(*precision_recall(outcome[found.label == k], int(count))) if count else float("nan")
        for k, count in enumerate(counts)
    )
    valid = [ap for ap in aps if not np.isnan(ap)]
    return VocEvaluation(mean_ap=float(np.mean(valid)) if valid else float("nan"), ap=aps)


def _outcome(found: Flat, truth: Flat, iou_threshold: float) -> Int8[np.ndarray, "d"]:
    """The outcome of each detection; ``found`` is sorted by score."""
    pairs = overlapping_pairs(found, truth, iou_threshold)
    # The ground truth that overlaps each detection most, and the first among equals: the kit
    # replaces it only by a strictly larger overlap.
    order = np.lexsort((pairs.gt, -pairs.overlap, pairs.detection))
    detection, first = np.unique(pairs.detection[order], return_index=True)
    wanted = pairs.gt[order][first]
    ignored = truth.ignore[wanted] | truth.crowd[wanted]
    # Rows are in the order of descending score: the first detection with this ground truth is a
    # true positive, the others are duplicates.
    is_first = np.zeros(len(wanted), dtype=bool)
    is_first[np.unique(wanted, return_index=True)[1]] = True
    outcome = np.full(len(found), FALSE_POSITIVE, dtype=np.int8)
    outcome[detection[is_first]] = TRUE_POSITIVE
    outcome[detection[ignored]] = IGNORED
    return outcome
