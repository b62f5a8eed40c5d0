"""gfl_r50 against mmdetection's GFL, weights through the shipping converter, theirs kept as goldens
(see gfl_goldens.py).

Outputs to 1e-4 (boxes relative to their longer side beyond a pixel), loss terms to 1e-4 and norms
of gradients to 1e-3, relative. Another processor moves the outputs a little, which may turn a near tie
in the suppression; so our selection is fed their outputs, bit for bit, and must select what theirs
did. ATSS looks at no prediction, so the assignment is equal.
"""

from functools import partial

import pytest
import torch
from closeness import near, near_boxes

from locviz.boxes import DistributionCoder, clip
from locviz.checkpoints import put_weights, rename
from locviz.layers import Prepare
from locviz.losses import quality_focal_loss
from locviz.models import GeneralizedFocalLoss, gfl_r50, images_count_one, match_rows
from locviz.models.gfl.names import MMDETECTION
from locviz.postprocess import SelectDense, class_probability
from locviz.types import Detections, Targets


@pytest.fixture(scope="module")
def goldens(load_script):
    """The module gfl_goldens.py."""
    return load_script("gfl_goldens")


@pytest.fixture(scope="module")
def theirs(goldens, read_goldens):
    """Their answers by name, and the shapes of their state dict."""
    return read_goldens(goldens.GOLDENS)


@pytest.fixture
def build(goldens, theirs):
    def converted(seed: int, **stages):
        # Without the resizing, which is no part of their model. Their mean and deviation are in
        # 0..255 and rounded differently from torchvision's.
        pixels = {"mean": [m / 255 for m in goldens.MEAN], "std": [s / 255 for s in goldens.STD]}
        ours = gfl_r50(goldens.NUM_CLASSES, **({"prepare": Prepare(**pixels)} | stages))
        state = {
            name: goldens.filled(name, tuple(shape), seed) for name, shape in theirs[1].items()
        }
        put_weights(ours, rename(state, MMDETECTION), source="mmdetection")
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
def compare_outputs(ours, images, answers, seed) -> None:
    predictions = ours.eval()(images)
    got = ours.regions(predictions)
    near(answers[f"{seed}.logits"], predictions.logits)
    near_boxes(answers[f"{seed}.boxes"], got)


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
    renamed = rename({name: torch.zeros(()) for name in goldens.GRADIENTS}, MMDETECTION)
    norms = torch.stack([parameters[name].grad.norm() for name in renamed])
    torch.testing.assert_close(norms, answers[f"{seed}.gradients"], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_outputs_assignment_and_losses_equal_mmdetections(goldens, theirs, build, batch, seed):
    ours = build(seed)
    images, targets = batch(seed)
    assert [len(target) for target in targets] == [0, 1, 12]
    compare_outputs(ours, images, theirs[0], seed)
    compare_losses(goldens, ours, images, targets, theirs[0], seed)


def selected(goldens, answers, seed: int, row: int, **changes) -> Detections:
    """What our selection makes of their outputs of one image."""
    h, w = goldens.CANVAS
    numbers = {"threshold": goldens.THRESHOLD} | changes
    select = SelectDense(score=class_probability, **numbers)
    return select(
        answers[f"{seed}.logits"][row],
        clip(answers[f"{seed}.boxes"][row], goldens.SIZES[row]),
        levels=[-(-h // stride) * -(-w // stride) for stride in (8, 16, 32, 64, 128)],
    )


def kept(answers, seed: int, row: int) -> Detections:
    boxes, scores, labels = answers[f"{seed}.detections.{row}"].split([4, 1, 1], 1)
    return Detections(boxes, scores[:, 0], labels[:, 0].long())


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("row", [0, 1, 2])
def test_selection_from_their_outputs_equals_theirs(goldens, theirs, seed, row, same_set):
    expected = kept(theirs[0], seed, row)
    assert len(expected) >= 20
    same_set(expected, selected(goldens, theirs[0], seed, row))


@pytest.mark.parametrize("change", [{"threshold": 0.35}, {"nms_threshold": 0.5}])
def test_the_comparison_of_selections_notices_one_constant(goldens, theirs, change, same_set):
    with pytest.raises(AssertionError):
        same_set(kept(theirs[0], 0, 0), selected(goldens, theirs[0], 0, 0, **change))


def test_the_presets_own_selection_has_the_numbers_of_their_configuration():
    select = gfl_r50(2).postprocess
    assert (select.threshold, select.top_k, select.nms_threshold) == (0.05, 1000, 0.6)
    assert (select.max_detections, select.score) == (100, class_probability)


LOSS = partial(GeneralizedFocalLoss, normalise=images_count_one, least=1.0)


def test_the_comparison_notices_one_weight_and_one_constant(goldens, theirs, build, batch):
    images, targets = batch(0)
    ours = build(0)
    with torch.no_grad():
        ours.head.towers[1][3].weight[3, 5] += 0.05
    with pytest.raises(AssertionError):
        compare_outputs(ours, images, theirs[0], 0)
    for change in (
        {"loss": LOSS(weights={"regression": 2.0, "distribution": 0.26})},
        {"loss": LOSS(classification=partial(quality_focal_loss, beta=2.01))},
        {"loss": GeneralizedFocalLoss(least=1.0)},  # the paper's divisor
        {"coder": DistributionCoder(bin=1.05)},
    ):
        with pytest.raises(AssertionError):
            compare_losses(goldens, build(0, **change), images, targets, theirs[0], 0)


def test_parameters_of_the_head():
    """Two towers of four 3x3 convolutions without bias and their norms, 80 + 4 * 17 outputs, and
    five scales.
    """
    head = 2 * 4 * (256 * 256 * 9 + 2 * 256) + (256 * 9 + 1) * (80 + 68) + 5
    assert sum(p.numel() for p in gfl_r50(80).head.parameters()) == head
