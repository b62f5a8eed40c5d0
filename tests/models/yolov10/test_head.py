import pytest
import torch
from torch import nn

from locviz.models import DualHead, YOLOv10Head, dual_head

LEVELS = [
    torch.randn(2, 4, 4, 6, generator=torch.Generator().manual_seed(1)),
    torch.randn(2, 6, 2, 3, generator=torch.Generator().manual_seed(2)),
]


def head(**settings) -> YOLOv10Head:
    torch.manual_seed(0)
    return YOLOv10Head(in_channels=(4, 6), num_classes=3, bins=5, **settings).eval()


def test_shapes_and_the_first_probability():
    logits, deltas, quality = head()(LEVELS)
    assert logits.shape == (2, 30, 3)
    assert deltas.shape == (2, 30, 20)
    assert quality is None
    for layer in head().logits:
        torch.testing.assert_close(layer.bias.sigmoid(), torch.full_like(layer.bias, 0.01))


@pytest.mark.parametrize(("level", "prior"), [(0, 1 * 6 + 2), (1, 24 + 1 * 3 + 2)])
def test_rows_are_in_the_order_of_the_priors(level, prior):
    """Without the towers a change at row 1, column 2 of a level reaches one prior only."""
    module = head()
    module.class_towers = nn.ModuleList([nn.Identity(), nn.Conv2d(6, 4, 1)])
    bumped = [x[:1].clone() for x in LEVELS]
    bumped[level][..., 1, 2] += 5
    before, after = (module([x[:1] for x in levels])[0] for levels in (LEVELS, bumped))
    assert (after != before).any(-1)[0].nonzero().tolist() == [[prior]]


def test_widths_of_the_towers():
    """As wide as the finest level, a quarter of it, or the least that was asked for."""
    wide = YOLOv10Head(in_channels=(320, 640), num_classes=2)
    assert (wide.logits[0].in_channels, wide.deltas[1].in_channels) == (320, 80)
    narrow = head(least_class_channels=48, least_box_channels=32)
    assert (narrow.logits[0].in_channels, narrow.deltas[1].in_channels) == (48, 32)


def test_the_detecting_head_is_last_and_leaves_the_features_alone():
    module = dual_head(in_channels=(4, 6), num_classes=3, bins=5)
    levels = [level.clone().requires_grad_() for level in LEVELS]
    many, one = module(levels)
    assert many[1].shape == one[1].shape == (2, 30, 20)
    assert torch.equal(one[0], module.one_to_one(LEVELS)[0])
    (one[0].sum() + one[1].sum()).backward()
    assert all(level.grad is None for level in levels)
    assert module.one_to_one.logits[0].weight.grad is not None
    (many[0].sum() + many[1].sum()).backward()
    assert all(level.grad.abs().sum() > 0 for level in levels)


def test_without_the_training_head_one_output_is_left():
    module = dual_head(in_channels=(4, 6), num_classes=3, bins=5)
    alone = DualHead(one_to_many=None, one_to_one=module.one_to_one, bins=5)
    (one,) = alone(LEVELS)
    assert torch.equal(one[0], module(LEVELS)[-1][0])


def test_places_are_fixed():
    places = dual_head(in_channels=(4, 6), num_classes=3, bins=5).places
    assert places.flatten().tolist() == [0, 1, 2, 3, 4]
    assert not places.requires_grad
