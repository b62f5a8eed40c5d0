"""Each challenge of chapters 00 to 02 can be solved in BoxLab from the state in which it opens, by
whole pixels, as arrow keys move.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from locviz.course.challenge import read_state
from locviz.lessons import ch00, ch01, ch02
from locviz.widgets import BoxLab

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"

# The moves: which box, by how many pixels, and which part of it.
HOME = [("prediction", -140, -110, "body"), ("prediction", 10, 20, "bottom right corner")]
SOLUTIONS = {
    ch00.first_drag: [
        ("prediction", -120, -60, "body"),
        ("prediction", -20, -10, "bottom right corner"),
    ],
    ch01.half: [
        ("prediction", -47, -50, "body"),
        ("prediction", -10, -10, "bottom right corner"),
    ],
    ch01.near_miss: [("prediction", -40, -110, "body"), ("prediction", 0, 20, "bottom edge")],
    ch01.same_centre: [
        *HOME,
        ("prediction", 15, 15, "top left corner"),
        ("prediction", -14, -14, "bottom right corner"),
    ],
    ch01.same_iou_other_shape: [
        *HOME,
        ("prediction", 0, 35, "top edge"),
        ("prediction", 0, -35, "bottom edge"),
        ("prediction", -50, 0, "left edge"),
        ("prediction", 50, 0, "right edge"),
    ],
    ch02.silence: [("prediction", 81, 0, "body")],
    ch02.hollow: [
        ("prediction", -22, -2, "top left corner"),
        ("prediction", 42, 2, "bottom right corner"),
    ],
    ch02.two_fates: [
        ("target", -80, -80, "bottom right corner"),
        ("prediction", -10, 10, "body"),
        ("prediction", -80, -80, "bottom right corner"),
    ],
}


def opened(challenge):
    """The lab as the chapter's cell makes it, without the race that a cell may run."""
    (path,) = CHAPTERS.glob(f"{challenge.name[:2]}_*.ipynb")
    code = "\n".join(
        cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"
    )
    (call,) = re.findall(rf"^{challenge.widget} = (BoxLab\(.*\))$", code, re.MULTILINE)
    keywords = ast.parse(call, mode="eval").body.keywords
    return BoxLab(**{one.arg: ast.literal_eval(one.value) for one in keywords})


def solved(challenge, lab):
    state = read_state(lab, challenge.reads)
    return all(goal.met(state) for goal in challenge.goals)


@pytest.mark.parametrize("challenge", SOLUTIONS, ids=lambda one: one.name)
def test_whole_pixels_solve_it_and_the_opening_state_does_not(challenge):
    lab = opened(challenge)
    assert not solved(challenge, lab)
    for name, dx, dy, part in SOLUTIONS[challenge]:
        lab.drag(name, dx, dy, part=part)
    assert solved(challenge, lab), (lab.target, lab.prediction)


@pytest.mark.parametrize("challenge", [ch00.first_drag, ch01.half], ids=lambda one: one.name)
def test_the_first_labs_show_iou_alone(challenge):
    assert opened(challenge).simple
