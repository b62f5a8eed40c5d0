"""From predictions to detections: score decoding, top-k, suppression of duplicates.

``nms`` and ``batched_nms`` are the fast forms of greedy suppression. The other methods, and a
readable greedy one, are objects that can be watched step by step: ``GreedyNMS SoftNMS DIoUNMS
IoUGuidedNMS MatrixNMS BalancedNMS WeightedBoxesFusion``. In ``PerLabel`` or ``AllLabels`` each is a
selection's ``suppress``.
"""

from locviz.postprocess.balanced import BalancedNMS
from locviz.postprocess.by_label import AllLabels, PerLabel
from locviz.postprocess.candidates import NOBODY, Candidates
from locviz.postprocess.diou import DIoUNMS
from locviz.postprocess.fusion import WeightedBoxesFusion, largest_confidence, mean_confidence
from locviz.postprocess.greedy import GreedyNMS
from locviz.postprocess.iou_guided import IoUGuidedNMS
from locviz.postprocess.matrix import MatrixNMS, one_minus_overlap
from locviz.postprocess.nms import Suppress, batched_nms, class_agnostic_nms, nms
from locviz.postprocess.proposals import SelectProposals
from locviz.postprocess.regions import SelectRegions, each_by_itself, one_of_all
from locviz.postprocess.scores import (
    best_class_product,
    class_probability,
    geometric_mean,
    product,
    product_logit,
)
from locviz.postprocess.select import SelectDense
from locviz.postprocess.select_best import SelectBest
from locviz.postprocess.soft import GaussianDecay, SoftNMS, linear_decay
from locviz.postprocess.suppression import SuppressionMethod, SuppressionStep, Survivors

__all__ = [
    "NOBODY",
    "AllLabels",
    "BalancedNMS",
    "Candidates",
    "DIoUNMS",
    "GaussianDecay",
    "GreedyNMS",
    "IoUGuidedNMS",
    "MatrixNMS",
    "PerLabel",
    "SelectBest",
    "SelectDense",
    "SelectProposals",
    "SelectRegions",
    "SoftNMS",
    "Suppress",
    "SuppressionMethod",
    "SuppressionStep",
    "Survivors",
    "WeightedBoxesFusion",
    "batched_nms",
    "best_class_product",
    "class_agnostic_nms",
    "class_probability",
    "each_by_itself",
    "geometric_mean",
    "largest_confidence",
    "linear_decay",
    "mean_confidence",
    "nms",
    "one_minus_overlap",
    "one_of_all",
    "product",
    "product_logit",
]
