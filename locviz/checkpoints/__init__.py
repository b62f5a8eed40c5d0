"""Weights: cards and files of our own, tiny trained weights that ship, official ones by name, and
the converter.
"""

from locviz.checkpoints.card import WeightsCard, load_detector, read_card, resized, save_detector
from locviz.checkpoints.convert import rename
from locviz.checkpoints.official import load_official
from locviz.checkpoints.shipped import load_shipped, shipped
from locviz.train.checkpoint import put_weights

__all__ = [
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
]
