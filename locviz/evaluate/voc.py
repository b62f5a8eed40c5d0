"""Pascal VOC's evaluation: one IoU threshold, and a matching that differs from COCO's in two
places.
"""

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
from locviz.evaluate.flatten import Flat, gather
from locviz.evaluate.matching import checked_thresholds, overlapping_pairs
from locviz.types import Detections, Targets


@dataclass(frozen=True)
class VocEvaluation:
    """``mean_ap`` over the classes that have something to find, and ``ap`` per class (NaN where
    there is nothing).
    """

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
    """Average precision as the Pascal VOC development kit computes it (Everingham et al. 2010,
    section 4.2).

    Against COCO's rule: a detection wants the ground truth that overlaps it *most*, and is wrong if
    a better detection has that one already, even where a second ground truth overlaps it enough;
    and any number of detections of an ignored ("difficult") ground truth are forgiven, not only the
    first. Coordinates are continuous here: the kit adds 1 to widths, so figures on tiny objects
    differ from its own.

    Args:
        detections, targets, num_classes: as for ``evaluate``; ``Targets.ignore`` says which are
        difficult.
        iou_threshold: least IoU of a right detection.
        area: ``all_points`` (since VOC 2010) or ``eleven_points`` (VOC 2007).

    Raises:
        TypeError, ValueError: as ``evaluate``.
    """
    checked_thresholds("iou_threshold", iou_threshold)
    found, truth = gather(detections, targets, num_classes)
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
    """What each detection is; ``found`` is sorted by score."""
    pairs = overlapping_pairs(found, truth, iou_threshold)
    # The most overlapped ground truth of each detection; the first of equals, as the kit's strict
    # comparison has it.
    order = np.lexsort((pairs.gt, -pairs.overlap, pairs.detection))
    detection, first = np.unique(pairs.detection[order], return_index=True)
    wanted = pairs.gt[order][first]
    forgiven = truth.ignore[wanted] | truth.crowd[wanted]
    # Rows are by descending score, so the first to want a ground truth gets it and the others are
    # duplicates.
    gets_it = np.zeros(len(wanted), dtype=bool)
    gets_it[np.unique(wanted, return_index=True)[1]] = True
    outcome = np.full(len(found), FALSE_POSITIVE, dtype=np.int8)
    outcome[detection[gets_it]] = TRUE_POSITIVE
    outcome[detection[forgiven]] = IGNORED
    return outcome
