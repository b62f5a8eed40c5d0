"""Losses of regions (``regression``, ``overlap``), of classes (``balanced``, ``focal``,
``quality_focal``) and of distances as distributions (``distribution_focal``); ``hard_examples``
chooses what is trained, ``coefficients`` says how much the class of each positive counts.

Every regression loss maps predicted and true regions, ``(n, 2*dim)`` each, to one value per pair,
``(n,)``, and one pair ``(2*dim,)`` to a scalar: sum, weight and divide as your model does, or give
``reduction="mean"`` or ``"sum"``. Zero pairs give a loss whose ``sum()`` is 0 and still
back-propagates. Values and gradients are finite for every valid pair, also for boxes of zero area
and for identical ones.

At kinks: ``|d|`` has slope 0 at 0; a tie of ``min`` or ``max`` gives each side half; an overlap of
exactly 0 on an axis passes its gradient (a negative one is the constant 0); Smooth L1 takes the
line at ``|d| = beta``; 0 / 0 is 0 with the denominator counted as the constant 1. The TypeScript
port of the widgets follows the same rules and is tested against these functions.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor

from locviz.losses.balanced import balanced_cross_entropy
from locviz.losses.checks import Reduction
from locviz.losses.coefficients import (
    dynamic_coefficient,
    in_diagonals,
    in_pixels,
    in_sides,
    keeping_sum,
    localization_coefficient,
)
from locviz.losses.distribution_focal import distribution_focal_loss
from locviz.losses.focal import sigmoid_focal_loss, softmax_focal_loss
from locviz.losses.hard_examples import hard_negatives, hardest
from locviz.losses.overlap import (
    ciou_loss,
    diou_loss,
    eiou_loss,
    focal_eiou_loss,
    giou_loss,
    iou_loss,
    log_iou_loss,
    squared_iou_loss,
)
from locviz.losses.quality_focal import quality_focal_loss
from locviz.losses.regression import (
    SelfAdjustingSmoothL1,
    focal_l1_loss,
    l1_loss,
    l2_loss,
    smooth_l1_loss,
)

RegressionLoss = Callable[..., Tensor]

LIVE_LOSSES: Mapping[str, RegressionLoss] = MappingProxyType(
    {
        "l1": l1_loss,
        "smooth_l1": smooth_l1_loss,
        "l2": l2_loss,
        "iou": iou_loss,
        "giou": giou_loss,
        "diou": diou_loss,
        "ciou": ciou_loss,
        "eiou": eiou_loss,
    }
)
"""The eight losses a live readout shows, in the order it shows them."""

FOCAL_LOSSES: Mapping[str, RegressionLoss] = MappingProxyType(
    {"focal_l1": focal_l1_loss, "focal_eiou": focal_eiou_loss}
)
"""The focal variants (arXiv:2101.08158), which a live readout shows after them on request."""

__all__ = [
    "FOCAL_LOSSES", "LIVE_LOSSES", "Reduction", "RegressionLoss", "SelfAdjustingSmoothL1",
    "balanced_cross_entropy", "ciou_loss", "diou_loss", "distribution_focal_loss", "dynamic_coefficient", "eiou_loss",
    "focal_eiou_loss", "focal_l1_loss", "giou_loss", "hard_negatives", "hardest", "in_diagonals", "in_pixels",
    "in_sides", "iou_loss", "keeping_sum", "l1_loss", "l2_loss", "localization_coefficient", "log_iou_loss",
    "quality_focal_loss",
    "sigmoid_focal_loss", "smooth_l1_loss", "softmax_focal_loss", "squared_iou_loss",
]  # fmt: skip
