import math

import numpy as np
import pytest
import torch
import traitlets

from locviz.data import Shapes
from locviz.evaluate import evaluate, match
from locviz.types import Detections, Targets
from locviz.widgets.aplab import APLab

HOSTILE = "<img src=x onerror=alert(1)>"


def box(*rows):
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)


def labels(*values):
    return torch.tensor(values, dtype=torch.int64)


@pytest.fixture
def hand_made():
    """Two images, class 1: two ground truths; scores 0.9 right, 0.6 wrong, 0.3 right. Class 0 has
    one, unfound.
    """
    targets = [
        Targets(boxes=box([0, 0, 10, 10], [20, 20, 30, 30]), labels=labels(1, 0), size=(40, 40)),
        Targets(boxes=box([5, 5, 25, 25]), labels=labels(1), size=(40, 40), image_id=1),
    ]
    detections = [
        Detections(
            boxes=box([0, 0, 10, 10], [30, 0, 40, 9]),
            scores=torch.tensor([0.9, 0.6]),
            labels=labels(1, 1),
        ),
        Detections(boxes=box([5, 5, 25, 20]), scores=torch.tensor([0.3]), labels=labels(1)),
    ]
    images = [torch.rand(3, 40, 40, generator=torch.Generator().manual_seed(i)) for i in range(2)]
    return {
        "detections": detections,
        "targets": targets,
        "images": images,
        "class_names": ["ring", HOSTILE],
    }


@pytest.fixture
def noisy():
    """Twenty crowded scenes and detections that are right, shifted, doubled and made up."""
    generator = torch.Generator().manual_seed(0)
    dataset = Shapes(level="crowded", split="test", num_scenes=20)
    targets = [dataset[i][1] for i in range(20)]

    def found(truth):
        shifted = truth.boxes + torch.randn(len(truth), 4, generator=generator) * 2
        corner = torch.rand(3, 2, generator=generator) * 70
        made_up = torch.cat([corner, corner + 15], 1)
        corners = torch.cat([shifted, shifted + 1, made_up])
        low, high = (
            torch.minimum(corners[:, :2], corners[:, 2:]),
            torch.maximum(corners[:, :2], corners[:, 2:]),
        )
        names = torch.cat(
            [truth.labels, truth.labels, torch.randint(0, 6, (3,), generator=generator)]
        )
        return Detections(
            boxes=torch.cat([low, high], 1),
            scores=torch.rand(len(names), generator=generator),
            labels=names,
        )

    return {
        "detections": list(map(found, targets)),
        "targets": targets,
        "class_names": dataset.class_names,
    }


def test_numbers_derived_by_hand(hand_made):
    lab = APLab(**hand_made, score_threshold=0.5)
    assert lab.label == 1  # two ground truths against one
    assert (lab.counts.true_positives, lab.counts.false_positives, lab.counts.false_negatives) == (
        1,
        1,
        1,
    )
    assert (lab.precision, lab.recall) == (0.5, 0.5)
    # The envelope is 1 up to recall 0.5 (51 of COCO's 101 points) and 2/3 up to 1.
    assert lab.ap == pytest.approx((51 + 50 * 2 / 3) / 101)
    lab.iou_threshold = 0.8  # the second image's overlap is 0.75
    assert lab.ap == pytest.approx(51 / 101)


@pytest.mark.parametrize("label", range(6))
@pytest.mark.parametrize("iou", [0.5, 0.75])
def test_the_shaded_area_is_what_evaluate_says(noisy, label, iou):
    lab = APLab(**noisy, label=label, iou_threshold=iou)
    whole = evaluate(noisy["detections"], noisy["targets"], num_classes=6)
    assert lab.ap == pytest.approx(whole.average_precision(iou=iou, label=label), abs=1e-12)
    envelope = np.frombuffer(lab.curve["envelope"], np.float32)
    assert envelope == pytest.approx(whole.curve(iou, label)[1], abs=1e-6)


