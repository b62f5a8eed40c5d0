"""Queries that the encoder proposes: every cell of the memory predicts a box and how likely it holds
an object, and the best ones are what the decoder starts from.
"""

import math
from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn

from locviz.layers.memory import Memory
from locviz.layers.positions import sine_encoding
from locviz.layers.queries import BoxPositions
from locviz.layers.query_set import Proposals, Queries
from locviz.types import Targets, without_background

# How likely a token holds an object, (b, n), from its logits (b, n, columns); the largest are chosen.
ObjectScore = Callable[[Tensor], Tensor]

# Deformable DETR's code keeps references between the logits of 1e-5 and of 1 - 1e-5.
_FARTHEST = math.log((1 - 1e-5) / 1e-5)


def largest_logit(logits: Float[Tensor, "b n columns"]) -> Float[Tensor, "b n"]:
    """The logit of the likeliest class, (b, n), where each class has a sigmoid of its own: logits (b,
    n, k). DINO chooses by it.
    """
    return logits.amax(-1)


def likeliest_object(logits: Float[Tensor, "b n columns"]) -> Float[Tensor, "b n"]:
    """The probability of the likeliest class, (b, n), where a softmax decides: logits (b, n, 1 + k),
    the background's first, which is no reason to choose a token.
    """
    return without_background(logits.softmax(-1)).amax(-1)


def first_logit(logits: Float[Tensor, "b n columns"]) -> Float[Tensor, "b n"]:
    """The first column of logits (b, n, columns), as (b, n): in Deformable DETR's first stage it
    says whether an object is there, whichever its class.
    """
    return logits[..., 0]


