"""Which lessons there are: one module ``chNN`` per chapter, found by name, its items found by type."""

import pkgutil
from importlib import import_module
from types import ModuleType

import locviz.course as course
from locviz.course.challenge import Challenge
from locviz.course.exercise import Exercise
from locviz.course.quiz import Quiz

Item = Exercise | Quiz | Challenge


def all_lessons() -> list[ModuleType]:
    """The modules ``locviz.course.chNN``, in order."""
    names = sorted(
        m.name
        for m in pkgutil.iter_modules(course.__path__)
        if m.name[:2] == "ch" and m.name[2:].isdigit()
    )
    return [import_module(f"locviz.course.{name}") for name in names]


def items(lesson: ModuleType) -> list[Item]:
    """The exercises, quizzes and challenges of a lesson, in the order in which the module defines
    them.
    """
    return [value for value in vars(lesson).values() if isinstance(value, Item)]
