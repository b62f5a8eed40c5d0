"""What makes a GFL: its head, its three keywords on other detectors, and its numbers. Equality with
mmdetection is in tests/parity.
"""

import pytest
import torch
from torch import nn

from locviz.boxes import DistributionCoder
from locviz.inputs import Inputs
from locviz.layers import PrepareClips
from locviz.models import (
    GeneralizedFocalLoss,
    GFLHead,
    fcos_tiny,
    gfl,
    gfl_r50,
    gfl_stages,
    gfl_tiny,
    images_count_one,
    over_batch,
    retinanet_tiny,
    small_fcos,
)
from locviz.types import Targets

LEVELS = [
    torch.randn(2, 8, 4, 6, generator=torch.Generator().manual_seed(1)),
    torch.zeros(2, 8, 2, 3),
]


def head(**settings) -> GFLHead:
    torch.manual_seed(0)
    return GFLHead(
        in_channels=8, num_classes=3, num_levels=2, bins=5, num_convs=1, num_groups=2, **settings
    )


def test_every_point_starts_at_probability_one_percent_and_even_sides():
    logits, sides, quality = head()(LEVELS)
    assert logits.shape == (2, 30, 3)
    assert sides.shape == (2, 30, 4 * 5)
    assert quality is None
    assert logits.sigmoid().mean().item() == pytest.approx(0.01, rel=0.05)
    even = sides.unflatten(-1, (4, 5)).softmax(-1)
    torch.testing.assert_close(even, torch.full_like(even, 0.2), atol=0.1, rtol=0)


def test_rows_are_in_the_order_of_the_priors_and_sides_in_that_of_the_corners():
    """Two anchors per cell: channel (anchor * 4 + side) * 5 + bin of cell i is what row 2 * i +
    anchor has for that side and bin.
    """
    module = head(num_anchors=2)
    module.towers[1] = nn.Identity()
    with torch.no_grad():
        module.deltas.weight.zero_()
        module.deltas.bias.copy_(torch.arange(2 * 4 * 5.0))
        module.deltas.weight[7, 0, 1, 1] = 1.0  # of anchor 0, side 1, bin 2
    level = torch.zeros(1, 8, 4, 6)
    level[0, 0, 1, 2] = 100.0
    _, sides, _ = module([level, LEVELS[1][:1]])
    sides = sides.unflatten(-1, (4, 5))
    assert sides[0, 1].tolist() == (20 + torch.arange(20.0)).reshape(4, 5).tolist()
    changed = sides[0, 2 * (1 * 6 + 2)] - torch.arange(20.0).reshape(4, 5)
    assert changed[1, 2] == 100
    assert changed.count_nonzero() == 1


def test_the_scale_is_per_level_and_multiplies_the_logits():
    module = head()
    with torch.no_grad():
        module.deltas.bias.fill_(1.0)
        module.deltas.weight.zero_()
        module.scales[1].value.fill_(3.0)
    _, sides, _ = module(LEVELS)
    assert (sides[:, :24] == 1).all()
    assert (sides[:, 24:] == 3).all()


def test_the_towers_share_nothing():
    module = head()
    before = module(LEVELS)
    with torch.no_grad():
        module.towers[1][0].weight.mul_(-1)
    after = module(LEVELS)
    assert torch.equal(before[0], after[0])
    assert not torch.equal(before[1], after[1])
    assert all(m.bias is None for m in module.towers.modules() if isinstance(m, nn.Conv2d))


def batch() -> tuple[list[torch.Tensor], list[Targets]]:
    """Nothing, and two objects."""
    none = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0).long(), size=(64, 64))
    two = Targets(
        boxes=torch.tensor([[8.0, 8, 30, 28], [30, 20, 60, 50]]),
        labels=torch.tensor([0, 2]),
        size=(64, 64),
    )
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    return list(images), [none, two]


COMMON = {"channels": 48, "num_levels": 3, "num_convs": 1, "num_groups": 8}


