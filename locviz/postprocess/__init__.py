"""From predictions to detections: score decoding, top-k, non-maximum suppression."""

from locviz.postprocess.nms import Suppress, batched_nms, class_agnostic_nms, nms
from locviz.postprocess.proposals import SelectProposals
from locviz.postprocess.regions import SelectRegions, each_by_itself, one_of_all
from locviz.postprocess.scores import best_class_product, class_probability, geometric_mean, product
from locviz.postprocess.select import SelectDense
from locviz.postprocess.select_best import SelectBest

__all__ = [
    "SelectBest",
    "SelectDense",
    "SelectProposals",
    "SelectRegions",
    "Suppress",
    "batched_nms",
    "best_class_product",
    "class_agnostic_nms",
    "class_probability",
    "each_by_itself",
    "geometric_mean",
    "nms",
    "one_of_all",
    "product",
]
