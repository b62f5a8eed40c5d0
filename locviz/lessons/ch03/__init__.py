"""Lesson 03, evaluation: when is a detector good?"""

from locviz.lessons.ch03.challenges import careful, half_the_area, two_in_one
from locviz.lessons.ch03.exercises.ap_by_hand import ap_by_hand
from locviz.lessons.ch03.exercises.coco_ap import coco_ap
from locviz.lessons.ch03.exercises.counts import counts
from locviz.lessons.ch03.exercises.exact_area import exact_area
from locviz.lessons.ch03.exercises.greedy import greedy
from locviz.lessons.ch03.exercises.ten_thresholds import ten_thresholds
from locviz.lessons.ch03.quizzes import quieter, tenfold, twice_found, which_is_better

__all__ = [
    "ap_by_hand",
    "careful",
    "coco_ap",
    "counts",
    "exact_area",
    "greedy",
    "half_the_area",
    "quieter",
    "ten_thresholds",
    "tenfold",
    "twice_found",
    "two_in_one",
    "which_is_better",
]
