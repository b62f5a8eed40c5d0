import io
import math

import numpy as np
import pytest
import torch

from locviz.assign import MaxIoU, force_best_ties
from locviz.boxes import pairwise_iou
from locviz.data import bccd_boxes, bccd_photos
from locviz.priors import AnchorPriors, anchor_recall, best_iou
from locviz.types import IGNORE, Targets
from locviz.widgets import AnchorLab

SIZE = (64, 96)


def box(*rows):
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)


def some_boxes(num, seed=0, size=SIZE):
    generator = torch.Generator().manual_seed(seed)
    height, width = size
    corner = torch.rand(num, 2, generator=generator) * torch.tensor([width, height]) * 0.7
    side = 4 + torch.rand(num, 2, generator=generator) * torch.tensor([width, height]) * 0.28
    return torch.cat([corner, corner + side], 1)


@pytest.fixture
def data():
    """Three images of one size, with 5, 0 and 3 boxes."""
    return {"boxes": [some_boxes(5), box(), some_boxes(3, 1)], "size": SIZE}


def all_anchors(lab, size=SIZE):
    """Every anchor as a detector takes them, made from the traits alone."""
    strides = sorted(set(lab.strides))
    sizes = [[scale * stride for scale in sorted(set(lab.scales))] for stride in strides]
    maps = [(math.ceil(size[0] / stride), math.ceil(size[1] / stride)) for stride in strides]
    return AnchorPriors(sizes=sizes, strides=strides, ratios=sorted(set(lab.ratios)))(
        maps, input_size=size
    )


def test_values_derived_by_hand():
    """One anchor of 16 x 16 per cell of stride 16: on a 32 x 32 image four of them tile it."""
    lab = AnchorLab(
        boxes=[box([0, 0, 16, 16], [4, 0, 20, 16], [0, 0, 8, 16])],
        size=(32, 32),
        scales=[1],
        ratios=[1],
        strides=[16],
    )
    assert lab.num_anchors == 4
    # The first is an anchor, the second has 12 of 20 columns in common with one, the third is half
    # of one.
    assert lab.best_iou.tolist() == pytest.approx([1.0, 0.6, 0.5])
    assert (lab.recall, lab.recall_at(0.55), lab.recall_at(0.7)) == (
        1.0,
        pytest.approx(2 / 3),
        pytest.approx(1 / 3),
    )
    assert lab.best.region == [0, 0, 16, 16]
    # The first anchor is all of box 1, the second shares 4 columns with box 2 (4 / 28), the rest
    # nothing.
    assert lab.counts == {"positive": 1, "ignored": 0, "negative": 3}


def test_the_default_set_is_shapes_and_the_default_design_the_pyramids():
    lab = AnchorLab()
    assert lab.num_images == 24
    assert (lab.scales, lab.ratios, lab.strides) == ([8.0], [0.5, 1.0, 2.0], [4, 8, 16, 32, 64])
    assert lab.num_anchors == 3 * (24**2 + 12**2 + 6**2 + 3**2 + 2**2)
    assert lab.recall == lab.default_recall
    lab.scales = [2, 3, 4]
    lab.strides = [4, 8, 16]
    assert lab.recall > lab.default_recall


@pytest.mark.parametrize(
    "design",
    [{}, {"scales": [1, 2.5], "ratios": [0.3, 1, 3], "strides": [4, 16]}, {"strides": [24]}],
)
def test_recall_and_best_iou_are_those_of_all_anchors(data, design):
    lab = AnchorLab(**data, **design)
    every = all_anchors(lab)
    assert lab.num_anchors == len(every)
    assert torch.allclose(lab.best_iou, best_iou(every, torch.cat(data["boxes"])), atol=1e-6)
    for iou in (0.35, 0.5, 0.61):
        assert lab.recall_at(iou) == pytest.approx(
            float(anchor_recall(every, data["boxes"], [iou])), abs=1e-6
        )


def test_images_of_several_sizes():
    boxes, sizes = [some_boxes(4), some_boxes(4, 1, (40, 40))], [SIZE, (40, 40)]
    lab = AnchorLab(boxes=boxes, size=sizes)
    best = [
        best_iou(all_anchors(lab, size), region) for region, size in zip(boxes, sizes, strict=True)
    ]
    assert torch.allclose(lab.best_iou, torch.cat(best), atol=1e-6)
    assert lab.num_anchors == sum(len(all_anchors(lab, size)) for size in sizes) / 2
    lab.image = 1
    assert lab.size == (40, 40)


