"""What ``locviz.evaluate`` finds of a set of detections, kept at hand for APLab.

A curve of precision against recall, a point on it, and what happened in one image.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Int

from locviz.evaluate import (
    IGNORED,
    TRUE_POSITIVE,
    Evaluation,
    Ranking,
    at_points,
    evaluate,
    precision_recall,
    ranking,
)
from locviz.evaluate.average_precision import RECALL_POINTS
from locviz.types import Detections, Targets
from locviz.widgets.core.matched_image import MatchedImage, match_image

MAX_DETECTIONS = 100  # per image and class, as COCO's figures have it
_MOST_POINTS = 1500  # a path with more vertices than pixels shows nothing more
_NO_POINTS = np.zeros(0)


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """What a detector is worth at one score threshold, over all images.

    A share is NaN where it has no denominator.
    """

    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def precision(self) -> float:
        """The share of the detections that are right."""
        predicted = self.true_positives + self.false_positives
        return self.true_positives / predicted if predicted else float("nan")

    @property
    def recall(self) -> float:
        """The share of the ground truths that were found."""
        there = self.true_positives + self.false_negatives
        return self.true_positives / there if there else float("nan")


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """Precision against recall at one IoU threshold, of one class or of all in one ranking.

    Shapes: ``hit`` (m,) whether each detection that counts is right, best score first, with its
    ``score``, and the ``recall`` and ``precision`` reached with it; ``envelope`` (101,) COCO's
    interpolated precision at recall 0, 0.01 .. 1. ``ap`` is the envelope's mean; NaN where
    ``num_gt``, the ground truths that count, is 0.
    """

    hit: Int[np.ndarray, "m"]
    score: Float[np.ndarray, "m"]
    recall: Float[np.ndarray, "m"]
    precision: Float[np.ndarray, "m"]
    envelope: Float[np.ndarray, "r"]
    ap: float
    num_gt: int

    def at(self, score_threshold: float) -> OperatingPoint:
        """Count what is right, wrong and missed with the detections that score at least this."""
        predicted = int(np.searchsorted(-self.score, -score_threshold, side="right"))
        right = int(self.hit[:predicted].sum())
        return OperatingPoint(
            true_positives=right,
            false_positives=predicted - right,
            false_negatives=self.num_gt - right,
        )

    def area_up_to(self, point: OperatingPoint) -> float:
        """Return the part of the area that lies between recall 0 and the point's.

        It is 0 where nothing is predicted, ``ap`` where the point has the curve's last recall, and
        NaN without ground truths.
        """
        if not self.num_gt or not point.true_positives + point.false_positives:
            return 0.0 if self.num_gt else float("nan")
        swept = point.recall + 1e-9 >= RECALL_POINTS
        return float(self.envelope[swept].sum() / len(RECALL_POINTS))

    def thinned(
        self,
    ) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
        """Return recall, precision and score, (n,) each, at the curve's corners, at most 1500."""
        if not len(self.hit):
            return _NO_POINTS, _NO_POINTS, _NO_POINTS
        tooth = self.hit.astype(bool)
        tooth = tooth | np.append(tooth[1:], True)
        tooth[0] = True
        rows = np.flatnonzero(tooth)
        if len(rows) > _MOST_POINTS:
            rows = rows[np.linspace(0, len(rows) - 1, _MOST_POINTS).round().astype(int)]
        return self.recall[rows], self.precision[rows], self.score[rows]


