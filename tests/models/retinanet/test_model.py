"""What makes RetinaNet: its head, where it starts, its numbers, and where P6 comes from."""

import pytest
import torch
from torch.nn import functional as F

from locviz.boxes import CornerCoder
from locviz.layers import Prepare, ResNet50, from_backbone
from locviz.models import (
    PUBLISHED,
    RETINANET,
    RetinaNetHead,
    match_rows,
    over_batch,
    over_images,
    retinanet,
    retinanet_loss,
    retinanet_r50_fpn,
    retinanet_tiny,
)
from locviz.priors import AnchorPriors, PointPriors, retinanet_anchors
from locviz.types import BACKGROUND, Assignment, Predictions, Priors, Targets


def head(**options) -> RetinaNetHead:
    torch.manual_seed(0)
    return RetinaNetHead(in_channels=64, num_classes=5, num_anchors=9, **options)


def test_every_anchor_starts_almost_sure_of_background():
    """Section 4.1: probability 0.01, whatever the input; weights of standard deviation 0.01."""
    model = head()
    logits, deltas, quality = model([torch.randn(2, 64, 8, 8), torch.randn(2, 64, 4, 4)])
    assert logits.shape == (2, (64 + 16) * 9, 5)
    assert deltas.shape == (2, (64 + 16) * 9, 4)
    assert quality is None
    assert logits.sigmoid().mean().item() == pytest.approx(0.01, abs=1e-3)
    assert model.logits.bias.sigmoid().tolist() == pytest.approx([0.01] * 45)
    weights = torch.cat([m.weight.flatten() for m in model.modules() if hasattr(m, "weight")])
    assert weights.std().item() == pytest.approx(0.01, rel=0.02)
    assert deltas.abs().max() < 0.1


def test_the_towers_share_nothing():
    model = head(num_convs=2)
    level = torch.randn(1, 64, 4, 4)
    before = model([level])
    with torch.no_grad():
        model.towers[1][0].weight.add_(1.0)
    after = model([level])
    assert torch.equal(before[0], after[0])
    assert not torch.equal(before[1], after[1])


def loss_of(loss, predicted: float, *, num_images: int = 1) -> dict[str, float]:
    """One unit prior per image, its ground truth ``predicted`` off in each coordinate."""
    priors = Priors(torch.tensor([[0.0, 0, 1, 1], [0, 0, 1, 1]]), torch.ones(2), (2,))
    predictions = Predictions(
        logits=torch.zeros(num_images, 2, 3),
        deltas=torch.full((num_images, 2, 4), predicted),
        priors=priors,
        sizes=((8, 8),) * num_images,
        scales=torch.ones(num_images, 2),
    )
    target = Targets(torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([1]), (8, 8))
    assignment = Assignment(torch.tensor([0, BACKGROUND]))
    coder = CornerCoder(units="absolute")
    matched = match_rows([assignment] * num_images, [target] * num_images, priors, coder=coder)
    terms = loss(predictions, predictions.deltas, matched).terms
    return {name: term.item() for name, term in terms.items()}


def test_the_loss_by_hand():
    """Even logits: the focal loss of a yes is 1/4 * 1/4 * ln 2, of a no 3/4 * 1/4 * ln 2; there are
    one yes and five noes. Smooth L1 is quadratic up to 0.11: at 0.05 it is 0.5 * 0.05^2 / 0.11.
    """
    terms = loss_of(retinanet_loss(), 0.05)
    ln2 = torch.tensor(2.0).log().item()
    assert terms["classification"] == pytest.approx((1 + 5 * 3) / 16 * ln2)
    assert terms["regression"] == pytest.approx(4 * 0.5 * 0.05**2 / 0.11)
    assert loss_of(retinanet_loss(), 0.5)["regression"] == pytest.approx(4 * (0.5 - 0.055))
    assert set(terms) == {"classification", "regression"}


def test_a_batch_or_every_image_is_what_sums_are_divided_by():
    assert retinanet_loss().normalise is over_batch
    assert retinanet_r50_fpn(2).criterion.normalise is over_images


