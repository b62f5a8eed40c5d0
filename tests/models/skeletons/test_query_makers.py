"""Every maker of queries, given to a detector by keyword, through one training step."""

import pytest
import torch

from locviz.layers import (
    AnchorQueries,
    PointQueries,
    PrepareClips,
    ProjectMaps,
    ProposalQueries,
    SelectedQueries,
    SinePositions,
    SmallConvNet,
    TransformerDecoder,
    TransformerEncoder,
    likeliest_object,
)
from locviz.models import detr, detr_tiny
from locviz.models.skeletons.query_head import QueryHead
from locviz.types import Targets

NUM_CLASSES = 3


def selected(num: int, channels: int, dim: int) -> SelectedQueries:
    """DINO's selection where the head has a column for the background."""
    head = QueryHead(channels=channels, num_classes=NUM_CLASSES, dim=dim)
    return SelectedQueries(num, channels=channels, head=head, score=likeliest_object, dim=dim)


def proposed(num: int, channels: int, dim: int) -> ProposalQueries:
    head = QueryHead(channels=channels, num_classes=NUM_CLASSES, dim=dim)
    return ProposalQueries(num, channels=channels, head=head, score=likeliest_object, dim=dim)


MAKERS = {
    "points": lambda num, channels, dim: PointQueries(num, channels=channels, dim=dim),
    "anchors": lambda num, channels, dim: AnchorQueries(num, channels=channels, dim=dim),
    "selected": selected,
    "proposed": proposed,
}
EVERY_MAKER = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def on_images(queries):
    return detr_tiny(NUM_CLASSES, queries=queries)


def along_time(queries):
    """A detector of spans with 32 channels; a clip of 80 steps has 40 cells."""
    return detr(
        NUM_CLASSES,
        channels=32,
        dim=1,
        prepare=PrepareClips(step=2.0, divisor=4),
        backbone=SmallConvNet(widths=(16, 32), depths=(1, 1), num_maps=1, in_channels=6, dim=1),
        neck=ProjectMaps(in_channels=(32,), channels=32, dim=1),
        encoder=TransformerEncoder(
            channels=32,
            positions=SinePositions(channels=32, dim=1),
            depth=1,
            hidden=32,
            dropout=0.0,
        ),
        queries=queries,
        decoder=TransformerDecoder(channels=32, depth=2, hidden=32, dropout=0.0),
    )


def scene(dim: int, num: int):
    """Two inputs of different sizes, without an object and with ``num``."""
    generator = torch.Generator().manual_seed(num)
    sizes = ((64, 64), (48, 80)) if dim == 2 else ((160.0,), (80.0,))
    shapes = ((3, 64, 64), (3, 48, 80)) if dim == 2 else ((80, 6), (40, 6))
    inputs = [torch.rand(shape, generator=generator) for shape in shapes]
    low = torch.rand(num, dim, generator=generator) * 30
    boxes = torch.cat([low, low + 2 + 16 * torch.rand(num, dim, generator=generator)], -1)
    labels = torch.randint(NUM_CLASSES, (num,), generator=generator)
    nothing = Targets(torch.zeros(0, 2 * dim), torch.zeros(0, dtype=torch.int64), sizes[0])
    return inputs, [nothing, Targets(boxes, labels, sizes[1])]


def build(make, dim: int, num: int = 8):
    torch.manual_seed(0)
    return on_images(make(num, 128, dim)) if dim == 2 else along_time(make(num, 32, dim))


@pytest.mark.parametrize("num", [0, 1, 12])
@pytest.mark.parametrize("dim", [1, 2])
@EVERY_MAKER
def test_a_training_step_is_finite_and_reaches_every_parameter(make, dim, num):
    """Twelve objects are more than the eight queries."""
    model = build(make, dim)
    losses = model.loss(*scene(dim, num))
    losses.total.backward()
    assert losses.total.isfinite()
    grads = {name: p.grad for name, p in model.queries.named_parameters()}
    assert all(grad is not None and grad.isfinite().all() for grad in grads.values())
    # Without objects no box is learned.
    assert num == 0 or all(
        grad.any() for name, grad in grads.items() if not name.startswith("head.")
    )
    first_stage = [name for name in losses.terms if name.startswith("encoder_")]
    assert len(first_stage) == (3 if hasattr(model.queries, "head") else 0)
    assert model.eval().detect(scene(dim, num)[0])[0].boxes.shape[1] == 2 * dim


def test_the_first_stage_of_deformable_detr_learns_no_classes():
    """Whatever the labels, its losses are the same; those of DINO's are not."""
    inputs, (nothing, objects) = scene(2, 4)
    others = Targets(objects.boxes, (objects.labels + 1) % NUM_CLASSES, objects.size)
    for make, same in ((proposed, True), (selected, False)):
        model = build(make, 2).eval()
        one, two = (model.loss(inputs, [nothing, target]).terms for target in (objects, others))
        assert torch.equal(one["encoder_classification"], two["encoder_classification"]) is same
