"""SimOTA: each object takes its few cheapest priors near its centre.

A prior that two objects take goes to the one for which it is cheaper.
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
    required,
)
from locviz.assign.set_aside import ignore_set_aside, in_original, in_original_columns, taking_part
from locviz.boxes import pairwise_iou
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets

ScoreRule = Callable[[Tensor, Tensor], Tensor]


def joint_probability(
    logits: Float[Tensor, "n k"], quality: Float[Tensor, "n"]
) -> Float[Tensor, "n k"]:
    """``sqrt(p(class) * p(object))``, the geometric mean of what the two branches predict.

    Logits ``(n, k)`` and ``(n,)`` give ``(n, k)``.
    """
    return (logits.sigmoid() * quality.sigmoid()[:, None]).sqrt()


def minus_log(iou: Float[Tensor, "g n"]) -> Float[Tensor, "g n"]:
    """``-log(IoU + 1e-8)``, as in the released code, ``(g, n)``; at IoU 0 it is 18."""
    return -torch.log(iou + 1e-8)


def one_minus(iou: Float[Tensor, "g n"]) -> Float[Tensor, "g n"]:
    """``1 - IoU``, ``(g, n)``: what a survey reports as SimOTA's cost."""
    return 1 - iou


@final
class SimOTA:
    """The assigner of YOLOX (https://arxiv.org/abs/2107.08430, section 2.1), as released.

    Candidates are the priors closer than ``radius`` strides to the centre of *some* ground truth.
    Of them, each ground truth takes its k cheapest, k from the IoUs of its best ``num_iou``
    candidates. Its cost is::

        classification + localization_weight * localization(IoU) + outside where the prior is not near this centre

    A prior that several take goes to the ground truth for which it is cheapest, whether or not that
    one took it. ``quality`` of a positive is its prediction's IoU, YOLOX's soft class target.
    ``cost`` is infinite for priors that are no candidates. Ground truths without any candidate
    nearby take one of the others' priors, as in the release.

    Args:
        classification: elementwise ``(probabilities, targets) -> losses``: binary cross entropy.
        score: ``(logits, quality) -> probabilities``.
        localization: IoUs to costs: ``minus_log`` (released) or ``one_minus``.
        localization_weight: 3 in the release.
        radius: in strides; 1.5 in the release.
        num_iou: how many IoUs k is the sum of.
        outside: what a candidate costs for a ground truth that it is not near to.
        center_offset: where the centre of a prior's cell lies relative to the prior's, in strides.
            0.5 for priors at the cells' corners, from which YOLOX decodes.

    Invariant: all positives are candidates; if there is a candidate, at least one is positive; no
    ground truth gets more than k. A ground truth can end with none, if others claim what it took.
    """

    def __init__(
        self,
        *,
        classification: ElementLoss,
        score: ScoreRule = joint_probability,
        localization: Callable[[Tensor], Tensor] = minus_log,
        localization_weight: float = 3.0,
        radius: float = 1.5,
        num_iou: int = 10,
        outside: float = 1e6,
        center_offset: float = 0.0,
    ):
        if not radius > 0 or num_iou < 1:
            raise ValueError(
                f"SimOTA.radius must be positive and num_iou at least 1, got {radius} and {num_iou}"
            )
        self.classification, self.score = classification, score
        self.localization, self.localization_weight = localization, localization_weight
        self.radius, self.num_iou, self.outside, self.center_offset = (
            radius,
            num_iou,
            outside,
            center_offset,
        )

    @torch.no_grad()
    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image by what is predicted there.

        A detector without a branch for the quality is taken to be sure that something is there.

        Raises:
            ValueError: ``logits`` or ``regions`` is missing, or boxes and spans are mixed.
        """
        logits, regions, targets = classes_and_regions("SimOTA", priors, targets, predicted)
        if predicted is None or predicted.quality is None:
            quality = logits.new_full((len(priors),), float("inf"))  # a probability of 1
        else:
            quality = required("SimOTA", priors, predicted, "quality")
        part = taking_part(targets)
        boxes = targets.boxes[part]
        # Distances are measured from the centre of the cell, wherever the prior itself lies in it.
        centers = priors.centers + self.center_offset * priors.strides[:, None]
        near = near_centers(centers, self.radius * priors.strides, boxes)
        candidates = _any_row(near).nonzero()[:, 0]
        gt_index = torch.full((len(priors),), BACKGROUND, device=regions.device)
        matched_iou = regions.new_zeros(len(priors))
        full_cost = regions.new_full((len(priors), len(targets)), float("inf"))
        if len(candidates):
            # index_select takes a third of the time of [...].
            iou = pairwise_iou(boxes, regions.index_select(0, candidates))
            scores = self.score(logits.index_select(0, candidates), quality[candidates])
            cost = self._cost(scores, targets.labels[part], iou, near.index_select(1, candidates))
            winner = cheapest_k(cost, dynamic_k(iou, self.num_iou))
            gt_index[candidates] = winner
            matched_iou[candidates] = iou.gather(0, winner.clamp(min=0)[None])[0] * (winner >= 0)
            full_cost.index_copy_(0, candidates, in_original_columns(cost.T, part, len(targets)))
        gt_index = ignore_set_aside(in_original(gt_index, part), centers, targets)
        return Assignment(gt_index, quality=matched_iou, cost=full_cost)

    def _cost(
        self, scores: Tensor, labels: Tensor, iou: Tensor, near: Tensor
    ) -> Float[Tensor, "g n"]:
        classification, _ = class_losses(self.classification, scores, labels)
        return (
            classification.T
            + self.localization_weight * self.localization(iou)
            + self.outside * ~near
        )


def cheapest_k(cost: Float[Tensor, "g n"], k: Int64[Tensor, "g"]) -> Int64[Tensor, "n"]:
    """Let every ground truth take its k cheapest priors; resolve those that several take.

    A prior that several take goes to the ground truth for which it is cheapest.

    Returns:
        (n,) the ground truth, or ``BACKGROUND``.
    """
    order = cost.topk(int(k.max()), dim=1, largest=False).indices
    rank = torch.arange(order.shape[1], device=cost.device)
    taken = torch.zeros_like(cost, dtype=torch.bool).scatter_(1, order, rank < k[:, None])
    return _resolve(taken, cost)


def _resolve(taken: Bool[Tensor, "g n"], cost: Float[Tensor, "g n"]) -> Int64[Tensor, "n"]:
    times = taken.sum(0)
    # min and max over bytes, not argmin and argmax: a fifth of the time along the first axis.
    winner = torch.where(times > 1, cost.min(0).indices, taken.view(torch.uint8).max(0).indices)
    return torch.where(times > 0, winner, BACKGROUND)


def _any_row(mask: Bool[Tensor, "g p"]) -> Bool[Tensor, "p"]:
    """``mask.any(0)`` in a twentieth of the time."""
    return mask.view(torch.uint8).amax(0).bool() if len(mask) else mask.any(0)
