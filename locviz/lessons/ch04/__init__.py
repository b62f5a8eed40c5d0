"""Lesson 04, anchors: where does a model look?"""

from locviz.lessons.ch04.challenges import beat_the_default, blind_spot, lucky
from locviz.lessons.ch04.exercises.anchor_shapes import anchor_shapes
from locviz.lessons.ch04.exercises.how_many import how_many
from locviz.lessons.ch04.exercises.multi_task import multi_task
from locviz.lessons.ch04.exercises.offsets import offsets
from locviz.lessons.ch04.exercises.pool_edges import pool_edges
from locviz.lessons.ch04.exercises.recall import recall
from locviz.lessons.ch04.exercises.who_answers import who_answers
from locviz.lessons.ch04.exercises.worst_place import worst_place
from locviz.lessons.ch04.quizzes import flood, three_rules, what_is_slow
from locviz.lessons.ch04.tables import detector_table

__all__ = [
    "anchor_shapes",
    "beat_the_default",
    "blind_spot",
    "detector_table",
    "flood",
    "how_many",
    "lucky",
    "multi_task",
    "offsets",
    "pool_edges",
    "recall",
    "three_rules",
    "what_is_slow",
    "who_answers",
    "worst_place",
]
