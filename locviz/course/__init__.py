"""The engine of the course: exercises, quizzes and challenges, and what a learner has done of them.

The lessons themselves are in ``locviz.lessons``. A chapter imports its own,
``from locviz.lessons import ch01``, and each item of it has a name:

- an exercise: ``ch01.iou.check(my_iou)``, ``ch01.iou.hint()``, ``ch01.iou.solution()``;
- a quiz: ``ch01.half_shift.ask()``, ``.guess("b")``, ``.reveal()``;
- a challenge: ``ch01.half.watch(widget)``, ``.check(widget)``.

``course.progress.show()`` shows what is done, ``course.progress.reset()`` deletes it,
``show_source(obj)`` shows the package's own code, and ``counted(items, label=...)`` is a line of
progress for a long cell. All of it works in JupyterLab, in a terminal and without a network.
"""

from locviz.course import progress
from locviz.course.challenge import Challenge, Goal
from locviz.course.counted import counted
from locviz.course.exercise import Case, Exercise, Mistake
from locviz.course.quiz import Quiz
from locviz.course.source import show_source
from locviz.course.verdict import Verdict

__all__ = [
    "Case",
    "Challenge",
    "Exercise",
    "Goal",
    "Mistake",
    "Quiz",
    "Verdict",
    "counted",
    "progress",
    "show_source",
]
