"""Every check refuses the common slips: the solutions are mutated, and no mutant that differs on
random inputs may pass.
"""

import warnings

import pytest
import torch
from draws import DRAWS
from mutants import mutants_of

from locviz.course import Exercise
from locviz.course.discovery import all_lessons, items
from locviz.course.outcome import run

FUNCTIONS = [
    item
    for lesson in all_lessons()
    for item in items(lesson)
    if isinstance(item, Exercise) and callable(item.answer)
]
DRAWN = 60

# Mutants that differ somewhere and pass all the same, by their exercise, with the reason.
SURVIVORS: dict[str, set[str]] = {}


def differs(exercise: Exercise, mutant, drawn: list[tuple]) -> bool:
    """Whether a mutant does something else than the solution on an input that the solution can
    answer.
    """
    answered = [(args, run(exercise.probe, exercise.answer, args)) for args in drawn]
    return any(
        not run(exercise.probe, mutant, args).same(right, 10 * exercise.tolerance)
        for args, right in answered
        if right.raised is None and not _has_nan(right.value)
    )


def _has_nan(value) -> bool:
    try:
        return bool(torch.as_tensor(value, dtype=torch.float64).isnan().any())
    except (TypeError, ValueError, RuntimeError):
        return False


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.name)
def test_no_mutant_that_differs_is_accepted(exercise):
    assert exercise.name in DRAWS, f"give {exercise.name} a generator of inputs in draws.py"
    torch.manual_seed(0)
    drawn = [DRAWS[exercise.name]() for _ in range(DRAWN)]
    survivors, made = set(), 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mutant may transpose what has no two axes
        for mutant in mutants_of(exercise.answer):
            made += 1
            if exercise.check(mutant.answer) and differs(exercise, mutant.answer, drawn):
                survivors.add(mutant.says)
    assert made >= 3
    assert survivors == SURVIVORS.get(exercise.name, set())
