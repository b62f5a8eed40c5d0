"""Attention: each query takes a weighted mean of values, and its weights say how well it fits the
keys.
"""

from typing import final

from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.layers.memory import Memory

Tokens = Float[Tensor, "b n c"]
Hidden = Bool[Tensor, "#b #q #k"]


@final
class Attention(nn.Module):
    """Multi-head attention (https://arxiv.org/abs/1706.03762, section 3.2.2).

    With h heads, every head has its own ``channels / h`` of the projected queries q, keys k and
    values v, and gives ``softmax(q k^T / sqrt(channels / h)) v``. The heads are put side by side and
    projected once more.

    Laws: the result does not depend on the order of the keys, as long as the values have the same
    one; equal keys give every query the mean of the values.

    Args:
        channels: of queries, keys, values and result.
        heads: how many; they divide the channels.
        dropout: the share of weights that are set to 0 in training.

    Raises:
        ValueError: the heads do not divide the channels.
    """

    def __init__(self, channels: int, *, heads: int = 8, dropout: float = 0.0):
        super().__init__()
        if heads < 1 or channels % heads:
            raise ValueError(
                f"heads must divide the channels equally, got {heads} for {channels}: choose a divisor"
            )
        self.heads, self.dropout = heads, dropout
        self.query, self.key, self.value, self.out = (
            nn.Linear(channels, channels) for _ in range(4)
        )
        for layer in (self.query, self.key, self.value):
            # Xavier's rule for one matrix that projects to all three, as in torch and in DETR: it
            # has three times as many outputs, so a smaller bound.
            nn.init.xavier_uniform_(layer.weight, gain=2**-0.5)
            nn.init.zeros_(layer.bias)
        nn.init.xavier_uniform_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(
        self,
        queries: Float[Tensor, "b q c"],
        keys: Float[Tensor, "b k c"],
        values: Float[Tensor, "b k c"],
        *,
        hidden: Hidden | None = None,
    ) -> Float[Tensor, "b q c"]:
        """Attend from queries (b, q, c) to keys and values (b, k, c).

        Args:
            queries, keys, values: before their projections.
            hidden: (b, q, k), an axis of 1 where it does not matter: True where a query may not
                look at a key. Every query must see at least one key; otherwise its result is NaN.
        """
        mixed = F.scaled_dot_product_attention(
            self._split(self.query(queries)),
            self._split(self.key(keys)),
            self._split(self.value(values)),
            # torch asks which pairs take part. One mask for all heads: (b, 1, q, k).
            attn_mask=None if hidden is None else ~hidden[:, None],
            dropout_p=self.dropout if self.training else 0.0,
        )
        return self.out(mixed.transpose(1, 2).flatten(2))

    def read(
        self, queries: Tokens, memory: Memory, references: Tensor | None = None
    ) -> Float[Tensor, "b q c"]:
        """What queries (b, q, c), positions added, read from all cells of a memory, (b, q, c),
        wherever their ``references`` lie. Positions are added to the keys, never to the values.
        """
        return self(queries, memory.tokens + memory.positions, memory.tokens, hidden=memory.hidden)

    def weights(
        self,
        queries: Float[Tensor, "b q c"],
        keys: Float[Tensor, "b k c"],
        *,
        hidden: Hidden | None = None,
    ) -> Float[Tensor, "b heads q k"]:
        """The weights (b, heads, q, k) that ``forward`` mixes the values with, to look at; those of
        a query sum to 1. The arguments are those of ``forward``: queries (b, q, c), keys (b, k, c).
        """
        query, key = self._split(self.query(queries)), self._split(self.key(keys))
        fit = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
        if hidden is not None:
            fit = fit.masked_fill(hidden[:, None], -float("inf"))
        return fit.softmax(-1)

    def _split(self, tokens: Tokens) -> Float[Tensor, "b heads n share"]:
        return tokens.unflatten(-1, (self.heads, -1)).transpose(1, 2)
