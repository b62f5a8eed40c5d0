"""YOLOX-s against Megvii's, weights through the shipping converter, theirs kept as goldens (see
yolox_goldens.py).

Outputs to 1e-4, detections equal, SimOTA's assignment equal, losses to 1e-4 relative: theirs work
with centres and sizes, ours with corners.
"""

import importlib.util
import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from locviz.checkpoints import put_weights, rename
from locviz.layers import BGR, Prepare
from locviz.models import ObjectnessLoss, match_rows, yolox_s
from locviz.models.yolox.names import MEGVII
from locviz.postprocess import SelectDense, best_class_product
from locviz.types import Targets


@pytest.fixture(scope="module")
def goldens():
    """The module yolox_goldens.py."""
    spec = importlib.util.spec_from_file_location(
        "goldens", Path(__file__).with_name("yolox_goldens.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def theirs(goldens):
    """Their answers by name, and the shapes of their state dict."""
    with safe_open(goldens.GOLDENS, "pt") as file:
        shapes = json.loads(file.metadata()["state_dict"])
        return {name: file.get_tensor(name) for name in file.keys()}, shapes  # noqa: SIM118


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
    low, high = ours.regions(predictions).chunk(2, -1)
    got = [
        (low + high) / 2,
        high - low,
        predictions.quality.sigmoid()[..., None],
        predictions.logits.sigmoid(),
    ]
    assert (torch.cat(got, -1) - expected).abs().max() <= 1e-4


@torch.no_grad()
def compare_detections(goldens, ours, images, expected) -> None:
    """On regions that are not clipped to the image: theirs are not, and clipping changes overlaps."""
    predictions = ours.eval()(images)
    regions = ours.regions(predictions)
    for row, want in enumerate(expected):
        got = ours.postprocess(
            predictions.logits[row],
            regions[row],
            levels=predictions.priors.levels,
            quality=predictions.quality[row],
        )
        assert 20 <= len(want) < 252  # some, and NMS had something to do
        assert torch.equal(got.labels, want[:, 6].long())
        torch.testing.assert_close(got.boxes, want[:, :4], rtol=0, atol=1e-3)
        torch.testing.assert_close(got.scores, want[:, 4] * want[:, 5], rtol=0, atol=1e-5)


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
def test_outputs_detections_assignment_and_losses_equal_megviis(
    goldens, theirs, build, batch, seed
):
    answers = theirs[0]
    select = SelectDense(
        gate=best_class_product,
        score=best_class_product,
        threshold=goldens.THRESHOLDS["conf_thre"],
        nms_threshold=goldens.THRESHOLDS["nms_thre"],
        max_detections=1000,
    )
    ours = build(seed, postprocess=select)
    images, targets = batch(seed)
    assert [len(target) for target in targets] == [0, 1, 12]
    compare_outputs(ours, images, answers[f"{seed}.outputs"])
    compare_detections(
        goldens, ours, images, [answers[f"{seed}.detections.{row}"] for row in range(3)]
    )
    compare_losses(goldens, ours, images, targets, answers, seed)


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
