"""What makes Deformable DETR: its numbers and its start, and what padding and order do not change."""

import math
from functools import partial

import pytest
import torch
from torch import nn

from locviz.assign import FocalCost, GIoUCost, L1Cost
from locviz.layers import (
    DeformableAttention,
    PointQueries,
    Prepare,
    PrepareClips,
    ProjectLevels,
    TransformerDecoder,
)
from locviz.models import (
    HeadPerLayer,
    SigmoidQueryHead,
    deformable_detr,
    deformable_detr_r50,
    deformable_detr_r50_refined,
    deformable_detr_r50_single_scale,
    deformable_detr_r50_two_stage,
    deformable_detr_tiny,
)
from locviz.models.skeletons.outputs import all_outputs
from locviz.types import Targets


class Patches(nn.Module):
    """A backbone whose cells see their own 8 x 8 pixels and nothing beside them."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 128, 8, stride=8)

    def forward(self, pixels):
        return [self.patches(pixels)]


def tiny(**stages):
    torch.manual_seed(0)
    model = deformable_detr_tiny(3, **stages).eval()
    # At first all boxes are the same and all attention is even.
    for module in model.modules():
        if isinstance(module, DeformableAttention):
            nn.init.normal_(module.offsets.weight, std=0.1)
            nn.init.normal_(module.weights.weight, std=0.1)
    nn.init.normal_(model.head.deltas[-1].weight, std=0.1)
    return model


@pytest.mark.parametrize("size", [(64, 64), (40, 56)])
def test_padding_changes_nothing(size):
    """An image alone, and beside one that is larger on both axes. A group norm would see the
    padding, so the neck is left out.
    """
    model = tiny(backbone=Patches(), neck=nn.Identity())
    generator = torch.Generator().manual_seed(1)
    image = torch.rand(3, *size, generator=generator)
    large = torch.rand(3, 96, 80, generator=generator)
    with torch.no_grad():
        alone, beside = model([image]), model([image, large])
    for one, two in zip(all_outputs(alone), all_outputs(beside), strict=True):
        torch.testing.assert_close(two.logits[:1], one.logits, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(two.deltas[:1], one.deltas, rtol=1e-4, atol=1e-5)


def test_the_order_of_the_queries_does_not_matter():
    """Queries are a set: predictions change places with their queries, losses stay."""
    model = tiny()
    images = [torch.rand(3, 64, 64)]
    target = Targets(
        torch.tensor([[4.0, 4, 30, 28], [30, 30, 60, 60]]), torch.tensor([1, 0]), (64, 64)
    )
    with torch.no_grad():
        before, loss = model(images), model.loss(images, [target]).total
        order = torch.randperm(25)
        for rows in (model.queries.positions, model.queries.content):
            rows.copy_(rows[order].clone())
        after = model(images)
        torch.testing.assert_close(after.logits, before.logits[:, order], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(model.loss(images, [target]).total, loss, rtol=1e-4, atol=1e-5)


def test_the_papers_numbers():
    with torch.device("meta"):
        model = deformable_detr_r50(91)
    assert (len(model.encoder.layers), len(model.decoder.layers)) == (6, 6)
    for attention in (
        model.encoder.layers[0].attention,
        model.decoder.layers[5].cross_attention,
    ):
        assert (attention.heads, attention.levels, attention.points) == (8, 4, 4)
    assert model.decoder.layers[0].self_attention.dropout == 0.1
    assert model.decoder.layers[0].feed_forward[0].out_features == 1024
    assert not model.decoder.refine
    assert model.queries.content.shape == (300, 256)
    assert model.head.logits.out_features == 91
    assert (model.prepare.shorter, model.prepare.longer, model.prepare.divisor) == (800, 1333, 1)
    assert [(type(cost), cost.weight) for cost in model.assigner.costs] == [
        (FocalCost, 2), (L1Cost, 5), (GIoUCost, 2)
    ]  # fmt: skip
    assert model.criterion.weights == {"classification": 2, "l1": 5, "giou": 2}
    assert model.postprocess.max_detections == 100


@pytest.mark.parametrize(
    ("preset", "num"),
    [
        (deformable_detr_r50_single_scale, 34_066_593),
        (deformable_detr_r50, 40_069_665),
        (deformable_detr_r50_refined, 40_849_660),
        (deformable_detr_r50_two_stage, 41_181_529),
    ],
)
def test_parameters(preset, num):
    """The authors' models have as many, with 91 classes; those of the backbone's first layers are
    among them.
    """
    with torch.device("meta"):
        assert sum(p.numel() for p in preset(91).parameters()) == num


def test_levels_and_their_strides():
    with torch.device("meta"):
        model = deformable_detr_r50(3, prepare=Prepare(divisor=1))
        levels = model.neck(model.backbone(torch.rand(1, 3, 128, 96)))
    assert [level.shape[1:] for level in levels] == [
        (256, 128 // stride, math.ceil(96 / stride)) for stride in (8, 16, 32, 64)
    ]


@pytest.mark.parametrize("extra", [0, 2])
def test_every_level_is_normalised_and_the_coarser_ones_come_from_the_last_map(extra):
    neck = ProjectLevels(in_channels=(8, 16), channels=32, extra=extra, groups=4)
    maps = [torch.randn(2, 4, 32, 32), torch.randn(2, 8, 16, 16), torch.randn(2, 16, 8, 8)]
    levels = neck(maps)
    assert [level.shape[-1] for level in levels] == [16, 8, 4, 2][: 2 + extra]
    for level in levels:
        groups = level.unflatten(1, (4, 8)).flatten(2)
        torch.testing.assert_close(groups.mean(2), torch.zeros(2, 4), rtol=0, atol=1e-5)
        torch.testing.assert_close(groups.var(2, False), torch.ones(2, 4), rtol=0, atol=1e-3)
    # The finest of these maps changes nothing but its own level.
    changed = neck([maps[0], maps[1] + 1.0 * torch.randn(2, 8, 16, 16), maps[2]])
    assert not torch.allclose(changed[0], levels[0])
    assert all(torch.equal(x, y) for x, y in zip(changed[1:], levels[1:], strict=True))


def test_at_first_every_class_has_the_prior_and_a_box_lies_round_its_reference():
    """0.01, and sides of sigmoid(-2); where references bring a size, boxes are these references."""
    head = SigmoidQueryHead(channels=16, num_classes=4)
    tokens = torch.zeros(1, 2, 16)
    logits, deltas, quality = head(tokens, 0)
    torch.testing.assert_close(logits.sigmoid(), torch.full((1, 2, 4), 0.01))
    assert deltas.tolist() == [[[0.0, 0, -2, -2]] * 2]
    assert quality is None
    later = SigmoidQueryHead(channels=16, num_classes=4, size_bias=0.0, dim=1)
    assert later(torch.randn(1, 2, 16), 5)[1].tolist() == [[[0.0, 0]] * 2]


@pytest.mark.parametrize(
    ("preset", "sizes"),
    [
        (deformable_detr_r50_refined, [-2.0, 0, 0, 0, 0, 0]),
        (deformable_detr_r50_two_stage, [0.0] * 6),
    ],
)
def test_each_layer_has_a_head_and_the_first_one_a_size(preset, sizes):
    model = preset(3)
    assert [head.deltas[-1].bias.tolist() for head in model.head.heads] == [
        [0.0, 0, size, size] for size in sizes
    ]
    assert model.head.num_classes == 3
    parameters = [id(p) for p in model.head.parameters()]
    assert len(set(parameters)) == 6 * 8
    assert model.decoder.refine
    if preset is deformable_detr_r50_two_stage:
        assert model.queries.head.deltas[-1].bias.tolist() == [0.0] * 4
        assert not set(parameters) & {id(p) for p in model.queries.head.parameters()}


def test_a_layer_without_a_head_is_an_error():
    heads = HeadPerLayer([SigmoidQueryHead(channels=16, num_classes=4)])
    with pytest.raises(IndexError):
        heads(torch.zeros(1, 2, 16), 1)


def test_without_refinement_all_layers_start_from_the_same_points():
    """A head that predicts no difference leaves every box at its point; with refinement, too."""
    images = [torch.rand(3, 64, 64)]
    for refine in (False, True):
        decoder = TransformerDecoder(
            channels=128,
            cross_attention=partial(DeformableAttention, 128, levels=1),
            norm=nn.Identity(),
            refine=refine,
            depth=3,
            hidden=64,
        )
        model = deformable_detr_tiny(3, decoder=decoder).eval()
        nn.init.zeros_(model.head.deltas[-1].bias)
        with torch.no_grad():
            outputs = all_outputs(model(images))
            points = model.queries.points(model.queries.positions)
        for output in outputs:
            torch.testing.assert_close(output.deltas[0, :, :2], points)


def test_it_finds_spans_in_clips():
    """The same composition over one axis."""
    model = deformable_detr(
        2,
        levels=1,
        channels=32,
        dim=1,
        prepare=PrepareClips(),
        backbone=nn.Identity(),
        neck=nn.Identity(),
        queries=PointQueries(5, channels=32, dim=1),
    ).eval()
    memory = model.encoder([torch.randn(2, 32, 12)], [torch.zeros(2, 12, dtype=torch.bool)])
    logits, deltas, _ = model.decoder(model.queries(memory), memory, model.head)[-1]
    assert logits.shape == (2, 5, 2)
    assert deltas.shape == (2, 5, 2)


@pytest.mark.slow
def test_one_image_can_be_learned_by_heart():
    """Two objects, after 120 steps: the two best detections are these, all others keep still."""
    torch.manual_seed(0)
    model = deformable_detr_tiny(3)
    image = torch.rand(3, 64, 64)
    target = Targets(
        torch.tensor([[4.0, 8, 30, 28], [32, 20, 60, 60]]), torch.tensor([2, 0]), (64, 64)
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4)
    for _ in range(120):
        optimizer.zero_grad()
        model.loss([image], [target]).total.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
    (found,) = model.eval().detect([image])
    order = found.labels[:2].argsort(descending=True)
    assert found.labels[:2][order].tolist() == [2, 0]
    torch.testing.assert_close(found.boxes[:2][order], target.boxes, rtol=0, atol=3.0)
    assert found.scores[2:].max() < found.scores[1]
