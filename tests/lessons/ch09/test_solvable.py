"""Each challenge of lesson 09 is open when its lab opens, and the printed solution proves it."""

import pytest

from locviz.course.challenge import read_state
from locviz.lessons.ch09 import no_threshold, rescue, usurper
from locviz.widgets import NMSLab

OPENS = {rescue: {}, no_threshold: {}, usurper: {"threshold": 0.3}}


def met(challenge, lab):
    state = read_state(lab, challenge.reads)
    return all(goal.met(state) for goal in challenge.goals)


@pytest.mark.parametrize("challenge", OPENS, ids=lambda one: one.name)
def test_the_printed_state_solves_it(challenge):
    lab = NMSLab(**OPENS[challenge])
    assert not met(challenge, lab)
    for line in challenge.solution().blocks[0].items:
        exec(line.strip("`"), {challenge.widget: lab})
    assert met(challenge, lab)


def test_one_threshold_of_a_hundred_rescues_the_ring_first():
    lab, proved = NMSLab(), []
    for percent in range(101):
        lab.threshold = percent / 100
        if met(rescue, lab):
            proved.append(percent)
    assert proved == [52]


def test_no_threshold_of_greedy_nms_does_what_a_sigma_does():
    """The text of the challenge says so."""
    lab = NMSLab()
    for percent in range(101):
        lab.threshold = percent / 100
        assert lab.victims or len(lab.false_positives) >= 3
    lab.method = "soft_gaussian"
    proved = []
    for twentieth in range(1, 21):
        lab.sigma = twentieth / 20
        if met(no_threshold, lab):
            proved.append(twentieth)
    assert proved == [5, 6, 7]


def test_the_square_can_be_lost_by_a_drag_of_its_best_box_alone():
    lab = NMSLab(threshold=0.3)
    lab.drag("box 2", -12, -12)
    assert met(usurper, lab)
    lab.drag("box 0", 1, 0)
    assert not met(usurper, lab)  # two boxes are moved
