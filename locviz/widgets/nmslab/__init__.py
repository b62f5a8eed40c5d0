"""NMSLab: play a suppression method over the boxes of a scene, and see what it gets wrong."""

from locviz.widgets.nmslab.lab import NMSLab

__all__ = ["NMSLab"]
