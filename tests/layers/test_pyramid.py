import pytest
import torch
from torch import nn
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool, LastLevelP6P7

from locviz.layers import FeaturePyramid


@pytest.mark.parametrize("sizes", [(16, 8, 4), (13, 7, 4)])
def test_equals_torchvision_with_p6_and_p7(sizes):
    torch.manual_seed(0)
    theirs = FeaturePyramidNetwork([3, 5, 7], 6, LastLevelP6P7(6, 6))
    ours = FeaturePyramid(in_channels=(3, 5, 7), channels=6, num_extra=2)
    for own, other in [(ours.lateral, theirs.inner_blocks), (ours.smooth, theirs.layer_blocks)]:
        for mine, block in zip(own, other, strict=True):
            mine.load_state_dict(block[0].state_dict())
    ours.extra[0].load_state_dict(theirs.extra_blocks.p6.state_dict())
    ours.extra[1].load_state_dict(theirs.extra_blocks.p7.state_dict())
    maps = [torch.randn(2, c, s, s) for c, s in zip((3, 5, 7), sizes, strict=True)]
    expected = theirs({str(i): x for i, x in enumerate(maps)}).values()
    for mine, other in zip(ours(maps), expected, strict=True):
        torch.testing.assert_close(mine, other)


@pytest.mark.parametrize("sizes", [(16, 8), (13, 7)])
def test_equals_torchvision_with_a_pooled_level(sizes):
    torch.manual_seed(0)
    theirs = FeaturePyramidNetwork([3, 5], 6, LastLevelMaxPool())
    ours = FeaturePyramid(in_channels=(3, 5), channels=6, num_pooled=1)
    for own, other in [(ours.lateral, theirs.inner_blocks), (ours.smooth, theirs.layer_blocks)]:
        for mine, block in zip(own, other, strict=True):
            mine.load_state_dict(block[0].state_dict())
    maps = [torch.randn(2, c, s, s) for c, s in zip((3, 5), sizes, strict=True)]
    expected = theirs({str(i): x for i, x in enumerate(maps)}).values()
    for mine, other in zip(ours(maps), expected, strict=True):
        torch.testing.assert_close(mine, other)


def test_coarse_maps_reach_fine_levels_but_not_back():
    torch.manual_seed(0)
    pyramid = FeaturePyramid(in_channels=(2, 2), channels=2)
    fine, coarse = torch.randn(1, 2, 4, 4), torch.randn(1, 2, 2, 2)
    base = pyramid([fine, coarse])
    changed_coarse = pyramid([fine, coarse + 1])
    changed_fine = pyramid([fine + 1, coarse])
    assert not torch.allclose(base[0], changed_coarse[0])
    assert torch.equal(base[1], changed_fine[1])


def test_what_an_extra_level_goes_through_before_the_next():
    """P7 from relu(P6) or from P6 itself; P6 is the same in both."""
    torch.manual_seed(0)
    maps = [torch.randn(1, 4, 8, 8)]
    usual = FeaturePyramid(in_channels=(4,), channels=6, num_extra=2)
    plain = FeaturePyramid(in_channels=(4,), channels=6, num_extra=2, between=nn.Identity())
    plain.load_state_dict(usual.state_dict())
    (_, p6, p7), (_, same, other) = usual(maps), plain(maps)
    assert torch.equal(p6, same)
    assert (p6 < 0).any()
    torch.testing.assert_close(p7, usual.extra[1](p6.relu()))
    torch.testing.assert_close(other, usual.extra[1](p6))