@pytest.mark.parametrize(
    ("detector", "coder"),
    [
        (fcos_tiny, DistributionCoder(reg_max=8)),
        (gfl_tiny, DistributionCoder(reg_max=4, bin=2.0)),
        # Anchors, six per cell, whose sides are two to four strides.
        (retinanet_tiny, DistributionCoder(reg_max=16, bin=0.125)),
    ],
)
def test_three_keywords_make_a_gfl_of_a_dense_detector(detector, coder):
    """Its priors and its assigner stay, every new part is trained, and boxes come out."""
    torch.manual_seed(0)
    images, targets = batch()
    usual = detector(3)
    model = detector(3, **gfl_stages(3, coder=coder, **COMMON))
    assert type(model.assigner) is type(usual.assigner)
    assert type(model.priors) is type(usual.priors)
    losses = model.loss(images, targets)
    assert set(losses.terms) == {"classification", "regression", "distribution"}
    losses.total.backward()
    assert all(torch.isfinite(term) for term in losses.terms.values())
    for part in (model.head.logits, model.head.deltas, model.head.towers):
        assert all(p.grad.abs().sum() > 0 for p in part.parameters())
    predictions = model.eval()(images)
    assert model.regions(predictions).shape == (2, len(predictions.priors), 4)
    assert len(model.detect(images)) == 2


def test_the_qualities_alone_need_neither_head_nor_coder():
    images, targets = batch()
    model = retinanet_tiny(3, loss=GeneralizedFocalLoss(distribution=None))
    losses = model.loss(images, targets)
    assert set(losses.terms) == {"classification", "regression"}
    losses.total.backward()


def test_a_loss_of_distributions_names_what_it_misses():
    images, targets = batch()
    model = fcos_tiny(3, loss=GeneralizedFocalLoss())
    with pytest.raises(ValueError, match=r"needs a DistributionCoder, but the coder is SideDist"):
        model.loss(images, targets)
    model = gfl_tiny(3, coder=DistributionCoder(reg_max=9))
    with pytest.raises(ValueError, match="give head and coder the same reg_max"):
        model.loss(images, targets)


def test_along_time():
    """Spans have two sides; nothing else is different."""
    coder = DistributionCoder(reg_max=6)
    stages = small_fcos(
        2, widths=(8, 16, 16, 16), depths=(1, 1, 1, 1), channels=16, strides=(4, 8, 16), reach=3,
        dim=1, in_channels=5,
    )  # fmt: skip
    stages |= gfl_stages(
        2, channels=16, num_levels=3, num_convs=1, num_groups=4, coder=coder, dim=1
    )
    stages["prepare"] = PrepareClips(step=2.0, divisor=16)
    model = gfl(2, dim=1, **stages)
    clip = torch.rand(64, 5, generator=torch.Generator().manual_seed(0))
    target = Targets(torch.tensor([[20.0, 60.0]]), torch.tensor([1]), (128.0,))
    inputs = Inputs(clips=(clip,), texts=("find it",))
    predictions = model(inputs)
    assert predictions.deltas.shape == (1, 16 + 8 + 4, 2 * 7)
    losses = model.loss(inputs, [target])
    losses.total.backward()
    assert losses.terms["distribution"] > 0


def test_tiny_is_fcos_tiny_but_for_head_coder_loss_and_assigner():
    ours, fcos = gfl_tiny(3), fcos_tiny(3)
    for name in ("prepare", "backbone", "neck"):
        shapes = [
            {key: x.shape for key, x in getattr(model, name).state_dict().items()}
            for model in (ours, fcos)
        ]
        assert shapes[0] == shapes[1]
    assert ours.priors.strides == fcos.priors.strides
    assert ours.coder.bins == 9


def test_the_papers_numbers_and_mmdetections_departures():
    paper = gfl(4, channels=32, backbone=nn.Identity(), neck=nn.Identity())
    assert (paper.prepare.shorter, paper.prepare.longer) == (800, 1333)
    assert paper.coder == DistributionCoder(reg_max=16, bin=1.0, margin=0.0)
    assert (paper.assigner.side, paper.assigner.assigner.top_k) == (8.0, 9)
    assert paper.criterion.weights == {"regression": 2.0, "distribution": 0.25}
    assert paper.criterion.normalise is over_batch
    assert paper.priors.offset == 0.5

    theirs = gfl_r50(4)
    assert theirs.priors.offset == 0.0
    assert theirs.coder.margin == 0.1
    assert theirs.assigner.assigner.margin == 0.01
    assert theirs.criterion.normalise is images_count_one
    assert theirs.criterion.least == 1.0
    assert isinstance(theirs.neck.between, nn.Identity)
