"""What a query's tokens become after each layer of a decoder: class logits and a box."""

from typing import final

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
    """

    def __init__(self, *, channels: int, num_classes: int, dim: int = 2):
        super().__init__()
        self.num_classes = num_classes
        self.logits = nn.Linear(channels, 1 + num_classes)
        self.deltas = perceptron(channels, channels, 2 * dim, depth=3)

    def forward(
        self, tokens: Float[Tensor, "b q c"], layer: int
    ) -> tuple[Float[Tensor, "b q columns"], Float[Tensor, "b q coords"], None]:
        """Logits (b, q, 1 + k) and deltas (b, q, 2*dim) of tokens (b, q, c), whichever decoder
        ``layer`` gave them; no quality.
        """
        return self.logits(tokens), self.deltas(tokens), None
