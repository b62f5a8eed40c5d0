"""Find the lessons by their names in ``locviz.lessons``, and the items of a lesson by their types.

The engine has no import of a lesson in its code. It searches a package for modules whose names are
``chNN``, as a test runner searches for tests. So a lesson is added by adding its folder.
"""

import pkgutil
from importlib import import_module
from types import ModuleType

from locviz.course.challenge import Challenge
from locviz.course.exercise import Exercise
from locviz.course.quiz import Quiz

Item = Exercise | Quiz | Challenge


def all_lessons(package: str = "locviz.lessons") -> list[ModuleType]:
    """Import and return the modules ``chNN`` of a package, in the order of their numbers."""
    folders = import_module(package).__path__
    names = [module.name for module in pkgutil.iter_modules(folders)]
    chapters = sorted(name for name in names if name[:2] == "ch" and name[2:].isdigit())
    return [import_module(f"{package}.{name}") for name in chapters]


def number_of(lesson: ModuleType) -> str:
    """The chapter's number: ``"01"`` for ``locviz.lessons.ch01``."""
    return lesson.__name__.rpartition(".ch")[2]


def items(lesson: ModuleType) -> list[Item]:
    """The quizzes, the challenges and the exercises of a lesson.

    Quizzes and challenges come in the order in which their modules define them, which is the order
    of the chapter; then the exercises, in the order in which the lesson imports them.
    """
    parts = [vars(lesson).get("quizzes"), vars(lesson).get("challenges"), lesson]
    values = [value for part in parts if part is not None for value in vars(part).values()]
    # A dictionary keeps the first place of what the lesson imports from its parts.
    return list(dict.fromkeys(value for value in values if isinstance(value, Item)))
