"""YOLOv1's rule: the best predictor of the cell with an object's centre is responsible for it."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.comparable import comparable
from locviz.assign.prediction_costs import required
from locviz.assign.set_aside import ignore_set_aside, in_original, in_original_columns, taking_part
from locviz.boxes import corners_to_center_size, pairwise_iou
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets

INF = float("inf")


@final
class GridCell:
    """The responsible predictor of YOLOv1 (https://arxiv.org/abs/1506.02640, section 2).

    It needs the priors of ``GridCells``. An object belongs to the cell in which its centre lies
    (low sides included, high sides not). Among the predictors of that cell, the one whose
    *predicted* region has the highest IoU with the object is responsible for it. Where no region
    overlaps the object, it is the one with the smallest distance of centres and sizes, which is how
    darknet breaks the tie. A cell is responsible for one object: the first in the list whose centre
    lies in it. The others get no predictor, whatever is predicted.

    Invariant: each object has at most one prior and each cell at most one object. An object alone
    in its cell has exactly one.

    ``Assignment.cost`` is 1 - IoU with the predicted region, infinite outside the object's cell.
    """

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the predictors of one image.

        Raises:
            ValueError: the predicted ``regions`` are missing or do not fit the priors or the
                targets.
        """
        regions = required("GridCell", priors, predicted, "regions")
        targets = comparable(targets, regions, "regions")
        part = taking_part(targets)
        boxes = targets.boxes[part]
        gt_index = torch.full((len(priors),), BACKGROUND, device=regions.device)
        own, overlap = in_cell(priors, boxes), pairwise_iou(regions, boxes)
        if len(part) and len(priors):
            keeps = first_in_cell(own)
            gt_index[_best_predictor(overlap, own, regions, boxes)[keeps]] = keeps.nonzero()[:, 0]
        cost = (1 - overlap).masked_fill(~own, INF)
        gt_index = ignore_set_aside(in_original(gt_index, part), priors.centers, targets)
        return Assignment(gt_index, cost=in_original_columns(cost, part, len(targets)))


def in_cell(priors: Priors, boxes: Float[Tensor, "n coords"]) -> Bool[Tensor, "p n"]:
    """Whether the centre of each box ``(n, 2*dim)`` lies in each prior's region, ``(p, n)``."""
    low, high = (corner[:, None] for corner in priors.regions.chunk(2, -1))
    center = corners_to_center_size(boxes).chunk(2, -1)[0]
    return ((low <= center) & (center < high)).all(-1)


def first_in_cell(own: Bool[Tensor, "p n"]) -> Bool[Tensor, "n"]:
    """Whether each object lies in a cell, and is the first in it, (n,), of ``own`` (p, n)."""
    number = torch.arange(len(own), device=own.device)[:, None]
    cell = torch.where(own, number, len(own)).amin(0)  # the number of the cell's first predictor
    # (n, n): whether an earlier object (row) lies in the cell of a later one (column).
    same = (cell[:, None] == cell).triu(1)
    return own.any(0) & ~same.any(0)


def _best_predictor(
    overlap: Tensor, own: Tensor, regions: Tensor, boxes: Tensor
) -> Int64[Tensor, "n"]:
    """The predictor of each object's cell with the highest IoU, or the nearest where all are 0."""
    best, chosen = overlap.masked_fill(~own, -1.0).max(0)
    away = (
        (corners_to_center_size(regions)[:, None] - corners_to_center_size(boxes)).square().sum(-1)
    )
    return torch.where(best > 0, chosen, away.masked_fill(~own, INF).argmin(0))
