"""The blocks of YOLOv10 (https://arxiv.org/abs/2405.14458, section 3.2): what makes it cheap, and
what makes it accurate.

Cheap: the halving of a map is split into a step for the channels and one for the places
(``DecoupledDownsampling``); where a stage is redundant, its convolutions see one channel each
(``CompactInvertedBlock``). Accurate: wide filters, one per channel, in the deepest stages
(``LargeKernel``), and attention on the smallest map (``PartialSelfAttention``).

Nearly every convolution is followed by batch norm and SiLU. The convolutions of a block have the
names ``conv1`` and ``conv2`` in all blocks, because released weights do, and one table of names
then serves all sizes.
"""

from collections.abc import Callable
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.layers import ConvNorm

# channels to a module that keeps the shape of its map.
Block = Callable[[int], nn.Module]


def depthwise(
    channels: int,
    size: int = 3,
    stride: int = 1,
    *,
    activation: Callable[[Tensor], Tensor] | None = F.silu,
) -> ConvNorm:
    """One filter per channel: maps (b, c, h, w) keep their channels."""
    return ConvNorm(channels, channels, size, stride, groups=channels, activation=activation)


@final
class ConvPair(nn.Module):
    """Two 3x3 convolutions at one width; ``shortcut`` adds the input."""

    def __init__(self, channels: int, *, shortcut: bool = True):
        super().__init__()
        self.conv1, self.conv2 = ConvNorm(channels, channels, 3), ConvNorm(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to the same shape."""
        y = self.conv2(self.conv1(x))
        return x + y if self.shortcut else y


@final
class LargeKernel(nn.Module):
    """One filter of 7x7 per channel, and beside it in training one of 3x3, added before the SiLU.

    Both are linear, so that they could be added up to a single filter after training. Alone, a
    large filter is harder to optimise (structural reparametrisation, arXiv:2101.03697).
    """

    def __init__(self, channels: int):
        super().__init__()
        self.large = depthwise(channels, 7, activation=None)
        self.small = depthwise(channels, 3, activation=None)

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to the same shape."""
        return F.silu(self.large(x) + self.small(x))


@final
class CompactInvertedBlock(nn.Module):
    """Three depthwise convolutions mix places, two 1x1 convolutions between them mix channels, and
    the input is added: the paper's CIB, figure 3(b).

    Args:
        channels: of the map; inside there are twice as many.
        middle: the depthwise convolution inside: ``depthwise`` or ``LargeKernel``.
    """

    def __init__(self, channels: int, *, middle: Block = depthwise):
        super().__init__()
        self.conv1 = nn.Sequential(
            depthwise(channels),
            ConvNorm(channels, 2 * channels),
            middle(2 * channels),
            ConvNorm(2 * channels, channels),
            depthwise(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to the same shape."""
        return x + self.conv1(x)


@final
class C2f(nn.Module):
    """A cross-stage partial block that keeps what it passes: half of the channels go around, half
    through ``depth`` blocks in a row, and a 1x1 convolution joins the output of every block.

    YOLOX's block joins the output of the last one alone.

    Args:
        in_channels: of the map.
        out_channels: of what comes out; the blocks have half as many.
        depth: how many blocks.
        block: half of ``out_channels`` to a block.
    """

    def __init__(self, in_channels: int, out_channels: int, *, depth: int, block: Block = ConvPair):
        super().__init__()
        half = out_channels // 2
        self.conv1 = ConvNorm(in_channels, 2 * half)
        self.blocks = nn.ModuleList(block(half) for _ in range(depth))
        self.conv2 = ConvNorm((2 + depth) * half, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to (b, out_channels, h, w)."""
        parts = list(self.conv1(x).chunk(2, 1))
        for block in self.blocks:
            parts.append(block(parts[-1]))
        return self.conv2(torch.cat(parts, 1))


@final
class DecoupledDownsampling(nn.Module):
    """Halve a map in two steps: a 1x1 convolution changes the channels, then a depthwise 3x3
    convolution with stride 2 the size, without an activation. From c to 2c channels a 3x3
    convolution has 18 c**2 weights, this has 2 c**2 + 18 c.
    """

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.conv1 = ConvNorm(in_channels, out_channels)
        self.conv2 = depthwise(out_channels, 3, 2, activation=None)

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to (b, out_channels, h / 2, w / 2)."""
        return self.conv2(self.conv1(x))


@final
class SelfAttention(nn.Module):
    """Every place looks at every other place. Queries and keys have half as many channels as values,
    batch norm stands in for layer norm, and a depthwise convolution of the values tells places
    apart, which would otherwise be a set without order.

    Args:
        channels: of the map, a multiple of ``num_heads``.
        num_heads: how many groups of channels attend by themselves.
    """

    def __init__(self, channels: int, *, num_heads: int):
        super().__init__()
        self.num_heads, value = num_heads, channels // num_heads
        self.widths = (value // 2, value // 2, value)
        self.qkv = ConvNorm(channels, num_heads * sum(self.widths), activation=None)
        self.proj = ConvNorm(channels, channels, activation=None)
        self.position = depthwise(channels, activation=None)

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to the same shape."""
        # (b, heads, channels of a head, places), the places being the h * w cells of the map.
        heads = self.qkv(x).flatten(2).unflatten(1, (self.num_heads, -1))
        query, key, value = heads.split(self.widths, 2)
        # It wants channels last: (b, heads, places, channels of a head).
        seen = F.scaled_dot_product_attention(query.mT, key.mT, value.mT).mT
        return self.proj(seen.reshape(x.shape) + self.position(value.reshape(x.shape)))


@final
class PartialSelfAttention(nn.Module):
    """Half of the channels pass attention and two 1x1 convolutions, each with its input added, and
    half go around them: the paper's PSA, figure 3(c). Attention costs the square of the number of
    places, so it stands on the smallest map alone.

    Args:
        channels: of the map.
        head_channels: values per head, about; there is at least one head.
    """

    def __init__(self, channels: int, *, head_channels: int = 64):
        super().__init__()
        half = channels // 2
        self.conv1, self.conv2 = ConvNorm(channels, 2 * half), ConvNorm(2 * half, channels)
        self.attention = SelfAttention(half, num_heads=max(1, half // head_channels))
        self.ffn = nn.Sequential(
            ConvNorm(half, 2 * half), ConvNorm(2 * half, half, activation=None)
        )

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to the same shape."""
        around, through = self.conv1(x).chunk(2, 1)
        through = through + self.attention(through)
        through = through + self.ffn(through)
        return self.conv2(torch.cat([around, through], 1))
