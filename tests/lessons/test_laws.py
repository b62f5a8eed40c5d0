"""Laws that every lesson keeps: these run over all chapters' exercises, quizzes and challenges."""

import math

import pytest
import torch

from locviz import boxes, losses
from locviz.course import Challenge, Exercise, Quiz
from locviz.course.lessons import all_lessons, items

ITEMS = [item for lesson in all_lessons() for item in items(lesson)]
EXERCISES = [item for item in ITEMS if isinstance(item, Exercise)]
MISTAKES = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
CHALLENGES = [item for item in ITEMS if isinstance(item, Challenge)]


def name(value):
    return getattr(value, "name", None)


def test_each_lesson_has_exercises_a_quiz_and_names_of_its_own_chapter():
    for lesson in all_lessons():
        number = lesson.__name__.rpartition(".ch")[2]
        named = items(lesson)
        assert any(isinstance(item, Exercise) for item in named), lesson
        assert any(isinstance(item, Quiz) for item in named), lesson
        for variable, item in vars(lesson).items():
            if item in named:
                # `ch01.iou` in a hint must be what the learner can type.
                assert item.name == f"{number}.{variable}"
    assert len({item.name for item in ITEMS}) == len(ITEMS)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_the_solution_is_accepted(exercise):
    assert exercise.check(exercise.answer)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_the_solution_shown_is_the_whole_function_under_the_learners_name(exercise):
    if callable(exercise.answer):
        shown = exercise.solution().blocks[0].content
        namespace = {
            "torch": torch,
            "math": math,
            "boxes": boxes,
            "losses": losses,
        }  # what each chapter imports
        exec(shown, namespace)
        assert exercise.check(namespace[exercise.name.partition(".")[2]])


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_there_are_three_mistakes_and_three_hints_all_different(exercise):
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes) >= 3
    assert len({mistake.says for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert len(set(filter(None, exercise.hints))) == 3


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=name)
def test_each_wrong_answer_is_refused_by_its_own_name(exercise, mistake):
    verdict = exercise.check(mistake.answer)
    assert not verdict
    assert verdict.mistake == mistake.name
    assert mistake.name in repr(verdict).replace("\n", " ")
    assert verdict.card.title.endswith(mistake.name), "the diagnosis must be whole, not partial"


@pytest.mark.parametrize("challenge", CHALLENGES, ids=name)
def test_the_example_proves_the_challenge(challenge):
    assert challenge.check(dict(challenge.example))
    assert challenge.goals
