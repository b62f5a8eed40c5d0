"""Lesson 01, boxes and IoU: what is "the same place"?"""

from locviz.lessons.ch01.challenges import half, near_miss, same_centre, same_iou_other_shape
from locviz.lessons.ch01.exercises.by_hand import by_hand
from locviz.lessons.ch01.exercises.diou_by_hand import diou_by_hand
from locviz.lessons.ch01.exercises.giou import giou
from locviz.lessons.ch01.exercises.pairwise import pairwise
from locviz.lessons.ch01.exercises.span_iou import span_iou
from locviz.lessons.ch01.exercises.voc_to_corners import voc_to_corners
from locviz.lessons.ch01.quizzes import four_pixels, half_shift, two_misses

__all__ = [
    "by_hand",
    "diou_by_hand",
    "four_pixels",
    "giou",
    "half",
    "half_shift",
    "near_miss",
    "pairwise",
    "same_centre",
    "same_iou_other_shape",
    "span_iou",
    "two_misses",
    "voc_to_corners",
]
