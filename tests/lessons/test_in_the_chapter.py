"""Cards and solutions as a learner of the chapter meets them: names and imports are the chapter's."""

import ast
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

from locviz.course import Challenge, Exercise
from locviz.course.discovery import all_lessons, items
from locviz.course.exercise import call

CHAPTERS = {
    path.name[:2]: path
    for path in (Path(__file__).resolve().parents[2] / "chapters").glob("*.ipynb")
}
ITEMS = [item for lesson in all_lessons() for item in items(lesson)]
EXERCISES = [one for one in ITEMS if isinstance(one, Exercise) and callable(one.answer)]
CHALLENGES = [one for one in ITEMS if isinstance(one, Challenge)]


def sources(item):
    """The code of the item's chapter, cell by cell."""
    cells = nbformat.read(CHAPTERS[item.name[:2]], as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda one: one.name)
def test_the_card_names_the_widget_as_the_chapter_does(challenge):
    code = "\n".join(sources(challenge))
    watched = re.findall(rf"^ch{re.escape(challenge.name)}\.watch\((\w+)\)$", code, re.MULTILINE)
    assert watched == [challenge.widget]
    # A card follows the name, so the name must mean one widget in the whole chapter.
    assert len(re.findall(rf"^{challenge.widget} = ", code, re.MULTILINE)) == 1


def names_before(exercise):
    """What a learner has imported and defined when the exercise is checked."""
    space, kept = {}, (ast.Import, ast.ImportFrom, ast.FunctionDef)
    for source in sources(exercise):
        nodes = [
            node
            for node in ast.parse(re.sub(r"^[%!].*$", "", source, flags=re.MULTILINE)).body
            if isinstance(node, kept)
        ]
        exec(compile(ast.Module(nodes, []), "chapter", "exec"), space)
        if f"ch{exercise.name}.check(" in source:
            return space
    raise AssertionError(f"the chapter never checks {exercise.name}")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
def test_the_printed_solution_runs_where_the_learner_would_paste_it(exercise):
    (code,) = exercise.solution().blocks
    space = names_before(exercise)
    exec(code.content, space)
    verdict = exercise.check(space[exercise.name.partition(".")[2]])
    assert verdict.right, repr(verdict)


def in_style(value, style):
    if isinstance(value, torch.Tensor):
        return style(value)
    if isinstance(value, tuple | list):
        return type(value)(in_style(one, style) for one in value)
    return value


STYLES = {
    "numpy": lambda tensor: tensor.detach().numpy(),
    "float64": lambda tensor: tensor.double() if tensor.is_floating_point() else tensor,
    # A list cannot say that it is empty along its second axis.
    "lists": lambda tensor: tensor.tolist() if tensor.numel() else tensor,
    "scalars": lambda tensor: np.asarray(tensor.detach())[()],
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "exercise", [one for one in EXERCISES if one.probe is call], ids=lambda one: one.name
)
def test_a_right_answer_of_another_type_is_accepted(exercise, style):
    verdict = exercise.check(lambda *args: in_style(exercise.answer(*args), STYLES[style]))
    assert verdict.right, repr(verdict)
