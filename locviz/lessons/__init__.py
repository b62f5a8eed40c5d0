"""Lessons: one package ``chNN`` per chapter, with what its notebook asks, checks and shows.

Each has the same parts, and the same file name means the same in every chapter:

- ``__init__.py``: what the notebook uses, ``from locviz.lessons import ch01`` and then
  ``ch01.half_shift.ask()``;
- ``quizzes.py``: what is predicted before looking, in the order of the chapter;
- ``challenges.py``: what is proved in a widget, in the order of the chapter;
- ``exercises/``: one file per exercise, with its solution and the mistakes that it knows by name;
- ``tables.py``, where a chapter shows tables that are made from the code or from an experiment.

The engine that runs them is ``locviz.course``. It finds the lessons by these names and imports none
of them.
"""
