"""Deformable attention: a query looks at a few points near its reference instead of at every cell.

Ordinary attention compares each query with all n cells of a map, so an encoder's work grows with
n squared, and training starts by looking everywhere. Here a query predicts where to look and how
much each place counts, from itself alone (Deformable DETR, https://arxiv.org/abs/2010.04159,
equations 2 and 3).
"""

import math
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.layers.memory import Memory

Places = Float[Tensor, "b q heads levels points dim"]
Weights = Float[Tensor, "b q heads levels points"]
Sizes = Sequence[Sequence[int]]


def mix_places(
    values: Float[Tensor, "b n heads share"], level_sizes: Sizes, places: Places, weights: Weights
) -> Float[Tensor, "b q channels"]:
    """The weighted sum of what lies at each place, interpolated between the centres of cells.

    Beyond the outermost centres values fall to 0, which they are outside the map.

    Laws: linear in the values and in the weights; at the centre of a cell the value is the cell's;
    weights that sum to 1 give a constant map its constant, as long as no place is nearer to an edge
    than half a cell.

    Args:
        values: (b, n, heads, share) one per cell, level after level, row after row.
        level_sizes: the ``(h, w)``, or ``(t,)``, of each level; their products sum to n.
        places: (b, q, heads, levels, points, dim) shares of the padded map, 0..1, x first.
        weights: (b, q, heads, levels, points).

    Returns:
        (b, q, heads * share), head after head.

    Raises:
        ValueError: the levels do not have n cells.
    """
    counts = [math.prod(size) for size in level_sizes]
    if sum(counts) != values.shape[1]:
        raise ValueError(
            f"level_sizes {tuple(map(tuple, level_sizes))} have {sum(counts)} cells, values {values.shape[1]}"
        )
    # Each head of each image is a picture of its own: (b * heads, share, h, w).
    pictures = values.permute(0, 2, 3, 1).flatten(0, 1)
    # torch puts -1 at the low edge and 1 at the high edge. (b * heads, levels, points, q, dim): the
    # queries inside, so that sums over points run along whole rows of memory.
    grid = (2 * places - 1).permute(0, 2, 3, 4, 1, 5).flatten(0, 1)
    shares = weights.permute(0, 2, 3, 4, 1).flatten(0, 1)[:, :, None]
    mixed = []
    for level, (size, cells) in enumerate(
        zip(level_sizes, pictures.split(counts, -1), strict=True)
    ):
        found = _sample(cells.unflatten(-1, tuple(size)), grid[:, level])
        # (b * heads, share, points, q), summed over the points.
        mixed.append((found * shares[:, level]).sum(2))
    # (b * heads, share, q) to (b, q, heads * share).
    return torch.stack(mixed).sum(0).unflatten(0, (len(values), -1)).flatten(1, 2).transpose(1, 2)


def _sample(
    pictures: Float[Tensor, "n share *space"], grid: Float[Tensor, "n points q dim"]
) -> Float[Tensor, "n share points q"]:
    if grid.shape[-1] == 1:
        # torch samples pictures only: a clip is one that is a single cell high, looked at in its middle.
        pictures, grid = pictures[:, :, None], torch.cat([grid, torch.zeros_like(grid)], -1)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


