"""Low-quality matches: rules that give an object a prior whose IoU is below the threshold.

Each takes the ``BestOverlaps`` and returns ``(priors, objects)``: these priors become positive for
these objects, whatever the thresholds decide. An object that overlaps no prior at all forces
nothing. That is a departure: py-faster-rcnn, torchvision and detectron2 also compare with a best
IoU of 0, so that such an object makes *every* prior positive that it does not touch.
"""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Int64
from torch import Tensor

from locviz.assign.best_overlaps import BestOverlaps

Pairs = tuple[Int64[Tensor, "n"], Int64[Tensor, "n"]]
Force = Callable[[BestOverlaps], Pairs]


def no_force(overlaps: BestOverlaps) -> Pairs:
    """Force nothing: the thresholds decide, and a small object may get no prior (Fast R-CNN).

    The two index lists are (0,).
    """
    nothing = overlaps.index.new_zeros(0)
    return nothing, nothing


def force_best_ties(overlaps: BestOverlaps) -> Pairs:
    """The best priors of each object are positive, *each for the object that it overlaps best*.

    This is Faster R-CNN's second condition (https://arxiv.org/abs/1506.01497, section 3.1.2) as
    py-faster-rcnn, detectron2 and torchvision (``allow_low_quality_matches``) have it. If the best
    prior of a small object overlaps a larger object more, it is responsible for the larger one: the
    rule promises a positive prior *at* every object, not *for* it. Priors and objects are (n,).
    """
    priors, _ = overlaps.ties()
    return priors, overlaps.index[priors]


@final
class ForceOwnBest:
    """The best priors of each object are positive *for it*, if the IoU reaches a minimum.

    Where two objects claim one prior, the later object gets it. This is mmdetection's
    ``MaxIoUAssigner`` with ``match_low_quality``: ``min_iou`` is its ``min_pos_iou`` and
    ``all_ties`` its ``gt_max_assign_all``. It differs twice from ``force_best_ties``: a prior
    is responsible for the object that claims it, even where another overlaps it more, and an object
    may be too far from every prior to get any. (A best overlap of 0 forces nothing here, with any
    minimum; there, with a minimum of 0, such an object claims every prior that it does not touch.)

    Laws: no forced prior overlaps its object by less than ``min_iou``; with ``all_ties`` False each
    object has at most one forced prior.

    Args:
        min_iou: the least IoU of a forced match, in 0..1: 0.3 in mmdetection's Faster R-CNN, 0 in
            its RetinaNet.
        all_ties: whether all priors at an object's best overlap are forced, or the first alone.
    """

    def __init__(self, *, min_iou: float = 0.0, all_ties: bool = True):
        if not 0 <= min_iou <= 1:
            raise ValueError(f"ForceOwnBest.min_iou is an IoU and must be in 0..1, got {min_iou}")
        self.min_iou, self.all_ties = min_iou, all_ties

    def __call__(self, overlaps: BestOverlaps) -> Pairs:
        """The forced pairs, ``(priors (n,), objects (n,))``; no prior twice."""
        priors, objects = overlaps.ties() if self.all_ties else _columns(overlaps)
        near = overlaps.peak[objects] >= self.min_iou
        owner = torch.full_like(overlaps.index, -1)
        owner = owner.scatter_reduce(0, priors[near], objects[near], "amax")  # the later object
        forced = (owner >= 0).nonzero()[:, 0]
        return forced, owner[forced]


def force_last_object(overlaps: BestOverlaps) -> Pairs:
    """The first best prior of each object is responsible for it; of two objects, for the later.

    This is torchvision's ``SSDMatcher``: the earlier of two objects with the same best prior may
    get none.

    Priors and objects are (n,).
    """
    priors, objects = _first_ties(overlaps)
    owner = dict(zip(priors, objects, strict=True))  # a later object replaces an earlier one
    pairs = [(p, g) for p, g in zip(priors, objects, strict=True) if owner[p] == g]
    return _pairs(overlaps, pairs)


def force_bipartite(overlaps: BestOverlaps) -> Pairs:
    """Every object that overlaps a free prior gets one of its own, the pair of highest IoU first.

    This is the official SSD (``MatchBBox`` in bbox_util.cpp, after MultiBox): among equal pairs the
    first prior comes first, then the first object. The pairs are one-to-one.

    Priors and objects are (n,).
    """
    priors, objects = _first_ties(overlaps)
    # For each object without a prior: the IoU with its best free prior, and that prior.
    waiting = {
        g: (value, p)
        for p, g, value in zip(priors, objects, overlaps.peak[objects].tolist(), strict=True)
    }
    taken: list[tuple[int, int]] = []
    while waiting:
        chosen = min(waiting, key=lambda g: (-waiting[g][0], waiting[g][1], g))
        taken.append((waiting.pop(chosen)[1], chosen))
        for g in [g for g, (_, p) in waiting.items() if p == taken[-1][0]]:
            # Rare: two objects have the same best prior. The second one looks for its best among
            # the priors that are free.
            column = overlaps.with_object(g)
            column[[p for p, _ in taken]] = 0
            waiting[g] = float(column.max()), int(column.argmax())
            if not waiting[g][0]:
                del waiting[g]
    return _pairs(overlaps, taken)


def _first_ties(overlaps: BestOverlaps) -> tuple[list[int], list[int]]:
    """The first of each object's best priors, objects in order."""
    priors, objects = (column.tolist() for column in overlaps.ties())
    first: dict[int, int] = {}
    for p, g in zip(priors, objects, strict=True):
        first.setdefault(g, p)
    ordered = sorted(first)
    return [first[g] for g in ordered], ordered


def _columns(overlaps: BestOverlaps) -> Pairs:
    """``_first_ties`` as tensors ``(n,)``."""
    return _pairs(overlaps, list(zip(*_first_ties(overlaps), strict=True)))


def _pairs(overlaps: BestOverlaps, pairs: list[tuple[int, int]]) -> Pairs:
    columns = torch.tensor(pairs, dtype=torch.int64, device=overlaps.index.device).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
