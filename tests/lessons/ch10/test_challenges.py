"""Each challenge of lesson 10 is open when its lab opens, and the printed solution proves it."""

import pytest
import torch

from locviz.course.challenge import read_state
from locviz.lessons import ch10
from locviz.widgets import AssignLab, NMSLab

REPLAY = "fcos_tiny-shapes-crowded"
OPENS = {
    ch10.disagree: lambda: NMSLab(**ch10.two_objects(), threshold=0.5),
    ch10.misses: lambda: AssignLab.replay(REPLAY, image=3, assigner="center_sampling"),
    ch10.flood: lambda: AssignLab.replay(REPLAY, image=3, assigner="class_aware"),
}


def unmet(challenge, lab):
    state = read_state(lab, challenge.reads)
    return [goal.says for goal in challenge.goals if not goal.met(state)]


@pytest.mark.parametrize("challenge", OPENS, ids=lambda one: one.name)
def test_the_printed_state_solves_it(challenge):
    lab = OPENS[challenge]()
    assert unmet(challenge, lab)
    for line in challenge.solution().blocks[0].items:
        exec(line.strip("`"), {challenge.widget: lab})
    assert unmet(challenge, lab) == []


def test_four_dragged_scores_turn_both_objects():
    lab = OPENS[ch10.disagree]()
    assert lab.divergence.per_object.tolist() == [1, 1]
    for index, score in ((0, 0.7), (2, 0.9), (3, 0.2), (5, 0.4)):
        lab.set_score(index, score)
    assert lab.divergence.per_object.tolist() == [-1, -1]
    # By hand: the ranks 4 5 6 1 2 3 and 6 5 4 3 2 1 differ by 2, 0, 2, 2, 0, 2.
    assert lab.spearman == pytest.approx(1 - 6 * 16 / (6 * 35))
    assert unmet(ch10.disagree, lab) == []


def test_a_dragged_box_does_not_count():
    lab = OPENS[ch10.disagree]()
    lab.scores = [0.7, 0.8, 0.9, 0.2, 0.3, 0.4]
    lab.drag("box 0", 2, 0)
    assert "no box was moved" in unmet(ch10.disagree, lab)


def test_a_in_the_left_margin_has_only_misses():
    lab = OPENS[ch10.misses]()
    lab.assigner = "mutual_labelling"
    lab.drag("gt 0", -30.5, -14)
    assert unmet(ch10.misses, lab) == []
    mine = lab.assignment.gt_index == 0
    assert lab.assignment.quality[mine].max() < 0.5


def test_a_resized_or_a_second_object_does_not_count():
    lab = OPENS[ch10.misses]()
    lab.assigner = "mutual_labelling"
    lab.drag("gt 0", -30.5, -14)
    lab.drag("gt 7", -20, 0)
    assert "one object was moved (in scene 4)" in unmet(ch10.misses, lab)
    lab.reset()
    lab.assigner = "mutual_labelling"
    lab.drag("gt 0", -20, 0, part="left edge")
    assert "every object has the size that it had" in unmet(ch10.misses, lab)


def test_the_flood_begins_at_one_minus_the_threshold():
    lab = OPENS[ch10.flood]()
    proved, totals = [], {}
    for step in range(21):
        alpha = round(0.05 * step, 2)
        lab.turn(alpha=alpha)
        totals[alpha] = sum(lab.positives)
        if not unmet(ch10.flood, lab):
            proved.append(alpha)
    assert proved == [0.25, 0.3]
    assert totals[0.2] > 3 * totals[0.25]
    # Another knob would help as well, and does not count.
    lab.turn(alpha=0.5, score_threshold=0.6)
    assert "the other knobs are where they were" in unmet(ch10.flood, lab)


def test_the_two_objects_agree_with_one_another_at_first():
    found = ch10.two_objects()["detections"]
    assert len(found) == 6
    assert torch.equal(found.scores.argsort(descending=True), torch.arange(6))


@pytest.mark.parametrize("challenge", [ch10.misses, ch10.flood], ids=lambda one: one.name)
def test_another_scene_is_told(challenge):
    lab = OPENS[challenge]()
    for line in challenge.solution().blocks[0].items:
        exec(line.strip("`"), {challenge.widget: lab})
    lab.image = 0
    assert any("(in scene 4)" in says for says in unmet(challenge, lab))
