"""Targets that can be compared with the regions of a detector: of the same dimension, in the same
type of number.
"""

from dataclasses import replace

from torch import Tensor

from locviz.boxes import check_same_dim
from locviz.types import Targets


def comparable(targets: Targets, regions: Tensor, name: str) -> Targets:
    """The targets with boxes ``(g, 2*dim)`` and areas in the type of ``regions (..., 2*dim)``.

    Readers and numpy give float64, priors and predictions are float32: one rounding here, and every
    assigner answers in the priors' type. Targets that fit already come back as they are.

    Args:
        targets: of one image.
        regions: what they are compared with, priors or predictions.
        name: what a message calls ``regions``.

    Raises:
        ValueError: the targets are of another dimension than the regions.
    """
    check_same_dim(regions, targets.boxes, name, "targets.boxes")
    if targets.boxes.dtype == regions.dtype:
        return targets
    boxes, area = targets.boxes.to(regions.dtype), targets.area.to(regions.dtype)  # type: ignore[union-attr]
    return replace(targets, boxes=boxes, area=area)
