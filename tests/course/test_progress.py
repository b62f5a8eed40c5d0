"""What the learner sees of the file, for lessons made here: the engine needs no chapter."""

from types import ModuleType

import pytest

from locviz.course import Challenge, Exercise, Goal, Mistake, Quiz, progress, progress_file


def lesson(number: str) -> ModuleType:
    """A lesson with one quiz, one challenge and one exercise."""
    module = ModuleType(f"somewhere.ch{number}")
    module.odd = Exercise(
        name=f"{number}.odd", title="An odd number", task="", answer=1, hints=("a", "b", "c"),
        mistakes=(Mistake(name="even", answer=2, says="no"),),
    )  # fmt: skip
    module.quizzes = ModuleType("quizzes")
    module.quizzes.coin = module.coin = Quiz(
        name=f"{number}.coin",
        title="A coin",
        question="",
        choices=("x", "y"),
        right="a",
        because="",
    )
    module.challenges = ModuleType("challenges")
    module.challenges.far = module.far = Challenge(
        name=f"{number}.far", title="Far away", task="", reads=("x",), hint="", example={"x": 1},
        goals=(Goal(says="far", number=lambda state: state.x, low=1),),
    )  # fmt: skip
    return module


@pytest.mark.parametrize(
    ("entry", "done"),
    [
        ({}, False),
        ({"tries": 3}, False),
        ({"guess": "a"}, True),
        ({"solved": True}, True),
        ({"proved": True}, True),
    ],
)
def test_what_counts_as_done(entry, done):
    assert progress.is_done(entry) is done


def test_one_lesson_is_counted_by_kind_and_what_is_open_is_named():
    progress_file.record("98.coin", guess="a")
    text = repr(progress.show(lesson("98")))
    assert "Chapter 98: quizzes 1 of 1, challenges 0 of 1, exercises 0 of 1" in text
    assert text.index("still open: Far away") < text.index("still open: An odd number")
    assert "A coin" not in text


def test_several_lessons_have_a_line_each_and_no_titles():
    text = repr(progress.show(lesson("98"), lesson("99")))
    assert "Chapter 98: quizzes 0 of 1" in text
    assert "Chapter 99: quizzes 0 of 1" in text
    assert "still open" not in text


def test_reset_says_what_it_forgot():
    progress_file.record("98.coin", guess="a")
    progress_file.record("99.coin", guess="a")
    assert "Progress of chapter 98 forgotten" in repr(progress.reset("98"))
    assert set(progress_file.load()) == {"99.coin"}
    assert "All progress forgotten" in repr(progress.reset(everything=True))
    assert progress_file.load() == {}


def test_a_bare_reset_asks_and_forgets_nothing():
    progress_file.record("98.coin", guess="a")
    assert "Which chapter?" in repr(progress.reset())
    assert set(progress_file.load()) == {"98.coin"}


def test_what_a_reset_forgets_is_kept_beside_the_file():
    progress_file.record("98.coin", guess="b")
    before = progress_file.path().read_bytes()
    kept = progress_file.forget("98")
    assert kept is not None
    assert kept.read_bytes() == before
    assert kept.name in repr(progress.reset(98)) or progress_file.forget() is None
