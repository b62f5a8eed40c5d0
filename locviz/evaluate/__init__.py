"""How good are these detections?

Matching, average precision, COCO's and Pascal VOC's figures; whether confidence and place agree, and
what suppression leaves and takes.
"""

from locviz.evaluate.average_precision import (
    FALSE_POSITIVE,
    IGNORED,
    TRUE_POSITIVE,
    all_points,
    at_points,
    eleven_points,
    envelope,
    hundred_one_points,
    precision_recall,
)
from locviz.evaluate.coco import IOU_THRESHOLDS, MAX_DETECTIONS, SIZE_RANGES, evaluate
from locviz.evaluate.divergence import Divergence, divergence, owners
from locviz.evaluate.one_image import BELOW_THRESHOLD, Match, Ranking, match, ranking
from locviz.evaluate.rank_correlation import spearman
from locviz.evaluate.recall import proposal_recall
from locviz.evaluate.reference import pycocotools_figures
from locviz.evaluate.result import ClassFigures, Evaluation
from locviz.evaluate.suppression_figures import duplicates, repeats, victims
from locviz.evaluate.voc import VocEvaluation, evaluate_voc

__all__ = [
    "BELOW_THRESHOLD", "FALSE_POSITIVE", "IGNORED", "IOU_THRESHOLDS", "MAX_DETECTIONS", "SIZE_RANGES", "TRUE_POSITIVE",
    "ClassFigures", "Divergence", "Evaluation", "Match", "Ranking", "VocEvaluation", "all_points", "at_points",
    "divergence", "duplicates", "eleven_points", "envelope", "evaluate", "evaluate_voc", "hundred_one_points", "match",
    "owners", "precision_recall", "proposal_recall", "pycocotools_figures", "ranking", "repeats", "spearman", "victims",
]  # fmt: skip