def test_the_papers_numbers():
    model = retinanet(4, channels=8, backbone=torch.nn.Identity(), neck=torch.nn.Identity())
    assert (model.prepare.shorter, model.prepare.longer) == (800, 1333)
    assert model.priors.sizes == retinanet_anchors().sizes
    assert model.priors.num_per_cell == 9
    assert (model.assigner.positive, model.assigner.negative) == (0.5, 0.4)
    select = model.postprocess
    assert (select.threshold, select.top_k, select.nms_threshold) == (0.05, 1000, 0.5)
    assert select.max_detections == 100
    assert retinanet_r50_fpn(4).postprocess.max_detections == 300


def test_p6_is_made_from_what_the_keyword_names():
    pixels = torch.rand(1, 3, 64, 64)
    for source, channels in ((None, 256), (from_backbone, 2048)):
        options = {} if source is None else {"extra_source": source}
        model = retinanet_r50_fpn(2, prepare=Prepare(divisor=64), **options).eval()
        with torch.no_grad():
            maps = model.backbone(pixels)
            levels = model.neck(maps)
            start = levels[2] if source is None else maps[-1]
            torch.testing.assert_close(levels[3], model.neck.extra[0](start))
            torch.testing.assert_close(levels[4], model.neck.extra[1](F.relu(levels[3])))
        assert model.neck.extra[0].in_channels == channels


def test_the_published_weights_want_frozen_norms_without_an_epsilon():
    (weights,) = RETINANET.weights
    assert PUBLISHED[weights.name] is weights
    with torch.device("meta"):
        model = weights.build()
    assert {m.eps for m in model.backbone.modules() if hasattr(m, "eps")} == {0.0}
    assert isinstance(model.backbone, ResNet50)
    assert model.head.num_classes == 91


def test_tiny_fits_its_head_to_the_priors_that_it_is_given():
    usual = retinanet_tiny(3)
    assert usual.priors.num_per_cell == 6
    assert len(usual([torch.rand(3, 64, 64)]).priors) == 6 * (16**2 + 8**2 + 4**2)
    one = AnchorPriors(sizes=((12,), (24,), (48,)), strides=(4, 8, 16))
    assert retinanet_tiny(3, priors=one).head.logits.out_channels == 3
    points = retinanet_tiny(3, priors=PointPriors(strides=(4, 8, 16)))
    assert points.head.deltas.out_channels == 4


def test_a_quality_may_be_predicted_and_changes_nothing_else():
    """One logit per anchor, from the box tower alone, 0.5 at first."""
    level = torch.randn(2, 64, 4, 4, generator=torch.Generator().manual_seed(0))
    off, on = head(num_convs=1), head(num_convs=1, predicts_quality=True)
    assert on.state_dict().keys() - off.state_dict().keys() == {"quality.weight", "quality.bias"}
    with torch.no_grad():
        (logits, deltas, quality), before = on([level]), off([level])
        assert torch.equal(logits, before[0])
        assert torch.equal(deltas, before[1])
        assert quality.shape == (2, 16 * 9)
        assert quality.sigmoid().mean().item() == pytest.approx(0.5, abs=0.02)
        on.towers[0][0].weight.add_(1.0)
        assert torch.equal(on([level])[2], quality)
        on.towers[1][0].weight.add_(1.0)
        assert not torch.equal(on([level])[2], quality)


def test_a_quality_has_the_order_of_the_anchors():
    """Anchor 4 of the cell in row 1, column 2 of 3: 9 * 5 + 4."""
    module = head(num_convs=0, predicts_quality=True)
    torch.nn.init.zeros_(module.quality.weight)
    bump = torch.zeros(1, 64, 2, 3)
    bump[..., 1, 2] = 1
    with torch.no_grad():
        module.quality.weight[4, 0, 1, 1] = 1
        assert module([bump])[2][0].argmax() == 9 * 5 + 4
