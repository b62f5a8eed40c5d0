from xml.etree import ElementTree as ET

import numpy as np
import pytest
import torch

from locviz.assign import ATSS, CenterSampling, OnSquareAnchors
from locviz.models import fcos_tiny
from locviz.types import BACKGROUND, Assignment, Targets
from locviz.widgets import AssignLab

RULES = (
    "max_iou", "rpn", "ssd", "grid_cell", "center_sampling", "atss", "hungarian", "ota", "simota", "task_aligned",
    "class_aware", "mutual_labelling",
)  # fmt: skip


def truth(*rows, size=(64, 64), labels=None):
    boxes = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
    named = torch.tensor(labels or [0] * len(boxes), dtype=torch.int64)
    return Targets(boxes=boxes, labels=named, size=size)


@pytest.fixture
def two():
    """Two objects side by side, two classes."""
    return truth([8, 8, 24, 24], [36, 8, 60, 40], labels=[0, 1])


@pytest.fixture
def crowded():
    return AssignLab.replay()


# What the numbers are


@pytest.mark.parametrize("name", RULES)
def test_the_answer_is_the_assigners_own(crowded, name):
    crowded.assigner = name
    rule = crowded.rules[name]
    direct = rule.build(**rule.defaults)(crowded.priors, crowded.targets, crowded.predictions)
    assert torch.equal(crowded.assignment.gt_index, direct.gt_index)
    sent = np.frombuffer(crowded.result["sides"][0]["owner"], np.int16)
    assert sent.tolist() == direct.gt_index.tolist()
    counts = [int((direct.gt_index == i).sum()) for i in range(len(crowded.boxes))]
    assert list(crowded.positives) == counts == crowded.result["sides"][0]["positives"]


def test_centre_sampling_by_hand():
    """Points 4 apart lie at 10, 14, 18, 22; nearer than 1.5 strides to the centre 16 are 14 and 18,
    on both axes.

    Their largest side distance is 9, in the finest level's range of up to 12; of the next level's
    points, 12 and 20, it is 11, which is too small there.
    """
    lab = AssignLab(targets=truth([9, 9, 23, 23]), assigner="center_sampling")
    assert lab.positives == (4,)
    places = lab.priors.centers[lab.assignment.positive].tolist()
    assert places == [[14, 14], [18, 14], [14, 18], [18, 18]]


def test_atss_with_a_turned_knob_is_atss_with_that_argument(crowded):
    crowded.assigner = "atss"
    crowded.turn(top_k=3)
    expected = OnSquareAnchors(ATSS(top_k=3), side=4.0)(crowded.priors, crowded.targets)
    assert torch.equal(crowded.assignment.gt_index, expected.gt_index)
    assert crowded.settings == {"atss": {"top_k": 3}}


def test_ambiguous_priors_are_those_that_two_objects_would_take_alone(two):
    """An object inside another of twice its side: every point of the small one that the large one
    would take too.
    """
    lab = AssignLab(targets=truth([8, 8, 40, 40], [16, 16, 32, 32]), assigner="max_iou")
    rule = lab.rules["max_iou"]
    taken = sum(
        rule.build(**rule.defaults)(lab.priors, truth(box)).positive.long()
        for box in ([8, 8, 40, 40], [16, 16, 32, 32])
    )
    assert lab.ambiguous == int((taken > 1).sum())


def test_rows_show_every_object_and_the_selected_one_in_full(crowded):
    crowded.assigner = "ota"
    side = crowded.reading(0)
    rows = side.rows()
    assert len(set(rows.tolist())) == len(rows) <= 60
    assert {side.owner[row] for row in rows} >= {i for i, num in enumerate(side.positives) if num}
    selected = max(range(len(side.positives)), key=side.positives.__getitem__)
    of_selected = {row for row in side.rows(selected) if side.owner[row] == selected}
    assert len(of_selected) == side.positives[selected] <= 24
    values = np.frombuffer(crowded.result["sides"][0]["values"], np.float32).reshape(len(rows), -1)
    assert values == pytest.approx(side.values[rows], nan_ok=True)


def test_static_rules_do_not_depend_on_the_training_step_and_dynamic_ones_do(crowded):
    crowded.assigner = "atss"
    assert set(crowded.flips_by_step.values()) == {0}
    crowded.assigner = "simota"
    assert min(crowded.flips_by_step.values()) > 0
    assert list(crowded.flips_by_step) == list(crowded.steps[1:])


# Gestures


