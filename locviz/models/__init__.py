"""Models: the only place where the stages meet. One file per paper; presets end in ``_tiny`` or the
official size.
"""

from locviz.models.assigners import (
    detr_costs,
    focal_costs,
    hungarian,
    ota,
    sim_ota,
    task_aligned,
    task_aligned_tood,
)
from locviz.models.criterion import DenseLoss, by_quality, equally
from locviz.models.dense.fcos import (
    FCOSHead,
    fcos,
    fcos_loss,
    fcos_r50,
    fcos_r50_improved,
    fcos_r50_torchvision,
    fcos_small,
    fcos_tiny,
)
from locviz.models.dense.fcos_recipes import FCOS_TINY_BATCH_SIZE, FCOS_TINY_LIVE, FCOS_TINY_RECIPES
from locviz.models.dense.yolox import (
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
from locviz.models.dense.yolox_recipes import YOLOX_TINY_BATCH_SIZE, YOLOX_TINY_RECIPES
from locviz.models.detectors import DenseDetector, DenseStages
from locviz.models.two_stage.detector import TwoStageDetector
from locviz.models.two_stage.fast_rcnn import BackgroundFrom, fast_rcnn, fast_rcnn_tiny
from locviz.models.two_stage.faster_rcnn import (
    FasterStages,
    faster_rcnn,
    faster_rcnn_r50_fpn,
    faster_rcnn_tiny,
)
from locviz.models.two_stage.faster_rcnn_recipes import (
    FASTER_RCNN_TINY_BATCH_SIZE,
    FASTER_RCNN_TINY_LIVE,
    FASTER_RCNN_TINY_RECIPES,
)
from locviz.models.two_stage.multi_task import MultiTaskLoss, objectness_loss, softmax_loss
from locviz.models.two_stage.rcnn import rcnn, rcnn_tiny, with_boxes, with_svms
from locviz.models.two_stage.rcnn_fits import fit_boxes, fit_svms, look_at_regions
from locviz.models.two_stage.roi import RoIHead, RoIStage
from locviz.models.two_stage.rpn import ProposalNetwork, RPNHead
from locviz.models.yolox_loss import ObjectnessLoss

# Every skeleton: what a preset may build.
Detector = DenseDetector | TwoStageDetector

__all__ = [
    "FASTER_RCNN_TINY_BATCH_SIZE",
    "FASTER_RCNN_TINY_LIVE",
    "FASTER_RCNN_TINY_RECIPES",
    "FCOS_TINY_BATCH_SIZE",
    "FCOS_TINY_LIVE",
    "FCOS_TINY_RECIPES",
    "YOLOX_TINY_BATCH_SIZE",
    "YOLOX_TINY_RECIPES",
    "BackgroundFrom",
    "DenseDetector",
    "DenseLoss",
    "DenseStages",
    "Detector",
    "FCOSHead",
    "FasterStages",
    "MultiTaskLoss",
    "ObjectnessLoss",
    "ProposalNetwork",
    "RPNHead",
    "RoIHead",
    "RoIStage",
    "TwoStageDetector",
    "YOLOXHead",
    "by_quality",
    "detr_costs",
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
    "hungarian",
    "letterbox",
    "look_at_regions",
    "objectness_loss",
    "ota",
    "rcnn",
    "rcnn_tiny",
    "sim_ota",
    "softmax_loss",
    "task_aligned",
    "task_aligned_tood",
    "with_boxes",
    "with_svms",
    "yolox",
    "yolox_l",
    "yolox_m",
    "yolox_nano",
    "yolox_s",
    "yolox_tiny",
    "yolox_tiny_course",
    "yolox_x",
]
