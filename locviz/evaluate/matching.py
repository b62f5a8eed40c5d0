"""COCO's greedy matching of detections and ground truths, for all images and thresholds at once.

The rule, per image and class: detections choose in the order of their scores. Each takes, among the
ground truths that overlap it by at least the threshold and are still free, the one that overlaps it
most; a ground truth that counts is preferred to any that is ignored. A crowd region stays free, and
its overlap with a detection is the *share of the detection* that lies inside it, because no box can
fill a crowd.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int, Int8

from locviz.evaluate.average_precision import FALSE_POSITIVE, IGNORED, TRUE_POSITIVE
from locviz.evaluate.flatten import Flat

# Pairs that are computed at a time: it bounds the memory of crowded scenes to about 100 MB.
PAIRS_AT_A_TIME = 1_000_000
# A threshold of 1 would lose perfect overlaps to rounding; pycocotools stops here too.
NEARLY_ONE = 1 - 1e-10


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of a detection and a ground truth of one image and class that overlap enough."""

    detection: Int[np.ndarray, "n"]
    gt: Int[np.ndarray, "n"]
    overlap: Float[np.ndarray, "n"]


def overlaps(
    boxes: Float[np.ndarray, "n coords"],
    gt_boxes: Float[np.ndarray, "n coords"],
    crowd: Bool[np.ndarray, "n"],
) -> Float[np.ndarray, "n"]:
    """IoU row by row, or the covered share of the detection where the ground truth is a crowd.

    Both sets are ``(n, 2*dim)``; crowds and result are ``(n,)``, the result in 0..1. The order of
    the operations is that of pycocotools, so that equal coordinates give the same last bits.
    """
    dim = boxes.shape[1] // 2
    shared, size, gt_size = np.ones(len(boxes)), np.ones(len(boxes)), np.ones(len(boxes))
    for axis in range(dim):
        low, high = boxes[:, axis], boxes[:, axis + dim]
        gt_low, gt_high = gt_boxes[:, axis], gt_boxes[:, axis + dim]
        shared *= np.maximum(np.minimum(high, gt_high) - np.maximum(low, gt_low), 0.0)
        size *= high - low
        gt_size *= gt_high - gt_low
    whole = np.where(crowd, size, size + gt_size - shared)
    # Without a common part the overlap is 0, whatever the sizes: two empty boxes would be 0 / 0.
    return np.divide(shared, whole, out=np.zeros_like(shared), where=shared > 0)


def overlapping_pairs(found: Flat, truth: Flat, minimum: float) -> Pairs:
    """All pairs within one image and class whose overlap is at least ``minimum``."""
    by_group = np.argsort(truth.group, kind="stable")
    groups = truth.group[by_group]
    first = np.searchsorted(groups, found.group, side="left")
    count = np.searchsorted(groups, found.group, side="right") - first
    ends = np.cumsum(count)
    kept = []
    start = 0
    while start < len(found.group):
        # As many detections as make PAIRS_AT_A_TIME pairs, but at least one.
        limit = (ends[start - 1] if start else 0) + PAIRS_AT_A_TIME
        stop = max(start + 1, int(np.searchsorted(ends, limit, side="right")))
        here = count[start:stop]
        detection = np.repeat(np.arange(start, stop), here)
        within = np.arange(len(detection)) - np.repeat(np.cumsum(here) - here, here)
        gt = by_group[first[detection] + within]
        overlap = overlaps(found.boxes[detection], truth.boxes[gt], truth.crowd[gt])
        enough = overlap >= min(minimum, NEARLY_ONE)
        kept.append((detection[enough], gt[enough], overlap[enough]))
        start = stop
    if not kept:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    return Pairs(*(np.concatenate(column) for column in zip(*kept, strict=True)))


