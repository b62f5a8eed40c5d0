"""What makes DETR: its numbers, and what padding, order and number of queries change."""

import pytest
import torch
from torch import nn

from locviz.assign import ClassCost, GIoUCost, L1Cost
from locviz.layers import LearnedQueries, Prepare, ResNet50, ResNet101
from locviz.models import (
    DETR,
    PUBLISHED,
    detr_r50,
    detr_r50_dc5,
    detr_r101,
    detr_r101_dc5,
    detr_tiny,
    detr_tiny_selected,
)
from locviz.models.skeletons.outputs import all_outputs
from locviz.types import Targets


class Patches(nn.Module):
    """A backbone whose cells see their own 8 x 8 pixels and nothing beside them."""

    channels = (128,)

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 128, 8, stride=8)

    def forward(self, pixels):
        return [self.patches(pixels)]


def tiny(**stages):
    torch.manual_seed(0)
    return detr_tiny(3, **stages).eval()


@pytest.mark.parametrize("size", [(64, 64), (40, 56), (33, 50)])
def test_padding_changes_nothing(size):
    """An image alone, and beside one that is larger on both axes."""
    model = tiny(backbone=Patches())
    generator = torch.Generator().manual_seed(1)
    image = torch.rand(3, *size, generator=generator)
    large = torch.rand(3, 96, 80, generator=generator)
    with torch.no_grad():
        alone, beside = model([image]), model([image, large])
    for one, two in zip(all_outputs(alone), all_outputs(beside), strict=True):
        torch.testing.assert_close(two.logits[:1], one.logits, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(two.deltas[:1], one.deltas, rtol=1e-5, atol=1e-5)
    target = Targets(torch.tensor([[4.0, 4, 30, 28]]), torch.tensor([1]), size)
    nothing = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (96, 80))
    losses, both = model.loss([image], [target]), model.loss([image, large], [target, nothing])
    for name in ("l1", "giou", "aux0_l1"):
        torch.testing.assert_close(both.terms[name], losses.terms[name], rtol=1e-5, atol=1e-6)


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
        model.queries.positions.copy_(model.queries.positions[order].clone())
        after = model(images)
        torch.testing.assert_close(after.logits, before.logits[:, order], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(model.loss(images, [target]).total, loss, rtol=1e-4, atol=1e-5)


def test_any_number_of_queries():
    model = tiny(queries=LearnedQueries(7, channels=128))
    assert model([torch.rand(3, 64, 64)]).logits.shape == (1, 7, 4)


def test_the_papers_numbers():
    with torch.device("meta"):
        model = detr_r50(91)
    assert (len(model.encoder.layers), len(model.decoder.layers)) == (6, 6)
    layer = model.decoder.layers[0]
    assert (layer.self_attention.heads, layer.cross_attention.dropout) == (8, 0.1)
    assert layer.feed_forward[0].out_features == 2048
    assert model.queries.positions.shape == (100, 256)
    assert model.head.logits.out_features == 92
    assert (model.prepare.shorter, model.prepare.longer, model.prepare.divisor) == (800, 1333, 1)
    assert [(type(cost), cost.weight) for cost in model.assigner.costs] == [
        (ClassCost, 1), (L1Cost, 5), (GIoUCost, 2)
    ]  # fmt: skip
    assert model.criterion.weights == {"classification": 1, "l1": 5, "giou": 2}
    assert model.postprocess.max_detections == 100


@pytest.mark.parametrize(
    ("preset", "kind", "stride"),
    [
        (detr_r50, ResNet50, 32),
        (detr_r50_dc5, ResNet50, 16),
        (detr_r101, ResNet101, 32),
        (detr_r101_dc5, ResNet101, 16),
    ],
)
def test_backbones_and_their_strides(preset, kind, stride):
    with torch.device("meta"):
        model = preset(3, prepare=Prepare(divisor=1))
        assert isinstance(model.backbone, kind)
        (level,) = model.neck(model.backbone(torch.rand(1, 3, 96, 64)))
    assert level.shape == (1, 256, 96 // stride, 64 // stride)


def test_the_published_files():
    assert {entry.name for entry in DETR.weights} == {
        f"{preset.__name__}-coco" for preset in DETR.presets if "tiny" not in preset.__name__
    }
    for entry in DETR.weights:
        assert PUBLISHED[entry.name] is entry
        with torch.device("meta"):
            assert entry.build().head.num_classes == 91


@pytest.mark.slow
def test_one_image_can_be_learned_by_heart():
    """Two objects, after 120 steps: the two best detections are these, all others keep still."""
    torch.manual_seed(0)
    model = detr_tiny(3)
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
    assert found.scores[1] > 0.8
    assert found.scores[2:].max() < 0.5


def test_queries_from_the_encoder_and_the_papers_by_keyword():
    """Selected queries are trained by what their tokens predict, too; 16 cells are too few for 25."""
    torch.manual_seed(0)
    model = detr_tiny_selected(3)
    target = Targets(torch.tensor([[4.0, 4, 30, 28]]), torch.tensor([1]), (64, 64))
    assert "encoder_giou" in model.loss([torch.rand(3, 64, 64)], [target]).terms
    with pytest.raises(ValueError, match="16 tokens"):
        model([torch.rand(3, 32, 32)])
    # Before the first step the decoder's boxes are those that the encoder chose.
    _, seen = model.encode([torch.rand(3, 64, 64)])
    references = model.queries(seen).references
    torch.testing.assert_close(
        model.decoder(model.queries(seen), seen, model.head)[-1][1], references
    )
    plain = detr_tiny_selected(3, queries=LearnedQueries(25, channels=128))
    assert plain([torch.rand(3, 32, 32)]).logits.shape == (1, 25, 4)