@pytest.mark.parametrize("forced", [False, True])
def test_the_picture_is_assigned_by_the_models_rule(data, forced):
    lab = AnchorLab(**data, positive=0.6, negative=0.3, forced=forced, scales=[2, 4])
    lab.drag("target", 3, 2)
    rule = MaxIoU(positive=0.6, negative=0.3, **({"force": force_best_ties} if forced else {}))
    targets = Targets(boxes=lab.gt, labels=torch.zeros(5, dtype=torch.int64), size=SIZE)
    given_to = rule(all_anchors(lab), targets).gt_index
    expected = {
        "positive": (given_to >= 0).sum(),
        "ignored": (given_to == IGNORE).sum(),
        "negative": (given_to == -1).sum(),
    }
    assert lab.counts == {name: int(number) for name, number in expected.items()}
    assert lab.gt_num_positive.tolist() == [int((given_to == i).sum()) for i in range(5)]
    assert not forced or min(lab.gt_num_positive) >= 1
    assert sum(map(sum, lab.result["level_counts"])) == lab.num_anchors


def test_the_targets_best_anchor(data):
    lab = AnchorLab(**data, scales=[1, 2, 4])
    every = all_anchors(lab)
    overlap = pairwise_iou(torch.tensor([lab.target]), every.regions)[0]
    assert lab.best.iou == pytest.approx(float(overlap.max()), abs=1e-6)
    x1, y1, x2, y2 = lab.best.region
    side = lab.best.scale * lab.strides[lab.best.level]
    assert (x2 - x1) * (y2 - y1) == pytest.approx(side**2, rel=1e-4)
    assert (y2 - y1) / (x2 - x1) == pytest.approx(lab.best.ratio, rel=1e-4)


def test_states_of_the_shown_level_say_the_best_of_each_cell(data):
    lab = AnchorLab(**data, level=1)
    rows, columns = 8, 12  # stride 8
    sent = lab.result["states"]
    assert sent["shape"] == [rows, columns]
    start = 3 * 16 * 24  # three anchors at each cell of stride 4
    here = (
        lab.scene.assignment.gt_index[start : start + 3 * rows * columns]
        .reshape(rows * columns, 3)
        .tolist()
    )
    worth = [max(2 if gt >= 0 else 1 if gt == IGNORE else 0 for gt in cell) for cell in here]
    assert list(sent["cells"]) == worth


def test_anchors_of_the_chosen_cell(data):
    lab = AnchorLab(**data, cell=(20.0, 30.0), strides=[8, 16], scales=[2])
    sent = np.frombuffer(lab.result["cell_anchors"], np.float32).reshape(2, 3, 4)
    center = (sent[..., :2] + sent[..., 2:]) / 2
    assert center[0] == pytest.approx(np.full((3, 2), [20, 28]))  # column 2, row 3 of stride 8
    assert center[1] == pytest.approx(np.full((3, 2), [24, 24]))
    assert (sent[..., 2:] - sent[..., :2]).prod(-1) == pytest.approx(
        np.array([[256] * 3, [1024] * 3]), rel=1e-4
    )


def test_dragging_turning_selecting_and_resetting(data):
    lab = AnchorLab(**data, scales=[2])
    start = list(lab.target)
    lab.drag("target", 5, 4)
    assert lab.target == pytest.approx([start[0] + 5, start[1] + 4, start[2] + 5, start[3] + 4])
    lab.drag("target", 4, 3, part="bottom right corner")
    recall = lab.recall
    assert 0 < recall < 1
    lab.drag("cell", 1000, -1000)
    assert lab.cell == [96, 0]
    lab.step()
    assert (lab.image, lab.cell) == (1, None)
    assert lab.target == pytest.approx(
        [32, 64 / 3, 64, 128 / 3]
    )  # nothing is there: a third of the image
    lab.step(-2)
    lab.select(2)
    assert lab.target == pytest.approx(data["boxes"][2][2].tolist())
    lab.drag("target", 2, 2)
    lab.select(0)  # the one that was dragged is back in its place
    assert torch.equal(lab.gt, data["boxes"][2])
    assert lab.recall == recall  # the set does not move with the picture
    lab.reset()
    assert (lab.image, lab.target) == (0, start)
    gestures = [entry["gesture"] for entry in lab.history]
    assert gestures[:4] == ["", "drag", "drag", "drag"]
    assert gestures[-1] == "reset"


def test_setting_the_image_takes_its_box(data):
    lab = AnchorLab(**data)
    lab.image = 2
    assert lab.target == pytest.approx(data["boxes"][2][0].tolist())
    lab.selected = 1
    assert lab.target == pytest.approx(data["boxes"][2][1].tolist())


def test_the_order_and_repeats_of_numbers_do_not_count(data):
    a = AnchorLab(**data, scales=[4, 2, 4], ratios=[1, 0.5], strides=[16, 8])
    b = AnchorLab(**data, scales=[2, 4], ratios=[0.5, 1], strides=[8, 16])
    assert (a.num_anchors, a.recall_at(0.4)) == (b.num_anchors, b.recall_at(0.4))
    assert a.scales == [4, 2, 4]  # what the user set stays