def test_a_drag_moves_the_box_and_counts_flips(two):
    lab = AssignLab(targets=two)
    before = lab.assignment.gt_index
    lab.drag("gt 0", 6, 2)
    assert lab.boxes[0] == [14, 10, 30, 26]
    assert lab.flips["previous"] == int((lab.assignment.gt_index != before).sum()) > 0
    assert [entry["gesture"] for entry in lab.history] == ["", "drag"]
    assert lab.history[-1]["flips"] == lab.flips["previous"]
    lab.drag("gt 0", -99, 0)
    assert lab.boxes[0] == [0, 10, 16, 26]  # it stays in the picture
    lab.drag("gt 1", -10, 0, part="left edge")
    assert lab.boxes[1] == [26, 8, 60, 40]
    lab.reset()
    assert lab.boxes == two.boxes.tolist()
    assert torch.equal(lab.assignment.gt_index, before)


def test_one_drag_is_one_gesture_however_many_moves(two):
    """Flips count from where the drag began, not from the last pointer event."""
    lab = AssignLab(targets=two)
    before = lab.reading(0).owner
    for x in range(1, 7):
        lab._change("drag", boxes=[[8.0 + x, 8, 24 + x, 24], lab.boxes[1]])
    lab._change("drop")
    assert lab.flips["previous"] == int((lab.reading(0).owner != before).sum())


def test_the_last_move_of_a_drag_may_come_with_its_end(two):
    lab = AssignLab(targets=two)
    before = lab.reading(0).owner
    lab._change("drag", boxes=[[9.0, 8, 25, 24], lab.boxes[1]])
    lab._change("drop", boxes=[[16.0, 8, 32, 24], lab.boxes[1]])
    assert lab.history[-1]["gesture"] == "drag"
    assert (
        lab.flips["previous"]
        == int((lab.reading(0).owner != before).sum())
        == lab.history[-1]["flips"]
    )


def test_knobs_are_dragged_within_their_range(two):
    lab = AssignLab(
        targets=two, assigner="atss", second="atss", second_settings={"atss": {"top_k": 4}}
    )
    lab.drag("top_k", 2)
    assert lab.reading(0).settings["top_k"] == 11
    lab.drag("second top_k", 99)
    assert lab.reading(1).settings["top_k"] == 30
    assert lab.reading(0).settings["top_k"] == 11
    with pytest.raises(ValueError, match="gt 0"):
        lab.drag("gt 7", 1, 1)
    with pytest.raises(ValueError, match="part must be"):
        lab.drag("gt 0", 1, 1, part="middle")


def test_flips_against_every_reference(crowded):
    crowded.assigner, crowded.second = "ota", "atss"
    crowded.pin()
    assert crowded.flips["pinned"] == 0
    owner = crowded.reading(0).owner
    assert crowded.flips["other"] == int((owner != crowded.reading(1).owner).sum()) > 0
    assert crowded.flips["step"] == crowded.flips_by_step[1200]
    crowded.step(-2)
    assert crowded.training_step == 400
    assert crowded.flips["pinned"] == int((crowded.reading(0).owner != owner).sum()) > 0
    crowded.unpin()
    assert crowded.flips["pinned"] is None
    crowded.step(-9)
    assert crowded.training_step == 0
    assert crowded.flips["step"] is None


def test_another_image_has_other_objects(crowded):
    crowded.pin()
    crowded.image = 2
    assert crowded.boxes == crowded._replay.targets[2].boxes.tolist()
    assert crowded.flips["previous"] is None
    assert crowded.flips["pinned"] is None
    assert crowded.photo["image"] == 2
    crowded.reset()
    assert crowded.image == 0
    assert crowded.boxes == crowded._replay.targets[0].boxes.tolist()


def test_ones_own_assigner(two):
    def everyone(priors, targets, predicted=None):
        """All priors are responsible for the last object."""
        return Assignment(torch.full((len(priors),), len(targets) - 1))

    lab = AssignLab(
        targets=two, assigners={"mine": everyone}, assigner="mine", second="center_sampling"
    )
    assert lab.positives == (0, len(lab.priors))
    assert lab.rules["mine"].knobs == ()


# Limit cases


def test_no_objects(two):
    lab = AssignLab(targets=truth(), second="atss")
    assert lab.positives == ()
    assert (lab.assignment.gt_index == BACKGROUND).all()
    for name in RULES:
        lab.assigner = name
        assert lab.result["sides"][0]["positives"] == []
    assert "no objects" in lab.snapshot().text


def test_crowd_regions_get_nothing(two):
    apart = Targets(
        boxes=two.boxes, labels=two.labels, size=two.size, crowd=torch.tensor([False, True])
    )
    lab = AssignLab(targets=apart)
    for name in RULES:
        lab.assigner = name
        assert lab.positives[1] == 0, name
        assert lab.ignored > 0, name
        lab.film()
    assert lab.scene["apart"] == [[False, True]]


