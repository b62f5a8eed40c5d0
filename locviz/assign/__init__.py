"""Assigners: which prior answers for which ground truth. Each returns an ``Assignment``.

An assigner is called with the ``Priors`` and the ``Targets`` of one image and, by keyword, what the network says there:
``logits`` (p, k), decoded ``regions`` (p, 2*dim) and ``quality`` logits (p,), all detached; the static ones do not look.
"""

from locviz.assign.center_sampling import (
    FCOS_RANGES,
    CenterSampling,
    closed_range,
    half_open_range,
    open_range,
    smallest_area,
    smallest_area_float32,
)
from locviz.assign.centerness import centerness
from locviz.assign.costs import ClassCost, FocalCost, GIoUCost, L1Cost, MatchingCost, PaddedTargets, pad_targets
from locviz.assign.hungarian import Hungarian, match
from locviz.assign.simota import SimOTA, joint_probability, minus_log, one_minus
from locviz.assign.squares import OnSquares

__all__ = [
    "FCOS_RANGES",
    "CenterSampling",
    "ClassCost",
    "FocalCost",
    "GIoUCost",
    "Hungarian",
    "L1Cost",
    "MatchingCost",
    "OnSquares",
    "PaddedTargets",
    "SimOTA",
    "centerness",
    "closed_range",
    "half_open_range",
    "joint_probability",
    "match",
    "minus_log",
    "one_minus",
    "open_range",
    "pad_targets",
    "smallest_area",
    "smallest_area_float32",
]
