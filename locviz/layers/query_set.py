"""What a decoder starts from, and what its loss has to know of where that came from."""

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Bool, Float
from torch import Tensor

from locviz.types import Assignment, Movable


@dataclass(frozen=True, eq=False)
class Proposals(Movable):
    """What an encoder's tokens predict by themselves, before a query reads them.

    Shapes: ``logits`` (b, n, columns) and ``deltas`` (b, n, 2*dim), one row per token.
    ``any_class``: they learn whether an object is there, whichever its class; all labels are 0.
    """

    logits: Float[Tensor, "b n columns"]
    deltas: Float[Tensor, "b n coords"]
    any_class: bool = False


@dataclass(frozen=True, eq=False)
class Queries(Movable):
    """What a decoder starts from.

    Shapes: ``content`` (b, q, c) is what a query knows, and what the layers change; ``positions``
    (b, q, c) is what it looks for, added at every layer. ``references`` are the logits of the points
    (b, q, dim) or boxes (b, q, 2*dim), centre and size in shares of the image, x first, that a query
    starts from: the head then predicts how its box differs from them; None where it starts from
    nothing. ``place`` makes ``positions`` from boxes (b, q, 2*dim) in shares; a decoder that moves
    the references calls it again before each layer. ``hidden`` (q, q), or (b, q, q) where images
    differ, is True where a query may not look at another one; None where all see each other.

    In a training step, the first queries may come assigned, by ``given``, one ``Assignment`` per
    image (denoising queries); no matching is made for them. ``proposals`` are trained besides.
    """

    content: Float[Tensor, "b q c"]
    positions: Float[Tensor, "b q c"]
    references: Float[Tensor, "b q coords"] | None = None
    place: Callable[[Tensor], Tensor] | None = None
    hidden: Bool[Tensor, "*images q q"] | None = None
    given: tuple[Assignment, ...] | None = None
    proposals: Proposals | None = None

    @property
    def num_given(self) -> int:
        """How many of the first queries come assigned."""
        return len(self.given[0].gt_index) if self.given else 0
