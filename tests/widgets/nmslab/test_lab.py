import math
from dataclasses import replace

import numpy as np
import pytest
import torch
import traitlets

from locviz.boxes import pairwise_iou
from locviz.data import Shapes
from locviz.evaluate import divergence, duplicates, match, victims
from locviz.models import fast_rcnn_tiny, fcos_tiny, retinanet_tiny, yolov10_tiny
from locviz.postprocess import (
    BalancedNMS,
    DIoUNMS,
    GaussianDecay,
    IoUGuidedNMS,
    MatrixNMS,
    PerLabel,
    SoftNMS,
    WeightedBoxesFusion,
    batched_nms,
    class_agnostic_nms,
    linear_decay,
)
from locviz.types import Detections, Targets
from locviz.widgets.nmslab import NMSLab
from locviz.widgets.nmslab.methods import METHODS

NAMES = [method.name for method in METHODS]
AT_ONCE = {
    "soft_linear": SoftNMS(decay=linear_decay),
    "soft_gaussian": SoftNMS(decay=GaussianDecay(sigma=0.5)),
    "diou": DIoUNMS(),
    "iou_guided": IoUGuidedNMS(),
    "matrix": MatrixNMS(),
    "fusion": WeightedBoxesFusion(),
    "balanced": BalancedNMS(),
}


def found(*rows, labels=None):
    """Rows ``x1 y1 x2 y2 score``."""
    table = torch.tensor(rows, dtype=torch.float32).reshape(-1, 5)
    labels = torch.zeros(len(table)).long() if labels is None else torch.tensor(labels)
    return Detections(table[:, :4], table[:, 4], labels)


def truth(*rows, labels=None, **more):
    boxes = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
    labels = torch.zeros(len(boxes)).long() if labels is None else torch.tensor(labels)
    return Targets(boxes, labels, (100, 100), **more)


@pytest.fixture
def noisy():
    """Twenty candidates of two classes round three objects, with scores that mean nothing."""
    generator = torch.Generator().manual_seed(3)
    objects = truth([10, 10, 50, 50], [24, 12, 62, 52], [50, 50, 90, 90], labels=[0, 0, 1])
    pick = torch.randint(3, (20,), generator=generator)
    boxes = objects.boxes[pick] + 5 * torch.randn(20, 4, generator=generator)
    scores = torch.rand(20, generator=generator).sort(descending=True).values
    return {
        "detections": Detections(boxes.clamp(0, 100), scores, objects.labels[pick]),
        "targets": objects,
    }


# The opening


def test_greedy_kills_one_of_two_rings():
    """Object B's best box overlaps A's, which scores more, by 0.55; at 0.6 both stay."""
    lab = NMSLab()
    assert (lab.kept, lab.victims, lab.duplicates) == ((0, 2, 3, 10, 11, 13), (1,), 0)
    assert lab.true_positives == 3
    assert lab.false_positives == (10, 11, 13)
    assert "B, ring, is lost: its box 1" in lab.snapshot().text
    lab.threshold = 0.6
    assert lab.victims == ()
    assert 1 in lab.kept


@pytest.mark.parametrize("method", ["soft_linear", "soft_gaussian", "diou", "iou_guided"])
def test_what_saves_the_ring(method):
    assert NMSLab(method=method).victims == ()


def test_without_suppression_nothing_is_lost_and_much_is_repeated():
    lab = NMSLab(method="none")
    assert (len(lab.kept), lab.victims, lab.steps) == (14, (), 0)
    assert lab.duplicates == 7


def test_classes_know_each_other_only_when_told():
    lab = NMSLab(all_labels=True)
    assert lab.victims == (1, 3)  # the star, for the square behind it
    boxes, scores, labels = lab.detections.boxes, lab.detections.scores, lab.detections.labels
    expected = class_agnostic_nms(boxes, scores, labels, threshold=0.5)
    assert list(lab.kept) == expected.tolist()


