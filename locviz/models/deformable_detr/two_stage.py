"""Queries that the encoder proposes: the first stage of two-stage Deformable DETR."""

import math
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from locviz.layers import Memory, Proposals, Queries, sine_encoding
from locviz.types import Targets

# Half of the logits in which their code keeps references: those of 1e-5 and 1 - 1e-5.
EDGE = math.log((1 - 1e-5) / 1e-5)


@final
class EncoderQueries(nn.Module):
    """Every cell of the memory predicts one box and says how likely it holds an object; the ``num``
    likeliest become queries (https://arxiv.org/abs/2010.04159, section 4.2 and appendix A.4).

    A cell's box is predicted as the difference to one that is centred on the cell, with sides of
    0.05 of the image's on the finest level and twice as much on each coarser one. A query's content
    and positions are made from its box alone; its token is not used. As in the released code, the
    head has a column per class, of which only the first is trained to find objects and asked for
    them, and no gradient flows from the queries to the boxes.

    Cells in the padding, and those whose box comes within 0.01 of nothing or of the whole image in
    any of its four numbers, have the token 0 and the box in the far corner; the loss sees them, too.

    Args:
        num: how many queries; an image may not have fewer cells.
        channels: of the memory.
        head: tokens (b, n, c) and a number to logits (b, n, k), deltas (b, n, 4) and None.
    """

    def __init__(self, num: int, *, channels: int, head: nn.Module):
        super().__init__()
        if num < 1:
            raise ValueError(f"EncoderQueries needs at least one query, got num={num}")
        self.num, self.channels, self.head = num, channels, head
        self.token = nn.Linear(channels, channels)
        self.token_norm = nn.LayerNorm(channels)
        self.place = nn.Linear(2 * channels, 2 * channels)
        self.place_norm = nn.LayerNorm(2 * channels)
        for layer in (self.token, self.place):
            nn.init.xavier_uniform_(layer.weight)

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c), with boxes (b, q, 4) as references, and what all cells
        predict as ``proposals``. The targets do not matter.

        Raises:
            ValueError: the memory has fewer cells than there should be queries.
        """
        proposals = self._propose(memory)
        if proposals.logits.shape[1] < self.num:
            raise ValueError(
                f"{self.num} queries were asked for, and the memory has {proposals.logits.shape[1]} "
                "cells: give larger images or EncoderQueries with a smaller num"
            )
        best = proposals.logits[..., 0].topk(self.num, dim=1).indices
        boxes = proposals.deltas.detach().gather(1, best[..., None].expand(-1, -1, 4))
        positions, content = self.place_norm(self.place(_encode(boxes, self.channels))).chunk(2, -1)
        return Queries(content, positions, boxes.clamp(-EDGE, EDGE), proposals=proposals)

    def _propose(self, memory: Memory) -> Proposals:
        boxes = cell_boxes(memory)
        absent = memory.padding | ((boxes <= 0.01) | (boxes >= 0.99)).any(-1)
        tokens = self.token_norm(self.token(memory.tokens.masked_fill(absent[..., None], 0.0)))
        logits, deltas, _ = self.head(tokens, 0)
        return Proposals(logits, deltas + _logits(boxes, absent), any_class=True)


def cell_boxes(memory: Memory) -> Float[Tensor, "b n 4"]:
    """The box (b, n, 4) that each cell's prediction starts from, centre and size in shares of the
    image: 0.05 of each side on the finest level, twice as much on each coarser one.
    """
    counts = [math.prod(size) for size in memory.level_sizes]
    sides = [torch.full((num, 2), 0.05 * 2.0**level) for level, num in enumerate(counts)]
    centers = memory.cell_centers
    return torch.cat([centers, torch.cat(sides).to(centers).expand_as(centers)], -1)


def _logits(boxes: Float[Tensor, "b n 4"], absent: Bool[Tensor, "b n"]) -> Float[Tensor, "b n 4"]:
    # Infinite, so that the sigmoid is 1 whatever is added, and its gradient 0.
    inside = boxes.masked_fill(absent[..., None], 0.5)
    return inside.logit().masked_fill(absent[..., None], float("inf"))


def _encode(boxes: Float[Tensor, "b q 4"], channels: int) -> Float[Tensor, "b q c"]:
    """Sines and cosines of the four numbers of boxes that are given as logits."""
    places = boxes.sigmoid() * 2 * math.pi
    return sine_encoding(places, channels // 2).flatten(-2)
