"""Losses of regions (``regression``, ``overlap``), of classes (``focal``) and of distances as
distributions (``distribution_focal``).

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

from locviz.losses.checks import Reduction
from locviz.losses.distribution_focal import distribution_focal_loss
from locviz.losses.focal import sigmoid_focal_loss, softmax_focal_loss
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
    "FOCAL_LOSSES", "LIVE_LOSSES", "Reduction", "RegressionLoss", "SelfAdjustingSmoothL1", "ciou_loss",
    "diou_loss", "distribution_focal_loss", "eiou_loss", "focal_eiou_loss", "focal_l1_loss", "giou_loss",
    "iou_loss", "l1_loss", "l2_loss", "log_iou_loss", "sigmoid_focal_loss", "smooth_l1_loss",
    "softmax_focal_loss", "squared_iou_loss",
]  # fmt: skip