def test_its_numbers_are_those_of_torch():
    lab = NMSLab()
    iou = pairwise_iou(torch.tensor(lab.boxes), torch.tensor(lab.boxes))
    assert f"box 1 (IoU {iou[0, 1]:.2f})" in at(lab, 1)["words"]
    assert lab.spearman == divergence([lab.detections], [lab.targets]).pooled
    assert lab.result["agreement"]["overlap"][4] == pytest.approx(
        float(pairwise_iou(lab.detections.boxes[4:5], lab.targets.boxes[:1])), abs=1e-6
    )


# Against locviz.postprocess and locviz.evaluate


@pytest.mark.parametrize("all_labels", [False, True])
@pytest.mark.parametrize("method", NAMES)
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_the_last_step_leaves_what_the_method_returns_at_once(noisy, method, threshold, all_labels):
    lab = NMSLab(**noisy, method=method, threshold=threshold, all_labels=all_labels)
    end, survivors = lab.runs[0].end, lab.survivors
    assert sorted(survivors.index.tolist()) == end.still_in.nonzero()[0].tolist()
    assert survivors.scores.tolist() == end.scores[survivors.index].tolist()
    assert end.regions[survivors.index] == pytest.approx(survivors.regions.numpy(), abs=1e-4)
    assert not (end.fate == 0).any()  # of none is undecided


@pytest.mark.parametrize("method", AT_ONCE)
def test_each_name_is_the_method_that_it_says(noisy, method):
    """The shipped method, called on each class by itself, with the IoU as quality."""
    lab = NMSLab(**noisy, method=method, score_threshold=0)
    own = lab.detections
    quality = lab.runs[0].given.ranking
    expected = PerLabel(AT_ONCE[method])(
        own.boxes, own.scores, own.labels, threshold=0.5, quality=quality
    )
    assert list(lab.kept) == expected.index.tolist()


@pytest.mark.parametrize("method", NAMES)
@pytest.mark.parametrize("score_threshold", [0.0, 0.25, 0.6])
def test_the_verdict_is_that_of_evaluate(noisy, method, score_threshold):
    lab = NMSLab(**noisy, method=method, score_threshold=score_threshold)
    survivors = lab.survivors
    above = survivors.scores > score_threshold
    labels = lab.detections.labels[survivors.index]
    kept = Detections(survivors.regions[above].float(), survivors.scores[above], labels[above])
    own = lab.detections
    above = own.scores > score_threshold
    before = Detections(own.boxes[above], own.scores[above], own.labels[above])
    assert len(lab.kept) == len(kept)
    lost = victims([before], [kept], [lab.targets]).nonzero()[:, 0].tolist()
    assert list(lab.victims) == lost
    assert lab.duplicates == int(duplicates([kept], score=score_threshold)[0])
    matched = match(kept, lab.targets)
    assert lab.true_positives == matched.num_true_positives
    assert len(lab.false_positives) == matched.num_false_positives
    assert len(lab.missed) + len(lab.victims) == matched.num_false_negatives


def test_steps_go_by_score_over_all_classes(noisy):
    lab = NMSLab(**noisy)
    picked = [step.picked for step in lab.runs[0].steps]
    own = lab.detections
    expected = batched_nms(own.boxes, own.scores, own.labels, threshold=0.5)
    assert picked == expected.tolist()


# Steps


def at(lab, step):
    lab.rewind()
    lab.step(step)
    return lab.result["sides"][0]


def test_a_step_says_who_was_picked_and_who_went():
    lab = NMSLab()
    side = at(lab, 1)
    assert (side["picked"], side["at"], side["steps"]) == (0, 1, 6)
    assert side["words"].startswith("Step 1 of 6: box 0 is picked: its score, 0.92")
    ones = side["candidates"]
    out = [row for row, one in enumerate(ones) if one["fate"] == "suppressed"]
    assert out == [1, 4, 5, 7, 9, 12]
    assert {ones[row]["by"] for row in out} == {0}
    assert {ones[row]["when"] for row in out} == {1}
    assert (ones[0]["fate"], ones[2]["fate"]) == ("kept", "open")
    assert ones[1]["brief"] == "out by 0"
    assert ones[1]["victim"]
    assert ones[4]["outranked"]  # it lies better on A than box 0
    assert not ones[7]["outranked"]
    assert side["truth"] == ["found", "lost", "found", "found"]


