"""YOLOX-s against Megvii's, weights through the shipping converter, theirs kept as goldens (see
yolox_goldens.py).

Outputs to 1e-4 (boxes relative to their longer side beyond a pixel), losses to 1e-4 relative: theirs
work with centres and sizes, ours with corners. Another processor moves the outputs by up to 1e-5 of
their size, which may turn a near tie in the suppression; so our selection is fed their outputs, bit
for bit, and must select what theirs did. SimOTA's assignment is made from our own outputs and must
be equal: in these scenes it stays the same under noise of 1e-2 on all logits, thirty times what a
processor does.
"""

import pytest
import torch
from closeness import near_boxes

from locviz.checkpoints import put_weights, rename
from locviz.layers import BGR, Prepare
from locviz.models import ObjectnessLoss, match_rows, yolox_s
from locviz.models.yolox.names import MEGVII
from locviz.postprocess import SelectDense, best_class_product
from locviz.types import Detections, Targets


@pytest.fixture(scope="module")
def goldens(load_script):
    """The module yolox_goldens.py."""
    return load_script("yolox_goldens")


@pytest.fixture(scope="module")
def theirs(goldens, read_goldens):
    """Their answers by name, and the shapes of their state dict."""
    return read_goldens(goldens.GOLDENS)


@pytest.fixture
def build(goldens, theirs):
    def converted(seed: int, **stages):
        # Their letterbox without the resizing, which is OpenCV's and not the model's.
        prepare = Prepare(mean=(0.0,) * 3, std=(1 / 255,) * 3, padding=114.0, channels=BGR)
        loss = ObjectnessLoss(l1=1.0)
        ours = yolox_s(goldens.NUM_CLASSES, **({"prepare": prepare, "loss": loss} | stages))
        state = {
            name: goldens.filled(name, tuple(shape), seed) for name, shape in theirs[1].items()
        }
        put_weights(ours, rename(state, MEGVII), source="Megvii")
        return ours

    return converted


@pytest.fixture
def batch(goldens):
    def made(seed: int) -> tuple[list[torch.Tensor], list[Targets]]:
        images, boxes, labels = goldens.scene(seed)
        return [torch.from_numpy(image).permute(2, 0, 1) / 255 for image in images], [
            Targets(boxes=torch.from_numpy(b), labels=torch.from_numpy(k), size=size)
            for b, k, size in zip(boxes, labels, goldens.SIZES, strict=True)
        ]

    return made


@torch.no_grad()
def compare_outputs(ours, images, expected) -> None:
    """Theirs: centre and size in pixels, then objectness and classes as probabilities. Ours as
    logits and corners.
    """
    predictions = ours.eval()(images)
    center, size, probabilities = expected.split([2, 2, expected.shape[-1] - 4], -1)
    near_boxes(torch.cat([center - size / 2, center + size / 2], -1), ours.regions(predictions))
    got = [predictions.quality[..., None], predictions.logits]
    torch.testing.assert_close(torch.cat(got, -1).sigmoid(), probabilities, rtol=1e-4, atol=1e-4)


def selection(goldens, **changes) -> SelectDense:
    """Their ``postprocess``, with some of its numbers changed."""
    numbers = {
        "threshold": goldens.THRESHOLDS["conf_thre"],
        "nms_threshold": goldens.THRESHOLDS["nms_thre"],
        "max_detections": 1000,
    }
    return SelectDense(gate=best_class_product, score=best_class_product, **(numbers | changes))


