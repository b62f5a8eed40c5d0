"""BoxLab: drag a box and see every regression loss pull."""

from locviz.widgets.boxlab.lab import BoxLab

__all__ = ["BoxLab"]