def test_a_soft_step_lowers_scores():
    """0.85 times exp(-IoU² / 0.5)."""
    lab = NMSLab(method="soft_gaussian")
    iou = float(pairwise_iou(lab.detections.boxes[:1], lab.detections.boxes[1:2]))
    one = at(lab, 1)["candidates"][1]
    assert one["score"] == pytest.approx(0.85 * math.exp(-(iou**2) / 0.5), rel=1e-5)
    assert (one["fate"], one["by"]) == ("open", 0)
    assert f"box 1 from 0.85 to {one['score']:.2f}" in lab.result["sides"][0]["words"]


def test_what_is_lowered_too_far_is_kept_and_not_reported():
    lab = NMSLab(method="soft_gaussian")
    one = lab.result["sides"][0]["candidates"][4]
    assert one["fate"] == "below"
    assert one["score"] < 0.25
    assert "not reported" in one["words"]
    assert 4 not in lab.kept
    lab.score_threshold = 0.0
    assert 4 in lab.kept


def test_fusion_moves_the_founder():
    lab = NMSLab(method="fusion")
    side = lab.result["sides"][0]
    assert side["candidates"][0]["region"] != lab.boxes[0]
    assert "joins the cluster of box 0" in at(lab, 2)["words"]


def test_balanced_says_where_the_centre_is():
    lab = NMSLab(method="balanced")
    assert len(at(lab, 1)["center"]) == 2
    lab.method = "greedy"
    assert lab.result["sides"][0]["center"] == []


def test_diou_says_what_it_compares():
    lab = NMSLab(method="diou")
    words = lab.result["sides"][0]["candidates"][1]["words"]
    assert "IoU 0.55 - 0.03 = 0.52" in words


def test_steps_and_rewind_stay_in_range():
    lab = NMSLab()
    lab.step(-2)
    assert (lab.played, lab.result["sides"][0]["at"]) == (4, 4)
    lab.step(1)
    lab.step(9)
    assert lab.played is None
    lab.step(-99)
    assert lab.played == 0
    assert lab.result["sides"][0]["words"] == "Before the first of 6 steps: 14 candidates."
    lab.played = 50  # more than there are
    assert lab.result["sides"][0]["at"] == 6
    lab.step(-1)
    assert lab.played == 5
    assert lab.kept == (0, 2, 3, 10, 11, 13)  # of the end, whatever is shown


def test_no_quality_is_the_iou_with_the_truth(noisy):
    lab = NMSLab(method="iou_guided")
    assert lab.kept[:2] == (4, 6)  # what lies best on A and C, with the best scores
    assert lab.final_scores[4] == pytest.approx(0.92)
    generator = torch.Generator().manual_seed(0)
    own = NMSLab(**noisy, method="iou_guided", quality=torch.rand(20, generator=generator))
    assert own.kept != NMSLab(**noisy, method="iou_guided").kept


# Two methods


def test_two_methods_and_what_differs():
    lab = NMSLab(method="greedy", second="diou")
    assert set(lab.second_kept) - set(lab.kept) == {5}
    assert lab.second_victims == ()
    assert (lab.second_duplicates, lab.second_true_positives) == (0, 4)
    assert lab.result["difference"] == "Both report 6. Only DIoU-NMS: box 5."
    assert [row for row, other in enumerate(lab.result["differs"]) if other] == [5]


