"""Lesson 07, matching: who is responsible for what?"""

from locviz.lessons.ch07.challenges import nobody, settled, torn
from locviz.lessons.ch07.exercises.atss_threshold import atss_threshold
from locviz.lessons.ch07.exercises.dynamic_k import dynamic_k
from locviz.lessons.ch07.exercises.one_to_one import one_to_one
from locviz.lessons.ch07.exercises.overlaps import overlaps
from locviz.lessons.ch07.exercises.owners import owners
from locviz.lessons.ch07.exercises.rpn_rule import rpn_rule
from locviz.lessons.ch07.exercises.simota_cost import simota_cost
from locviz.lessons.ch07.exercises.sinkhorn import sinkhorn
from locviz.lessons.ch07.figures import candidates_figure, plans_figure, runs_figure, seeds_figure
from locviz.lessons.ch07.own_rule import yours_or_ours
from locviz.lessons.ch07.quizzes import exact, moving, silent, without_nms
from locviz.lessons.ch07.tables import against_the_papers, assigner_table, comparison_table

__all__ = [
    "against_the_papers",
    "assigner_table",
    "atss_threshold",
    "candidates_figure",
    "comparison_table",
    "dynamic_k",
    "exact",
    "moving",
    "nobody",
    "one_to_one",
    "overlaps",
    "owners",
    "plans_figure",
    "rpn_rule",
    "runs_figure",
    "seeds_figure",
    "settled",
    "silent",
    "simota_cost",
    "sinkhorn",
    "torn",
    "without_nms",
    "yours_or_ours",
]