def test_spans_on_a_timeline():
    spans = Targets(
        boxes=torch.tensor([[4.0, 20.0], [30.0, 60.0]]), labels=torch.tensor([0, 1]), size=(64,)
    )
    lab = AssignLab(targets=spans)
    for name in RULES:
        lab.assigner = name
        assert len(lab.positives) == 2, name
    lab.drag("gt 0", 5, 99)
    assert lab.boxes[0] == [9, 25]
    assert lab.scene["dim"] == 1
    assert np.frombuffer(lab.scene["places"], np.float32).reshape(-1, 2)[:, 1].max() < 64 * 0.3
    ET.fromstring(lab.snapshot().svg)


# The wire


def test_the_view_asks_and_is_answered(two, fake_comm):
    lab = AssignLab(targets=two)
    comm = fake_comm(lab)
    moved = [[10.0, 8, 26, 24], two.boxes[1].tolist()]
    lab._handle_custom_msg(
        {"kind": "ask", "seq": 4, "name": "knobs", "boxes": moved, "gesture": "drag", "at": 9}, None
    )
    assert {"kind": "answer", "seq": 4} in comm.custom()
    assert lab.boxes == moved
    assert lab.result["seq"] == 9
    assert lab.result["sides"][0]["num_ambiguous"] is None  # that waits for the end of the drag
    sent = [name for state in comm.states() for name in state]
    assert "boxes" not in sent  # user-owned: it comes back neither as update nor as echo
    assert "scene" not in sent
    assert "photo" not in sent
    lab._handle_custom_msg(
        {"kind": "ask", "seq": 5, "name": "knobs", "gesture": "drop", "at": 10}, None
    )
    assert lab.result["sides"][0]["num_ambiguous"] == lab.ambiguous


def test_a_film_is_asked_for_with_its_state(two, fake_comm):
    lab = AssignLab(targets=two, assigner="ota")
    comm = fake_comm(lab)
    asked = {
        "kind": "ask",
        "seq": 1,
        "name": "film",
        "side": 0,
        "settings": {"ota": {"iterations": 5}},
        "at": 3,
    }
    lab._handle_custom_msg(asked, None)
    answer = comm.custom()[-1]
    assert (answer["film"], answer["frames"], answer["at"]) == ("sinkhorn", 5, 3)
    _, buffers = comm.messages[-1]
    owners = np.frombuffer(buffers[1], np.int16).reshape(5, len(lab.priors))
    assert owners[-1].tolist() == lab.assignment.gt_index.tolist()


def test_messages_are_small(fake_comm):
    """A drag with 1,029 priors and ten objects sends a few kilobytes."""
    corner = torch.arange(10)[:, None] * torch.tensor([9.0, 7.0])
    many = Targets(
        boxes=torch.cat([corner, corner + 24], 1),
        labels=torch.zeros(10, dtype=torch.int64),
        size=(112, 112),
    )
    lab = AssignLab(targets=many, assigner="ota", second="simota")
    assert len(lab.priors) == 1029
    comm = fake_comm(lab)
    lab._change("drag", boxes=[[x + 1 for x in row] for row in lab.boxes])
    size = sum(len(buffer) for _, buffers in comm.messages for buffer in buffers or ())
    assert 0 < size < 20_000


def test_pin_is_a_command(two, fake_comm):
    lab = AssignLab(targets=two)
    fake_comm(lab)
    lab._handle_custom_msg({"kind": "command", "name": "pin"}, None)
    assert lab.against == "pinned"
    assert lab.result["pinned"]
    lab._handle_custom_msg({"kind": "command", "name": "explode"}, None)
    assert "takes no commands" in lab.last_error


def test_an_assigner_that_fails_shows_its_error(two, fake_comm):
    def broken(priors, targets, predicted=None):
        raise RuntimeError("out of anchors")

    lab = AssignLab(targets=two, assigners={"broken": broken})
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "ask", "seq": 1, "name": "knobs", "assigner": "broken"}, None)
    assert "out of anchors" in comm.custom()[0]["error"]
    assert "out of anchors" in lab.last_error


def test_repr_and_picture(two):
    lab = AssignLab(
        targets=two,
        class_names=["<img src=x onerror=alert(1)>", "b"],
        assigner="atss",
        second="ota",
    )
    assert (
        repr(lab)
        == f"AssignLab(assigner='atss', second='ota', step=3, positives={sum(lab.positives)})"
    )
    html = lab._repr_mimebundle_()[0]["text/html"]
    assert 'role="img"' in html
    assert f"ATSS: {sum(lab.positives)} of {len(lab.priors)} priors positive" in html
    assert "<img" not in html


def test_centre_sampling_follows_the_strides(crowded):
    """The widget's default is fcos_tiny's own assigner."""
    own = fcos_tiny(6).assigner
    assert isinstance(own, CenterSampling)
    assert torch.equal(own(crowded.priors, crowded.targets).gt_index, crowded.assignment.gt_index)
