"""APLab: drag the score threshold and see what average precision is the area of."""

from locviz.widgets.aplab.lab import APLab

__all__ = ["APLab"]
