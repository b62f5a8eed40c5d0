"""OTA: assignment as a transport of goods.

Objects supply units, every prior demands one, and the background supplies the rest.
"""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.prediction_costs import (
    ElementLoss,
    class_losses,
    classes_and_regions,
    dynamic_k,
    near_centers,
    strictly_inside,
)
from locviz.assign.set_aside import ignore_set_aside, in_original, in_original_columns, taking_part
from locviz.assign.sinkhorn import sinkhorn
from locviz.boxes import pairwise_iou
from locviz.boxes.coordinates import quotient
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets

Solver = Callable[[Tensor, Tensor, Tensor], Tensor]


def rescale_rows(plan: Float[Tensor, "s p"]) -> Float[Tensor, "s p"]:
    """Divide each supplier's row of the plan ``(s, p)`` by its largest entry.

    The released code does so before it looks for each prior's best supplier. An entropic plan
    spreads a unit over many priors. Without this, an object that supplies few units would have less
    than the background or a richer neighbour at every prior, and would get none.
    """
    return quotient(plan, plan.amax(1, keepdim=True).expand_as(plan))


def as_solved(plan: Float[Tensor, "s p"]) -> Float[Tensor, "s p"]:
    """Leave the plan ``(s, p)`` as it is, to see what goes wrong without ``rescale_rows``."""
    return plan


@final
class OTA:
    """Optimal Transport Assignment (https://arxiv.org/abs/2103.14259, algorithm 1), as released.

    Each ground truth supplies k units, k from its ``num_iou`` best IoUs; background supplies what
    is left of one unit per prior. Moving a unit to a prior costs::

        ground truth  classification + localization_weight * -log IoU + outside unless the prior's centre lies in the
                      region and closer than radius strides to its centre
        background    classification with all classes off

    The priors of a ground truth are those for which it is the best supplier in the rescaled plan.
    ``quality`` of a positive is its prediction's IoU, which OTA's extra branch learns. Where the
    ground truths claim more units than there are priors, which the release does not foresee, every
    supply is scaled down and background has none. (The release needs a centre 0.01 pixels inside,
    here any distance does.)

    Args:
        classification: elementwise ``(logits, targets) -> losses``: a sigmoid focal loss.
        localization_weight: 1.5 in the paper.
        radius: in strides; 2.5 in the paper.
        num_iou: how many IoUs k is the sum of; 20 in the paper.
        outside: added to the cost of a prior outside the region or the radius.
        solve: ``(cost, supply, demand) -> plan``; ``sinkhorn`` with epsilon 0.1 and 50 iterations,
            as in the paper.
        rescale: ``rescale_rows``, or ``as_solved`` to see why that is needed.

    Invariant: every prior gets exactly one supplier. With ``rescale_rows`` and no ties, a ground
    truth's best prior in the plan is lost only to another for which it is a best prior too.
    """

    def __init__(
        self,
        *,
        classification: ElementLoss,
        localization_weight: float = 1.5,
        radius: float = 2.5,
        num_iou: int = 20,
        outside: float = 1e6,
        solve: Solver = sinkhorn,
        rescale: Callable[[Tensor], Tensor] = rescale_rows,
    ):
        if not radius > 0 or num_iou < 1:
            raise ValueError(
                f"OTA.radius must be positive and num_iou at least 1, got {radius} and {num_iou}"
            )
        self.classification, self.localization_weight = classification, localization_weight
        # ``outside`` is large but finite: an entropic plan has no answer for an infinite cost.
        self.radius, self.num_iou, self.outside = radius, num_iou, outside
        self.solve, self.rescale = solve, rescale

    @torch.no_grad()
    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image by the predicted classes and regions.

        Raises:
            ValueError: ``logits`` or ``regions`` is missing, or boxes and spans are mixed.
        """
        logits, regions, targets = classes_and_regions("OTA", priors, targets, predicted)
        part = taking_part(targets)
        boxes, labels = targets.boxes[part], targets.labels[part]
        iou = pairwise_iou(boxes, regions)
        usable = strictly_inside(priors.centers, boxes) & near_centers(
            priors.centers, self.radius * priors.strides, boxes
        )
        cost = self.cost(logits, labels, iou, usable)
        winner = self._winner(cost, self.supply(iou, usable))
        if len(part):
            matched_iou = iou.gather(0, winner.clamp(min=0)[None])[0] * (winner >= 0)
        else:
            matched_iou = iou.sum(0)  # of no rows: a zero per prior
        return Assignment(
            ignore_set_aside(in_original(winner, part), priors.centers, targets),
            quality=matched_iou,
            cost=in_original_columns(cost[:-1].T, part, len(targets)),
        )

    def cost(
        self,
        logits: Float[Tensor, "p k"],
        labels: Int64[Tensor, "g"],
        iou: Float[Tensor, "g p"],
        usable: Bool[Tensor, "g p"],
    ) -> Float[Tensor, "s p"]:
        """Costs ``(s, p)`` of all suppliers: the g ground truths, then background (s = g + 1)."""
        classification, background = class_losses(self.classification, logits, labels)
        # In place of an IoU of 0, whose logarithm is infinite.
        missed = torch.finfo(iou.dtype).eps
        cost = self.localization_weight * -iou.clamp(min=missed).log()
        cost += classification.T
        return torch.cat([cost.add_(~usable, alpha=self.outside), background[None]])

    def supply(self, iou: Float[Tensor, "g p"], usable: Bool[Tensor, "g p"]) -> Float[Tensor, "s"]:
        """Units of all suppliers; they sum to the number of priors. IoUs ``(g, p)`` give ``(s,)``."""
        num_priors = iou.shape[1]
        units = dynamic_k(iou * usable, self.num_iou).to(iou)
        rest = num_priors - units.sum()
        if rest < 0:  # more units than priors: supply and demand must have the same sum
            units, rest = units * (num_priors / units.sum()), torch.zeros_like(rest)
        return torch.cat([units, rest[None]])

    def _winner(self, cost: Float[Tensor, "s p"], supply: Float[Tensor, "s"]) -> Int64[Tensor, "p"]:
        if not cost.shape[1]:
            return cost.new_zeros(0, dtype=torch.int64)
        demand = torch.ones_like(cost[0])  # one unit per prior
        plan = self.rescale(self.solve(cost, supply, demand))
        winner = plan.argmax(0)  # the last row, s - 1, is the background's
        return torch.where(winner == len(cost) - 1, BACKGROUND, winner)
