"""Lesson 00, start here: how a quiz, a challenge and an exercise work, on the smallest things."""

from locviz.lessons.ch00.challenges import first_drag
from locviz.lessons.ch00.exercises.area import area
from locviz.lessons.ch00.quizzes import tenth

__all__ = [
    "area",
    "first_drag",
    "tenth",
]
