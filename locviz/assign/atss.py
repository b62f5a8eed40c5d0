"""ATSS: each object has its own IoU threshold, computed from its candidates' overlaps."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.comparable import comparable
from locviz.assign.set_aside import ignore_set_aside, in_original, taking_part
from locviz.boxes import iou
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets


@final
class ATSS:
    """Adaptive training sample selection (https://arxiv.org/abs/1912.02424, algorithm 1).

    The candidates of an object are, on every level, the ``top_k`` priors with the nearest centres.
    Its threshold is the mean plus the (unbiased) standard deviation of its candidates' IoUs: high
    where one level fits much better than the others, low where several do. A candidate is positive
    when its IoU reaches the threshold and its centre is inside the object. A prior that is positive
    for several objects goes to the one that it overlaps most, among equals to the first.

    Among priors that are equally near, the first are candidates; torch's top-k, which the official
    code calls, leaves that open. With a single candidate the deviation counts as 0; in the official
    code it is NaN, and nothing becomes positive.

    Laws: there are at most ``top_k`` positives per object and level; predictions play no part;
    objects influence each other only through priors that are positive for both.

    Args:
        top_k: candidates per object and level. The paper's 9 is for one prior per cell; its code
            multiplies by the number of priors per cell, mmdetection does not.
        margin: how far inside the object a centre must lie, in input pixels. The paper's code has
            0.01.
    """

    def __init__(self, *, top_k: int = 9, margin: float = 0.0):
        if top_k < 1 or not margin >= 0:
            raise ValueError(f"ATSS needs top_k >= 1 and margin >= 0, got {top_k} and {margin}")
        self.top_k, self.margin = top_k, margin

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image; predictions play no part.

        Raises:
            ValueError: the targets are of another dimension than the priors.
        """
        part = taking_part(targets)
        targets = comparable(targets, priors.regions, "priors.regions")
        gt_index = torch.full((len(priors),), BACKGROUND, device=priors.regions.device)
        if len(part) and len(priors):
            boxes = targets.boxes[part]
            candidates = self.candidates(priors, boxes)
            overlap = iou(priors.regions[candidates], boxes[:, None])
            positive = (overlap >= mean_plus_deviation(overlap)) & self._inside(
                priors.centers[candidates], boxes
            )
            gt_index = most_overlapped(gt_index, candidates, overlap, positive)
        return Assignment(ignore_set_aside(in_original(gt_index, part), priors.centers, targets))

    def candidates(self, priors: Priors, boxes: Float[Tensor, "n coords"]) -> Int64[Tensor, "n c"]:
        """The candidates ``(n, c)`` of each box ``(n, 2*dim)``, level by level."""
        low, high = boxes.chunk(2, -1)
        centers, candidates, start = (low + high) / 2, [], 0
        # Level by level (algorithm 1): the priors of the finest level are the densest, and would
        # otherwise be nearly all of the candidates.
        for level in priors.centers.split(priors.levels):
            candidates.append(nearest(level, centers, min(self.top_k, len(level))) + start)
            start += len(level)
        return torch.cat(candidates, 1)

    def _inside(
        self, points: Float[Tensor, "n c dim"], boxes: Float[Tensor, "n coords"]
    ) -> Bool[Tensor, "n c"]:
        low, high = boxes[:, None].chunk(2, -1)
        return torch.minimum(points - low, high - points).amin(-1) > self.margin


def nearest(
    points: Float[Tensor, "p dim"], centers: Float[Tensor, "n dim"], num: int
) -> Int64[Tensor, "n num"]:
    """The ``num`` points nearest to each centre, and the first among equally near ones.

    Points ``(p, dim)`` and centres ``(n, dim)`` give indices ``(n, num)``.
    """
    # Axis by axis, so that no (n, p, dim) tensor is made. Squared distances have the same order.
    away = torch.zeros(len(centers), len(points), dtype=points.dtype, device=points.device)
    for point, center in zip(points.unbind(-1), centers.unbind(-1), strict=True):
        away += (point - center[:, None]).square_()
    value, index = away.topk(num, largest=False)
    if not num:
        return index
    # top-k leaves open which of several equally distant points it takes. Where more than ``num``
    # points are at least as near as the last one taken, a stable sort decides.
    unsure = ((away <= value[:, -1:]).sum(1) > num).nonzero()[:, 0]
    index[unsure] = away[unsure].argsort(dim=1, stable=True)[:, :num]
    return index


def mean_plus_deviation(overlap: Float[Tensor, "n c"]) -> Float[Tensor, "n 1"]:
    """The threshold of each object: lines 8 to 10 of algorithm 1. ``(n, c)`` gives ``(n, 1)``.

    Sums run over differences from the first candidate, so that equal overlaps have exactly that
    overlap as their mean and exactly 0 as their deviation. Otherwise rounding could put the
    threshold above them all, and the object would have no positive.
    """
    first, num = overlap[:, :1], overlap.shape[1]
    mean = first + (overlap - first).mean(1, keepdim=True)
    variance = (overlap - mean).square().sum(1, keepdim=True) / max(1, num - 1)
    return mean + variance.sqrt()


def most_overlapped(
    gt_index: Int64[Tensor, "p"],
    candidates: Int64[Tensor, "n c"],
    overlap: Float[Tensor, "n c"],
    positive: Bool[Tensor, "n c"],
) -> Int64[Tensor, "p"]:
    """Give every positive candidate to the object that it overlaps most, or the first of equals.

    Candidates, overlaps and flags are ``(n, c)``; the result is ``(p,)``.
    """
    # One entry per positive pair of an object and a prior, then the maximum of each prior's pairs.
    owner, column = positive.nonzero(as_tuple=True)
    prior, value = candidates[owner, column], overlap[owner, column]
    best = value.new_zeros(len(gt_index)).scatter_reduce(0, prior, value, "amax")
    wins = value == best[prior]
    # "amin" takes the first of the objects with equal overlaps.
    return gt_index.scatter_reduce(0, prior[wins], owner[wins], "amin", include_self=False)
