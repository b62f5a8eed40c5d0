"""Laws that every lesson keeps: these run over all chapters' exercises, quizzes and challenges."""

import json
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from locviz.course import Challenge, Exercise, Quiz
from locviz.course.discovery import Item, all_lessons, items, number_of

CHAPTERS = Path(__file__).parents[2] / "chapters"
ITEMS = [item for lesson in all_lessons() for item in items(lesson)]
EXERCISES = [item for item in ITEMS if isinstance(item, Exercise)]
MISTAKES = [(exercise, mistake) for exercise in EXERCISES for mistake in exercise.mistakes]
CHALLENGES = [item for item in ITEMS if isinstance(item, Challenge)]


def name(value):
    return getattr(value, "name", None)


def code_of(number: str) -> str:
    """All code cells of a chapter's notebook."""
    (file,) = CHAPTERS.glob(f"{number}_*.ipynb")
    cells = json.loads(file.read_text())["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.fixture(params=all_lessons(), ids=number_of)
def lesson(request):
    return request.param


def test_every_chapter_has_a_lesson_and_every_lesson_a_chapter():
    chapters = sorted(file.name[:2] for file in CHAPTERS.glob("[0-9][0-9]_*.ipynb"))
    assert [number_of(lesson) for lesson in all_lessons()] == chapters


def test_it_has_exercises_and_a_quiz_under_names_of_its_own_chapter(lesson):
    named = items(lesson)
    assert any(isinstance(item, Exercise) for item in named)
    assert any(isinstance(item, Quiz) for item in named)
    shorts = {id(item): short for short, item in vars(lesson).items()}
    for item in named:
        # `ch01.iou` in a hint must be what the learner can type, and progress is kept under 01.iou.
        assert item.name == f"{number_of(lesson)}.{shorts[id(item)]}"


def test_no_two_items_share_a_name():
    assert len({item.name for item in ITEMS}) == len(ITEMS)


def test_the_same_file_name_means_the_same_in_every_lesson(lesson):
    for part, kind in (("quizzes", Quiz), ("challenges", Challenge)):
        module = import_module(f"{lesson.__name__}.{part}")
        items_of_it = [value for value in vars(module).values() if isinstance(value, Item)]
        assert {type(item) for item in items_of_it} == {kind}
    folder = import_module(f"{lesson.__name__}.exercises")
    names = {module.name for module in iter_modules(folder.__path__)}
    exercises = [item for item in items(lesson) if isinstance(item, Exercise)]
    assert names == {exercise.name.partition(".")[2] for exercise in exercises}
    for short in names:
        defined = vars(import_module(f"{folder.__name__}.{short}")).values()
        assert [value.name for value in defined if isinstance(value, Exercise)] == [
            f"{number_of(lesson)}.{short}"
        ]


def test_the_lesson_exports_what_its_notebook_uses_and_no_item_is_left_out(lesson):
    number = number_of(lesson)
    used = set(re.findall(rf"\bch{number}\.(\w+)", code_of(number)))
    assert used == set(lesson.__all__)
    assert all(hasattr(lesson, short) for short in used)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_the_solution_is_accepted(exercise):
    assert exercise.check(exercise.answer)


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
