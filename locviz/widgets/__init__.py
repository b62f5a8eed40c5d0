"""The interactive widgets: drag a box and see what the mathematics does. One class per widget."""

from locviz.widgets.anchorlab import AnchorLab
from locviz.widgets.aplab import APLab
from locviz.widgets.assignlab import AssignLab
from locviz.widgets.boxlab import BoxLab
from locviz.widgets.core.base import Widget, bundle, kernel_owned, user_owned
from locviz.widgets.core.picture import Canvas, StaticPicture
from locviz.widgets.focallab import FocalLab
from locviz.widgets.monitor import Monitor
from locviz.widgets.nmslab import NMSLab
from locviz.widgets.querylab import QueryLab
from locviz.widgets.roilab import RoILab

__all__ = [
    "APLab",
    "AnchorLab",
    "AssignLab",
    "BoxLab",
    "Canvas",
    "FocalLab",
    "Monitor",
    "NMSLab",
    "QueryLab",
    "RoILab",
    "StaticPicture",
    "Widget",
    "bundle",
    "kernel_owned",
    "user_owned",
]
