"""What ``locviz.evaluate`` says of a set of detections, kept at hand for APLab: curves, working
points, one image.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from locviz.evaluate import (
    BELOW_THRESHOLD,
    FALSE_POSITIVE,
    IGNORED,
    TRUE_POSITIVE,
    Evaluation,
    Ranking,
    at_points,
    evaluate,
    match,
    precision_recall,
    ranking,
)
from locviz.evaluate.average_precision import RECALL_POINTS
from locviz.types import Detections, Targets
from locviz.widgets.image import wire

MAX_DETECTIONS = 100  # per image and class, as COCO's figures have it
_WIRE_POINTS = 1500  # a path with more vertices than pixels says nothing more
_NO_POINTS = np.zeros(0)


@dataclass(frozen=True, kw_only=True)
class Working:
    """What a detector is worth at one score threshold, over all images; NaN where a share has no
    denominator.
    """

    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def precision(self) -> float:
        """The part of what was said that is right."""
        said = self.true_positives + self.false_positives
        return self.true_positives / said if said else float("nan")

    @property
    def recall(self) -> float:
        """The part of what is there that was found."""
        there = self.true_positives + self.false_negatives
        return self.true_positives / there if there else float("nan")


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """Precision against recall of one class, or of all classes in one ranking, at one IoU
    threshold.

    Shapes: ``hit`` (m,) whether each detection that counts is right, best score first, with its
    ``score``, and the ``recall`` and ``precision`` reached with it; ``envelope`` (101,) COCO's
    interpolated precision at recall 0, 0.01 ..
    1. ``ap`` is the envelope's mean; NaN where ``num_gt``, the ground truths that count, is 0.
    """

    hit: Int[np.ndarray, "m"]
    score: Float[np.ndarray, "m"]
    recall: Float[np.ndarray, "m"]
    precision: Float[np.ndarray, "m"]
    envelope: Float[np.ndarray, "r"]
    ap: float
    num_gt: int

    def at(self, score_threshold: float) -> Working:
        """Count right, wrong and missed when every detection that scores at least
        ``score_threshold`` is said.
        """
        said = int(np.searchsorted(-self.score, -score_threshold, side="right"))
        right = int(self.hit[:said].sum())
        return Working(
            true_positives=right, false_positives=said - right, false_negatives=self.num_gt - right
        )

    def thinned(
        self,
    ) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
        """Recall, precision and score at the teeth of the curve: its corners, at most 1500 of them."""
        if not len(self.hit):
            return _NO_POINTS, _NO_POINTS, _NO_POINTS
        tooth = self.hit.astype(bool)
        tooth = tooth | np.append(tooth[1:], True)
        tooth[0] = True
        rows = np.flatnonzero(tooth)
        if len(rows) > _WIRE_POINTS:
            rows = rows[np.linspace(0, len(rows) - 1, _WIRE_POINTS).round().astype(int)]
        return self.recall[rows], self.precision[rows], self.score[rows]


@dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """One image's detections and ground truths of the chosen class, and what became of them.

    Shapes: ``detections`` (d, 4), ``scores``, ``outcome`` and ``overlap`` (d,), ``labels`` (d,);
    ``gt`` (g, 4), ``found`` (g,) 1 found, 0 missed, -1 does not count; ``gt_labels`` (g,).
    """

    detections: Float[np.ndarray, "d 4"]
    scores: Float[np.ndarray, "d"]
    labels: Int[np.ndarray, "d"]
    outcome: Int[np.ndarray, "d"]
    overlap: Float[np.ndarray, "d"]
    gt: Float[np.ndarray, "g 4"]
    gt_labels: Int[np.ndarray, "g"]
    found: Int[np.ndarray, "g"]

    @property
    def tally(self) -> tuple[int, int, int]:
        """How many are right, wrong and missed."""
        right, wrong = (
            int((self.outcome == kind).sum()) for kind in (TRUE_POSITIVE, FALSE_POSITIVE)
        )
        return right, wrong, int((self.found == 0).sum())

    def message(self) -> dict[str, Any]:
        """As ``src/shared/marks.ts`` reads it."""
        whole = {
            name: getattr(self, name).tolist()
            for name in ("outcome", "labels", "found", "gt_labels")
        }
        return whole | {
            name: wire(getattr(self, name)) for name in ("detections", "scores", "overlap", "gt")
        }


class Truth:
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
        """The curve of one class; of all classes pooled into one ranking where ``label`` is None."""
        labels = (
            [k for k in range(self.num_classes) if self.num_gt[k]] if label is None else [label]
        )
        rankings = [self._ranking(k, iou_threshold) for k in labels]
        outcome = np.concatenate([_NO_POINTS, *(item.outcome for item in rankings)]).astype(int)
        score = np.concatenate([_NO_POINTS, *(item.score for item in rankings)])
        order = np.argsort(-score, kind="stable")
        order = order[outcome[order] != IGNORED]
        outcome, score = outcome[order], score[order]
        num_gt = sum(item.num_gt for item in rankings)
        hit = (outcome == TRUE_POSITIVE).astype(int)
        if num_gt == 0:
            nothing = {"recall": np.full(len(hit), np.nan), "precision": np.full(len(hit), np.nan)}
            return Curve(
                hit=hit, score=score, **nothing, envelope=np.zeros(101), ap=float("nan"), num_gt=0
            )
        recall, precision = precision_recall(outcome, num_gt)
        envelope = at_points(recall, precision, RECALL_POINTS)
        return Curve(
            hit=hit, score=score, recall=recall, precision=precision, envelope=envelope, ap=float(envelope.mean()),
            num_gt=num_gt,
        )  # fmt: skip

    def ap_per_threshold(self, label: int | None) -> list[float]:
        """AP at COCO's ten IoU thresholds, of one class or the mean of all classes."""
        thresholds = self.evaluation.iou_thresholds.tolist()
        return [self.evaluation.average_precision(iou=iou, label=label) for iou in thresholds]

    def pages(self, label: int | None) -> list[int]:
        """Images that hold a ground truth or a detection of the class: those worth looking at."""
        if label is None:
            return list(range(len(self.targets)))
        pairs = zip(self.targets, self.detections, strict=True)
        return [
            i
            for i, sides in enumerate(pairs)
            if any((side.labels == label).any() for side in sides)
        ]

    def first_page(self, label: int | None) -> int:
        """The first image that holds a ground truth of the class; 0 where none does."""
        held = (
            i
            for i, truth in enumerate(self.targets)
            if len(truth) and (label is None or label in truth.labels)
        )
        return next(held, 0)

    def scene(
        self, image: int, label: int | None, iou_threshold: float, score_threshold: float
    ) -> Scene:
        """What happened in one image; detections that score too low are left out."""
        pair = self.detections[image], self.targets[image]
        return judge(
            *pair, label=label, iou_threshold=iou_threshold, score_threshold=score_threshold
        )