@final
class SelectedQueries(nn.Module):
    """DINO's mixed query selection (https://arxiv.org/abs/2203.03605, section 3.4): the boxes that
    queries start from come from the image, what the queries know is learned, the same in all images.
    With ``learned_content=False`` that comes from the image, too: a query starts with the token that
    predicted its box ("pure query selection" in the same section), through which the decoder's
    losses reach the encoder.

    Each token of the memory, through a linear layer and a norm, predicts classes and how its box
    differs from the one of ``cell_boxes``. The ``num`` best boxes become references. The tokens that
    were chosen are trained as a decoder layer is, by the ``proposals``; no gradient flows from the
    queries to them.

    Law: while an image has at least ``num`` cells whose own box is valid, no other cell is chosen.
    (In the released code any cell may be; a trained network gives those a low score.)

    Args:
        num: how many queries; a memory may not have fewer tokens.
        channels: of the memory and of the decoder, a multiple of 4.
        head: tokens (b, n, c) and the number 0 to logits (b, n, columns), deltas (b, n, 2*dim) and
            None.
        score: chooses by the logits: ``largest_logit`` for sigmoids; ``likeliest_object`` where the
            head has a column for the background.
        learned_content: whether what queries know is learned; otherwise it is their tokens.
        dim: 2 for boxes, 1 for spans.
    """

    def __init__(
        self,
        num: int,
        *,
        channels: int,
        head: nn.Module,
        score: ObjectScore = largest_logit,
        learned_content: bool = True,
        dim: int = 2,
    ):
        super().__init__()
        _check_num(num, "SelectedQueries")
        self.num, self.head, self.score = num, head, score
        self.token, self.token_norm = _linear(channels, channels), nn.LayerNorm(channels)
        self.content = nn.Parameter(torch.randn(num, channels)) if learned_content else None
        self.place = BoxPositions(channels=channels, dim=dim)

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c), with boxes (b, q, 2*dim) as references, best first, and
        what their tokens predict as ``proposals``. The targets do not matter.

        Raises:
            ValueError: the memory has fewer tokens than there should be queries.
        """
        valid, boxes = _starts(memory)
        tokens, logits, deltas = _predict(memory, valid, boxes, self)
        score = self.score(logits).masked_fill(~valid, -torch.inf)
        best = _best(score, self.num, "SelectedQueries")
        chosen = Proposals(_rows(logits, best), _rows(_unranked(score, deltas), best))
        references = chosen.deltas.detach().clamp(-_FARTHEST, _FARTHEST)
        if self.content is None:
            content = _rows(tokens, best)
        else:
            content = self.content.expand(len(references), -1, -1)
        positions = self.place(references.sigmoid())
        return Queries(content, positions, references, place=self.place, proposals=chosen)


@final
class ProposalQueries(nn.Module):
    """The first stage of two-stage Deformable DETR (https://arxiv.org/abs/2010.04159, section 4.2
    and appendix A.4): what a query knows and what it looks for are both made from the box of one of
    the ``num`` best tokens. The token itself is not used.

    As in the released code, the head has a column per class, of which only the first learns, namely
    whether an object is there; no gradient flows from the queries to the boxes. Tokens whose own box
    is not valid are set to 0 and have the box of the far corner. They may be chosen, and the loss
    sees them, too.

    Args:
        num: how many queries; a memory may not have fewer tokens.
        channels: of the memory and of the decoder, a multiple of 4.
        head: tokens (b, n, c) and the number 0 to logits (b, n, columns), deltas (b, n, 2*dim) and
            None.
        score: chooses by the logits.
        dim: 2 for boxes, 1 for spans.
    """

    def __init__(
        self,
        num: int,
        *,
        channels: int,
        head: nn.Module,
        score: ObjectScore = first_logit,
        dim: int = 2,
    ):
        super().__init__()
        _check_num(num, "ProposalQueries")
        self.num, self.channels, self.head, self.score = num, channels, head, score
        self.token, self.token_norm = _linear(channels, channels), nn.LayerNorm(channels)
        self.place = _linear(dim * channels, 2 * channels)
        self.place_norm = nn.LayerNorm(2 * channels)

    def forward(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch, (b, q, c), with boxes (b, q, 2*dim) as references, best first, and
        what all tokens predict as ``proposals``. The targets do not matter.

        Raises:
            ValueError: the memory has fewer tokens than there should be queries.
        """
        valid, boxes = _starts(memory)
        _, logits, deltas = _predict(memory, valid, boxes, self)
        score = self.score(logits)
        best = _best(score, self.num, "ProposalQueries")
        chosen = _rows(_unranked(score, deltas).detach(), best)
        # Four numbers, x before y: unlike the positions of the cells.
        places = chosen.sigmoid() * 2 * math.pi
        encoded = sine_encoding(places, self.channels // 2).flatten(-2)
        positions, content = self.place_norm(self.place(encoded)).chunk(2, -1)
        references = chosen.clamp(-_FARTHEST, _FARTHEST)
        proposals = Proposals(logits, deltas, any_class=True)
        return Queries(content, positions, references, proposals=proposals)


def cell_boxes(memory: Memory, *, side: float = 0.05) -> Float[Tensor, "b n coords"]:
    """The box (b, n, 2*dim) that each token's prediction starts from, centre and size in shares of
    the image: centred on its cell, with sides of ``side`` on the finest level and twice as much on
    each coarser one (Deformable DETR, appendix A.4).
    """
    counts = [math.prod(size) for size in memory.level_sizes]
    sides = [torch.full((num, 1), side * 2.0**level) for level, num in enumerate(counts)]
    centers = memory.cell_centers
    return torch.cat([centers, torch.cat(sides).to(centers).expand_as(centers)], -1)


def _starts(memory: Memory) -> tuple[Bool[Tensor, "b n"], Float[Tensor, "b n coords"]]:
    """Which tokens may predict, and the logits of their boxes. Those that may not lie in the padding,
    or their box comes within 0.01 of nothing or of the whole image. Their logits are infinite, so
    that their box is the far corner whatever they predict, and they have no gradient.
    """
    boxes = cell_boxes(memory)
    valid = ((boxes > 0.01) & (boxes < 0.99)).all(-1) & ~memory.padding
    absent = ~valid[..., None]
    return valid, boxes.masked_fill(absent, 0.5).logit().masked_fill(absent, torch.inf)


def _predict(
    memory: Memory, valid: Tensor, boxes: Tensor, maker: SelectedQueries | ProposalQueries
) -> tuple[Tensor, Tensor, Tensor]:
    """All tokens (b, n, c) as the head sees them, their logits (b, n, columns) and the logits of
    their boxes (b, n, 2*dim).
    """
    tokens = maker.token_norm(maker.token(memory.tokens.masked_fill(~valid[..., None], 0.0)))
    logits, deltas, _ = maker.head(tokens, 0)
    return tokens, logits, deltas + boxes


def _best(score: Float[Tensor, "b n"], num: int, what: str) -> Int64[Tensor, "b num"]:
    if score.shape[1] < num:
        raise ValueError(
            f"{what} should choose num={num} queries, but the memory has {score.shape[1]} tokens: "
            "give larger images, or fewer queries"
        )
    return score.detach().topk(num, dim=1).indices


def _unranked(score: Float[Tensor, "b n"], boxes: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
    """A token whose score is not a number has no box (b, n, c), either, so that a detector that has
    diverged is noticed where it detects and does not just choose other tokens. Such scores are
    chosen first.
    """
    return boxes.masked_fill(score.isnan()[..., None], torch.nan)


def _rows(values: Float[Tensor, "b n c"], index: Int64[Tensor, "b q"]) -> Float[Tensor, "b q c"]:
    return values.gather(1, index[..., None].expand(-1, -1, values.shape[-1]))


def _linear(before: int, after: int) -> nn.Linear:
    layer = nn.Linear(before, after)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _check_num(num: int, what: str) -> None:
    if not isinstance(num, int) or isinstance(num, bool):
        raise TypeError(f"{what} needs a whole number of queries, got num={num!r}")
    if num < 1:
        raise ValueError(f"{what} needs at least one query, got num={num}")
