"""Lesson 10, misalignment: why is the most confident box not the best box?"""

from locviz.lessons.ch10.challenges import disagree, flood, misses
from locviz.lessons.ch10.exercises.crossed import crossed
from locviz.lessons.ch10.exercises.ignored_weight import ignored_weight
from locviz.lessons.ch10.exercises.otsu import otsu
from locviz.lessons.ch10.exercises.rank_by_hand import rank_by_hand
from locviz.lessons.ch10.exercises.same_total import same_total
from locviz.lessons.ch10.exercises.selection_score import selection_score
from locviz.lessons.ch10.exercises.spearman import spearman
from locviz.lessons.ch10.figures import (
    candidates_of,
    crossed_figure,
    one_object_figure,
    runs_figure,
    two_verdicts_figure,
)
from locviz.lessons.ch10.quizzes import how_often, inside, perfect_choice, two_verdicts
from locviz.lessons.ch10.tables import mlc_table, others_table, poster_table
from locviz.lessons.ch10.two_objects import two_objects
from locviz.lessons.ch10.watch import RankWatch

__all__ = [
    "RankWatch",
    "candidates_of",
    "crossed",
    "crossed_figure",
    "disagree",
    "flood",
    "how_often",
    "ignored_weight",
    "inside",
    "misses",
    "mlc_table",
    "one_object_figure",
    "others_table",
    "otsu",
    "perfect_choice",
    "poster_table",
    "rank_by_hand",
    "runs_figure",
    "same_total",
    "selection_score",
    "spearman",
    "two_objects",
    "two_verdicts",
    "two_verdicts_figure",
]
