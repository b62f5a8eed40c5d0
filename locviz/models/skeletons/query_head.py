"""What a query's tokens become after each layer of a decoder: class logits and a box."""

import math
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.layers import perceptron


@final
class QueryHead(nn.Module):
    """One linear layer for the classes, three layers for the box; the same for every decoder layer
    and every query.

    Args:
        channels: of the tokens.
        num_classes: how many. There is one more logit, the background's ("no object"), in column 0.
        dim: 2 for boxes, 1 for spans.
        at_references: the last layer of the boxes starts at zero, so that a box starts as its
            reference. DETR has no references, and its layer starts at random.
    """

    def __init__(
        self, *, channels: int, num_classes: int, dim: int = 2, at_references: bool = False
    ):
        super().__init__()
        self.num_classes = num_classes
        self.logits = nn.Linear(channels, 1 + num_classes)
        self.deltas = perceptron(channels, channels, 2 * dim, depth=3)
        if at_references:
            last: nn.Linear = self.deltas[-1]  # type: ignore[assignment]
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(
        self, tokens: Float[Tensor, "b q c"], layer: int
    ) -> tuple[Float[Tensor, "b q columns"], Float[Tensor, "b q coords"], None]:
        """Logits (b, q, 1 + k) and deltas (b, q, 2*dim) of tokens (b, q, c), whichever decoder
        ``layer`` gave them; no quality.
        """
        return self.logits(tokens), self.deltas(tokens), None


@final
class SigmoidQueryHead(nn.Module):
    """The same layers with one sigmoid per class and no column for the background (Deformable DETR,
    https://arxiv.org/abs/2010.04159).

    At first every class has the probability ``prior``, as in RetinaNet, and all boxes are the same:
    the last layer of the boxes starts at zero.

    Args:
        channels: of the tokens.
        num_classes: how many.
        dim: 2 for boxes, 1 for spans.
        prior: probability of each class at first.
        size_bias: what the logits of the size start from: -2 is about an eighth of the image's side;
            0 where a reference brings its own size.
    """

    def __init__(
        self,
        *,
        channels: int,
        num_classes: int,
        dim: int = 2,
        prior: float = 0.01,
        size_bias: float = -2.0,
    ):
        super().__init__()
        self.num_classes = num_classes
        self.logits = nn.Linear(channels, num_classes)
        self.deltas = perceptron(channels, channels, 2 * dim, depth=3)
        nn.init.constant_(self.logits.bias, math.log(prior / (1 - prior)))
        last: nn.Linear = self.deltas[-1]  # type: ignore[assignment]
        nn.init.zeros_(last.weight)
        with torch.no_grad():
            last.bias.copy_(torch.tensor([0.0] * dim + [size_bias] * dim))

    def forward(
        self, tokens: Float[Tensor, "b q c"], layer: int
    ) -> tuple[Float[Tensor, "b q k"], Float[Tensor, "b q coords"], None]:
        """Logits (b, q, k) and deltas (b, q, 2*dim) of tokens (b, q, c), whichever decoder ``layer``
        gave them; no quality.
        """
        return self.logits(tokens), self.deltas(tokens), None


@final
class HeadPerLayer(nn.Module):
    """Each decoder layer has a head of its own.

    Args:
        heads: as many as the decoder has layers, all for the same classes.
    """

    def __init__(self, heads: Sequence[nn.Module]):
        super().__init__()
        self.heads = nn.ModuleList(heads)

    @property
    def num_classes(self) -> int:
        """Of every head."""
        return self.heads[0].num_classes  # type: ignore[return-value]

    def forward(
        self, tokens: Float[Tensor, "b q c"], layer: int
    ) -> tuple[Float[Tensor, "b q columns"], Float[Tensor, "b q coords"], None]:
        """What the head of decoder ``layer`` predicts: logits (b, q, columns) and deltas (b, q,
        2*dim) of tokens (b, q, c).

        Raises:
            IndexError: this layer has no head.
        """
        return self.heads[layer](tokens, layer)