@pytest.mark.parametrize("score", [0.0, 0.4, 0.99, 1.0])
def test_the_working_point_is_the_sum_of_the_pictures(noisy, score):
    """All images matched one by one give the counts of the whole."""
    lab = APLab(**noisy, label=2, score_threshold=score)
    right = wrong = missed = 0
    for found, truth in zip(noisy["detections"], noisy["targets"], strict=True):
        only = Detections(
            *(value[found.labels == 2] for value in (found.boxes, found.scores, found.labels))
        )
        wanted = truth.labels == 2
        of_class = Targets(boxes=truth.boxes[wanted], labels=truth.labels[wanted], size=truth.size)
        one = match(only, of_class, iou_threshold=0.5, score_threshold=score)
        right += one.num_true_positives
        wrong += one.num_false_positives
        missed += one.num_false_negatives
    assert lab.reading["counts"] == [right, wrong, missed]


def test_a_run_of_wrong_boxes_moves_the_working_point():
    """One right box, then four wrong ones, then a right one: precision falls 1, 1/2, 1/3 .. 1/5."""
    boxes = box([0, 0, 10, 10], *([[20.0, 20, 30, 30]] * 4), [0, 20, 10, 30])
    scores = torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    found = Detections(boxes=boxes, scores=scores, labels=torch.zeros(6, dtype=torch.int64))
    truth = Targets(boxes=box([0, 0, 10, 10], [0, 20, 10, 30]), labels=labels(0, 0), size=(40, 40))
    lab = APLab(detections=[found], targets=[truth])
    for threshold, precision in ((0.85, 1), (0.75, 1 / 2), (0.65, 1 / 3), (0.55, 1 / 4)):
        lab.score_threshold = threshold
        assert lab.reading["precision"] == pytest.approx(precision)


def test_the_sweep_goes_from_nothing_to_ap(noisy):
    lab = APLab(**noisy, label=2)
    lab.sweep(20)
    passed = lab.history[1:]
    assert {entry["gesture"] for entry in passed} == {"sweep"}
    assert [entry["score_threshold"] for entry in passed] == pytest.approx(np.linspace(1, 0, 21))
    assert lab.reading["area"] == pytest.approx(lab.ap, abs=1e-12)
    lab.score_threshold = 1.0
    assert lab.reading["area"] == 0.0
    with pytest.raises(ValueError, match="num must be at least 1"):
        lab.sweep(0)


def test_the_area_on_the_way_is_derived_by_hand(hand_made):
    """Half recall: 51 of COCO's 101 points, each with precision 1."""
    assert APLab(**hand_made, score_threshold=0.5).reading["area"] == pytest.approx(51 / 101)


def test_pooled_ranking_counts_every_class(hand_made):
    lab = APLab(**hand_made, label=None, score_threshold=0.0)
    assert lab.reading["counts"] == [2, 1, 1]
    assert lab.curve["aps"][0] == pytest.approx(
        evaluate(hand_made["detections"], hand_made["targets"], num_classes=2).ap50
    )


def test_detections_beyond_a_hundred_do_not_count():
    """COCO keeps the hundred best of each image and class; the right one is the worst of 101."""
    boxes = box(*([[20.0, 20, 30, 30]] * 100), [0, 0, 10, 10])
    found = Detections(
        boxes=boxes,
        scores=torch.linspace(0.9, 0.1, 101),
        labels=torch.zeros(101, dtype=torch.int64),
    )
    truth = Targets(boxes=box([0, 0, 10, 10]), labels=labels(0), size=(40, 40))
    lab = APLab(detections=[found], targets=[truth])
    assert lab.ap == 0 == evaluate([found], [truth], num_classes=1).ap50


def test_dragging_the_point_goes_to_corners_of_the_curve(hand_made):
    lab = APLab(**hand_made, score_threshold=0.95)
    lab.drag("point", 0.55, -0.1)
    assert lab.score_threshold == pytest.approx(0.9)
    assert (lab.recall, lab.precision) == (0.5, 1.0)
    lab.drag("point", 0.5, -1 / 3)
    assert (lab.recall, lab.precision) == (1.0, pytest.approx(2 / 3))
    assert [entry["gesture"] for entry in lab.history] == ["", "drag", "drag"]
    lab.reset()
    assert lab.score_threshold == 0.95


def test_dragging_a_slider_stays_in_range(hand_made):
    lab = APLab(**hand_made)
    lab.drag("score_threshold", 3.0)
    lab.drag("iou_threshold", -3.0)
    assert (lab.score_threshold, lab.iou_threshold) == (1.0, 0.005)
    assert math.isnan(lab.precision)
    assert lab.reading["precision"] is None
    with pytest.raises(ValueError, match="name must be"):
        lab.drag("box", 1.0)