def test_a_method_beside_itself_at_another_threshold():
    lab = NMSLab(second="greedy", second_threshold=0.6)
    assert "Only greedy NMS at 0.60: box 1" in lab.result["difference"]
    lab.second_threshold = None
    assert lab.result["difference"] == "Both report the same 6 boxes."
    lab.drag("second_threshold", 0.2)  # from where the first one's is
    assert lab.second_threshold == pytest.approx(0.7)
    lab.second = None
    assert (lab.result["difference"], lab.result["differs"]) == ("", [])
    with pytest.raises(ValueError, match=r"lab\.second = 'diou'"):
        _ = lab.second_kept


# Gestures


def test_dragging_a_box_away_saves_it():
    lab = NMSLab()
    lab.drag("box 1", 4, 0)
    assert lab.boxes[1] == [28.5, 16.5, 78.5, 66.5]
    assert lab.victims == ()
    assert lab.history[-1]["gesture"] == "drag"
    lab.drag("box 1", 500, 0)
    assert lab.boxes[1][2] == 128  # it stays in the picture
    lab.drag("box 2", -9, 0, part="right edge")
    assert lab.boxes[2] == [67, 74, 109, 122]
    lab.reset()
    assert lab.victims == (1,)


def test_scores_by_hand():
    lab = NMSLab()
    lab.set_score(1, 0.95)  # now B's box comes first, and A keeps a worse one
    assert lab.kept == (1, 2, 3, 7, 10, 11, 13)
    assert lab.victims == ()
    lab.drag("score 1", -0.2)
    assert lab.scores[1] == pytest.approx(0.75)
    lab.drag("score 1", -9)
    assert lab.scores[1] == 0
    assert 1 not in lab.kept
    with pytest.raises(IndexError, match=r"0\.\.13"):
        lab.set_score(14, 0.5)
    with pytest.raises(traitlets.TraitError, match=r"14 numbers in 0\.\.1"):
        lab.set_score(0, 1.5)


def test_knobs_stay_in_range():
    lab = NMSLab()
    for name, by, value in (
        ("threshold", 0.2, 0.7),
        ("threshold", 3, 1),
        ("sigma", -3, 0.05),
        ("weight", 9, 5),
        ("score_threshold", -1, 0),
    ):
        lab.drag(name, by)
        assert getattr(lab, name) == pytest.approx(value)
    for name in ("box 14", "box x", "method", "score"):
        with pytest.raises(ValueError, match="name must be 'box 0' to 'box 13'"):
            lab.drag(name, 1)
    with pytest.raises(ValueError, match="part must be"):
        lab.drag("box 0", 1, 1, part="middle")


def test_the_view_asks_and_is_answered(fake_comm):
    lab = NMSLab()
    comm = fake_comm(lab)
    boxes = [list(box) for box in lab.boxes]
    boxes[1][0] += 8
    question = {
        "kind": "ask",
        "seq": 4,
        "name": "knobs",
        "boxes": boxes,
        "gesture": "drag",
        "at": 9,
    }
    lab._handle_custom_msg(question, None)
    assert {"kind": "answer", "seq": 4} in comm.custom()
    assert (lab.boxes[1][0], lab.result["of"]["boxes"][1][0], lab.result["seq"]) == (32.5, 32.5, 9)
    assert all("boxes" not in state for state in comm.states("echo_update"))
    assert sum("result" in state for state in comm.states()) == 1
    lab._handle_custom_msg({"kind": "ask", "seq": 5, "name": "knobs", "threshold": 7.0}, None)
    assert "at most 1" in lab.last_error


# What it is given


def test_own_candidates_with_nothing_there():
    lab = NMSLab(detections=found(), targets=truth([0, 0, 9, 9]))
    assert (lab.kept, lab.victims, lab.missed) == ((), (), (0,))
    assert math.isnan(lab.spearman)
    lab = NMSLab(detections=found([0, 0, 9, 9, 0.9]), targets=truth())
    assert lab.false_positives == (0,)
    assert "boxes of box" not in lab.snapshot().text
    for method in NAMES:
        lab.method = method
        assert lab.last_error == ""


