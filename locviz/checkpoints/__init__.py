"""Weights: cards and files of our own, tiny trained weights that ship, official ones by name, and
the converters.
"""

from locviz.checkpoints.card import (
    PRESETS,
    WeightsCard,
    load_detector,
    read_card,
    resized,
    save_detector,
)
from locviz.checkpoints.convert import rename
from locviz.checkpoints.official import CATALOGUE, Official, load_official
from locviz.checkpoints.shipped import load_shipped, shipped
from locviz.checkpoints.torchvision import FASTER_RCNN_R50_FPN, FCOS_R50
from locviz.checkpoints.yolox import YOLOX
from locviz.train.checkpoint import put_weights

__all__ = [
    "CATALOGUE",
    "FASTER_RCNN_R50_FPN",
    "FCOS_R50",
    "PRESETS",
    "YOLOX",
    "Official",
    "WeightsCard",
    "load_detector",
    "load_official",
    "load_shipped",
    "put_weights",
    "read_card",
    "rename",
    "resized",
    "save_detector",
    "shipped",
]  # fmt: skip
