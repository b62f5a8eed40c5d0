"""The blocks of YOLOv10 by hand; that they are wired as released is in tests/parity/test_yolov10.py."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from locviz.models.yolov10.blocks import (
    C2f,
    CompactInvertedBlock,
    ConvPair,
    DecoupledDownsampling,
    LargeKernel,
    PartialSelfAttention,
    SelfAttention,
)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_blocks_by_parameter_count():
    """Weights of the convolutions, and two numbers per channel of each batch norm."""
    assert count(ConvPair(8)) == 2 * (9 * 8 * 8 + 16)
    assert count(DecoupledDownsampling(8, 16)) == 8 * 16 + 32 + 9 * 16 + 32
    assert count(LargeKernel(8)) == 49 * 8 + 16 + 9 * 8 + 16
    sides, mixes = 2 * (9 * 8 + 16), (8 * 16 + 32) + (16 * 8 + 16)
    assert count(CompactInvertedBlock(8)) == sides + mixes + 9 * 16 + 32
    assert count(CompactInvertedBlock(8, middle=LargeKernel)) == sides + mixes + 58 * 16 + 64
    # Two blocks at half of 16 channels; four halves are joined.
    assert count(C2f(12, 16, depth=2)) == (12 * 16 + 32) + 2 * count(ConvPair(8)) + (32 * 16 + 32)


@pytest.mark.parametrize(
    "block",
    [
        ConvPair(8),
        CompactInvertedBlock(8),
        CompactInvertedBlock(8, middle=LargeKernel),
        PartialSelfAttention(8),
        SelfAttention(8, num_heads=2),
        C2f(8, 8, depth=1),
    ],
)
def test_a_block_keeps_the_shape_of_its_map(block):
    x = torch.randn(2, 8, 3, 5)
    assert block(x).shape == x.shape


@pytest.mark.parametrize("make", [ConvPair, CompactInvertedBlock])
def test_the_input_is_added(make):
    block = make(8).eval()
    x = torch.randn(1, 8, 4, 4)
    # Batch norm that is 0 everywhere: SiLU of 0 is 0, and what is left is the input.
    for norm in block.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.zeros_(norm.weight)
    assert torch.equal(block(x), x)
    assert not ConvPair(8, shortcut=False).shortcut


def test_halving_has_no_activation_at_its_end():
    block = DecoupledDownsampling(4, 8).eval()
    halved = block(torch.randn(2, 4, 6, 10))
    assert halved.shape == (2, 8, 3, 5)
    assert halved.min() < -0.3  # SiLU is nowhere below -0.28


def test_a_joint_sees_the_output_of_every_block():
    """Of 16 channels 8 go around; those of two blocks follow."""
    stage = C2f(8, 16, depth=2).eval()
    joined = []
    stage.conv2.register_forward_pre_hook(lambda module, inputs: joined.append(inputs[0]))
    x = torch.randn(1, 8, 4, 4)
    stage(x)
    parts = joined[0].split(8, 1)
    assert torch.equal(torch.cat(parts[:2], 1), stage.conv1(x))
    assert torch.equal(parts[2], stage.blocks[0](parts[1]))
    assert torch.equal(parts[3], stage.blocks[1](parts[2]))


def test_the_two_filters_of_a_large_kernel_are_one_filter():
    """Without batch norm: a 3x3 filter padded to 7x7 and added does the same (structural
    reparametrisation).
    """
    block = LargeKernel(4)
    block.large.bn = block.small.bn = nn.Identity()
    x = torch.randn(2, 4, 9, 9)
    one = block.large.conv.weight + F.pad(block.small.conv.weight, (2, 2, 2, 2))
    alone = F.silu(F.conv2d(x, one, padding=3, groups=4))
    torch.testing.assert_close(block(x), alone, rtol=1e-4, atol=1e-5)


def test_attention_by_a_loop_over_heads_and_places():
    torch.manual_seed(0)
    layer = SelfAttention(8, num_heads=2).eval()
    x = torch.randn(1, 8, 2, 3)
    with torch.no_grad():
        # Per head 2 channels of query, 2 of key, 4 of value, at 6 places.
        heads = layer.qkv(x).reshape(2, 8, 6)
        seen, values = torch.zeros(2, 4, 6), heads[:, 4:]
        for head in range(2):
            query, key = heads[head, :2], heads[head, 2:4]
            for place in range(6):
                scores = torch.stack([query[:, place] @ key[:, other] for other in range(6)])
                weights = (scores / 2**0.5).softmax(0)
                seen[head, :, place] = values[head] @ weights
        by_hand = layer.proj(seen.reshape(1, 8, 2, 3) + layer.position(values.reshape(1, 8, 2, 3)))
        torch.testing.assert_close(layer(x), by_hand)


def test_half_of_the_channels_go_around_attention():
    block = PartialSelfAttention(8).eval()
    joined = []
    block.conv2.register_forward_pre_hook(lambda module, inputs: joined.append(inputs[0]))
    x = torch.randn(1, 8, 4, 4)
    block(x)
    assert torch.equal(joined[0][:, :4], block.conv1(x)[:, :4])
    assert not torch.equal(joined[0][:, 4:], block.conv1(x)[:, 4:])


def test_there_is_a_head_however_narrow_the_map():
    assert PartialSelfAttention(16).attention.num_heads == 1
    assert PartialSelfAttention(256).attention.num_heads == 2