def compare_selection(goldens, select, outputs, expected, same_set) -> None:
    """Ours from their outputs of one image (p, 12), whose regions neither side clips; in any order."""
    h, w = goldens.CANVAS
    center, size, objectness, classes = outputs.split([2, 2, 1, goldens.NUM_CLASSES], -1)
    got = select(
        classes.logit(),
        torch.cat([center - size / 2, center + size / 2], -1),
        levels=[(h // stride) * (w // stride) for stride in (8, 16, 32)],
        quality=objectness[:, 0].logit(),
    )
    assert 20 <= len(expected) < len(outputs)  # some, and NMS had something to do
    score = expected[:, 4] * expected[:, 5]
    same_set(Detections(expected[:, :4], score, expected[:, 6].long()), got)


def compare_losses(goldens, ours, images, targets, answers, seed) -> None:
    ours.train()
    predictions = ours(images)
    regions = ours.regions(predictions)
    assignments = ours.assign(predictions, regions, targets)
    matched = torch.stack([assignment.gt_index for assignment in assignments]) + 1
    assert torch.equal(matched, answers[f"{seed}.matched"].long())
    rows = match_rows(assignments, targets, predictions.priors, coder=ours.coder)
    losses = ours.criterion(predictions, regions, rows)
    got = torch.stack([losses.terms[name] for name in goldens.TERMS])
    torch.testing.assert_close(got, answers[f"{seed}.terms"], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(losses.total, answers[f"{seed}.total"], rtol=1e-4, atol=1e-5)
    losses.total.backward()
    parameters = dict(ours.named_parameters())
    renamed = rename({name: torch.zeros(()) for name in goldens.GRADIENTS}, MEGVII)
    norms = torch.stack([parameters[name].grad.norm() for name in renamed])
    torch.testing.assert_close(norms, answers[f"{seed}.gradients"], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_outputs_assignment_and_losses_equal_megviis(goldens, theirs, build, batch, seed):
    answers = theirs[0]
    ours = build(seed)
    images, targets = batch(seed)
    assert [len(target) for target in targets] == [0, 1, 12]
    compare_outputs(ours, images, answers[f"{seed}.outputs"])
    compare_losses(goldens, ours, images, targets, answers, seed)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_selection_from_megviis_outputs_equals_megviis(
    goldens, theirs, seed, same_set, distance_to_tie
):
    for row, outputs in enumerate(theirs[0][f"{seed}.outputs"]):
        expected = theirs[0][f"{seed}.detections.{row}"]
        compare_selection(goldens, selection(goldens), outputs, expected, same_set)

        class_score, label = outputs[:, 5:].max(1)
        low, high = outputs[:, :2] - outputs[:, 2:4] / 2, outputs[:, :2] + outputs[:, 2:4] / 2
        boxes, score = torch.cat([low, high], 1), class_score * outputs[:, 4]
        limits = {"threshold": 0.3, "nms_threshold": 0.3}
        assert distance_to_tie(boxes, score, label, **limits) > 4e-5


@pytest.mark.parametrize("change", [{"threshold": 0.35}, {"nms_threshold": 0.31}])
def test_the_comparison_of_selections_notices_one_constant(goldens, theirs, change, same_set):
    outputs, expected = theirs[0]["1.outputs"][0], theirs[0]["1.detections.0"]
    with pytest.raises(AssertionError):
        compare_selection(goldens, selection(goldens, **change), outputs, expected, same_set)


def test_the_comparison_notices_one_weight_and_one_constant(goldens, theirs, build, batch):
    images, targets = batch(0)
    ours = build(0)
    with torch.no_grad():
        ours.neck.descend[1].join.conv.weight[3, 5] += 0.05
    with pytest.raises(AssertionError):
        compare_outputs(ours, images, theirs[0]["0.outputs"])
    for loss in (
        ObjectnessLoss(weight=5.01, l1=1.0),
        ObjectnessLoss(l1=1.01),
    ):
        with pytest.raises(AssertionError):
            compare_losses(goldens, build(0, loss=loss), images, targets, theirs[0], 0)


def test_another_size_is_refused(goldens, theirs, build):
    state = {name: goldens.filled(name, tuple(shape), 0) for name, shape in theirs[1].items()}
    with pytest.raises(ValueError, match="another detector"):
        put_weights(yolox_s(goldens.NUM_CLASSES + 1), rename(state, MEGVII), source="Megvii")
