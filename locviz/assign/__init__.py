"""Assigners: which prior is responsible for which ground truth. Each returns an ``Assignment``.

An assigner is called with the ``Priors`` and the ``Targets`` of one image and with what the network
predicts there, ``ImagePredictions``; the static ones do not look at the predictions.
"""

from locviz.assign.atss import ATSS
from locviz.assign.auction import AuctionStep, auction, auction_steps
from locviz.assign.center_sampling import (
    FCOS_RANGES,
    CenterSampling,
    StrideRanges,
    closed_range,
    half_open_range,
    level_ranges,
    open_range,
    smallest_area,
    smallest_area_float32,
)
from locviz.assign.centerness import centerness
from locviz.assign.class_aware_iou import ClassAwareIoU
from locviz.assign.costs import (
    ClassCost,
    FocalCost,
    GIoUCost,
    L1Cost,
    MatchingCost,
    PaddedTargets,
    pad_targets,
    softmax_of_classes,
)
from locviz.assign.grid_cell import GridCell
from locviz.assign.hungarian import Hungarian, match_queries
from locviz.assign.inside_image import InsideImage
from locviz.assign.low_quality_matches import (
    ForceOwnBest,
    force_best_ties,
    force_bipartite,
    force_last_object,
    no_force,
)
from locviz.assign.max_iou import MaxIoU, retinanet_rule, roi_rule, rpn_rule
from locviz.assign.mutual_labelling import (
    Group,
    MutualLabelling,
    OverlappingAnchors,
    PositivesAndIgnored,
    inside_boxes,
)
from locviz.assign.one_level import OneLevel
from locviz.assign.ota import OTA, as_solved, rescale_rows
from locviz.assign.samplers import (
    BalancedSampler,
    GivenSample,
    HardNegatives,
    SampledApart,
    keep_only,
)
from locviz.assign.simota import SimOTA, joint_probability, minus_log, one_minus
from locviz.assign.sinkhorn import SinkhornStep, sinkhorn, sinkhorn_log, sinkhorn_steps
from locviz.assign.square_anchors import OnSquareAnchors
from locviz.assign.ssd_rule import SSDRule
from locviz.assign.task_aligned import (
    TaskAligned,
    pairwise_positive_ciou,
    pool_everywhere,
    pool_inside,
    rivals_inside,
    rivals_taking,
)

__all__ = [
    "ATSS",
    "FCOS_RANGES",
    "OTA",
    "AuctionStep",
    "BalancedSampler",
    "CenterSampling",
    "ClassAwareIoU",
    "ClassCost",
    "FocalCost",
    "ForceOwnBest",
    "GIoUCost",
    "GivenSample",
    "GridCell",
    "Group",
    "HardNegatives",
    "Hungarian",
    "InsideImage",
    "L1Cost",
    "MatchingCost",
    "MaxIoU",
    "MutualLabelling",
    "OnSquareAnchors",
    "OneLevel",
    "OverlappingAnchors",
    "PaddedTargets",
    "PositivesAndIgnored",
    "SSDRule",
    "SampledApart",
    "SimOTA",
    "SinkhornStep",
    "StrideRanges",
    "TaskAligned",
    "as_solved",
    "auction",
    "auction_steps",
    "centerness",
    "closed_range",
    "force_best_ties",
    "force_bipartite",
    "force_last_object",
    "half_open_range",
    "inside_boxes",
    "joint_probability",
    "keep_only",
    "level_ranges",
    "match_queries",
    "minus_log",
    "no_force",
    "one_minus",
    "open_range",
    "pad_targets",
    "pairwise_positive_ciou",
    "pool_everywhere",
    "pool_inside",
    "rescale_rows",
    "retinanet_rule",
    "rivals_inside",
    "rivals_taking",
    "roi_rule",
    "rpn_rule",
    "sinkhorn",
    "sinkhorn_log",
    "sinkhorn_steps",
    "smallest_area",
    "smallest_area_float32",
    "softmax_of_classes",
]
