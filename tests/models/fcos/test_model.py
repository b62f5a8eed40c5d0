"""What the paper has and torchvision has not, by hand values. Equality with torchvision is in
tests/parity.
"""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from locviz.assign import CenterSampling
from locviz.losses import ciou_loss
from locviz.models import FCOSHead, fcos_loss, fcos_r50, fcos_r50_improved, fcos_small, fcos_tiny
from locviz.types import Targets


def head(**settings) -> FCOSHead:
    torch.manual_seed(0)
    return FCOSHead(
        in_channels=8, num_classes=3, num_levels=2, num_convs=1, num_groups=2, **settings
    )


LEVELS = [
    torch.randn(2, 8, 4, 6, generator=torch.Generator().manual_seed(1)),
    torch.zeros(2, 8, 2, 3),
]


def test_every_point_starts_at_probability_one_percent_and_distance_one():
    logits, distances, quality = head()(LEVELS)
    assert logits.shape == (2, 30, 3)
    assert quality.shape == (2, 30)
    assert logits.sigmoid().mean().item() == pytest.approx(0.01, rel=0.05)
    assert distances.mean().item() == pytest.approx(1, abs=0.1)  # exp of nearly nothing


def test_rows_are_in_the_order_of_the_priors():
    """A bump at row 1, column 2 of the first level is prior 1 * 6 + 2."""
    module = head()
    bump = torch.zeros(1, 8, 4, 6)
    bump[..., 1, 2] = 5
    module.towers[0] = nn.Identity()
    with torch.no_grad():
        module.logits.weight.zero_()
        module.logits.weight[0, 0, 1, 1] = 1
    logits, _, _ = module([bump, LEVELS[1][:1]])
    assert logits[0, :, 0].argmax() == 8


def test_scale_is_per_level_and_inside_the_exponential():
    module = head()
    with torch.no_grad():
        module.distances.bias.fill_(1.0)
        module.distances.weight.zero_()
        module.scales[1].value.fill_(3.0)
    _, distances, _ = module(LEVELS)
    torch.testing.assert_close(distances[:, :24], torch.full((2, 24, 4), math.e))
    torch.testing.assert_close(distances[:, 24:], torch.full((2, 6, 4), math.e**3))


def test_improved_distances_are_never_negative_and_may_be_zero():
    _, distances, _ = head(positive=F.relu)(LEVELS)
    assert (distances >= 0).all()
    assert (distances == 0).any()


@pytest.mark.parametrize("tower", [0, 1])
def test_centerness_belongs_to_one_tower(tower):
    module = head(quality_tower=tower)
    before = module(LEVELS)[2]
    with torch.no_grad():
        module.towers[1 - tower][0].weight.add_(1)
    assert torch.equal(module(LEVELS)[2], before)
    with torch.no_grad():
        module.towers[tower][0].weight.mul_(-1)
    assert not torch.equal(module(LEVELS)[2], before)


def test_log_iou_is_smoothed_by_one_pixel():
    """One box 0 0 8 8, points at (4, 4) only in reach: predicted distances 1 give IoU 4/64,
    smoothed 5/65.
    """
    only_stride_8 = CenterSampling(ranges=((1e8, 1e9), (-1.0, 1e9), (1e8, 1e9)))
    detector = fcos_tiny(num_classes=1, loss=fcos_loss(), assigner=only_stride_8)
    with torch.no_grad():
        detector.head.distances.weight.zero_()
        detector.head.distances.bias.fill_(math.log(1 / 8))  # in strides: one pixel
    target = Targets(boxes=torch.tensor([[0.0, 0, 8, 8]]), labels=torch.tensor([0]), size=(64, 64))
    regression = detector.loss([torch.rand(3, 64, 64)], [target]).terms["regression"]
    assert regression.item() == pytest.approx(-math.log(5 / 65), rel=1e-4)

    # 0 0 16 8 holds (4, 4) and (12, 4), both with centre-ness sqrt(4/12 * 1), and equal losses: the
    # mean is the loss.
    wide = Targets(boxes=torch.tensor([[0.0, 0, 16, 8]]), labels=torch.tensor([0]), size=(64, 64))
    regression = detector.loss([torch.rand(3, 64, 64)], [wide]).terms["regression"]
    assert regression.item() == pytest.approx(-math.log(5 / 129), rel=1e-4)


def test_tiny_is_tiny_and_takes_any_loss():
    detector = fcos_tiny(num_classes=10, loss=fcos_loss(regression=ciou_loss))
    assert sum(p.numel() for p in detector.parameters()) < 1_000_000
    target = Targets(
        boxes=torch.tensor([[10.0, 10, 40, 44]]), labels=torch.tensor([9]), size=(64, 64)
    )
    detector.loss([torch.rand(3, 64, 64)], [target]).total.backward()


def test_paper_and_improvements_differ_where_the_code_does():
    paper, improved = fcos_r50(2), fcos_r50_improved(2)
    assert paper.head.quality_tower == 0
    assert improved.head.quality_tower == 1
    assert paper.coder.units == "absolute"
    assert improved.coder.units == "prior"
    assert paper.assigner.radius is None
    assert improved.assigner.radius == 1.5
    assert paper.priors.offset == improved.priors.offset == 0.5
    assert len(paper.head.scales) == 5
    assert [s.value.item() for s in paper.head.scales] == [1.0] * 5


def test_small_is_between_tiny_and_r50():
    detector = fcos_small(3)
    assert 1_000_000 < sum(p.numel() for p in detector.parameters()) < 1_500_000
    predictions = detector.eval()([torch.rand(3, 480, 640)])
    assert predictions.priors.levels == (32 * 40, 16 * 20, 8 * 10)  # 240 pixels, padded to 256
    torch.testing.assert_close(predictions.scales, torch.tensor([[0.5, 0.5]]))


def test_centreness_can_be_left_out():
    """No convolution, no term, and all positives weigh the same."""
    module = head(quality_tower=None)
    assert module(LEVELS)[2] is None
    assert (
        sum(p.numel() for p in head().parameters()) - sum(p.numel() for p in module.parameters())
        == 8 * 9 + 1
    )
    loss = fcos_loss(quality=None)
    target = Targets(torch.tensor([[4.0, 4, 28, 28]]), torch.tensor([0]), (32, 32))
    image = torch.rand(3, 32, 32, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    detector = fcos_tiny(2, loss=loss)
    losses = detector.loss([image], [target])
    assert set(losses.terms) == {"classification", "regression"}
    losses.total.backward()
    assert detector.head.quality.weight.grad is None
