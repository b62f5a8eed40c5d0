"""The assigners that look at predictions, with our losses put in: ``fcos_tiny(6, assigner=ota())``
just works.

``locviz.assign`` knows no loss, so what a cost needs of one is handed in here. The defaults are
each paper's own; any option of the class can be given by keyword. They suit a dense detector with
sigmoid classes.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.assign import (
    OTA,
    ClassCost,
    FocalCost,
    GIoUCost,
    Hungarian,
    L1Cost,
    MatchingCost,
    SimOTA,
    TaskAligned,
    pairwise_positive_ciou,
    pool_everywhere,
    rivals_taking,
)
from locviz.losses import sigmoid_focal_loss


def binary_cross_entropy(
    probabilities: Float[Tensor, "*n"], targets: Float[Tensor, "*n"]
) -> Float[Tensor, "*n"]:
    """Elementwise, of any shape (...). Each logarithm is at least -100, as in torch, so the loss is
    finite; torch's own function takes five times as long on a CPU.
    """
    yes, no = probabilities.log().clamp_(min=-100), torch.log1p(-probabilities).clamp_(min=-100)
    return torch.lerp(no, yes, targets).neg_()


focal_loss = partial(sigmoid_focal_loss, alpha=0.25, gamma=2.0)
"""Elementwise, of logits, with RetinaNet's constants."""


def sim_ota(**options: Any) -> SimOTA:
    """YOLOX's SimOTA: binary cross entropy of ``sqrt(p(class) * p(object))``, three times ``-log
    IoU``.

    FCOS has no objectness; its centre-ness logit takes that place, and learns the IoU, which the
    assignment gives as its quality. YOLOX itself puts its priors at the cells' corners:
    ``sim_ota(center_offset=0.5)``.
    """
    defaults: dict[str, Any] = {"classification": binary_cross_entropy}
    return SimOTA(**(defaults | options))


def ota(**options: Any) -> OTA:
    """OTA with the focal loss that FCOS is trained with, as in its own experiments.

    OTA predicts the IoU where FCOS predicts the centre-ness; the assignment's quality makes FCOS do
    the same.
    """
    defaults: dict[str, Any] = {"classification": focal_loss}
    return OTA(**(defaults | options))


def task_aligned(**options: Any) -> TaskAligned:
    """YOLOv8's task alignment: ``s ** 0.5 * CIoU ** 6``, the ten best priors of each object.

    The released losses make the class target itself soft. A ``DenseLoss`` keeps it at 1 and lets
    the quality branch learn the alignment.
    """
    defaults: dict[str, Any] = {"overlap": pairwise_positive_ciou}
    return TaskAligned(**(defaults | options))


def task_aligned_tood(**options: Any) -> TaskAligned:
    """TOOD's task alignment: ``s * IoU ** 6``, the thirteen best priors, sought everywhere and kept
    if inside.
    """
    defaults: dict[str, Any] = {
        "alpha": 1.0,
        "beta": 6.0,
        "top_k": 13,
        "pool": pool_everywhere,
        "rivals": rivals_taking,
    }
    return TaskAligned(**(defaults | options))


def hungarian(*, costs: Sequence[MatchingCost] | None = None) -> Hungarian:
    """One prior per object. The costs of Deformable DETR (2, 5, 2), whose classes are sigmoids like
    a dense detector's.

    ``hungarian(costs=detr_costs())`` are DETR's. A dense detector has hundreds of priors that all
    see an object well; one-to-one, it learns to keep still all but one, so it needs no suppression
    afterwards, and learns more slowly.
    """
    return Hungarian(costs=focal_costs() if costs is None else costs)


def focal_costs() -> tuple[MatchingCost, ...]:
    """Deformable DETR: focal class cost 2, L1 5, GIoU 2 (https://arxiv.org/abs/2010.04159, and its
    code).
    """
    return FocalCost(loss=focal_loss, weight=2.0), L1Cost(weight=5.0), GIoUCost(weight=2.0)


def detr_costs(
    *, probability: Callable[[Tensor], Tensor] = torch.sigmoid
) -> tuple[MatchingCost, ...]:
    """DETR: class probability 1, L1 5, GIoU 2 (https://arxiv.org/abs/2005.12872, and its code).

    Args:
        probability: logits (b, q, n) to class probabilities (b, q, k). DETR's are a softmax over the
            classes and "no object", ``softmax_of_classes``; a dense detector's are sigmoids.
    """
    return (
        ClassCost(probability=probability, weight=1.0),
        L1Cost(weight=5.0),
        GIoUCost(weight=2.0),
    )
