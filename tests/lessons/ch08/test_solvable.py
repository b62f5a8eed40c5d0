"""Each challenge of lesson 08 is open when FocalLab opens, and the printed solution proves it."""

import pytest

from locviz.course.challenge import read_state
from locviz.lessons.ch08 import alpha_alone, thirds, thousand
from locviz.widgets import FocalLab

CHALLENGES = (thousand, alpha_alone, thirds)
GAMMA, ALPHA = 0.05, 0.01  # steps of the sliders, as `src/focallab/view.ts` has them


def met(challenge, lab):
    state = read_state(lab, challenge.reads)
    return all(goal.met(state) for goal in challenge.goals)


@pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda one: one.name)
def test_the_printed_state_solves_it(challenge):
    lab = FocalLab()
    assert not met(challenge, lab)
    for line in challenge.solution().blocks[0].items:
        exec(line.strip("`"), {challenge.widget: lab})
    assert met(challenge, lab)


def test_one_gamma_alone_makes_it_a_thousand():
    lab = FocalLab(alpha=None, p_t=0.9)
    found = []
    for i in range(101):
        lab.gamma = round(i * GAMMA, 6)
        found += [lab.gamma] if met(thousand, lab) else []
    assert found == [3.0]


def test_alpha_alone_leaves_hard_negatives_as_light_as_before():
    """What the task asks to look at: their share of the negatives' gradient stays the same."""
    lab = FocalLab(gamma=0.0)
    found = []
    for i in range(101):
        lab.alpha = round(i * ALPHA, 6)
        share = lab.shares["balanced"]
        if i < 100:
            assert share.hard / (share.easy + share.hard) == pytest.approx(0.0113, abs=1e-4)
        found += [lab.alpha] if met(alpha_alone, lab) else []
    assert found == [0.91, 0.92, 0.93, 0.94, 0.95]


def test_gamma_or_alpha_alone_makes_no_fair_shares():
    by_gamma = FocalLab()
    for i in range(101):
        by_gamma.gamma = round(i * GAMMA, 6)
        assert not met(thirds, by_gamma)
    by_alpha = FocalLab()
    for i in range(101):
        by_alpha.alpha = round(i * ALPHA, 6)
        assert not met(thirds, by_alpha)


def test_the_sliders_have_the_steps_of_this_test(typescript_source):
    assert f'"gamma", "gamma", {GAMMA}' in typescript_source
    assert f'"alpha", "alpha", {ALPHA}' in typescript_source


@pytest.fixture
def typescript_source():
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    return (root / "locviz/widgets/src/focallab/view.ts").read_text(encoding="utf-8")
