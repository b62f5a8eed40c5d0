"""The challenge of lesson 13 is open when its lab opens, and the printed solution proves it."""

import itertools
from types import SimpleNamespace

import pytest

from locviz.course.challenge import read_state
from locviz.lessons import ch13
from locviz.widgets import QueryLab
from locviz.widgets.querylab import QueryReplay


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
    places = itertools.product(
        range(len(lab.looks)), range(lab.look.num_layers), range(lab.look.num_queries)
    )
    given = {"looks": lab.looks, "targets": lab.targets}
    proved = [
        (step, layer, query)
        for step, layer, query in places
        if not unmet(SimpleNamespace(step=step, layer=layer, query=query, result={}, **given))
    ]
    assert 1 <= len(proved) <= 4
    ((last, layer),) = {place[:2] for place in proved}
    assert layer == lab.look.num_layers - 1
    # By the lab's own word: something flips there, and nothing later.
    lab.layer, lab.step = layer, last
    assert lab.since
    assert all(not number for step, number in QueryReplay.load().flips() if step > lab.look.step)


def test_the_first_step_has_none_before_it(lab):
    lab.step = 0
    assert "a match has flipped since the step before" in unmet(lab)
