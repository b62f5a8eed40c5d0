"""Object queries: what a decoder starts from. Each is a module that is called with the memory and,
in training, with the targets, and gives ``Queries``.
"""

import math
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.layers.memory import Memory
from locviz.layers.perceptron import perceptron
from locviz.layers.positions import sine_encoding
from locviz.layers.query_set import Queries
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
        _check_count(num, "LearnedQueries")
        self.positions = nn.Parameter(torch.randn(num, channels))

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c); of the memory only the number of images matters, and
        the targets of a training step do not.
        """
        positions = self.positions.expand(len(memory.tokens), -1, -1)
        return Queries(torch.zeros_like(positions), positions)


@final
class PointQueries(nn.Module):
    """Deformable DETR's object queries (https://arxiv.org/abs/2010.04159, section 4.1): each has
    learned content and learned positions, and a point, made of the positions by a linear layer.

    Args:
        num: how many.
        channels: of the decoder.
        dim: 2 for images, 1 for clips.
    """

    def __init__(self, num: int, *, channels: int, dim: int = 2):
        super().__init__()
        _check_count(num, "PointQueries")
        self.content = nn.Parameter(torch.randn(num, channels))
        self.positions = nn.Parameter(torch.randn(num, channels))
        self.points = nn.Linear(channels, dim)
        nn.init.xavier_uniform_(self.points.weight)
        nn.init.zeros_(self.points.bias)

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c), with points (b, q, dim) as references."""
        content, positions, points = (
            rows.expand(len(memory.tokens), -1, -1)
            for rows in (self.content, self.positions, self.points(self.positions))
        )
        return Queries(content, positions, points)


@final
class BoxPositions(nn.Module):
    """What a query looks for, made of the box that it starts from: the sines of its centre and size
    through two linear layers (DAB-DETR, https://arxiv.org/abs/2201.12329, equation 2).

    Args:
        channels: of the result, a multiple of 4; each coordinate has half as many.
        dim: 2 for boxes, 1 for spans.
    """

    def __init__(self, *, channels: int, dim: int = 2):
        super().__init__()
        self.channels, self.dim = channels, dim
        self.layers = perceptron(dim * channels, channels, channels, depth=2)

    def forward(self, boxes: Float[Tensor, "b q coords"]) -> Float[Tensor, "b q c"]:
        """Positions (b, q, c) of boxes (b, q, 2*dim), centre and size in shares, x first."""
        center, size = boxes.split(self.dim, -1)
        # y before x, as in the positions of the cells.
        places = torch.cat([center.flip(-1), size], -1) * 2 * math.pi
        return self.layers(sine_encoding(places, self.channels // 2).flatten(-2))


@final
class AnchorQueries(nn.Module):
    """DAB-DETR's queries: each is a learned box and learned content; the decoder moves the box from
    layer to layer, and what the query looks for follows it (https://arxiv.org/abs/2201.12329).

    At first the centres are spread over the image, and the boxes cover about an eighth of each side.

    Args:
        num: how many.
        channels: of the decoder, a multiple of 4.
        dim: 2 for boxes, 1 for spans.
    """

    def __init__(self, num: int, *, channels: int, dim: int = 2):
        super().__init__()
        _check_count(num, "AnchorQueries")
        self.content = nn.Parameter(torch.zeros(num, channels))
        centers = torch.rand(num, dim).logit(eps=1e-3)
        self.boxes = nn.Parameter(torch.cat([centers, torch.full((num, dim), -2.0)], -1))
        self.place = BoxPositions(channels=channels, dim=dim)

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c), with boxes (b, q, 2*dim) as references."""
        content, boxes = (
            rows.expand(len(memory.tokens), -1, -1) for rows in (self.content, self.boxes)
        )
        return Queries(content, self.place(boxes.sigmoid()), boxes, place=self.place)


def _check_count(num: int, what: str) -> None:
    if num < 1:
        raise ValueError(f"{what} needs at least one query, got num={num}")