class EvaluatedSet:
    """Detections and targets of a set of images, evaluated on demand and remembered.

    Args:
        detections, targets: one entry per image, in the same order; boxes, not spans.
        num_classes: labels are 0 .. num_classes - 1.

    Raises:
        ValueError: as ``locviz.evaluate.evaluate``, or the regions are spans.
    """

    def __init__(
        self, *, detections: Sequence[Detections], targets: Sequence[Targets], num_classes: int
    ):
        if any(item.boxes.shape[-1] != 4 for item in (*detections, *targets)):
            raise ValueError(
                "APLab shows boxes (n, 4) on images; spans (n, 2) have no picture to draw them on"
            )
        self.detections = [_best(item) for item in detections]
        self.targets = list(targets)
        self.num_classes = num_classes
        self.evaluation: Evaluation = evaluate(
            self.detections, self.targets, num_classes=num_classes
        )
        self.num_gt: list[int] = self.evaluation.num_gt[:, 0].tolist()
        self.curve = lru_cache(maxsize=512)(self._curve)
        self._ranking = lru_cache(maxsize=4096)(self._rank)

    def _rank(self, label: int, iou_threshold: float) -> Ranking:
        return ranking(self.detections, self.targets, label=label, iou_threshold=iou_threshold)

    def _curve(self, label: int | None, iou_threshold: float) -> Curve:
        """Return the curve of one class; of all classes in one ranking where ``label`` is None."""
        known = [k for k in range(self.num_classes) if self.num_gt[k]]
        rankings = [self._ranking(k, iou_threshold) for k in (known if label is None else [label])]
        outcome = np.concatenate([_NO_POINTS, *(item.outcome for item in rankings)]).astype(int)
        score = np.concatenate([_NO_POINTS, *(item.score for item in rankings)])
        order = np.argsort(-score, kind="stable")
        order = order[outcome[order] != IGNORED]
        num_gt = sum(item.num_gt for item in rankings)
        return curve_of(outcome[order], score[order], num_gt)

    def ap_per_threshold(self, label: int | None) -> list[float]:
        """Return AP at COCO's ten IoU thresholds, of one class or the mean of all classes."""
        thresholds = self.evaluation.iou_thresholds.tolist()
        return [self.evaluation.average_precision(iou=iou, label=label) for iou in thresholds]

    def pages(self, label: int | None) -> list[int]:
        """Return the images that hold a ground truth or a detection of the class."""
        if label is None:
            return list(range(len(self.targets)))
        pairs = zip(self.targets, self.detections, strict=True)
        return [
            i
            for i, sides in enumerate(pairs)
            if any((side.labels == label).any() for side in sides)
        ]

    def first_page(self, label: int | None) -> int:
        """Return the first image that holds a ground truth of the class; 0 where none does."""
        held = (
            i
            for i, truth in enumerate(self.targets)
            if len(truth) and (label is None or label in truth.labels)
        )
        return next(held, 0)

    def matched(self, image: int, **how) -> MatchedImage:
        """Return what happened in one image; ``how`` are the keywords of ``match_image``."""
        return match_image(self.detections[image], self.targets[image], **how)


def curve_of(outcome: Int[np.ndarray, "m"], score: Float[np.ndarray, "m"], num_gt: int) -> Curve:
    """Return the curve of detections in the order of their scores, (m,), best first."""
    hit = (outcome == TRUE_POSITIVE).astype(int)
    if num_gt == 0:
        nothing = np.full(len(hit), np.nan)
        shares = {"recall": nothing, "precision": nothing, "envelope": np.zeros(101)}
        return Curve(hit=hit, score=score, **shares, ap=float("nan"), num_gt=0)
    recall, precision = precision_recall(outcome, num_gt)
    envelope = at_points(recall, precision, RECALL_POINTS)
    shares = {"recall": recall, "precision": precision, "envelope": envelope}
    return Curve(hit=hit, score=score, **shares, ap=float(envelope.mean()), num_gt=num_gt)


def _best(found: Detections) -> Detections:
    """Return the 100 best of each class, best first: what COCO's figures count."""
    found = found.to("cpu")
    order = torch.argsort(found.scores.detach(), descending=True, stable=True)
    place = torch.zeros(len(order), dtype=torch.int64)
    for k in found.labels.unique():
        mine = found.labels[order] == k
        place[mine] = torch.arange(int(mine.sum()))
    order = order[place < MAX_DETECTIONS]
    parts = {"boxes": found.boxes.detach()[order], "scores": found.scores.detach()[order]}
    return replace(found, **parts, labels=found.labels[order], masks=None, keypoints=None)