def test_a_default_of_ones_own(data):
    lab = AnchorLab(**data, default={"scales": [1], "strides": [16]}, scales=[2])
    assert (lab.default_num_anchors, lab.num_anchors) == (3 * 4 * 6, 3 * 4 * 6)
    assert lab.strides == [16]
    assert lab.default_recall == AnchorLab(**data, scales=[1], strides=[16]).recall
    sent = np.frombuffer(lab.reference["recall"], np.float32)
    assert sent[20] == pytest.approx(
        lab._default_survey.recall(0.5)
    )  # 0.30, 0.31 ...: the 21st is 0.5


def test_every_design_tried_is_kept_once_and_in_order(data):
    lab = AnchorLab(**data)
    lab.strides = [8, 16]
    lab.drag("target", 1, 1)  # no other design
    lab.positive = 0.45
    tried = np.frombuffer(lab.result["tried"], np.float32).reshape(-1, 2)
    assert tried[:, 0].tolist() == [lab.default_num_anchors, lab.num_anchors]
    assert tried[-1, 1] == pytest.approx(lab.recall)


def test_a_set_without_boxes_is_said_in_words():
    lab = AnchorLab(boxes=[box()], size=(32, 32))
    assert math.isnan(lab.recall)
    assert lab.result["recall"] is None
    assert "undefined" in lab.snapshot().text


def test_the_view_asks_and_is_answered(data, fake_comm):
    lab = AnchorLab(**data)
    comm = fake_comm(lab)
    target = [3.0, 3.0, 30.0, 40.0]
    lab._handle_custom_msg(
        {"kind": "ask", "seq": 4, "name": "knobs", "target": target, "gesture": "drag", "at": 9},
        None,
    )
    assert {"kind": "answer", "seq": 4} in comm.custom()
    assert (lab.target, lab.result["seq"], lab.gesture) == (target, 9, "drag")
    sent = [name for state in comm.states() for name in state]
    assert "result" in sent
    assert not {"target", "curve", "photo", "reference"} & set(
        sent
    )  # nothing else changed, nothing comes back
    assert not [state for state in comm.states("echo_update") if "target" in state]


def test_the_view_commands(data, fake_comm):
    lab = AnchorLab(**data)
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "command", "name": "step", "arguments": [2]}, None)
    assert lab.image == 2
    assert "target" in [
        name for state in comm.states() for name in state
    ]  # the view does not know the image's boxes
    lab._handle_custom_msg({"kind": "command", "name": "select", "arguments": [1]}, None)
    assert lab.selected == 1
    lab._handle_custom_msg({"kind": "command", "name": "reset", "arguments": []}, None)
    assert lab.image == 0
    lab._handle_custom_msg({"kind": "command", "name": "train"}, None)
    assert "takes no commands, got 'train'" in lab.last_error


def test_a_message_is_small(fake_comm):
    lab = AnchorLab(boxes=[some_boxes(12, size=(480, 640))], size=(480, 640))
    comm = fake_comm(lab)
    lab.drag("target", 1, 1)
    buffers = [buffer for _, buffers in comm.messages for buffer in buffers or ()]
    assert 0 < sum(len(memoryview(buffer).tobytes()) for buffer in buffers) < 25_000


def test_a_bad_knob_from_the_view_is_answered_with_the_error(data, fake_comm):
    lab = AnchorLab(**data)
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "ask", "seq": 1, "name": "knobs", "scales": []}, None)
    assert "1 to 6 sides in strides" in comm.custom()[0]["error"]
    assert lab.scales == [8.0]


def test_repr_and_picture(data):
    images = [torch.rand(3, *SIZE, generator=torch.Generator().manual_seed(i)) for i in range(3)]
    lab = AnchorLab(boxes=data["boxes"], images=images, scales=[2])
    assert 0 < lab.recall < 1
    assert repr(lab) == f"AnchorLab(anchors={lab.num_anchors}, recall={lab.recall:.3f}, iou=0.500)"
    html = lab._repr_mimebundle_()[0]["text/html"]
    assert "data:image/png;base64," in html
    assert f"Of 8 boxes {lab.recall:.3f} have an anchor of IoU 0.50" in html
    before = lab.snapshot().text
    lab.drag("target", 3, 2, part="bottom right corner")
    assert lab.snapshot().text != before


def test_the_blood_cells_lie_under_their_boxes():
    """As chapter 04 shows them; a page turns to the next photograph."""
    from PIL import Image

    cells, photographs = bccd_boxes("train")[:3], bccd_photos()
    lab = AnchorLab(boxes=cells, images=photographs[:3])
    for number in range(3):
        assert lab.image == number
        shown = np.array(Image.open(io.BytesIO(lab.photo["png"]))) / 255
        assert shown == pytest.approx(photographs[number].permute(1, 2, 0).numpy(), abs=1e-6)
        assert torch.equal(lab.gt, cells[number].boxes)
        lab.step()
