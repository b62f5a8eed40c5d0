"""Lesson 02, regression losses: what pulls a box, and when does nothing pull?"""

from locviz.lessons.ch02.challenges import hollow, silence, two_fates
from locviz.lessons.ch02.exercises.ciou_penalty import ciou_penalty
from locviz.lessons.ch02.exercises.edges_to_size import edges_to_size
from locviz.lessons.ch02.exercises.eiou_loss import eiou_loss
from locviz.lessons.ch02.exercises.slope_by_hand import slope_by_hand
from locviz.lessons.ch02.exercises.smooth_l1 import smooth_l1
from locviz.lessons.ch02.quizzes import by_far, inside, repaired, winner

__all__ = [
    "by_far",
    "ciou_penalty",
    "edges_to_size",
    "eiou_loss",
    "hollow",
    "inside",
    "repaired",
    "silence",
    "slope_by_hand",
    "smooth_l1",
    "two_fates",
    "winner",
]