@final
class DeformableAttention(nn.Module):
    """Each head of each query looks at ``points`` places on every level.

    At first the heads look into as many directions, a point 1, 2, 3 ... cells away from the
    reference, and all places count the same, whatever the query is: the layers that predict offsets
    and weights start at zero, with these directions as a bias.

    Args:
        channels: of queries, tokens and result.
        heads: how many; they divide the channels.
        levels: how many maps the tokens come from.
        points: places per head and level.
        dim: 2 for images, 1 for clips.

    Raises:
        ValueError: the heads do not divide the channels.
    """

    def __init__(
        self, channels: int, *, heads: int = 8, levels: int = 4, points: int = 4, dim: int = 2
    ):
        super().__init__()
        if heads < 1 or channels % heads:
            raise ValueError(
                f"heads must divide the channels equally, got {heads} for {channels}: choose a divisor"
            )
        self.heads, self.levels, self.points, self.dim = heads, levels, points, dim
        self.offsets = nn.Linear(channels, heads * levels * points * dim)
        self.weights = nn.Linear(channels, heads * levels * points)
        self.value, self.out = nn.Linear(channels, channels), nn.Linear(channels, channels)
        for layer in (self.value, self.out):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        for layer in (self.offsets, self.weights):
            nn.init.zeros_(layer.weight)
        nn.init.zeros_(self.weights.bias)
        away = torch.arange(1, points + 1).view(1, 1, points, 1)
        start = directions(heads, dim)[:, None, None] * away
        with torch.no_grad():
            self.offsets.bias.copy_(start.expand(-1, levels, -1, -1).flatten())

    def forward(
        self,
        queries: Float[Tensor, "b q c"],
        references: Float[Tensor, "b q levels coords"],
        tokens: Float[Tensor, "b n c"],
        level_sizes: Sizes,
        *,
        padding: Bool[Tensor, "b n"] | None = None,
    ) -> Float[Tensor, "b q c"]:
        """Attend from queries (b, q, c) to tokens (b, n, c).

        Args:
            queries: positions added.
            references: where each query looks from; see ``look``.
            tokens: level after level, row after row.
            level_sizes: the ``(h, w)``, or ``(t,)``, of each level.
            padding: (b, n) True where a cell is outside its image; its value counts as 0.
        """
        values = self.value(tokens)
        if padding is not None:
            values = values.masked_fill(padding[..., None], 0.0)
        places, weights = self.look(queries, references, level_sizes)
        return self.out(
            mix_places(values.unflatten(-1, (self.heads, -1)), level_sizes, places, weights)
        )

    def read(
        self, queries: Float[Tensor, "b q c"], memory: Memory, references: Tensor | None = None
    ) -> Float[Tensor, "b q c"]:
        """What queries (b, q, c), positions added, read from the cells round their references.

        Args:
            queries: with what they look for added.
            memory: the tokens of all levels.
            references: points (b, q, dim) or boxes (b, q, 2*dim), centre and size, in shares of the
                image, x first.

        Raises:
            ValueError: there are no references.
        """
        if references is None:
            raise ValueError(
                "deformable attention looks round a reference, and these queries have none: give the "
                "detector queries=PointQueries(...) or queries=AnchorQueries(...)"
            )
        return self(
            queries,
            memory.on_levels(references),
            memory.tokens,
            memory.level_sizes,
            padding=memory.padding,
        )

    def look(
        self,
        queries: Float[Tensor, "b q c"],
        references: Float[Tensor, "b q levels coords"],
        level_sizes: Sizes,
    ) -> tuple[Places, Weights]:
        """Where each head looks, and how much each place counts; the weights of a head sum to 1 over
        all levels and points.

        Args:
            queries: (b, q, c).
            references: shares of the padded map of each level, x first: points (b, q, levels, dim),
                or boxes (b, q, levels, 2*dim) as centre and size. Offsets from a point count in
                cells; from a box, in halves of its size divided by the number of points, so that at
                first a head's farthest place lies on the box's border.
            level_sizes: the ``(h, w)``, or ``(t,)``, of each level.

        Returns:
            Places (b, q, heads, levels, points, dim) in shares of the map, and weights (b, q,
            heads, levels, points).

        Raises:
            ValueError: there is not one reference and one size per level, or a reference is neither
                a point nor a box.
        """
        self._check(references, level_sizes)
        per_level = (self.heads, self.levels, self.points)
        offsets = self.offsets(queries).unflatten(-1, (*per_level, self.dim))
        weights = self.weights(queries).unflatten(-1, (self.heads, -1)).softmax(-1)
        # (b, q, levels, coords) to (b, q, 1, levels, 1, dim): the same for all heads and points.
        center, *size = references[:, :, None, :, None].split(self.dim, -1)
        if size:
            unit = size[0] / (2 * self.points)
        else:
            # Sizes are y first, places x first.
            cells = queries.new_tensor([tuple(level)[::-1] for level in level_sizes])
            unit = 1 / cells[:, None]
        return center + offsets * unit, weights.unflatten(-1, per_level[1:])

    def _check(self, references: Tensor, level_sizes: Sizes) -> None:
        if references.shape[-2] != self.levels or len(level_sizes) != self.levels:
            raise ValueError(
                f"this attention looks at {self.levels} levels, got references for {references.shape[-2]} and "
                f"{len(level_sizes)} level_sizes: give one of each per level"
            )
        if references.shape[-1] not in (self.dim, 2 * self.dim):
            raise ValueError(
                f"references must be points (b, q, levels, {self.dim}) or boxes (b, q, levels, {2 * self.dim}), "
                f"got {tuple(references.shape)}"
            )


def directions(heads: int, dim: int) -> Float[Tensor, "heads dim"]:
    """One direction per head, (heads, dim), the first along x; the largest coordinate of each is 1
    or -1. In clips they alternate between later and earlier.
    """
    if dim == 1:
        return 1.0 - 2.0 * (torch.arange(heads) % 2)[:, None]
    angles = torch.arange(heads) * (2 * math.pi / heads)
    around = torch.stack([angles.cos(), angles.sin()], -1)
    return around / around.abs().amax(-1, keepdim=True)
