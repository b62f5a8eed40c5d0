"""FocalLab: set gamma and alpha, and see what easy negatives weigh in a real batch."""

from locviz.widgets.focallab.lab import FocalLab

__all__ = ["FocalLab"]
