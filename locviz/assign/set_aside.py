"""Crowd regions and ignored boxes: the one rule that all assigners share.

A ground truth that is set apart (``crowd`` or ``ignore``) never gets a prior. A prior that answers
for nobody and whose centre lies strictly inside such a region gets no loss at all: what it sees
there may well be an object, and calling it background would teach the opposite. Detectors that look
for objects with queries put the centre of their predicted region in the place of the prior's.
"""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.types import BACKGROUND, IGNORE, Targets


def set_aside(targets: Targets) -> Bool[Tensor, "g"]:
    """Which ground truths no prior may answer for: the crowd regions and the ignored boxes. The
    shape is ``(g,)``.
    """
    return targets.crowd | targets.ignore  # type: ignore[operator]


def taking_part(targets: Targets) -> Int64[Tensor, "n"]:
    """Indices, into the targets as given, of the ground truths that priors may answer for, in their
    order. The shape is ``(n,)``.
    """
    return (~set_aside(targets)).nonzero()[:, 0]


def in_original(gt_index: Int64[Tensor, "p"], part: Int64[Tensor, "n"]) -> Int64[Tensor, "p"]:
    """Translate answers that count in ``boxes[part]`` to answers that count in the targets as
    given. Answers ``(p,)``, ``part`` ``(n,)``.

    ``BACKGROUND`` and ``IGNORE`` stay what they are.
    """
    if not len(part):
        return gt_index
    return torch.where(gt_index >= 0, part[gt_index.clamp(min=0)], gt_index)


def in_original_columns(
    cost: Float[Tensor, "p n"], part: Int64[Tensor, "n"], num: int
) -> Float[Tensor, "p g"]:
    """Spread the columns of a cost for ``boxes[part]`` over all ``num`` ground truths; those set
    apart are infinite. A cost ``(p, n)`` becomes ``(p, g)``.
    """
    if len(part) == num:
        return cost
    full = cost.new_full((len(cost), num), float("inf"))
    full[:, part] = cost
    return full


def ignore_set_aside(
    gt_index: Int64[Tensor, "p"], points: Float[Tensor, "p dim"], targets: Targets
) -> Int64[Tensor, "p"]:
    """Turn into ``IGNORE`` what answers for nobody and whose point lies strictly inside a region
    that is set apart.

    Args:
        gt_index: (p,) an assigner's answer.
        points: (p, dim) centres of the priors, or of the predicted regions where the priors are
            queries.
        targets: of the same image, all of them.
    """
    regions = targets.boxes[set_aside(targets)]
    if not len(regions):
        return gt_index
    low, high = regions.chunk(2, -1)
    inside = torch.ones(len(points), len(regions), dtype=torch.bool, device=points.device)
    for axis in range(points.shape[-1]):
        point = points[:, axis, None]
        inside &= (point > low[:, axis]) & (point < high[:, axis])
    return torch.where((gt_index == BACKGROUND) & inside.any(1), IGNORE, gt_index)
