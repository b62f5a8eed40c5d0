"""RoILab: drag a region over a feature map; RoIPool rounds it, RoIAlign samples it."""

from locviz.widgets.roilab.lab import RoILab

__all__ = ["RoILab"]
