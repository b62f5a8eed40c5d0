"""Models: the only place where the stages meet. One folder per system; presets end in ``_tiny`` or
the official size. ``systems.py`` lists them, ``assigner_entries.py`` the assigners.
"""

from locviz.models.assigner_entries import ASSIGNERS
from locviz.models.assigner_entry import AssignerEntry
from locviz.models.assigners import (
    detr_costs,
    focal_costs,
    hungarian,
    ota,
    sim_ota,
    task_aligned,
    task_aligned_tood,
)
from locviz.models.compose import compose, lazy, lazy_from
from locviz.models.detr.model import (
    DETR,
    detr,
    detr_r50,
    detr_r50_dc5,
    detr_r101,
    detr_r101_dc5,
    detr_tiny,
)
from locviz.models.fast_rcnn.model import FAST_RCNN, BackgroundFrom, fast_rcnn, fast_rcnn_tiny
from locviz.models.faster_rcnn.model import (
    FASTER_RCNN,
    FasterStages,
    faster_rcnn,
    faster_rcnn_r50_fpn,
    faster_rcnn_tiny,
)
from locviz.models.faster_rcnn.rpn import ProposalNetwork, RPNHead
from locviz.models.fcos.model import (
    FCOS,
    FCOSHead,
    fcos,
    fcos_loss,
    fcos_r50,
    fcos_r50_improved,
    fcos_r50_torchvision,
    fcos_small,
    fcos_tiny,
    small_fcos,
)
from locviz.models.gfl.loss import GeneralizedFocalLoss, images_count_one
from locviz.models.gfl.model import GFL, GFLHead, gfl, gfl_r50, gfl_stages, gfl_tiny
from locviz.models.rcnn.crops import WarpedCrops
from locviz.models.rcnn.model import RCNN, rcnn, rcnn_tiny, with_boxes, with_svms
from locviz.models.rcnn.solvers import fit_boxes, fit_svms, region_features
from locviz.models.retinanet.model import (
    RETINANET,
    RetinaNetHead,
    retinanet,
    retinanet_loss,
    retinanet_r50_fpn,
    retinanet_tiny,
)
from locviz.models.skeletons.dense import DenseDetector, DenseStages
from locviz.models.skeletons.dense_loss import (
    DenseLoss,
    by_quality,
    equally,
    on_deltas,
    on_regions,
)
from locviz.models.skeletons.extra_terms import (
    IoURescoring,
    PredictionAlignment,
    WithTerms,
    classified,
    either_task,
    hold_boxes,
    hold_nothing,
    hold_scores,
)
from locviz.models.skeletons.matched import Matched, match_rows
from locviz.models.skeletons.normalise import over_batch, over_images
from locviz.models.skeletons.outputs import PerOutput
from locviz.models.skeletons.query import QueryDetector, QueryStages
from locviz.models.skeletons.query_head import QueryHead
from locviz.models.skeletons.region_stage import RoIHead, RoIStage
from locviz.models.skeletons.sampled_loss import MultiTaskLoss, objectness_loss, softmax_loss
from locviz.models.skeletons.set_loss import SetLoss, cross_entropy_with_no_object
from locviz.models.skeletons.two_stage import TwoStageDetector
from locviz.models.system import Detector, Preset, PublishedWeights, System
from locviz.models.systems import PRESETS, PUBLISHED, SYSTEMS, system_of
from locviz.models.yolov10.head import DualHead, YOLOv10Head
from locviz.models.yolov10.loss import AlignedLoss
from locviz.models.yolov10.model import (
    YOLOV10,
    deployed,
    dual_assignment,
    dual_head,
    yolov10,
    yolov10_b,
    yolov10_l,
    yolov10_m,
    yolov10_n,
    yolov10_s,
    yolov10_tiny,
    yolov10_x,
)
from locviz.models.yolox.loss import ObjectnessLoss
from locviz.models.yolox.model import (
    YOLOX,
    YOLOXHead,
    letterbox,
    yolox,
    yolox_l,
    yolox_m,
    yolox_nano,
    yolox_s,
    yolox_tiny,
    yolox_tiny_course,
    yolox_x,
)

__all__ = [
    "ASSIGNERS",
    "DETR",
    "FASTER_RCNN",
    "FAST_RCNN",
    "FCOS",
    "GFL",
    "PRESETS",
    "PUBLISHED",
    "RCNN",
    "RETINANET",
    "SYSTEMS",
    "YOLOV10",
    "YOLOX",
    "AlignedLoss",
    "AssignerEntry",
    "BackgroundFrom",
    "DenseDetector",
    "DenseLoss",
    "DenseStages",
    "Detector",
    "DualHead",
    "FCOSHead",
    "FasterStages",
    "GFLHead",
    "GeneralizedFocalLoss",
    "IoURescoring",
    "Matched",
    "MultiTaskLoss",
    "ObjectnessLoss",
    "PerOutput",
    "PredictionAlignment",
    "Preset",
    "ProposalNetwork",
    "PublishedWeights",
    "QueryDetector",
    "QueryHead",
    "QueryStages",
    "RPNHead",
    "RetinaNetHead",
    "RoIHead",
    "RoIStage",
    "SetLoss",
    "System",
    "TwoStageDetector",
    "WarpedCrops",
    "WithTerms",
    "YOLOXHead",
    "YOLOv10Head",
    "by_quality",
    "classified",
    "compose",
    "cross_entropy_with_no_object",
    "deployed",
    "detr",
    "detr_costs",
    "detr_r50",
    "detr_r50_dc5",
    "detr_r101",
    "detr_r101_dc5",
    "detr_tiny",
    "dual_assignment",
    "dual_head",
    "either_task",
    "equally",
    "fast_rcnn",
    "fast_rcnn_tiny",
    "faster_rcnn",
    "faster_rcnn_r50_fpn",
    "faster_rcnn_tiny",
    "fcos",
    "fcos_loss",
    "fcos_r50",
    "fcos_r50_improved",
    "fcos_r50_torchvision",
    "fcos_small",
    "fcos_tiny",
    "fit_boxes",
    "fit_svms",
    "focal_costs",
    "gfl",
    "gfl_r50",
    "gfl_stages",
    "gfl_tiny",
    "hold_boxes",
    "hold_nothing",
    "hold_scores",
    "hungarian",
    "images_count_one",
    "lazy",
    "lazy_from",
    "letterbox",
    "match_rows",
    "objectness_loss",
    "on_deltas",
    "on_regions",
    "ota",
    "over_batch",
    "over_images",
    "rcnn",
    "rcnn_tiny",
    "region_features",
    "retinanet",
    "retinanet_loss",
    "retinanet_r50_fpn",
    "retinanet_tiny",
    "sim_ota",
    "small_fcos",
    "softmax_loss",
    "system_of",
    "task_aligned",
    "task_aligned_tood",
    "with_boxes",
    "with_svms",
    "yolov10",
    "yolov10_b",
    "yolov10_l",
    "yolov10_m",
    "yolov10_n",
    "yolov10_s",
    "yolov10_tiny",
    "yolov10_x",
    "yolox",
    "yolox_l",
    "yolox_m",
    "yolox_nano",
    "yolox_s",
    "yolox_tiny",
    "yolox_tiny_course",
    "yolox_x",
]
