"""How far confidence and place diverge: do the surest detections lie best?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.evaluate.flatten import Flat, check_lists, count_classes, flatten_lists
from locviz.evaluate.matching import overlapping_pairs
from locviz.evaluate.rank_correlation import rank_correlation
from locviz.types import Detections, Targets


@dataclass(frozen=True, eq=False)
class Divergence:
    """Rank correlation of score and IoU: 1 where they agree, less the more they diverge.

    Shapes: ``per_object`` (objects,) the correlation among each object's candidates, NaN where they
    are too few or all alike; ``num_candidates`` (objects,) how many it has.

    Attributes:
        pooled: the correlation over the candidates of all objects together. It also compares
            candidates of different objects, which suppression never does.
    """

    per_object: Float[Tensor, "objects"]
    num_candidates: Int64[Tensor, "objects"]
    pooled: float

    @property
    def mean(self) -> float:
        """The mean over the objects that have a correlation, each counting once; NaN without any."""
        return float(self.per_object.nanmean())


def divergence(
    detections: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    min_iou: float = 0.1,
    min_candidates: int = 3,
) -> Divergence:
    """Spearman's correlation of score and IoU among the candidates of each object.

    "Modulating localization and classification for harmonized object detection"
    (arXiv:2103.08958, section 4.2) proposes the measure and leaves open over which population. Here
    a *candidate* of an object is a detection of its class that overlaps it more than any other
    object of that class, by at least ``min_iou``. Give the detections *before* suppression, such as
    a detector's with ``SelectDense(nms_threshold=1.0)``; afterwards hardly an object has two.

    The objects of all images come in one row, without crowd regions and ignored boxes, as in
    ``positives_per_object``.

    Args:
        detections: one entry per image.
        targets: the ground truths, in the same order and coordinates.
        min_iou: below this a detection belongs to no object.
        min_candidates: an object with fewer has no correlation; that of two is always 1 or -1.

    Raises:
        TypeError: not a list of ``Detections`` and a list of ``Targets``.
        ValueError: ``min_iou`` is not in 0..1, ``min_candidates`` is less than 2, or the lists do
            not belong together.
    """
    if not 0 <= min_iou <= 1 or min_candidates < 2:
        raise ValueError(
            f"min_iou must be in 0..1 and min_candidates at least 2, got {min_iou} and {min_candidates}"
        )
    check_lists(detections, targets)
    found, truth = flatten_lists(detections, targets, count_classes([*detections, *targets]))
    truth = counting(truth)
    detection, owner, overlap = _of_objects(found, truth, min_iou)
    score = found.score[detection]
    num = np.bincount(owner, minlength=len(truth))
    ends = np.cumsum(num)
    per_object = [
        rank_correlation(score[end - n : end], overlap[end - n : end])
        if n >= min_candidates
        else float("nan")
        for n, end in zip(num.tolist(), ends.tolist(), strict=True)
    ]
    return Divergence(
        per_object=torch.tensor(per_object, dtype=torch.float64),
        num_candidates=torch.from_numpy(num),
        pooled=rank_correlation(score, overlap),
    )


def owners(
    detections: Detections, targets: Targets, *, min_iou: float = 0.1
) -> tuple[Int64[Tensor, "d"], Float[Tensor, "d"]]:
    """The object of one image that each detection is a candidate of, and how much it overlaps it.

    These are the candidates that ``divergence`` compares. Returns the object's row ``(d,)``, -1
    where a detection belongs to none, and the IoU ``(d,)`` with the object of its class that it
    overlaps most, 0 where it overlaps none.

    Args:
        detections: of one image, d of them.
        targets: its ground truths; crowd regions and ignored boxes own nothing.
        min_iou: below this a detection belongs to no object.

    Raises:
        ValueError: a label, a score or a region is not valid.
    """
    found, truth = flatten_lists([detections], [targets], count_classes([detections, targets]))
    detection, owner, overlap = _of_objects(found, counting(truth), 0.0)
    best, row = np.zeros(len(found)), np.full(len(found), -1)
    best[detection] = overlap
    row[detection] = counting(truth).index[owner]
    row[best < min_iou] = -1
    return torch.from_numpy(row), torch.from_numpy(best)


def counting(truth: Flat) -> Flat:
    """The ground truths that count: neither crowd regions nor ignored."""
    return truth.take(np.flatnonzero(~(truth.crowd | truth.ignore)))


def _of_objects(
    found: Flat, truth: Flat, min_iou: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each candidate, the object that it overlaps most (the first among equals) and the IoU.

    They are sorted by object.
    """
    pairs = overlapping_pairs(found, truth, min_iou)
    order = np.lexsort((pairs.gt, -pairs.overlap, pairs.detection))
    detection = pairs.detection[order]
    first = order[np.flatnonzero(np.diff(detection, prepend=-1))]
    first = first[(pairs.overlap[first] > 0)]
    by_object = first[np.argsort(pairs.gt[first], kind="stable")]
    return pairs.detection[by_object], pairs.gt[by_object], pairs.overlap[by_object]
