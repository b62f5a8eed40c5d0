"""Crowd regions and ignored boxes: the one rule that all assigners share.

A ground truth that is set aside (``crowd`` or ``ignore``) never gets a prior. A prior that is not
positive and whose centre lies strictly inside such a region gets no loss at all: there may well be
an object at its place, and training it as background would teach the opposite. A detector with
queries takes the centre of the predicted region in place of the prior's.
"""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.types import BACKGROUND, IGNORE, Targets


def set_aside(targets: Targets) -> Bool[Tensor, "g"]:
    """Which ground truths get no prior: the crowd regions and the ignored boxes, ``(g,)``."""
    return targets.crowd | targets.ignore  # type: ignore[operator]


def taking_part(targets: Targets) -> Int64[Tensor, "n"]:
    """Ascending indices ``(n,)`` of the ground truths for which priors may be responsible."""
    return (~set_aside(targets)).nonzero()[:, 0]


def in_original(gt_index: Int64[Tensor, "p"], part: Int64[Tensor, "n"]) -> Int64[Tensor, "p"]:
    """Translate indices into ``boxes[part]`` to indices into all the targets.

    ``gt_index`` is ``(p,)``, ``part`` ``(n,)``. ``BACKGROUND`` and ``IGNORE`` stay what they are.
    """
    if not len(part):
        return gt_index
    return torch.where(gt_index >= 0, part[gt_index.clamp(min=0)], gt_index)


def in_original_columns(
    cost: Float[Tensor, "p n"], part: Int64[Tensor, "n"], num: int
) -> Float[Tensor, "p g"]:
    """Spread the columns of a cost for ``boxes[part]`` over all ``num`` ground truths.

    A cost ``(p, n)`` becomes ``(p, g)``; the columns of those set aside are infinite.
    """
    if len(part) == num:
        return cost
    full = cost.new_full((len(cost), num), float("inf"))
    full[:, part] = cost
    return full


def ignore_set_aside(
    gt_index: Int64[Tensor, "p"], points: Float[Tensor, "p dim"], targets: Targets
) -> Int64[Tensor, "p"]:
    """Make every background prior ``IGNORE`` whose point is strictly inside a region set aside.

    Args:
        gt_index: (p,) as an assigner gives it.
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
