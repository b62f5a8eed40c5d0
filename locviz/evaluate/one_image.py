"""The matching of one image, and the ranking of one class behind its precision-recall curve."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Int64
from torch import Tensor

from locviz.evaluate.average_precision import FALSE_POSITIVE, TRUE_POSITIVE, precision_recall
from locviz.evaluate.flatten import Flat, check_lists, count_classes, flatten_lists, rank_in_group
from locviz.evaluate.matching import checked_thresholds, greedy_match, outcomes, overlapping_pairs
from locviz.types import Detections, Targets

BELOW_THRESHOLD = -2
"""The detection's score is below the threshold: it is not reported, so neither right nor wrong."""


@dataclass(frozen=True, eq=False)
class Match:
    """The outcome of each detection and ground truth of one image, at one IoU and score threshold.

    Shapes: ``outcome`` (d,) is TRUE_POSITIVE (1), FALSE_POSITIVE (0), IGNORED (-1) or
    BELOW_THRESHOLD (-2); ``gt_index`` (d,) is the ground truth that the detection took, or -1;
    ``overlap`` (d,) is its IoU with that one, or else the best with any of its class; ``found``
    (g,) says which ground truths were taken; ``counts`` (g,) which of them count.
    """

    outcome: Int64[Tensor, "d"]
    gt_index: Int64[Tensor, "d"]
    overlap: Float[Tensor, "d"]
    found: Bool[Tensor, "g"]
    counts: Bool[Tensor, "g"]

    @property
    def missed(self) -> Bool[Tensor, "g"]:
        """Ground truths that count and that no detection found: the false negatives, ``(g,)``."""
        return self.counts & ~self.found

    @property
    def num_true_positives(self) -> int:
        """How many detections are right."""
        return int((self.outcome == TRUE_POSITIVE).sum())

    @property
    def num_false_positives(self) -> int:
        """How many detections are wrong.

        They are where nothing is, have the wrong class, overlap too little, or are on a ground
        truth that a better detection has found.
        """
        return int((self.outcome == FALSE_POSITIVE).sum())

    @property
    def num_false_negatives(self) -> int:
        """How many of the ground truths that count were missed."""
        return int(self.missed.sum())

    @property
    def precision(self) -> float:
        """The share of the reported detections that are right; NaN if none is reported."""
        reported = self.num_true_positives + self.num_false_positives
        return self.num_true_positives / reported if reported else float("nan")

    @property
    def recall(self) -> float:
        """The share of the ground truths that count that were found; NaN if none counts."""
        num_gt = int(self.counts.sum())
        return self.num_true_positives / num_gt if num_gt else float("nan")


def match(
    detections: Detections,
    targets: Targets,
    *,
    iou_threshold: float = 0.5,
    score_threshold: float = 0.0,
) -> Match:
    """Match one image by COCO's rule (see ``matching.py``), class by class.

    Detections that score less than ``score_threshold`` take no part.

    Raises:
        ValueError: a threshold is not in range, or a label, score or region is not valid.
    """
    if np.isnan(score_threshold):
        raise ValueError("score_threshold must be a number, got nan")
    check_lists([detections], [targets])
    found, truth = flatten_lists([detections], [targets], count_classes([detections, targets]))
    reported = np.flatnonzero(found.score >= score_threshold)
    outcome = np.full(len(found), BELOW_THRESHOLD, dtype=np.int64)
    gt_index = np.full(len(found), -1, dtype=np.int64)
    outcome[reported], gt_index[reported] = _resolve(found.take(reported), truth, iou_threshold)
    # The overlap with the best ground truth of its class, then with the one that it took.
    pairs = overlapping_pairs(found, truth, 0.0)
    overlap = np.zeros(len(found))
    np.maximum.at(overlap, pairs.detection, pairs.overlap)
    took = gt_index[pairs.detection] == pairs.gt
    overlap[pairs.detection[took]] = pairs.overlap[took]
    taken = np.zeros(len(truth), dtype=bool)
    taken[gt_index[gt_index >= 0]] = True
    return Match(
        outcome=torch.from_numpy(outcome),
        gt_index=torch.from_numpy(gt_index),
        overlap=torch.from_numpy(overlap),
        found=torch.from_numpy(taken),
        counts=torch.from_numpy(~(truth.ignore | truth.crowd)),
    )


@dataclass(frozen=True, eq=False)
class Ranking:
    """All detections of a class over all images, best score first.

    A precision-recall curve is drawn from it. Shapes: ``outcome`` (n,) TRUE_POSITIVE,
    FALSE_POSITIVE or IGNORED; ``score`` (n,); ``image`` and ``index`` (n,), the image and the
    detection's place in it. ``num_gt`` is how many ground truths count.
    """

    outcome: Int[np.ndarray, "n"]
    score: Float[np.ndarray, "n"]
    image: Int[np.ndarray, "n"]
    index: Int[np.ndarray, "n"]
    num_gt: int

    def curve(self) -> tuple[Float[np.ndarray, "m"], Float[np.ndarray, "m"]]:
        """Recall and precision after each detection that counts: two arrays ``(m,)``.

        It is the raw curve, with the teeth that an envelope would cut off.
        """
        return precision_recall(self.outcome, self.num_gt)


def ranking(
    detections: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    label: int,
    iou_threshold: float = 0.5,
) -> Ranking:
    """Rank the detections of class ``label`` over all images and match them by COCO's rule.

    Raises:
        ValueError: those of ``evaluate``.
    """
    if label < 0:
        raise ValueError(f"label must be 0 or more, got {label}")
    check_lists(detections, targets)
    found, truth = flatten_lists(
        detections, targets, max(count_classes([*detections, *targets]), label + 1)
    )
    found = found.take(np.flatnonzero(found.label == label))
    found = found.take(np.argsort(-found.score, kind="stable"))
    truth = truth.take(np.flatnonzero(truth.label == label))
    outcome, _ = _resolve(found, truth, iou_threshold)
    counts = ~(truth.ignore | truth.crowd)
    return Ranking(outcome, found.score, found.image, found.index, int(counts.sum()))


def _resolve(found: Flat, truth: Flat, iou_threshold: float):
    """Outcome and matched row of ``truth`` for each row of ``found``, for objects of all sizes."""
    threshold = checked_thresholds("iou_threshold", iou_threshold)
    pairs = overlapping_pairs(found, truth, iou_threshold)
    rank = rank_in_group(found)
    ignored = truth.crowd | truth.ignore
    matched = greedy_match(pairs, rank, ignored, truth.crowd, threshold)[0]
    return outcomes(matched, ignored, np.zeros(len(found), dtype=bool)), matched
