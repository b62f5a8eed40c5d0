"""What a view computes at once and the kernel computes behind it: through the widgets' own state,
the two agree.
"""

import re

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from locviz.types import Detections, Targets
from locviz.widgets import AnchorLab, APLab, AssignLab, RoILab
from locviz.widgets.core.matched_picture import draw_order

# RoILab

STATES = {
    "as it begins": {},
    "one bin": {"output_size": 1},
    "many bins, a sample per cell": {"output_size": 7, "sampling_ratio": 0},
    "not aligned": {"aligned": False, "sampling_ratio": 3},
    "a point": {"region": [40.0, 40.0, 40.0, 40.0]},
    "the whole map": {"region": [0.0, 0.0, 160.0, 128.0]},
    "another stride and map": {"stride": 8, "function": "bump", "region": [3.0, 1.0, 70.0, 64.0]},
}


@pytest.fixture(params=STATES)
def roi(request):
    return RoILab(**STATES[request.param])


def test_bins_are_the_same(typescript, roi):
    cells = [value / roi.stride for value in roi.region]
    ours = torch.tensor(typescript("geometry.binsOf", cells, roi.output_size))
    assert ours.reshape(-1).tolist() == pytest.approx(roi.reading.bins.flatten().tolist())


@pytest.mark.parametrize("function", RoILab().functions)
def test_cells_show_the_same_values(typescript, marks, function):
    lab = RoILab(function=function)
    shown = [element.text for element in marks(lab, "text", font_size="10.4")]
    assert len(shown) == 2 * lab.map.numel()  # the map stands twice, once per layer
    sent = np.frombuffer(lab.features["values"], dtype=np.float32).tolist()
    assert [typescript("geometry.label", value) for value in sent] * 2 == shown


def test_samples_lie_where_the_kernel_takes_them_and_weigh_what_it_gives_them(typescript, roi):
    samples = typescript("geometry.samplesOf", roi.result["rows"], roi.result["columns"])
    number = roi.output_size**2
    values = torch.zeros(number, dtype=torch.float64)
    points = [[] for _ in range(number)]
    for sample in samples:
        points[sample["bin"]].append([sample["x"] - 0.5, sample["y"] - 0.5])
        for cell in sample["neighbours"]:
            values[sample["bin"]] += cell["weight"] * roi.map[cell["row"], cell["column"]]
    for mine, theirs in zip(points, roi.reading.samples.points.flatten(0, 1), strict=True):
        expected = sorted(theirs.flatten(0, 1).tolist())
        assert torch.tensor(sorted(mine)).flatten().tolist() == pytest.approx(
            torch.tensor(expected).flatten().tolist(), abs=1e-5
        )
    means = values / max(len(points[0]), 1)
    assert means.tolist() == pytest.approx(roi.align.flatten().tolist(), abs=1e-4)


# AnchorLab


@given(st.floats(-20, 150), st.floats(-20, 130))
@example(0.0, 0.0)
@example(130.0, 100.0)
@example(64.0, 64.0)
def test_the_cell_of_a_point_is_the_one_whose_anchors_come(typescript, x, y):
    lab = AnchorLab(boxes=[torch.tensor([[10.0, 10, 60, 70]])], size=(100, 130))
    lab.cell = (x, y)
    per_cell = lab.design.per_cell
    for level, stride in enumerate(lab.design.strides):
        shape = list(lab.design.maps(lab.size)[level])
        ours = typescript("lattice.cellAt", lab.point, stride, shape)
        anchors = lab.scene.cell_anchors[level * per_cell : (level + 1) * per_cell]
        centers = (anchors[:, :2] + anchors[:, 2:]) / 2
        middle = [(ours[0] + ours[2]) / 2, (ours[1] + ours[3]) / 2]
        for center in centers.tolist():
            assert center == pytest.approx(middle, abs=1e-3)


# APLab


def ap_lab(**traits):
    """Forty images; class 1 is in every third, so that there are pages to turn and gaps."""
    generator = torch.Generator().manual_seed(5)
    detections, targets = [], []
    for i in range(40):
        label = torch.tensor([1 if i % 3 == 2 else 0])
        box = torch.tensor([[4.0, 4, 20, 24]])
        moved = box + torch.rand(1, 4, generator=generator) * (9 if i % 4 else 2)
        score = torch.rand(1, generator=generator)
        detections.append(Detections(boxes=moved, scores=score, labels=label))
        targets.append(Targets(boxes=box, labels=label, size=(40, 40), image_id=i))
    return APLab(detections=detections, targets=targets, **traits)


def curve_of(lab):
    """The curve as the view decodes it."""
    names = ("recall", "precision", "score", "envelope")
    return {name: np.frombuffer(lab.curve[name], dtype=np.float32).tolist() for name in names}


def test_the_working_point_at_every_corner(typescript):
    lab = ap_lab(label=0)
    curve = curve_of(lab)
    assert len(curve["score"]) > 5
    for score in curve["score"]:
        lab.score_threshold = score - 1e-6
        corner = typescript("curve.cornerAt", curve["score"], lab.score_threshold)
        assert curve["recall"][corner] == pytest.approx(lab.recall, abs=1e-6)
        assert curve["precision"][corner] == pytest.approx(lab.precision, abs=1e-6)
    lab.score_threshold = 1.0
    assert typescript("curve.standing", lab.reading) == {"recall": lab.recall, "precision": 1}


