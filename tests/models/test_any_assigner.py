"""Any dense detector, any assigner, one keyword: a training step of each pair on images with 0, 1
and 4 objects.
"""

import inspect
from functools import partial

import pytest
import torch

from locviz import assign
from locviz.assign import OnSquareAnchors
from locviz.models import DenseLoss, assigners, fcos_tiny, match_rows, yolox_tiny_course
from locviz.types import Targets

NUM_CLASSES = 3
INF = float("inf")

# By class, every way of building it that a chapter shows. Assigners on anchors see the points as
# squares of 6 strides.
BUILDERS = {
    "ATSS": [lambda: OnSquareAnchors(assign.ATSS(top_k=9), side=6.0)],
    "CenterSampling": [
        lambda: assign.CenterSampling(ranges=((-1.0, 12.0), (12.0, 24.0), (24.0, INF)), radius=1.5)
    ],
    "GridCell": [lambda: assign.GridCell()],
    "Hungarian": [assigners.hungarian, lambda: assigners.hungarian(costs=assigners.detr_costs())],
    "InsideImage": [lambda: OnSquareAnchors(assign.InsideImage(assign.retinanet_rule()), side=6.0)],
    "MaxIoU": [
        lambda: OnSquareAnchors(assign.MaxIoU(positive=0.5, negative=0.4), side=6.0),
        lambda: OnSquareAnchors(assign.rpn_rule(), side=6.0),
        lambda: OnSquareAnchors(assign.retinanet_rule(), side=6.0),
        assign.rpn_rule,
    ],
    "OTA": [assigners.ota],
    "OnSquareAnchors": [lambda: OnSquareAnchors(assigners.sim_ota(), side=6.0)],
    "SSDRule": [lambda: OnSquareAnchors(assign.SSDRule(), side=6.0)],
    "SimOTA": [assigners.sim_ota, partial(assigners.sim_ota, radius=2.5)],
    "TaskAligned": [assigners.task_aligned, assigners.task_aligned_tood],
}
PAIRS = [
    pytest.param(build, id=f"{name}-{i}")
    for name, builds in BUILDERS.items()
    for i, build in enumerate(builds)
]


def is_assigner(value) -> bool:
    """A class whose instances are called with the priors and targets of an image."""
    if not inspect.isclass(value) or "__call__" not in vars(value):
        return False
    return list(inspect.signature(value.__call__).parameters)[1:3] == ["priors", "targets"]


def test_no_assigner_is_left_out():
    assert {name for name in assign.__all__ if is_assigner(getattr(assign, name))} == set(BUILDERS)


def batch() -> tuple[list[torch.Tensor], list[Targets]]:
    """Nothing; one object; three objects, two of them overlapping, beside a crowd."""
    generator = torch.Generator().manual_seed(0)
    images = [torch.rand(3, *size, generator=generator) for size in [(64, 64), (48, 64), (64, 64)]]
    nothing = Targets(
        boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(64, 64)
    )
    one = Targets(boxes=torch.tensor([[20.0, 10, 44, 34]]), labels=torch.tensor([2]), size=(48, 64))
    four = Targets(
        boxes=torch.tensor([[4.0, 4, 20, 20], [24, 8, 56, 40], [30, 20, 60, 44], [0, 44, 64, 64]]),
        labels=torch.tensor([0, 1, 1, 2]),
        size=(64, 64),
        crowd=torch.tensor([False, False, False, True]),
    )
    return images, [nothing, one, four]


@pytest.mark.parametrize("detector", [fcos_tiny, yolox_tiny_course])
@pytest.mark.parametrize("build", PAIRS)
def test_a_training_step(detector, build):
    torch.manual_seed(0)
    model = detector(NUM_CLASSES, assigner=build())
    images, targets = batch()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    before = model.loss(images, targets)
    before.total.backward()
    assert all(torch.isfinite(term) for term in before.terms.values())
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in model.parameters())
    # What says the boxes and what says the classes have both heard of the objects.
    for name, output in [("regression", "deltas" if hasattr(model.head, "deltas") else "distances"),
                         ("classification", "logits")]:  # fmt: skip
        assert before.terms[name] > 0
        assert sum(p.grad.abs().sum() for p in getattr(model.head, output).parameters()) > 0
    optimizer.step()
    assert torch.isfinite(model.loss(images, targets).total)


@pytest.mark.parametrize("detector", [fcos_tiny, yolox_tiny_course])
@pytest.mark.parametrize("build", PAIRS)
def test_who_answers(detector, build):
    """Nobody for an image without objects or for the crowd; somebody in the others."""
    torch.manual_seed(0)
    model = detector(NUM_CLASSES, assigner=build())
    images, targets = batch()
    predictions = model(images)
    nothing, one, four = model.assign(predictions, model.regions(predictions), targets)
    assert not nothing.positive.any()
    assert one.positive.any()
    assert one.gt_index.max() == 0
    assert four.positive.any()
    assert not (four.gt_index == 3).any()


def test_a_dense_loss_learns_the_quality_that_an_assigner_gives():
    """With task alignment the target of fcos_tiny's quality branch is the alignment, not the
    centre-ness.
    """
    torch.manual_seed(0)
    images, targets = batch()
    model = fcos_tiny(NUM_CLASSES, assigner=assigners.task_aligned())
    predictions = model(images)
    regions = model.regions(predictions)
    assignments = model.assign(predictions, regions, targets)
    seen = []

    def regression(predicted, gt):
        return (predicted - gt).abs().sum(-1)

    def weigh(quality):
        seen.append(quality)
        return quality

    loss = DenseLoss(
        classification=lambda logits, one_hot: (logits - one_hot) ** 2,
        regression=regression,
        quality=lambda points, gt: torch.full((len(gt),), -1.0),
        weigh=weigh,
    )
    loss(
        predictions,
        regions,
        match_rows(assignments, targets, predictions.priors, coder=model.coder),
    )
    given = torch.cat([a.quality[a.positive] for a in assignments if a.quality is not None])
    assert torch.equal(seen[0], given)
