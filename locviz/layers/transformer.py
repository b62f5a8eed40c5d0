"""DETR's transformer: an encoder that lets all cells of an image exchange what they know, and a
decoder in which a few queries read it.

Both differ from those of a language model in one thing: where a token is and what a query looks for
are added to queries and keys at *every* layer, never to values (https://arxiv.org/abs/2005.12872,
figure 10).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.layers.attention import Attention
from locviz.layers.memory import Memory, MemoryAttention
from locviz.layers.query_set import Queries

Tokens = Float[Tensor, "b n c"]


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
    """Every cell reads the other ones; then each is changed by itself.

    Each step is added to what was there, and the sum is normalised.

    Args:
        channels: of the tokens.
        attention: how a cell reads the memory, (b, n, c) to (b, n, c); its reference is its own
            centre.
        hidden: channels inside the feed-forward network.
        dropout: in training, of hidden numbers and of what is added.
    """

    def __init__(
        self, channels: int, *, attention: MemoryAttention, hidden: int, dropout: float = 0.0
    ):
        super().__init__()
        self.attention = attention
        self.attention_norm = nn.LayerNorm(channels)
        self.feed_forward = feed_forward(channels, hidden, dropout=dropout)
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, memory: Memory) -> Float[Tensor, "b n c"]:
        """From a memory to its new tokens, (b, n, c)."""
        tokens = memory.tokens
        seen = self.attention.read(tokens + memory.positions, memory, memory.cell_centers)
        tokens = self.attention_norm(tokens + self.dropout(seen))
        return self.feed_forward_norm(tokens + self.dropout(self.feed_forward(tokens)))


@final
class DecoderLayer(nn.Module):
    """The queries look at each other, then at the memory; then each is changed by itself.

    Args:
        channels: of the tokens.
        cross_attention: how a query reads the memory, (b, q, c) to (b, q, c).
        heads: of the attention between the queries.
        hidden: channels inside the feed-forward network.
        dropout: in training, of that attention's weights, of hidden numbers and of what is added.
    """

    def __init__(
        self,
        channels: int,
        *,
        cross_attention: MemoryAttention,
        heads: int,
        hidden: int,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.self_attention = Attention(channels, heads=heads, dropout=dropout)
        self.self_norm = nn.LayerNorm(channels)
        self.cross_attention = cross_attention
        self.cross_norm = nn.LayerNorm(channels)
        self.feed_forward = feed_forward(channels, hidden, dropout=dropout)
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.dropout = nn.Dropout(dropout)

    def forward(self, queries: Queries, memory: Memory) -> Float[Tensor, "b q c"]:
        """From what the queries know, their content (b, q, c), to what they know now."""
        tokens, positions = queries.content, queries.positions
        hidden = queries.hidden
        if hidden is not None and hidden.ndim == 2:
            hidden = hidden[None]  # the same in all images
        placed = tokens + positions
        seen = self.self_attention(placed, placed, tokens, hidden=hidden)
        tokens = self.self_norm(tokens + self.dropout(seen))
        references = None if queries.references is None else queries.references.sigmoid()
        read = self.cross_attention.read(tokens + positions, memory, references)
        tokens = self.cross_norm(tokens + self.dropout(read))
        return self.feed_forward_norm(tokens + self.dropout(self.feed_forward(tokens)))


@final
class TransformerEncoder(nn.Module):
    """Maps to a ``Memory``: the cells of all levels as one sequence, through ``depth`` layers.

    Law: the tokens of an image do not depend on how far its maps are padded.

    Args:
        channels: of every level.
        positions: from a mask of padding (b, *space) to encodings (b, channels, *space).
        attention: builds the attention of a layer; by default every cell looks at every other one.
        levels: how many maps have a learned vector that is added to their positions; without it,
            cells of two levels at the same place have the same positions.
        depth: how many layers.
        heads: of the default attention.
        hidden: channels inside the feed-forward networks.
        dropout: see ``EncoderLayer``; of the default attention's weights, too.
    """

    def __init__(
        self,
        *,
        channels: int,
        positions: nn.Module,
        attention: Callable[[], MemoryAttention] | None = None,
        levels: int | None = None,
        depth: int = 6,
        heads: int = 8,
        hidden: int = 2048,
        dropout: float = 0.1,
    ):
        super().__init__()
        self.positions = positions
        self.levels = None if levels is None else nn.Parameter(torch.randn(levels, channels))
        build = attention or partial(Attention, channels, heads=heads, dropout=dropout)
        self.layers = nn.ModuleList(
            EncoderLayer(channels, attention=build(), hidden=hidden, dropout=dropout)
            for _ in range(depth)
        )

    def forward(
        self, levels: Sequence[Float[Tensor, "b c *_"]], padding: Sequence[Bool[Tensor, "b *_"]]
    ) -> Memory:
        """Encode maps (b, c, *space), finest first; ``padding`` (b, *space) is that of each.

        Raises:
            ValueError: there are more or fewer levels than learned vectors for them.
        """
        memory = Memory(
            in_one_row(levels),
            # In the type of the tokens: under autocast these are float32 or bfloat16.
            self._place(padding).to(levels[0]),
            torch.cat([mask.flatten(1) for mask in padding], 1),
            tuple(tuple(level.shape[2:]) for level in levels),
        )
        for layer in self.layers:
            memory = replace(memory, tokens=layer(memory))
        return memory

    def _place(self, padding: Sequence[Tensor]) -> Float[Tensor, "b n c"]:
        encoded = [self.positions(mask) for mask in padding]
        if self.levels is None:
            return in_one_row(encoded)
        if len(encoded) != len(self.levels):
            raise ValueError(
                f"the encoder was built for levels={len(self.levels)}, the neck gives {len(encoded)}: "
                f"give the encoder levels={len(encoded)}"
            )
        return torch.cat(
            [
                in_one_row([places]) + vector
                for places, vector in zip(encoded, self.levels, strict=True)
            ],
            1,
        )


@final
class TransformerDecoder(nn.Module):
    """Queries through ``depth`` layers; each layer's tokens are normalised and go through the head.

    What goes on to the next layer is not normalised by the last norm. (The model of the
    transformers library passes the normalised tokens on where it returns all layers, which gives
    other numbers.)

    Where queries have references, the head predicts how the box differs from them, before the
    sigmoid. With ``refine`` the box that a layer predicts is the reference of the next one; no
    gradient flows through it, so each layer learns its own step only (Deformable DETR, appendix A.4,
    https://arxiv.org/abs/2010.04159; DAB-DETR, https://arxiv.org/abs/2201.12329).

    Args:
        channels: of queries and memory.
        cross_attention: builds the attention by which a layer's queries read the memory; by default
            each looks at every cell.
        norm: of the tokens before the head; by default a ``LayerNorm``.
        refine: whether references move from layer to layer.
        depth: how many layers.
        heads: of the attention between queries, and of the default one to the memory.
        hidden: channels inside the feed-forward networks.
        dropout: see ``DecoderLayer``; of the default attention's weights, too.
    """

    def __init__(
        self,
        *,
        channels: int,
        cross_attention: Callable[[], MemoryAttention] | None = None,
        norm: nn.Module | None = None,
        refine: bool = True,
        depth: int = 6,
        heads: int = 8,
        hidden: int = 2048,
        dropout: float = 0.1,
    ):
        super().__init__()
        build = cross_attention or partial(Attention, channels, heads=heads, dropout=dropout)
        self.layers = nn.ModuleList(
            DecoderLayer(
                channels, cross_attention=build(), heads=heads, hidden=hidden, dropout=dropout
            )
            for _ in range(depth)
        )
        self.norm = nn.LayerNorm(channels) if norm is None else norm
        self.refine = refine

    def forward(
        self, queries: Queries, memory: Memory, head: LayerHead
    ) -> list[tuple[Tensor, Tensor, Tensor | None]]:
        """What ``head`` predicts after each layer, the last one last: logits (b, q, k), deltas (b,
        q, 2*dim) and None. The deltas have the references added.
        """
        outputs = []
        for index, layer in enumerate(self.layers):
            queries = replace(queries, content=layer(queries, memory))
            logits, deltas, quality = head(self.norm(queries.content), index)
            deltas = beyond(queries.references, deltas)
            outputs.append((logits, deltas, quality))
            if self.refine and queries.references is not None:
                queries = _moved(queries, deltas.detach())
        return outputs


def beyond(
    references: Float[Tensor, "b q coords"] | None, deltas: Float[Tensor, "b q all"]
) -> Float[Tensor, "b q all"]:
    """Deltas (b, q, 2*dim) with the references added, all of them logits: boxes (b, q, 2*dim) or
    points (b, q, dim), which change the centre only.
    """
    if references is None:
        return deltas
    return deltas + F.pad(references, (0, deltas.shape[-1] - references.shape[-1]))


def _moved(queries: Queries, references: Tensor) -> Queries:
    if queries.place is None:
        return replace(queries, references=references)
    return replace(queries, references=references, positions=queries.place(references.sigmoid()))


def in_one_row(levels: Sequence[Float[Tensor, "b c *_"]]) -> Float[Tensor, "b n c"]:
    """The cells of maps (b, c, *space), level after level and row after row, as (b, n, c)."""
    return torch.cat([level.flatten(2) for level in levels], 2).transpose(1, 2)