def test_pages_are_the_images_that_hold_the_class(hand_made):
    lab = APLab(**hand_made, label="ring")
    assert lab.label == 0
    assert lab.curve["pages"] == [0]
    lab.label = 1
    for n, image in ((1, 1), (1, 0), (-1, 1), (-1, 0)):
        lab.step(n)
        assert lab.image == image


def test_opens_on_an_image_that_has_something_to_find(hand_made):
    """A detection alone is no reason to open on an image."""
    turned = {name: hand_made[name][::-1] for name in ("detections", "targets", "images")}
    assert APLab(**turned, class_names=hand_made["class_names"], label=0).image == 1
    assert APLab(**hand_made, label=0).image == 0
    assert APLab(**hand_made, image=1).image == 1


def test_the_view_asks_and_is_answered(hand_made, fake_comm):
    lab = APLab(**hand_made)
    comm = fake_comm(lab)
    lab._handle_custom_msg(
        {"kind": "ask", "seq": 4, "name": "knobs", "score_threshold": 0.1, "at": 9}, None
    )
    assert {"kind": "answer", "seq": 4} in comm.custom()
    assert (lab.score_threshold, lab.reading["seq"]) == (0.1, 9)
    sent = [name for state in comm.states() for name in state]
    assert "score_threshold" not in sent  # user-owned: it comes back neither as update nor as echo
    assert all("score_threshold" not in state for state in comm.states("echo_update"))
    assert "photo" not in sent  # nothing heavy travels where nothing changed
    assert "curve" not in sent


def test_a_bad_knob_from_the_view_is_answered_with_the_error(hand_made, fake_comm):
    lab = APLab(**hand_made)
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "ask", "seq": 1, "name": "knobs", "score_threshold": 7.0}, None)
    assert "at most 1" in comm.custom()[0]["error"]
    assert "at most 1" in lab.last_error


def test_repr_and_picture(hand_made):
    lab = APLab(**hand_made)
    assert repr(lab) == f"APLab(images=2, iou=0.500, ap={lab.ap:.3f})"
    html = lab._repr_mimebundle_()[0]["text/html"]
    assert 'role="img"' in html
    assert "precision is 0.500 and recall 0.500" in html
    assert "<img" not in html
    assert "data:image/png;base64," in html
    assert lab.snapshot().text != (lab.drag("score_threshold", -0.4), lab.snapshot().text)[1]


def test_nothing_to_find_is_said_in_words():
    empty = Targets(boxes=box(), labels=labels(), size=(40, 40))
    found = Detections(boxes=box([0, 0, 5, 5]), scores=torch.tensor([0.7]), labels=labels(0))
    lab = APLab(detections=[found], targets=[empty])
    assert math.isnan(lab.ap)
    assert lab.curve["ap"] is None
    assert "average precision undefined" in lab.snapshot().text
    lab.drag("point", 0.1)
    assert lab.reading["counts"] == [0, 1, 0]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"score_treshold": 0.5}, TypeError, "did you mean 'score_threshold'"),
        ({"score_threshold": 1.5}, traitlets.TraitError, "at least 0 and at most 1"),
        ({"iou_threshold": 0.0}, traitlets.TraitError, "more than 0"),
        ({"label": "cube"}, traitlets.TraitError, "one of 'ring'"),
        ({"label": 2}, traitlets.TraitError, r"0\.\.1"),
        ({"image": 2}, traitlets.TraitError, r"0\.\.1"),
        ({"images": []}, ValueError, "one image per entry"),
        ({"targets": [], "images": None}, ValueError, "at least one image"),
        ({"detections": []}, ValueError, "one entry per image"),
        ({"class_names": ["only one"]}, ValueError, "labels"),
    ],
)
def test_bad_input_names_the_fix(hand_made, change, error, words):
    with pytest.raises(error, match=words):
        APLab(**{**hand_made, **change})


def test_spans_have_no_picture():
    truth = Targets(boxes=torch.tensor([[0.0, 1.0]]), labels=labels(0), size=(10,))
    found = Detections(
        boxes=torch.tensor([[0.0, 1.0]]), scores=torch.tensor([0.5]), labels=labels(0)
    )
    with pytest.raises(ValueError, match="spans"):
        APLab(detections=[found], targets=[truth])
