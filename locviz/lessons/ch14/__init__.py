"""Lesson 14, deformable DETR: why was DETR slow, and what fixed it?"""

from locviz.lessons.ch14.challenges import borrowed
from locviz.lessons.ch14.exercises.cheaper import cheaper
from locviz.lessons.ch14.exercises.deformable import deformable
from locviz.lessons.ch14.exercises.effective import effective
from locviz.lessons.ch14.exercises.flips import flips
from locviz.lessons.ch14.exercises.hidden import hidden
from locviz.lessons.ch14.exercises.refine import refine
from locviz.lessons.ch14.figures import mask_figure, starts_figure, watch_figure
from locviz.lessons.ch14.quizzes import best_boxes, dragged, spread, unstable
from locviz.lessons.ch14.tables import layers_table, starts_table, stored_runs
from locviz.lessons.ch14.watch import MatchWatch

__all__ = [
    "MatchWatch",
    "best_boxes",
    "borrowed",
    "cheaper",
    "deformable",
    "dragged",
    "effective",
    "flips",
    "hidden",
    "layers_table",
    "mask_figure",
    "refine",
    "spread",
    "starts_figure",
    "starts_table",
    "stored_runs",
    "unstable",
    "watch_figure",
]
