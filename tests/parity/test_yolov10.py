"""YOLOv10-n and -s against ultralytics', weights through the shipping converter, theirs kept as
goldens (see yolov10_goldens.py).

Outputs of both heads before selection to 1e-4 of the largest, boxes to 1e-4 of their longer side.
Losses to 1e-4 relative, as theirs work with centres and sizes.
"""

import pytest
import torch
from closeness import near

from locviz.boxes import expected_bin
from locviz.checkpoints import put_weights, rename
from locviz.layers import Prepare
from locviz.models import AlignedLoss, dual_assignment, match_rows, yolov10_n, yolov10_s
from locviz.models.skeletons.dense import assign_images
from locviz.models.skeletons.outputs import all_outputs, assigner_of
from locviz.models.yolov10.model import GREY
from locviz.models.yolov10.names import RELEASED
from locviz.postprocess import SelectBest
from locviz.types import Detections, Targets

PRESETS = {"n": yolov10_n, "s": yolov10_s}
TERMS = ("regression", "classification", "distribution")
CASES = [(size, seed) for size in PRESETS for seed in (0, 1, 2)]


@pytest.fixture(scope="module")
def goldens(load_script):
    """The module yolov10_goldens.py."""
    return load_script("yolov10_goldens")


@pytest.fixture(scope="module")
def theirs(goldens, read_goldens):
    """By size: their answers by name, and the shapes of their state dict."""
    return {size: read_goldens(goldens.FOLDER / f"yolov10_{size}.safetensors") for size in PRESETS}


@pytest.fixture
def build(goldens, theirs):
    def converted(size: str, seed: int, **stages):
        # Their square without the resizing and centring, which are not the model's.
        prepare = Prepare(mean=(0.0,) * 3, std=(1.0,) * 3, padding=GREY)
        # Their release looks for the priors of small objects in a square of 16 pixels.
        usual = {"prepare": prepare, "assigner": dual_assignment(smallest_side=16.0)}
        ours = PRESETS[size](goldens.NUM_CLASSES, **(usual | stages))
        state = {
            name: goldens.filled(name, tuple(shape), seed)
            for name, shape in theirs[size][1].items()
        }
        put_weights(ours, rename(state, RELEASED), source="ultralytics")
        return ours

    return converted


@torch.no_grad()
def compare_outputs(goldens, ours, seed, answers) -> None:
    last = ours.eval()(goldens.scene(seed)[0])
    for head, output in zip(goldens.HEADS, all_outputs(last), strict=True):
        sides = ours.coder.distributions(output.deltas)
        kept = {"scores": output.logits, "sides": expected_bin(sides)}
        if seed == 0:
            kept["bins"] = output.deltas[:, ::9]
        for name, got in kept.items():
            expected = answers[f"{seed}.{head}.{name}"]
            near(expected, got)


def compare_detections(goldens, ours, seed, answers, same_set, max_detections=126) -> None:
    """From their logits, so that the order of near ties is theirs, and from our regions."""
    with torch.no_grad():
        predictions = ours.eval()(goldens.scene(seed)[0])
    select = SelectBest(max_detections=max_detections)
    for row, regions in enumerate(ours.regions(predictions)):
        logits = answers[f"{seed}.one2one.scores"][row]
        got = select(logits, regions, levels=predictions.priors.levels)
        boxes, score, label = answers[f"{seed}.detections"][row].split([4, 1, 1], 1)
        same_set(Detections(boxes, score[:, 0], label[:, 0].long()), got)
        ranked = logits.sigmoid().flatten().sort(descending=True).values
        assert ranked[125] - ranked[126] > 1e-6


def compare_losses(goldens, ours, seed, answers) -> None:
    """Each head's weighted terms: boxes, classes, sides."""
    images, boxes, labels = goldens.scene(seed)
    targets = [
        Targets(boxes=b, labels=k, size=size)
        for b, k, size in zip(boxes, labels, goldens.SIZES, strict=True)
    ]
    predictions = ours.train()(images)
    for output, expected in zip(all_outputs(predictions), answers[f"{seed}.terms"], strict=True):
        regions = ours.regions(output)
        assigner = assigner_of(ours.assigner, last=output is predictions)
        assignments = assign_images(assigner, output, regions, targets)
        rows = match_rows(assignments, targets, output.priors, coder=ours.coder)
        losses = ours.criterion(output, regions, rows)
        got = torch.stack([losses.terms[name] * losses.weights[name] for name in TERMS])
        torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("size", "seed"), CASES)
def test_outputs_and_losses_of_both_heads_equal_theirs(goldens, theirs, build, size, seed):
    compare_outputs(goldens, build(size, seed), seed, theirs[size][0])
    compare_losses(goldens, build(size, seed), seed, theirs[size][0])


@pytest.mark.parametrize(("size", "seed"), CASES)
def test_detections_without_suppression_equal_theirs(goldens, theirs, build, size, seed, same_set):
    compare_detections(goldens, build(size, seed), seed, theirs[size][0], same_set)


def test_the_comparison_of_detections_notices_one_constant(goldens, theirs, build, same_set):
    with pytest.raises(AssertionError):
        compare_detections(goldens, build("n", 0), 0, theirs["n"][0], same_set, max_detections=125)


@pytest.mark.parametrize("head", ["one_to_many", "one_to_one"])
def test_the_comparison_of_outputs_notices_one_weight(goldens, theirs, build, head):
    ours = build("n", 0)
    with torch.no_grad():
        getattr(ours.head, head).deltas[1].weight[3, 5] += 0.05
    with pytest.raises(AssertionError):
        compare_outputs(goldens, ours, 0, theirs["n"][0])


@pytest.mark.parametrize(
    "stage",
    [
        {"loss": AlignedLoss(box=7.55)},
        {"loss": AlignedLoss(classes=0.505)},
        {"loss": AlignedLoss(sides=1.51)},
        {"assigner": dual_assignment(smallest_side=16.0, beta=5.9)},
        {"assigner": dual_assignment(smallest_side=16.0, alpha=0.6)},
    ],
)
def test_the_comparison_of_losses_notices_one_constant(goldens, theirs, build, stage):
    with pytest.raises(AssertionError):
        compare_losses(goldens, build("n", 0, **stage), 0, theirs["n"][0])