def greedy_match(
    pairs: Pairs,
    rank: Int[np.ndarray, "d"],
    gt_ignored: Bool[np.ndarray, "g"],
    gt_crowd: Bool[np.ndarray, "g"],
    thresholds: Float[np.ndarray, "t"],
) -> Int[np.ndarray, "t d"]:
    """The ground truth that each detection takes at each threshold, ``(t, d)``, or -1.

    The detections of one rank, over all images and classes, choose in the same round: no two of
    them can take the same ground truth.

    Args:
        pairs: the overlapping pairs.
        rank: place of each detection within its image and class, best first; at most one detection
            per place.
        gt_ignored: ground truths that a detection takes only if it can take none that counts.
        gt_crowd: ground truths that stay free when they are taken.
        thresholds: least overlaps.
    """
    # The pairs of a detection go from worst to best: ignored before counting, then by overlap, and
    # among equal overlaps the later ground truth is better, as in pycocotools. So the best free
    # pair is the last free one.
    order = np.lexsort(
        (pairs.gt, pairs.overlap, ~gt_ignored[pairs.gt], pairs.detection, rank[pairs.detection])
    )  # the last key counts most
    detection, gt, overlap = pairs.detection[order], pairs.gt[order], pairs.overlap[order]
    matched = np.full((len(thresholds), len(rank)), -1, dtype=np.int32)
    taken = np.zeros((len(thresholds), len(gt_ignored)), dtype=bool)
    enough = np.minimum(thresholds, NEARLY_ONE)[:, None]
    rounds = np.append(_starts(rank[detection]), len(detection))
    for start, stop in pairwise(rounds.tolist()):
        detections, gts = detection[start:stop], gt[start:stop]
        firsts = _starts(detections)  # where the pairs of each detection begin
        free = (overlap[start:stop] >= enough) & ~taken[:, gts]
        # (t, pairs) becomes (t, detections): the place of the last free pair, or -1.
        places = np.where(free, np.arange(stop - start), -1)
        last_free = np.maximum.reduceat(places, firsts, axis=1)
        threshold, chooser = np.nonzero(last_free >= 0)
        chosen = gts[last_free[threshold, chooser]]
        matched[threshold, detections[firsts][chooser]] = chosen
        taken[threshold, chosen] = ~gt_crowd[chosen]
    return matched


def outcomes(
    matched: Int[np.ndarray, "*t d"],
    gt_ignored: Bool[np.ndarray, "g"],
    outside: Bool[np.ndarray, "d"],
) -> Int8[np.ndarray, "*t d"]:
    """TRUE_POSITIVE, FALSE_POSITIVE or IGNORED for each detection.

    ``matched`` and the result are ``(t, d)`` or ``(d,)``, ``gt_ignored`` is ``(g,)``, ``outside``
    ``(d,)``. A detection is ignored if it took an ignored ground truth, or if it took none and its
    own size is ``outside`` the present range of sizes: it counts in another range.
    """
    missed = matched < 0
    # An index of -1 reads the entry added at the end: it stands for "no ground truth".
    took_ignored = np.append(gt_ignored, False)[matched]
    outcome = np.where(missed, FALSE_POSITIVE, TRUE_POSITIVE).astype(np.int8)
    outcome[took_ignored | (missed & outside)] = IGNORED
    return outcome


def checked_thresholds(
    name: str, values: float | Sequence[float] | np.ndarray
) -> Float[np.ndarray, "t"]:
    """IoU thresholds as an array. The shape is ``(t,)``.

    Raises:
        ValueError: one is not in 0..1, or is 0, which would match regions that do not touch.
    """
    thresholds = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if (
        thresholds.ndim != 1
        or not len(thresholds)
        or not ((thresholds > 0) & (thresholds <= 1)).all()
    ):
        raise ValueError(f"{name} must be in 0..1 (0 excluded), got {values!r}")
    return thresholds


def _starts(values: Int[np.ndarray, "n"]) -> Int[np.ndarray, "m"]:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.diff(values, prepend=-1))
