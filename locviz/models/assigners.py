"""The assigners that look at predictions, with our losses put in: ``fcos_tiny(6, assigner=ota())`` just works.

``locviz.assign`` knows no loss, so what a cost needs of one is handed in here. The defaults are each paper's own; any
option of the class can be given by keyword. They suit a dense detector with sigmoid classes.
"""

from functools import partial
from typing import Any

from torch.nn import functional as F

from locviz.assign import SimOTA

binary_cross_entropy = partial(F.binary_cross_entropy, reduction="none")
"""Elementwise, of probabilities; torch cuts each logarithm at -100, so it stays finite."""


def sim_ota(**options: Any) -> SimOTA:
    """YOLOX's SimOTA: binary cross entropy of ``sqrt(p(class) * p(object))``, three times ``-log IoU``.

    FCOS has no objectness; its centre-ness logit takes that place, and learns the IoU, which the assignment gives as
    its quality. YOLOX itself puts its priors at the cells' corners: ``sim_ota(center_offset=0.5)``.
    """
    return SimOTA(**({"classification": binary_cross_entropy} | options))
