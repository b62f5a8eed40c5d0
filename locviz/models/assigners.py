"""The assigners that look at predictions, with our losses put in: ``fcos_tiny(6, assigner=ota())`` just works.

``locviz.assign`` knows no loss, so what a cost needs of one is handed in here. The defaults are each paper's own; any
option of the class can be given by keyword. They suit a dense detector with sigmoid classes.
"""

from functools import partial
from typing import Any

from torch.nn import functional as F

from locviz.assign import OTA, SimOTA
from locviz.losses import sigmoid_focal_loss

binary_cross_entropy = partial(F.binary_cross_entropy, reduction="none")
"""Elementwise, of probabilities; torch cuts each logarithm at -100, so it stays finite."""

focal_loss = partial(sigmoid_focal_loss, alpha=0.25, gamma=2.0)
"""Elementwise, of logits, with RetinaNet's constants."""


def sim_ota(**options: Any) -> SimOTA:
    """YOLOX's SimOTA: binary cross entropy of ``sqrt(p(class) * p(object))``, three times ``-log IoU``.

    FCOS has no objectness; its centre-ness logit takes that place, and learns the IoU, which the assignment gives as
    its quality. YOLOX itself puts its priors at the cells' corners: ``sim_ota(center_offset=0.5)``.
    """
    defaults: dict[str, Any] = {"classification": binary_cross_entropy}
    return SimOTA(**(defaults | options))


def ota(**options: Any) -> OTA:
    """OTA with the focal loss that FCOS is trained with, as in its own experiments.

    OTA predicts the IoU where FCOS predicts the centre-ness; the assignment's quality makes FCOS do the same.
    """
    defaults: dict[str, Any] = {"classification": focal_loss}
    return OTA(**(defaults | options))