def judge(
    found: Detections,
    truth: Targets,
    *,
    label: int | None = None,
    iou_threshold: float = 0.5,
    score_threshold: float = 0.0,
) -> Scene:
    """Match one image by ``locviz.evaluate.match`` and keep what is shown: one class, or all for
    ``label`` None.
    """
    matched = match(found, truth, iou_threshold=iou_threshold, score_threshold=score_threshold)
    shown = matched.outcome != BELOW_THRESHOLD
    wanted = torch.ones(len(truth), dtype=torch.bool)
    if label is not None:
        shown, wanted = shown & (found.labels == label), truth.labels == label
    state = torch.where(matched.counts, matched.found.to(torch.int64), -1)
    return Scene(
        detections=found.boxes[shown].double().numpy(),
        scores=found.scores[shown].double().numpy(),
        labels=found.labels[shown].numpy(),
        outcome=matched.outcome[shown].numpy(),
        overlap=matched.overlap[shown].double().numpy(),
        gt=truth.boxes[wanted].double().numpy(),
        gt_labels=truth.labels[wanted].numpy(),
        found=state[wanted].numpy(),
    )


def _best(found: Detections) -> Detections:
    """The 100 best of each class, best first: what COCO's figures count."""
    found = found.to("cpu")
    order = torch.argsort(found.scores.detach(), descending=True, stable=True)
    place = torch.zeros(len(order), dtype=torch.int64)
    for k in found.labels.unique():
        mine = found.labels[order] == k
        place[mine] = torch.arange(int(mine.sum()))
    order = order[place < MAX_DETECTIONS]
    parts = {"boxes": found.boxes.detach()[order], "scores": found.scores.detach()[order]}
    return replace(found, **parts, labels=found.labels[order], masks=None, keypoints=None)
