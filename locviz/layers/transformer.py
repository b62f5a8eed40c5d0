"""DETR's transformer: an encoder that lets all cells of an image exchange what they know, and a
decoder in which a few queries read it.

Both differ from those of a language model in one thing: where a token is and what a query looks for
are added to queries and keys at *every* layer, never to values (https://arxiv.org/abs/2005.12872,
figure 10).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from locviz.layers.attention import Attention
from locviz.types import Movable

Tokens = Float[Tensor, "b n c"]


@dataclass(frozen=True, eq=False)
class Memory(Movable):
    """What an encoder made of an image: one token per cell, level after level, row after row.

    Shapes: ``tokens`` and ``positions`` (b, n, c); ``padding`` (b, n) is True where a cell lies
    outside its image; ``level_sizes`` are the ``(h, w)``, or ``(t,)``, of each level, finest first.
    """

    tokens: Float[Tensor, "b n c"]
    positions: Float[Tensor, "b n c"]
    padding: Bool[Tensor, "b n"]
    level_sizes: tuple[tuple[int, ...], ...]

    @property
    def hidden(self) -> Bool[Tensor, "b 1 n"]:
        """What no query may look at: the padding, (b, 1, n)."""
        return self.padding[:, None]


@dataclass(frozen=True, eq=False)
class Queries(Movable):
    """What a decoder starts from.

    Shapes: ``content`` (b, q, c) is what a query knows, and what the layers change; ``positions``
    (b, q, c) is what it looks for, added at every layer. ``hidden`` (q, q) is True where a query
    may not look at another one; None where all see each other.
    """

    content: Float[Tensor, "b q c"]
    positions: Float[Tensor, "b q c"]
    hidden: Bool[Tensor, "q q"] | None = None


# From the tokens (b, q, c) that layer i gives and i to logits (b, q, k), deltas (b, q, 2*dim) and None.
LayerHead = Callable[[Tensor, int], tuple[Tensor, Tensor, Tensor | None]]


def feed_forward(channels: int, hidden: int, *, dropout: float = 0.0) -> nn.Sequential:
    """Two linear layers with a ReLU between them, on each token by itself.

    Args:
        channels: of the tokens.
        hidden: of the layer between.
        dropout: the share of hidden numbers that are set to 0 in training.
    """
    grow, shrink = nn.Linear(channels, hidden), nn.Linear(hidden, channels)
    for layer in (grow, shrink):
        nn.init.xavier_uniform_(layer.weight)
    return nn.Sequential(grow, nn.ReLU(), nn.Dropout(dropout), shrink)


@final
class EncoderLayer(nn.Module):
    """Every cell looks at every other one; then each is changed by itself.

    Each step is added to what was there, and the sum is normalised.

    Args:
        channels: of the tokens.
        heads: of the attention.
        hidden: channels inside the feed-forward network.
        dropout: in training, of attention weights, of hidden numbers and of what is added.
    """

    def __init__(self, channels: int, *, heads: int, hidden: int, dropout: float = 0.0):
        super().__init__()
        self.attention = Attention(channels, heads=heads, dropout=dropout)
        self.attention_norm = nn.LayerNorm(channels)
        self.feed_forward = feed_forward(channels, hidden, dropout=dropout)
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, tokens: Tokens, positions: Tokens, hidden: Bool[Tensor, "b 1 n"]
    ) -> Float[Tensor, "b n c"]:
        """From tokens (b, n, c) to the same shape; ``positions`` (b, n, c), ``hidden`` (b, 1, n)."""
        placed = tokens + positions
        seen = self.attention(placed, placed, tokens, hidden=hidden)
        tokens = self.attention_norm(tokens + self.dropout(seen))
        return self.feed_forward_norm(tokens + self.dropout(self.feed_forward(tokens)))


@final
class DecoderLayer(nn.Module):
    """The queries look at each other, then at the memory; then each is changed by itself.

    Args:
        channels: of the tokens.
        heads: of both attentions.
        hidden: channels inside the feed-forward network.
        dropout: as in ``EncoderLayer``.
    """

    def __init__(self, channels: int, *, heads: int, hidden: int, dropout: float = 0.0):
        super().__init__()
        self.self_attention = Attention(channels, heads=heads, dropout=dropout)
        self.self_norm = nn.LayerNorm(channels)
        self.cross_attention = Attention(channels, heads=heads, dropout=dropout)
        self.cross_norm = nn.LayerNorm(channels)
        self.feed_forward = feed_forward(channels, hidden, dropout=dropout)
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tokens, queries: Queries, memory: Memory) -> Float[Tensor, "b q c"]:
        """From what the queries know, (b, q, c), to what they know now; ``queries`` says what they
        look for.
        """
        placed = tokens + queries.positions
        hidden = None if queries.hidden is None else queries.hidden[None]
        seen = self.self_attention(placed, placed, tokens, hidden=hidden)
        tokens = self.self_norm(tokens + self.dropout(seen))
        read = self.cross_attention(
            tokens + queries.positions,
            memory.tokens + memory.positions,
            memory.tokens,
            hidden=memory.hidden,
        )
        tokens = self.cross_norm(tokens + self.dropout(read))
        return self.feed_forward_norm(tokens + self.dropout(self.feed_forward(tokens)))


@final
class TransformerEncoder(nn.Module):
    """Maps to a ``Memory``: the cells of all levels as one sequence, through ``depth`` layers.

    Law: the tokens of an image do not depend on how far its maps are padded.

    Args:
        channels: of every level.
        positions: from a mask of padding (b, *space) to encodings (b, channels, *space).
        depth: how many layers.
        heads: of the attention.
        hidden: channels inside the feed-forward networks.
        dropout: see ``EncoderLayer``.
    """

    def __init__(
        self,
        *,
        channels: int,
        positions: nn.Module,
        depth: int = 6,
        heads: int = 8,
        hidden: int = 2048,
        dropout: float = 0.1,
    ):
        super().__init__()
        self.positions = positions
        self.layers = nn.ModuleList(
            EncoderLayer(channels, heads=heads, hidden=hidden, dropout=dropout)
            for _ in range(depth)
        )

    def forward(
        self, levels: Sequence[Float[Tensor, "b c *_"]], padding: Sequence[Bool[Tensor, "b *_"]]
    ) -> Memory:
        """Encode maps (b, c, *space), finest first; ``padding`` (b, *space) is that of each."""
        sizes = tuple(tuple(level.shape[2:]) for level in levels)
        tokens = in_one_row(levels)
        # In the type of the tokens: under autocast these are float32 or bfloat16.
        positions = in_one_row([self.positions(mask) for mask in padding]).to(tokens)
        hidden = torch.cat([mask.flatten(1) for mask in padding], 1)
        for layer in self.layers:
            tokens = layer(tokens, positions, hidden[:, None])
        return Memory(tokens, positions, hidden, sizes)


@final
class TransformerDecoder(nn.Module):
    """Queries through ``depth`` layers; each layer's tokens are normalised and go through the head.

    What goes on to the next layer is not normalised by the last norm. (The model of the
    transformers library passes the normalised tokens on where it returns all layers, which gives
    other numbers.)

    Args:
        channels: of queries and memory.
        depth: how many layers.
        heads: of the attentions.
        hidden: channels inside the feed-forward networks.
        dropout: see ``EncoderLayer``.
    """

    def __init__(
        self,
        *,
        channels: int,
        depth: int = 6,
        heads: int = 8,
        hidden: int = 2048,
        dropout: float = 0.1,
    ):
        super().__init__()
        self.layers = nn.ModuleList(
            DecoderLayer(channels, heads=heads, hidden=hidden, dropout=dropout)
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(channels)

    def forward(
        self, queries: Queries, memory: Memory, head: LayerHead
    ) -> list[tuple[Tensor, Tensor, Tensor | None]]:
        """What ``head`` predicts after each layer, the last one last: logits (b, q, k), deltas (b,
        q, 2*dim) and None.
        """
        outputs, tokens = [], queries.content
        for index, layer in enumerate(self.layers):
            tokens = layer(tokens, queries, memory)
            outputs.append(head(self.norm(tokens), index))
        return outputs


def in_one_row(levels: Sequence[Float[Tensor, "b c *_"]]) -> Float[Tensor, "b n c"]:
    """The cells of maps (b, c, *space), level after level and row after row, as (b, n, c)."""
    return torch.cat([level.flatten(2) for level in levels], 2).transpose(1, 2)
