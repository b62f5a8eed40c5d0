"""Targets that can be compared with a detector's regions: of one dimension and one dtype."""

from dataclasses import replace

from torch import Tensor

from locviz.boxes import check_same_dim
from locviz.types import Targets


def comparable(targets: Targets, regions: Tensor, name: str) -> Targets:
    """The targets with boxes ``(g, 2*dim)`` and areas in the type of ``regions (..., 2*dim)``.

    Readers and numpy give float64, priors and predictions are float32. So boxes are rounded once,
    here, and every assigner computes in the priors' type. Targets that fit already come back as
    they are.

    Args:
        targets: of one image.
        regions: what they are compared with, priors or predictions.
        name: the name of ``regions`` in the message.

    Raises:
        ValueError: the targets are of another dimension than the regions.
    """
    check_same_dim(regions, targets.boxes, name, "targets.boxes")
    if targets.boxes.dtype == regions.dtype:
        return targets
    boxes, area = targets.boxes.to(regions.dtype), targets.area.to(regions.dtype)  # type: ignore[union-attr]
    return replace(targets, boxes=boxes, area=area)