def test_a_crowd_region_is_no_object():
    objects = truth([0, 0, 40, 40], [50, 50, 90, 90], crowd=torch.tensor([False, True]))
    lab = NMSLab(detections=found([50, 50, 90, 90, 0.9], [0, 0, 40, 40, 0.8]), targets=objects)
    assert (lab.victims, lab.missed, lab.false_positives) == ((), (), ())
    assert lab.result["sides"][0]["truth"] == ["found", "apart"]
    assert lab.result["agreement"]["owner"] == [-1, 0]


def test_the_best_sixty_are_shown_best_first():
    low = torch.rand(100, 2, generator=torch.Generator().manual_seed(0)) * 60
    scores = torch.linspace(0, 1, 100)
    many = Detections(torch.cat([low, low + 30], 1), scores, torch.zeros(100).long())
    lab = NMSLab(detections=[many], targets=[truth()])
    assert len(lab.scores) == 60
    assert lab.scores == sorted(lab.scores, reverse=True)
    assert "the best 60 of 100" in lab.scene["source"]


@pytest.mark.parametrize("preset", [fcos_tiny, retinanet_tiny])
def test_of_a_detector_shows_what_its_suppression_gets(preset):
    """Its own detections are what the lab keeps of the candidates at the detector's threshold."""
    torch.manual_seed(0)
    detector = preset(3)
    select = detector.postprocess
    select.threshold = 0.0 if preset is fcos_tiny else 0.009
    image, objects = Shapes(split="test")[0]
    lab = NMSLab.of(
        detector, image, objects, threshold=select.nms_threshold, score_threshold=0.0, source="mine"
    )
    detector.eval()
    own = detector.detect([image])[0]
    assert 1 < len(lab.scores) <= 60
    # Of the best sixty candidates suppression keeps a beginning of what it keeps of all.
    assert len(lab.kept) > 1
    kept = lab.survivors
    assert kept.scores.tolist() == pytest.approx(own.scores[: len(kept)].tolist(), abs=1e-3)
    assert select.suppress is detector.postprocess.suppress
    assert (lab._scene.quality is not None) == (preset is fcos_tiny)
    assert lab.scene["source"].startswith("mine")


def test_of_a_detector_with_two_heads_shows_either():
    torch.manual_seed(0)
    detector = yolov10_tiny(3).train()
    images, targets = zip(*[Shapes()[i] for i in range(2)], strict=True)
    many, one = (
        NMSLab.of(detector, images, targets, output=output, index=1, score_threshold=0.0)
        for output in (0, -1)
    )
    assert many.scores != one.scores
    assert detector.training