@pytest.mark.parametrize("label", [0, None])
@pytest.mark.parametrize("threshold", np.linspace(0, 1, 41).tolist())
def test_dot_words_and_numbers_agree_at_every_threshold(typescript, threshold, label):
    """Between two corners of the curve lie wrong boxes, which the corners do not count."""
    lab = ap_lab(label=label, iou_threshold=0.8, score_threshold=threshold)
    dot = typescript("curve.standing", lab.reading)
    if lab.reading["precision"] is None:
        assert (dot["recall"], dot["precision"]) == (0, 1)
        return
    assert (dot["recall"], dot["precision"]) == (lab.recall, lab.precision)
    words = typescript("curve.pointInWords", lab.reading)
    assert words.endswith(f"precision {lab.precision:.3f}, recall {lab.recall:.3f}")
    picture = lab.snapshot().text
    assert f"precision is {lab.precision:.3f} and recall {lab.recall:.3f}" in picture


def test_the_swept_part_in_the_picture_is_the_one_in_the_words(typescript):
    lab = ap_lab(label=0, iou_threshold=0.8)
    envelope = curve_of(lab)["envelope"]
    for threshold in np.linspace(1, 0, 41).tolist():
        lab.score_threshold = threshold
        points = typescript("curve.sweptPoints", lab.reading)
        assert sum(envelope[:points]) / 101 == pytest.approx(lab.reading["area"], abs=1e-6)


@pytest.mark.parametrize("label", [0, 1, None])
@pytest.mark.parametrize("way", [(0.2, 0.0), (-0.3, 0.1), (0.05, -0.4), (2.0, 2.0), (-2.0, 0.0)])
def test_the_point_goes_to_the_same_corner(typescript, way, label):
    lab = ap_lab(label=label)
    curve = curve_of(lab)
    lab.score_threshold = curve["score"][len(curve["score"]) // 2] - 1e-6
    start = {"threshold": lab.score_threshold, **typescript("curve.standing", lab.reading)}
    ours = typescript("curve.dragged", curve, start, *way)["threshold"]
    lab.drag("point", *way)
    assert ours == pytest.approx(lab.score_threshold, abs=1e-6)


def test_without_a_curve_the_point_stays(typescript):
    nothing = Detections(
        boxes=torch.zeros(0, 4), scores=torch.zeros(0), labels=torch.zeros(0, dtype=torch.int64)
    )
    truth = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(9, 9))
    lab = APLab(detections=[nothing], targets=[truth])
    curve = curve_of(lab)
    lab.drag("point", 0.3, 0.3)
    start = {"threshold": 0.5, "recall": 0, "precision": 1}
    assert typescript("curve.dragged", curve, start, 0.3, 0.3) == start
    assert lab.score_threshold == 0.5
    assert typescript("curve.turned", [], 0, 1) == 0


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize("image", [0, 1, 2, 3, 20, 38, 39])
def test_pages_turn_alike(typescript, image, by):
    lab = ap_lab(label=1, image=image)
    ours = typescript("curve.turned", lab.curve["pages"], image, by)
    lab.step(by)
    assert ours == lab.image


def test_boxes_carry_the_same_notes(typescript, marks):
    lab = ap_lab(label=0, score_threshold=0.0, image=0)
    for image in range(12):
        lab.image = image
        names = [info["name"] for info in lab.classes]
        ours = [mark["note"] for mark in typescript("marks.marksOf", lab.scene, names, False)]
        texts = [element.text for element in marks(lab, "text", font_size="10.5")]
        assert [note for note in ours if note not in ("", "missed")] == texts


@given(st.lists(st.tuples(st.sampled_from([-1, 0, 1]), st.sampled_from([0.1, 0.5, 0.9]))))
def test_boxes_lie_over_each_other_alike(typescript, detections):
    outcome, scores = [pair[0] for pair in detections], [pair[1] for pair in detections]
    assert typescript("marks.fromBelow", outcome, scores) == draw_order(outcome, scores)


def test_the_legend_says_the_same(typescript, marks):
    lab = ap_lab(label=0, score_threshold=0.0)
    words = typescript("marks.tallyInWords", lab.scene["tally"])
    shown = {element.text for element in marks(lab, "text")}
    assert set(words) <= shown


# AssignLab


def test_marks_are_of_the_same_size(typescript, marks):
    truth = Targets(
        boxes=torch.tensor([[20.0, 20, 100, 110], [8, 6, 30, 28]]),
        labels=torch.tensor([0, 0]),
        size=(128, 128),
    )
    lab = AssignLab(targets=truth, assigner="center_sampling")
    owner, strides = lab.reading(0).owner, lab.priors.strides
    mine = strides[torch.from_numpy(owner == 0)]
    (path,) = [
        element.get("d")
        for element in marks(lab, "path", stroke_width="1")
        if "a" in (element.get("d") or "")
    ]
    radii = [float(r) for r in re.findall(r"Z?M[^a]*a([\d.]+) ", path)]
    ours = [typescript("assign.radius", float(s), float(strides.min())) for s in mine]
    assert len(set(ours)) >= 1
    assert radii == pytest.approx(ours, abs=0.051)


@given(st.floats(1, 64), st.floats(1, 8))
def test_a_mark_is_at_most_nine_units_wide(typescript, stride, finest):
    ours = typescript("assign.radius", max(stride, finest), finest)
    assert 3 <= ours <= 9
