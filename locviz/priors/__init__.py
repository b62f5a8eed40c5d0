"""Priors: the places from which a model makes its predictions."""

from locviz.priors.anchors import (
    AnchorPriors,
    atss_anchors,
    exact_shape,
    faster_rcnn_anchors,
    fpn_rpn_anchors,
    octaves,
    retinanet_anchors,
    rounded_cell,
    rounded_halves,
)
from locviz.priors.cell_grid import PriorGenerator, fitted_spacing, nominal_spacing, pyramid_sizes
from locviz.priors.coverage import anchor_recall, best_iou, best_shape_iou
from locviz.priors.default_boxes import DefaultBoxes, ssd300_boxes, ssd512_boxes
from locviz.priors.grid import GridCells
from locviz.priors.points import PointPriors
from locviz.priors.proposals import RegionFinder, Remembered, SlidingWindows
from locviz.priors.selective_search import RegionGrouping
from locviz.priors.whole_images import whole_images

__all__ = [
    "AnchorPriors",
    "DefaultBoxes",
    "GridCells",
    "PointPriors",
    "PriorGenerator",
    "RegionFinder",
    "RegionGrouping",
    "Remembered",
    "SlidingWindows",
    "anchor_recall",
    "atss_anchors",
    "best_iou",
    "best_shape_iou",
    "exact_shape",
    "faster_rcnn_anchors",
    "fitted_spacing",
    "fpn_rpn_anchors",
    "nominal_spacing",
    "octaves",
    "pyramid_sizes",
    "retinanet_anchors",
    "rounded_cell",
    "rounded_halves",
    "ssd300_boxes",
    "ssd512_boxes",
    "whole_images",
]