def test_of_refuses_what_it_cannot_watch():
    image, objects = Shapes()[0]
    with pytest.raises(TypeError, match="must be a DenseDetector"):
        NMSLab.of(fast_rcnn_tiny(3), image, objects)
    detector = fcos_tiny(3)
    with pytest.raises(ValueError, match="one target per image"):
        NMSLab.of(detector, [image], [])
    with pytest.raises(ValueError, match=r"index must be in 0\.\.0"):
        NMSLab.of(detector, image, objects, index=1)
    with pytest.raises(IndexError, match=r"output must be in 0\.\.0, or -1 for the last"):
        NMSLab.of(detector, image, objects, output=3)
    with pytest.raises(ValueError, match="images is empty"):
        NMSLab.of(detector, [], [])
    with pytest.raises(ValueError, match=r"look like 0\.\.255: divide"):
        NMSLab.of(detector, 255 * image, objects)
    with pytest.raises(ValueError, match=r"targets\[0\].size is"):
        NMSLab.of(detector, image[:, :30], objects)
    few = fcos_tiny(1)
    beyond = replace(objects, labels=torch.ones_like(objects.labels))
    with pytest.raises(
        ValueError, match=r"targets\[1\].*labels\[0\] is 1, but the model has classes"
    ):
        NMSLab.of(few, [image] * 2, [replace(beyond, labels=0 * beyond.labels), beyond])
    with pytest.raises(ValueError, match="class_names has 2 names, but the detector has 3 classes"):
        NMSLab.of(detector, image, objects, class_names=("a", "b"))
    detector.postprocess = lambda *_, **__: found()
    with pytest.raises(TypeError, match="SelectDense and SelectBest"):
        NMSLab.of(detector, image, objects)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"treshold": 0.5}, TypeError, "did you mean 'threshold'"),
        ({"method": "nms"}, traitlets.TraitError, "one of 'none', 'greedy'"),
        ({"second": "nms"}, traitlets.TraitError, "None or one of 'none', 'greedy'"),
        ({"threshold": -0.1}, traitlets.TraitError, "at least 0 and at most 1"),
        ({"sigma": 0.0}, traitlets.TraitError, "at least 0.05"),
        ({"boxes": [[0, 0, 1, 1]]}, traitlets.TraitError, "14 rows"),
        ({"boxes": [[5, 0, 1, 1]] * 14}, traitlets.TraitError, "x1 <= x2"),
        ({"scores": [2.0] * 14}, traitlets.TraitError, "14 numbers in 0..1"),
        ({"played": -1}, traitlets.TraitError, "at least 0"),
        ({"targets": truth()}, TypeError, "detections is missing"),
        ({"detections": found([0, 0, 1, 1, 0.5])}, TypeError, "targets is missing"),
    ],
)
def test_what_is_refused(change, error, words):
    with pytest.raises(error, match=words):
        NMSLab(**change)


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_image_is_refused():
    given = {"detections": found([0, 0, 9, 9, 0.5]), "targets": truth([0, 0, 9, 9])}
    for wrong, words in (
        (np.zeros((9, 9, 3), np.uint8), r"images\[0\] must be a tensor \(3, h, w\), got ndarray"),
        ("photo.jpg", r"images\[0\] must be a tensor \(3, h, w\), got str"),
        (torch.zeros(3, 9, 9, dtype=torch.uint8), "divide by 255 first"),
    ):
        with pytest.raises(TypeError, match=words):
            NMSLab(**given, image=wrong)
    with pytest.raises(ValueError, match=r"look like 0\.\.255: divide"):
        NMSLab(**given, image=torch.full((3, 9, 9), 200.0))


def test_candidates_that_do_not_fit():
    objects = truth([0, 0, 9, 9])
    one = found([0, 0, 9, 9, 0.5])
    with pytest.raises(ValueError, match="not spans"):
        NMSLab(
            detections=Detections(torch.zeros(1, 2), torch.ones(1), torch.zeros(1).long()),
            targets=objects,
        )
    with pytest.raises(ValueError, match=r"quality must be \(1,\)"):
        NMSLab(detections=one, targets=objects, quality=[0.5, 0.5])
    with pytest.raises(ValueError, match="give 1 names"):
        NMSLab(detections=one, targets=objects, class_names=[])
    with pytest.raises(TypeError, match=r"give detections\[0\]"):
        NMSLab(detections=[one, one], targets=objects)


# Pictures and words


def test_repr_and_picture(marks):
    lab = NMSLab(second="diou")
    assert repr(lab) == "NMSLab(method='greedy', second='diou', kept=6, lost=1, wrong=3)"
    html = lab._repr_mimebundle_()[0]["text/html"]
    assert 'role="img"' in html
    assert html.count("6 reported") >= 1
    assert len(marks(lab, "image")) == 2
    before = lab.snapshot()
    lab.rewind()
    assert lab.snapshot().svg != before.svg
    assert "after step 0 of 6" in lab.snapshot().text


def test_hostile_names_are_text():
    hostile = "<img src=x onerror=alert(1)>"
    lab = NMSLab(
        detections=found([0, 0, 9, 9, 0.5]),
        targets=truth([0, 0, 20, 20]),
        class_names=[hostile],
        source=hostile,
    )
    assert lab.scene["source"] == hostile
    assert "<img" not in lab.snapshot().svg
