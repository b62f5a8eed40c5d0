"""AnchorLab: set scales, ratios and strides, drag a box, see which anchors reach it."""

from locviz.widgets.anchorlab.lab import AnchorLab

__all__ = ["AnchorLab"]
