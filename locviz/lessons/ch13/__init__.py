"""Lesson 13, DETR: can a detector predict a set?"""

from locviz.lessons.ch13.challenges import settled
from locviz.lessons.ch13.colleague import colleagues_loss
from locviz.lessons.ch13.exercises.all_layers import all_layers
from locviz.lessons.ch13.exercises.class_loss import class_loss
from locviz.lessons.ch13.exercises.lowest_total import lowest_total
from locviz.lessons.ch13.exercises.matching_cost import matching_cost
from locviz.lessons.ch13.exercises.row_places import row_places
from locviz.lessons.ch13.figures import all_queries_figure, settling_figure
from locviz.lessons.ch13.quizzes import leftover, weight_one, zeros
from locviz.lessons.ch13.tables import pictures_table, sizes_table, switches_table

__all__ = [
    "all_layers",
    "all_queries_figure",
    "class_loss",
    "colleagues_loss",
    "leftover",
    "lowest_total",
    "matching_cost",
    "pictures_table",
    "row_places",
    "settled",
    "settling_figure",
    "sizes_table",
    "switches_table",
    "weight_one",
    "zeros",
]
