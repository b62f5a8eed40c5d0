"""Losses of a region as a whole: one minus an overlap measure, and variations of it.

Values, gradients and the cases that a formula leaves open are those of ``locviz.boxes.overlap``,
whose docstring lists the conventions. All map ``(n, 2*dim)`` regions in corners to ``(n,)``, or
one pair ``(2*dim,)`` to ``()``; a caller weights, sums and divides, or gives ``reduction="mean"``
or ``"sum"``. Chapter 02.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from locviz import boxes
from locviz.boxes.overlap import Alpha
from locviz.losses.checks import Reduction, check_pair, reduced

Regions = Float[Tensor, "*n coords"]
LossValues = Float[Tensor, "..."]


def iou_loss(pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
    """``1 - IoU`` of each pair, ``(n,)``.

    It is constant, and so without gradient, wherever the two do not touch.
    """
    check_pair(pred, gt)
    return reduced(1 - boxes.iou(pred, gt), reduction)


def squared_iou_loss(pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
    """``1 - IoU**2`` of each pair, ``(n,)``, as in YOLOX's code.

    The YOLOX paper (arXiv:2107.08430) only names an IoU loss. The slope in the IoU is ``-2 IoU``:
    it is small for bad boxes, and for good boxes twice that of ``iou_loss``.
    """
    check_pair(pred, gt)
    return reduced(1 - boxes.iou(pred, gt) ** 2, reduction)


def log_iou_loss(
    pred: Regions, gt: Regions, *, smoothing: float = 1.0, reduction: Reduction = "none"
) -> LossValues:
    """``-ln((I + s) / (U + s))`` for intersection I and union U (UnitBox, arXiv:1608.01471).

    Args:
        pred: ``(n, 2*dim)`` or ``(2*dim,)``.
        gt: of the same shape.
        smoothing: ``s``, in squared units for boxes and plain units for spans. It keeps the
            logarithm finite where the two do not overlap. The UnitBox paper has none, FCOS's
            released code has 1 squared pixel.

    Raises:
        ValueError: ``smoothing`` is not positive, or the shapes differ.
    """
    if not smoothing > 0:
        raise ValueError(
            f"smoothing must be positive (without it boxes that are apart cost infinity), got {smoothing}"
        )
    check_pair(pred, gt)
    common = boxes.area(boxes.intersection(pred, gt))
    union = boxes.area(pred) + boxes.area(gt) - common
    return reduced((union + smoothing).log() - (common + smoothing).log(), reduction)


def giou_loss(pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
    """``1 - GIoU`` of each pair, ``(n,)``, in 0..2 (arXiv:1902.09630)."""
    check_pair(pred, gt)
    return reduced(1 - boxes.giou(pred, gt), reduction)


def diou_loss(pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
    """``1 - DIoU`` of each pair, ``(n,)``, in 0..2 (arXiv:1911.08287, eq. 7)."""
    check_pair(pred, gt)
    return reduced(1 - boxes.diou(pred, gt), reduction)


def ciou_loss(
    pred: Regions, gt: Regions, *, alpha: Alpha = "detached", reduction: Reduction = "none"
) -> LossValues:
    """``1 - CIoU`` (arXiv:1911.08287, eq. 10); for spans the DIoU loss.

    Args:
        pred: ``(n, 2*dim)`` or ``(2*dim,)``.
        gt: of the same shape.
        alpha: whether the weight of the aspect term is a constant for the gradient (``"detached"``:
            the paper's "trade-off parameter", and torchvision) or is ``"differentiated"`` with the
            rest.
        reduction: ``"none"`` gives one loss per pair, ``(n,)``; ``"mean"`` and ``"sum"`` a scalar.
    """
    check_pair(pred, gt)
    return reduced(1 - boxes.ciou(pred, gt, alpha=alpha), reduction)


def eiou_loss(pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
    """``1 - EIoU`` of each pair, ``(n,)``, in 0..2+dim (arXiv:2101.08158)."""
    check_pair(pred, gt)
    return reduced(1 - boxes.eiou(pred, gt), reduction)


def focal_eiou_loss(
    pred: Regions,
    gt: Regions,
    *,
    gamma: float = 0.5,
    weight: Literal["detached", "differentiated"] = "detached",
    reduction: Reduction = "none",
) -> LossValues:
    """``IoU**gamma * (1 - EIoU)`` (arXiv:2101.08158): more weight for boxes that are already good.

    That is the opposite of the focal loss of classification. Boxes that do not overlap have IoU 0,
    so weight 0: this loss alone does not pull them together.

    Args:
        pred: ``(n, 2*dim)`` or ``(2*dim,)``.
        gt: of the same shape.
        gamma: exponent of the weight, 0 or more; 0 gives EIoU.
        weight: ``"detached"`` takes the weight as a constant for the gradient; the paper leaves
            this open. With ``"differentiated"`` its slope grows without bound as the IoU falls to
            0, and is taken as 0 at IoU 0 itself.
        reduction: ``"none"`` gives one loss per pair, ``(n,)``; ``"mean"`` and ``"sum"`` a scalar.

    Raises:
        ValueError: ``gamma`` is negative, ``weight`` is neither word, or the shapes differ.
    """
    if not gamma >= 0:
        raise ValueError(f"gamma must be 0 or more, got {gamma}")
    if weight not in ("detached", "differentiated"):
        raise ValueError(f"weight must be 'detached' or 'differentiated', got {weight!r}")
    check_pair(pred, gt)
    iou = boxes.iou(pred, gt)
    if weight == "detached":
        iou = iou.detach()
    return reduced(_power(iou, gamma) * (1 - boxes.eiou(pred, gt)), reduction)


def _power(base: Tensor, exponent: float) -> Tensor:
    """``base ** exponent`` for base >= 0, with slope 0 where the base is 0.

    The slope of a power below 1 is infinite there.
    """
    # Both branches of a where are differentiated, so 1 stands in for 0 in the one not taken.
    zero = base == 0
    power = base.masked_fill(zero, 1.0).pow(exponent)
    return power if exponent == 0 else torch.where(zero, torch.zeros_like(power), power)
