"""Every maker of queries, given to a detector by keyword, through one training step."""

from functools import partial

import pytest
import torch

from locviz.layers import (
    AnchorQueries,
    BoxJitter,
    ContrastivePairs,
    DenoisingQueries,
    LabelFlips,
    PointQueries,
    Prepare,
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
from locviz.types import BACKGROUND, IGNORE, Targets

NUM_CLASSES = 3


def selected(num: int, channels: int, dim: int) -> SelectedQueries:
    """DINO's selection where the head has a column for the background."""
    head = QueryHead(channels=channels, num_classes=NUM_CLASSES, dim=dim)
    return SelectedQueries(num, channels=channels, head=head, score=likeliest_object, dim=dim)


def proposed(num: int, channels: int, dim: int) -> ProposalQueries:
    head = QueryHead(channels=channels, num_classes=NUM_CLASSES, dim=dim)
    return ProposalQueries(num, channels=channels, head=head, score=likeliest_object, dim=dim)


def denoised(num: int, channels: int, dim: int, *, denoise: int = 24, **noise) -> DenoisingQueries:
    """DN-DETR's queries."""
    anchors = AnchorQueries(num, channels=channels, dim=dim)
    return DenoisingQueries(
        anchors, channels=channels, num_classes=NUM_CLASSES, num=denoise, **noise
    )


def contrasted(num: int, channels: int, dim: int) -> DenoisingQueries:
    """DINO's queries."""
    return DenoisingQueries(
        selected(num, channels, dim),
        channels=channels,
        num_classes=NUM_CLASSES,
        num=12,
        box_noise=ContrastivePairs(),
        label_noise=LabelFlips(share=0.25),
    )


MAKERS = {
    "points": lambda num, channels, dim: PointQueries(num, channels=channels, dim=dim),
    "anchors": lambda num, channels, dim: AnchorQueries(num, channels=channels, dim=dim),
    "selected": selected,
    "proposed": proposed,
    "denoised": denoised,
    "contrasted": contrasted,
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
    # The head of a first stage has columns that some batches do not train.
    own = {name: grad for name, grad in grads.items() if "head." not in name}
    assert num == 0 or all(grad.any() for grad in own.values())
    first_stage = [name for name in losses.terms if name.startswith("encoder_")]
    has_stage = make in (selected, proposed, contrasted)
    assert len(first_stage) == (3 if has_stage else 0)
    denoising = [name for name in losses.terms if name.startswith("denoising_")]
    layers = len(model.decoder.layers) if make in (denoised, contrasted) else 0
    assert len(denoising) == 3 * layers
    assert model.eval().detect(scene(dim, num)[0])[0].boxes.shape[1] == 2 * dim


@pytest.mark.parametrize("dim", [1, 2])
@EVERY_MAKER
def test_a_training_step_in_mixed_precision_is_finite(make, dim):
    model = build(make, dim)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        total = model.loss(*scene(dim, 3)).total
    total.backward()
    assert total.isfinite()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


def test_the_first_stage_of_deformable_detr_learns_no_classes():
    """Whatever the labels, its losses are the same; those of DINO's are not."""
    inputs, (nothing, objects) = scene(2, 4)
    others = Targets(objects.boxes, (objects.labels + 1) % NUM_CLASSES, objects.size)
    for make, same in ((proposed, True), (selected, False)):
        model = build(make, 2).eval()
        one, two = (model.loss(inputs, [nothing, target]).terms for target in (objects, others))
        assert torch.equal(one["encoder_classification"], two["encoder_classification"]) is same


STILL = {"box_noise": BoxJitter(amount=0.0), "label_noise": LabelFlips(share=0.0)}


def test_what_is_denoised_lies_where_the_objects_are():
    """In the frame of the input, whose pixels are twice as fine as the image's."""
    torch.manual_seed(0)
    model = detr_tiny(
        NUM_CLASSES,
        queries=denoised(8, 128, 2, **STILL),
        prepare=Prepare(shorter=96, longer=192, divisor=8),
    )
    inputs, targets = scene(2, 4)
    row = model(inputs).priors.regions[1, :1].expand(4, -1)
    seen = []
    model.queries.register_forward_hook(lambda module, given, made: seen.append((given[1], made)))
    model.loss(inputs, targets)
    ((scaled, queries),) = seen
    boxes = model.coder.decode(queries.references[1, :4], row)
    torch.testing.assert_close(boxes, scaled[1].boxes, rtol=1e-4, atol=0.02)
    torch.testing.assert_close(scaled[1].boxes, 2 * targets[1].boxes)


def test_the_loss_of_denoising_is_the_mean_over_the_groups():
    """Without noise all groups are alike, so their number changes nothing."""
    one, six = (build(partial(denoised, denoise=num, **STILL), 2) for num in (4, 24))
    expected = one.loss(*scene(2, 4)).terms
    found = six.loss(*scene(2, 4)).terms
    assert found.keys() == expected.keys()
    for name, term in expected.items():
        torch.testing.assert_close(found[name], term, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", [denoised, contrasted])
def test_the_other_losses_do_not_depend_on_the_denoising(make):
    model = build(make, 2)
    inputs, targets = scene(2, 5)
    with_it = model.loss(inputs, targets).terms
    without = build(lambda *size: make(*size).queries, 2)
    without.load_state_dict(
        {
            name.replace("queries.queries.", "queries."): value
            for name, value in model.state_dict().items()
            if name != "queries.labels.weight"
        }
    )
    for name, term in without.loss(inputs, targets).terms.items():
        torch.testing.assert_close(with_it[name], term, rtol=1e-4, atol=1e-5)
    assert with_it["denoising_l1"] > 0


@pytest.mark.parametrize("make", [denoised, contrasted])
def test_in_eval_the_detector_is_the_one_without_denoising(make):
    model = build(make, 2).eval()
    inputs, targets = scene(2, 3)
    usual = model(inputs)
    model.queries, wrapped = model.queries.queries, model.queries
    assert torch.equal(model(inputs).deltas, usual.deltas)
    model.queries = wrapped
    assert not any("denoising" in name for name in model.loss(inputs, targets).terms)


def test_a_negative_copy_has_no_box_to_learn():
    """Four objects in three groups of pairs: twelve rows find one, twelve learn the background."""
    model, seen = build(contrasted, 2), []
    model.queries.register_forward_hook(lambda module, given, made: seen.append(made))
    model.loss(*scene(2, 4))
    nothing, objects = (assignment.gt_index for assignment in seen[0].given)
    assert (nothing == IGNORE).all()
    assert (objects >= 0).sum() == (objects == BACKGROUND).sum() == 12
