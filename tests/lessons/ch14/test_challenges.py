"""The challenge of lesson 14 is open when its lab opens, and what it prints proves it."""

import pytest

from locviz.course.challenge import read_state
from locviz.lessons import ch14
from locviz.widgets import QueryLab
from locviz.widgets.querylab.reading import inside


@pytest.fixture
def lab():
    return QueryLab.replay("deformable_detr_tiny")


def unmet(lab):
    state = read_state(lab, ch14.borrowed.reads)
    return [goal.says for goal in ch14.borrowed.goals if not goal.met(state)]


def test_it_is_open_and_the_printed_state_solves_it(lab):
    assert len(unmet(lab)) >= 3
    for line in ch14.borrowed.solution().blocks[0].items:
        exec(line.strip("`"), {"lab": lab})
    assert unmet(lab) == []
    # One line of the package gives the number that counts.
    assert inside(lab.dots, lab.targets.boxes[1].tolist()) >= 0.35


def solve(lab):
    lab.layer = 0
    (query,) = lab.owners[0][2]
    lab.pick(query)
    x, y = lab.look.references[0, query].tolist()
    there = ch14.borrowed.settings["reference"]
    lab.drag("reference", there[0] - x, there[1] - y)


def test_by_gestures(lab):
    solve(lab)
    assert unmet(lab) == []


@pytest.mark.parametrize(("knob", "by"), [("layer", 1), ("step", -1)])
def test_another_layer_or_an_earlier_step_does_not_count(lab, knob, by):
    solve(lab)
    lab.drag(knob, by)
    assert unmet(lab)


def test_bs_own_query_does_not_count(lab):
    lab.layer = 0
    lab.pick(lab.owners[0][1][0])
    assert "the chosen query is responsible for C there" in unmet(lab)


def test_the_place_of_b_alone_is_not_enough_for_the_query_as_it_stands(lab):
    lab.layer = 0
    lab.pick(lab.owners[0][2][0])
    assert "its reference point was dragged" in unmet(lab)
    assert "35 % of what it reads or more lies inside B" in unmet(lab)


def test_a_lab_of_whole_maps_is_told_and_not_broken():
    lab = QueryLab()
    assert "35 % of what it reads or more lies inside B" in unmet(lab)
