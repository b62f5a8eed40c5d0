"""Lesson 09, suppression: one object, forty boxes: which?"""

from locviz.lessons.ch09.challenges import no_threshold, rescue, usurper
from locviz.lessons.ch09.exercises.by_hand import by_hand
from locviz.lessons.ch09.exercises.consistent import consistent
from locviz.lessons.ch09.exercises.greedy_nms import greedy_nms
from locviz.lessons.ch09.exercises.keep_apart import keep_apart
from locviz.lessons.ch09.exercises.soft_nms import soft_nms
from locviz.lessons.ch09.figures import (
    candidates_figure,
    duplicates_figure,
    live_figure,
    thresholds_figure,
)
from locviz.lessons.ch09.quizzes import at_the_threshold, forty, in_training, lower
from locviz.lessons.ch09.tables import heads_table, methods_table

__all__ = [
    "at_the_threshold",
    "by_hand",
    "candidates_figure",
    "consistent",
    "duplicates_figure",
    "forty",
    "greedy_nms",
    "heads_table",
    "in_training",
    "keep_apart",
    "live_figure",
    "lower",
    "methods_table",
    "no_threshold",
    "rescue",
    "soft_nms",
    "thresholds_figure",
    "usurper",
]
