"""Where a token comes from: sines and cosines of its place, which attention is given because it
would otherwise see a set without any order.
"""

import math
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

Padding = Bool[Tensor, "b *space"]


def sine_encoding(
    places: Float[Tensor, "*n"], channels: int, *, temperature: float = 10000.0
) -> Float[Tensor, "*n channels"]:
    """Sine and cosine of each place at falling frequencies, one pair after another.

    Places ``(...)`` give ``(..., channels)``. Pair i has the frequency ``temperature ** (-2 i /
    channels)`` (Attention Is All You Need, https://arxiv.org/abs/1706.03762, section 3.5).

    Law: for a fixed step the encoding of ``place + step`` is a rotation of each pair of the
    encoding of ``place``, whatever the place.

    Args:
        places: in radians of the highest frequency.
        channels: numbers per place, even.
        temperature: the lowest frequency is about one over this.

    Raises:
        ValueError: ``channels`` is odd.
    """
    if channels % 2:
        raise ValueError(f"channels must be even, a sine and a cosine per pair, got {channels}")
    pair = torch.arange(channels // 2, dtype=places.dtype, device=places.device)
    angles = places[..., None] / temperature ** (2 * pair / channels)
    # (..., pairs, 2) to (..., channels): the sine and the cosine of a pair are neighbours.
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)


@final
class SinePositions(nn.Module):
    """The encoding of every cell of a map, from the mask of its padding; nothing is learned.

    Cells are counted from the low side of each axis, padding left out, and the count is divided by
    its largest value, so that the far side of every image is at ``scale``, whatever its size.

    Law: the cells of an image have the same encoding, however far its map is padded.

    Args:
        channels: of the encoding. Each axis has an equal share of them, y before x.
        dim: 2 for images, 1 for clips.
        temperature: see ``sine_encoding``.
        scale: the angle at the far side: a full turn in DETR (https://arxiv.org/abs/2005.12872).
        offset: taken from each count: 0 in DETR, whose first cell has the count 1; 0.5 for the
            middle of the cell, as in Deformable DETR.

    Raises:
        ValueError: the channels do not fall into pairs on each axis.
    """

    def __init__(
        self,
        *,
        channels: int,
        dim: int = 2,
        temperature: float = 10000.0,
        scale: float = 2 * math.pi,
        offset: float = 0.0,
    ):
        super().__init__()
        if channels % (2 * dim):
            raise ValueError(
                f"channels must be a multiple of {2 * dim}, a sine and a cosine on each of {dim} axes, "
                f"got {channels}"
            )
        self.channels, self.dim = channels, dim
        self.temperature, self.scale, self.offset = temperature, scale, offset

    def forward(self, padding: Padding) -> Float[Tensor, "b channels *space"]:
        """The encoding (b, channels, *space) of a map whose padding (b, *space) is True."""
        axes = [self._encode_axis(~padding, axis) for axis in range(1, 1 + self.dim)]
        return torch.cat(axes, -1).movedim(-1, 1)

    def _encode_axis(self, inside: Tensor, axis: int) -> Float[Tensor, "b *space share"]:
        count = inside.cumsum(axis, dtype=torch.float32)
        # A column that is all padding counts 0 cells: 1e-6 keeps 0 / 0 from being NaN.
        largest = count.narrow(axis, -1, 1) + 1e-6
        places = (count - self.offset) / largest * self.scale
        return sine_encoding(places, self.channels // self.dim, temperature=self.temperature)


def padding_masks(
    extents: Float[Tensor, "b dim"], input_size: Sequence[int], level_sizes: Sequence[Sequence[int]]
) -> list[Padding]:
    """Which cells of each level are padding, (b, *space) each.

    A cell is judged by one pixel, as in DETR's code: that of the padded input which the nearest
    neighbour rule gives it. The first cell of each axis is never padding.

    Args:
        extents: (b, dim) input pixels that belong to each image, x first.
        input_size: ``(h, w)`` or ``(t,)`` of the padded input.
        level_sizes: the same of each level.
    """
    inside = torch.ones(len(extents), *input_size, dtype=torch.bool, device=extents.device)
    # Sizes are y first, extents x first.
    for axis, length in enumerate(input_size):
        places = torch.arange(length, device=extents.device)
        here = places < extents[:, -1 - axis, None]
        beside = [length if other == axis else 1 for other in range(len(input_size))]
        inside &= here.view(len(extents), *beside)
    pixels = inside[:, None].float()
    return [F.interpolate(pixels, size=tuple(size))[:, 0] == 0 for size in level_sizes]
