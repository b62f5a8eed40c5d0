"""The challenge of lesson 13 is open when its lab opens, and the printed solution proves it."""

import pytest

from locviz.course.challenge import read_state
from locviz.lessons import ch13
from locviz.widgets import QueryLab


def unmet(lab):
    state = read_state(lab, ch13.settled.reads)
    return [goal.says for goal in ch13.settled.goals if not goal.met(state)]


@pytest.fixture
def lab():
    return QueryLab()


def test_the_printed_state_solves_it(lab):
    assert unmet(lab)
    for line in ch13.settled.solution().blocks[0].items:
        exec(line.strip("`"), {ch13.settled.widget: lab})
    assert unmet(lab) == []


def test_few_places_prove_it_and_all_lie_at_one_step(lab):
    proved = []
    for lab.step in range(len(lab.looks)):
        for lab.layer in range(lab.look.num_layers):
            if "the chosen query lost an object at this step" in unmet(lab) and not lab.since:
                continue
            for lab.query in range(lab.look.num_queries):
                if not unmet(lab):
                    proved.append((lab.step, lab.layer, lab.query))
    assert 1 <= len(proved) <= 4
    assert len({place[:2] for place in proved}) == 1
    step, layer, _ = proved[0]
    assert layer == lab.look.num_layers - 1
    # By the lab's own word: something flips there, and nothing later.
    lab.step, lab.layer = step, layer
    assert lab.since
    for lab.step in range(step + 1, len(lab.looks)):
        assert lab.since == []


def test_the_first_step_has_none_before_it(lab):
    lab.step = 0
    assert "a match has flipped since the step before" in unmet(lab)
