"""Models: the only place where the stages meet. One file per paper; presets end in ``_tiny`` or the official size."""

from locviz.models.assigners import detr_costs, focal_costs, hungarian, ota, sim_ota, task_aligned, task_aligned_tood
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
from locviz.models.yolox_loss import ObjectnessLoss

__all__ = [
    "FCOS_TINY_BATCH_SIZE",
    "FCOS_TINY_LIVE",
    "FCOS_TINY_RECIPES",
    "YOLOX_TINY_BATCH_SIZE",
    "YOLOX_TINY_RECIPES",
    "DenseDetector",
    "DenseLoss",
    "DenseStages",
    "FCOSHead",
    "ObjectnessLoss",
    "YOLOXHead",
    "by_quality",
    "detr_costs",
    "equally",
    "fcos",
    "fcos_loss",
    "fcos_r50",
    "fcos_r50_improved",
    "fcos_r50_torchvision",
    "fcos_small",
    "fcos_tiny",
    "focal_costs",
    "hungarian",
    "letterbox",
    "ota",
    "sim_ota",
    "task_aligned",
    "task_aligned_tood",
    "yolox",
    "yolox_l",
    "yolox_m",
    "yolox_nano",
    "yolox_s",
    "yolox_tiny",
    "yolox_tiny_course",
    "yolox_x",
]
