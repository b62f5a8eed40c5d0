"""Each challenge of lesson 07 is open when its lab opens, and the printed solution proves it."""

import pytest

from locviz.course.challenge import read_state
from locviz.lessons.ch07 import nobody, settled, torn
from locviz.widgets import AssignLab

OPENS = {nobody: "max_iou", torn: "max_iou", settled: "ota"}


def lab_of(challenge):
    return AssignLab.replay("fcos_tiny-shapes-crowded", image=3, assigner=OPENS[challenge])


def met(challenge, lab):
    state = read_state(lab, challenge.reads)
    return all(goal.met(state) for goal in challenge.goals)


@pytest.mark.parametrize("challenge", OPENS, ids=lambda one: one.name)
def test_the_printed_state_solves_it(challenge):
    lab = lab_of(challenge)
    assert not met(challenge, lab)
    for line in challenge.solution().blocks[0].items:
        exec(line.strip("`"), {challenge.widget: lab})
    assert met(challenge, lab)


def test_one_pair_of_objects_is_not_enough():
    """The hint says so: every object is put on every other, alone."""
    most = 0
    for mover in range(8):
        for other in set(range(8)) - {mover}:
            lab = AssignLab.replay("fcos_tiny-shapes-crowded", image=3, assigner="center_sampling")
            put(lab, mover, other)
            most = max(most, lab.ambiguous)
    assert most == 14


def test_the_two_pairs_of_the_hint_are():
    lab = AssignLab.replay("fcos_tiny-shapes-crowded", image=3, assigner="center_sampling")
    put(lab, 5, 6)
    assert not met(torn, lab)
    put(lab, 4, 3)
    assert met(torn, lab)


def put(lab, mover, other):
    """Drag an object's centre onto another's."""
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = lab.boxes[mover], lab.boxes[other]
    lab.drag(f"gt {mover}", (bx1 + bx2 - ax1 - ax2) / 2, (by1 + by2 - ay1 - ay2) / 2)
