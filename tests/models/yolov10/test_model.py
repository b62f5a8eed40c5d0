"""YOLOv10 by published counts and by what its two heads must do; equality with the reference is in
tests/parity.
"""

import pytest
import torch

from locviz.assign import TaskAligned
from locviz.boxes import pairwise_iou
from locviz.models import (
    deployed,
    dual_assignment,
    fcos_tiny,
    yolov10,
    yolov10_b,
    yolov10_l,
    yolov10_m,
    yolov10_n,
    yolov10_s,
    yolov10_tiny,
    yolov10_x,
)
from locviz.models.skeletons.dense import assign_images
from locviz.models.skeletons.outputs import PerOutput
from locviz.postprocess import SelectDense, class_probability
from locviz.types import Targets


def count(module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    ("build", "training", "alone"),
    [
        (yolov10_n, 2_775_520, 2_310_624),
        (yolov10_s, 8_128_272, 7_277_920),
        (yolov10_m, 16_576_768, 15_389_968),
        (yolov10_b, 20_574_384, 19_101_696),
        (yolov10_l, 25_888_688, 24_416_000),
        (yolov10_x, 31_808_960, 29_539_408),
    ],
)
def test_published_sizes(build, training, alone):
    """Counted with batch norm and with the sixteen fixed places of the bins, as the releases are."""
    with torch.device("meta"):
        detector = build(80)
    assert count(detector) == training
    assert count(deployed(detector)) == alone


def test_any_size_can_be_put_together():
    detector = yolov10(3, widths=(8, 8, 16, 16, 32), depth=1 / 3).eval()
    assert len(detector.backbone.stages) == 4
    with torch.no_grad():
        (found,) = detector.detect([torch.rand(3, 40, 60)])
    assert len(found) <= 300


def test_there_are_8400_priors_at_640_pixels():
    detector = yolov10(2, widths=(2, 2, 4, 4, 4), depth=1 / 3).eval()
    with torch.no_grad():
        predictions = detector([torch.rand(3, 60, 100)])
    assert len(predictions.priors) == 8400
    pixels = detector.prepare([torch.zeros(3, 60, 100)]).values
    assert pixels.shape == (1, 3, 640, 640)
    assert pixels[0, :, -1, 0].tolist() == pytest.approx([114 / 255] * 3)


@pytest.fixture
def detector():
    torch.manual_seed(0)
    return yolov10_tiny(3)


IMAGES = [torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(0)) for _ in range(2)]
NOTHING = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(64, 64))
TWO = Targets(
    boxes=torch.tensor([[4.0, 4, 30, 30], [30, 20, 60, 50]]), labels=torch.tensor([0, 2]), size=(64, 64)
)  # fmt: skip


def test_ten_priors_train_and_one_detects(detector):
    """An object takes at most ten priors in the earlier output and at most one in the last."""
    assert isinstance(detector.assigner, PerOutput)
    last = detector(IMAGES)
    earlier = last.aux[0]
    for output, assigner, most in (
        (earlier, detector.assigner.earlier, 10),
        (last, detector.assigner.last, 1),
    ):
        found = assign_images(assigner, output, detector.regions(output), [TWO, NOTHING])
        assert found[0].gt_index[found[0].positive].bincount(minlength=2).max() == most
        assert not found[1].positive.any()
    (through, _) = detector.assign(last, detector.regions(last), [TWO, NOTHING])
    assert through.positive.sum() <= 2


def test_both_heads_have_the_same_measure():
    both = dual_assignment(smallest_side=8.0)
    for name in ("alpha", "beta", "overlap", "smallest_side"):
        assert getattr(both.earlier, name) == getattr(both.last, name)
    assert (both.earlier.top_k, both.last.top_k) == (10, 1)


def test_both_heads_are_trained_and_the_features_by_the_first_alone(detector):
    losses = detector.loss(IMAGES, [NOTHING, TWO])
    names = {"regression", "classification", "distribution"}
    assert set(losses.terms) == names | {f"aux0_{name}" for name in names}
    last = sum(losses.terms[name] * losses.weights[name] for name in names)
    last.backward(retain_graph=True)
    assert all(p.grad is None for p in detector.backbone.parameters())
    assert all(p.grad is not None for p in detector.head.one_to_one.parameters())
    losses.total.backward()
    assert all(p.grad is not None for p in detector.backbone.parameters())
    assert all(p.grad is not None for p in detector.head.one_to_many.parameters())


def test_detection_is_the_second_heads_and_the_first_ones_by_keyword(detector):
    detector.eval()
    with torch.no_grad():
        for layer in detector.head.one_to_many.logits:
            layer.bias.fill_(5.0)
    (quiet, _), (loud, _) = detector.detect(IMAGES), detector.detect(IMAGES, output=0)
    assert quiet.scores.max() < 0.5 < loud.scores.min()
    assert len(loud) == 300  # nothing is suppressed
    nms = SelectDense(score=class_probability, nms_threshold=0.5, max_detections=300)
    (alone, _) = detector.detect(IMAGES, output=0, postprocess=nms)
    assert 0 < len(alone) < 300
    for label in range(3):
        overlaps = pairwise_iou(*[alone.boxes[alone.labels == label]] * 2)
        assert overlaps.triu(1).max() <= 0.5
    with pytest.raises(IndexError):
        detector.detect(IMAGES, output=2)


def test_what_is_deployed_detects_the_same(detector):
    detector.eval()
    before = detector.detect(IMAGES)
    small = deployed(detector)
    assert small is detector
    assert small(IMAGES).aux == ()
    for a, b in zip(before, small.detect(IMAGES), strict=True):
        assert torch.equal(a.boxes, b.boxes)
        assert torch.equal(a.scores, b.scores)
    assert set(small.train().loss(IMAGES, [TWO, TWO]).terms) == {
        "regression",
        "classification",
        "distribution",
    }


def test_only_two_heads_can_lose_one():
    with pytest.raises(TypeError, match="FCOSHead"):
        deployed(fcos_tiny(2))


def test_one_assigner_serves_both_heads(detector):
    same = yolov10_tiny(3, assigner=TaskAligned(top_k=3))
    same.load_state_dict(detector.state_dict())
    assert set(same.loss(IMAGES, [TWO, TWO]).terms) == set(detector.loss(IMAGES, [TWO, TWO]).terms)
