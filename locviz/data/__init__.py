"""Data: synthetic scenes, readers for COCO and Pascal VOC, augmentation, batches and downloads.

Every data set is a map-style ``torch.utils.data.Dataset``: ``dataset[i]`` is (image (3, h, w)
float32 in 0..1, Targets), and ``dataset.class_names[label]`` the name of a label. Names come from
files: show them as text, never as HTML. Augmentation needs torchvision, and is loaded when it is
first used.
"""

from typing import TYPE_CHECKING

from locviz.data.batches import Batches, collate
from locviz.data.bccd import bccd_boxes, bccd_photos
from locviz.data.coco import CocoDetection
from locviz.data.dataset import DetectionSet, Sample, SampleSet
from locviz.data.digits import Digits
from locviz.data.misaligned import Misaligned
from locviz.data.opening import data_home, open_dataset
from locviz.data.penn_fudan import PennFudan
from locviz.data.report import Problem, summary
from locviz.data.scenes import Cached
from locviz.data.shapes import LEVELS, Shapes
from locviz.data.voc import VocDetection
from locviz.data.write_coco import write_coco

if TYPE_CHECKING:
    from locviz.data.transforms import Augmentation, CropAroundBox, standard_augmentation

_TRANSFORMS = ("Augmentation", "CropAroundBox", "standard_augmentation")

__all__ = [
    "LEVELS", "Augmentation", "Batches", "Cached", "CocoDetection", "CropAroundBox", "DetectionSet", "Digits",
    "Misaligned", "PennFudan", "Problem", "Sample", "SampleSet", "Shapes", "VocDetection", "bccd_boxes", "bccd_photos",
    "collate", "data_home", "open_dataset", "standard_augmentation", "summary", "write_coco",
]  # fmt: skip


def __getattr__(name: str):
    if name in _TRANSFORMS:
        from locviz.data import transforms

        return getattr(transforms, name)
    raise AttributeError(f"module 'locviz.data' has no attribute {name!r}")
