"""Any dense detector, any assigner, one keyword: a training step of each pair on images with 0, 1
and 4 objects.
"""

import inspect

import pytest
import torch

from locviz import assign
from locviz.models import (
    ASSIGNERS,
    SYSTEMS,
    DenseDetector,
    DenseLoss,
    assigners,
    fcos_tiny,
    match_rows,
    yolox_tiny_course,
)
from locviz.models.assigner_entries import RPN
from locviz.priors import AnchorPriors
from locviz.types import Targets

NUM_CLASSES = 3

DETECTORS = [s.tiny for s in SYSTEMS if isinstance(s.tiny(NUM_CLASSES), DenseDetector)]


def built(entry, detector):
    """The entry's assigner for what the detector has: anchors, or points on several levels."""
    has_anchors = isinstance(detector(NUM_CLASSES).priors, AnchorPriors)
    return entry.build() if has_anchors and entry.priors == "anchors" else entry.on_points()


PAIRS = [
    pytest.param(detector, built(entry, detector), id=f"{detector.__name__}-{entry.name}")
    for detector in DETECTORS
    for entry in ASSIGNERS
]
# What a chapter shows beside the entries: the wrappers, and other papers' forms.
WRAPPERS = {
    assign.InsideImage: assign.InsideImage(RPN.on_points(side=6.0)),
    assign.OnSquareAnchors: assign.OnSquareAnchors(assigners.sim_ota(), side=6.0),
    assign.OneLevel: assign.OneLevel(assign.retinanet_rule(), level=2),
}
OTHERS = {
    **{wrapper.__name__: assigner for wrapper, assigner in WRAPPERS.items()},
    "DETR's costs": assigners.hungarian(costs=assigners.detr_costs()),
    "TOOD's task alignment": assigners.task_aligned_tood(),
    "forced on bare points": assign.rpn_rule(),
}
PAIRS += [
    pytest.param(detector, assigner, id=f"{detector.__name__}-{name}")
    for detector in (fcos_tiny, yolox_tiny_course)
    for name, assigner in OTHERS.items()
]


def is_assigner(value) -> bool:
    """A class whose instances are called with the priors and targets of an image."""
    if not inspect.isclass(value) or "__call__" not in vars(value):
        return False
    return list(inspect.signature(value.__call__).parameters)[1:3] == ["priors", "targets"]


def wraps(kind) -> bool:
    """Whether it asks another assigner, which it is given."""
    return "assigner" in inspect.signature(kind).parameters


def test_no_assigner_is_left_out():
    """Each class of ``locviz.assign`` stands in an entry; those that wrap another are named here."""
    classes = {kind for kind in vars(assign).values() if is_assigner(kind)}
    assert {kind for kind in classes if wraps(kind)} == set(WRAPPERS)
    assert classes - set(WRAPPERS) == {type(entry.build()) for entry in ASSIGNERS}


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


@pytest.mark.parametrize(("detector", "assigner"), PAIRS)
def test_a_training_step(detector, assigner):
    torch.manual_seed(0)
    model = detector(NUM_CLASSES, assigner=assigner)
    images, targets = batch()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    before = model.loss(images, targets)
    before.total.backward()
    assert all(torch.isfinite(term) for term in before.terms.values())
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in model.parameters())
    # What says the boxes and what says the classes have both heard of the objects.
    head = getattr(model.head, "one_to_one", model.head)  # of two heads, the one that detects
    for name, output in [("regression", "deltas" if hasattr(head, "deltas") else "distances"),
                         ("classification", "logits")]:  # fmt: skip
        assert before.terms[name] > 0
        assert sum(p.grad.abs().sum() for p in getattr(head, output).parameters()) > 0
    optimizer.step()
    assert torch.isfinite(model.loss(images, targets).total)


@pytest.mark.parametrize(("detector", "assigner"), PAIRS)
def test_who_answers(detector, assigner):
    """Nobody for an image without objects or for the crowd; somebody in the others."""
    torch.manual_seed(0)
    model = detector(NUM_CLASSES, assigner=assigner)
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
