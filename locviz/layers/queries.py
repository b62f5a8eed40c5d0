"""Object queries: what a decoder starts from. Each is a module that is called with the memory and,
in training, with the targets, and gives ``Queries``.
"""

from collections.abc import Sequence
from typing import final

import torch
from torch import nn

from locviz.layers.transformer import Memory, Queries
from locviz.types import Targets


@final
class LearnedQueries(nn.Module):
    """DETR's object queries: ``num`` learned vectors that say what each query looks for, the same
    for every image. A query knows nothing at first: its content is zero.

    A decoder with these can find at most ``num`` objects in an image.

    Args:
        num: how many.
        channels: of the decoder.
    """

    def __init__(self, num: int, *, channels: int):
        super().__init__()
        if num < 1:
            raise ValueError(f"LearnedQueries needs at least one query, got num={num}")
        self.positions = nn.Parameter(torch.randn(num, channels))

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c); of the memory only the number of images matters, and
        the targets of a training step do not.
        """
        positions = self.positions.expand(len(memory.tokens), -1, -1)
        return Queries(torch.zeros_like(positions), positions)
