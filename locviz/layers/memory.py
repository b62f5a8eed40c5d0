"""What an encoder makes of an image, and where its cells lie."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from locviz.types import Movable


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

    @cached_property
    def image_shares(self) -> Float[Tensor, "b levels dim"]:
        """Which share of each padded map its image takes, (b, levels, dim), x first, counted in
        cells along the first row and the first column.
        """
        shares = []
        for size, padding in self._levels:
            inside = (~padding).unflatten(1, (*size, 1))
            # (b, length, others) per axis, of which the first line is counted.
            lines = [inside.movedim(1 + a, 1).flatten(2)[:, :, 0] for a in range(len(size))]
            shares.append(torch.stack([line.float().mean(1) for line in reversed(lines)], -1))
        return torch.stack(shares, 1).to(self.tokens.dtype)

    @cached_property
    def cell_centers(self) -> Float[Tensor, "b n dim"]:
        """The centre of each cell, (b, n, dim), x first, in shares of the *image*: beyond 1 in the
        padding.
        """
        centers = []
        for (size, _), share in zip(self._levels, self.image_shares.unbind(1), strict=True):
            axes = [(torch.arange(n, device=share.device) + 0.5) / n for n in size]
            grid = torch.stack(torch.meshgrid(*axes, indexing="ij")[::-1], -1).flatten(0, -2)
            centers.append(grid.to(share) / share[:, None])
        return torch.cat(centers, 1)

    def on_levels(
        self, references: Float[Tensor, "b q coords"]
    ) -> Float[Tensor, "b q levels coords"]:
        """Points (b, q, dim), or boxes (b, q, 2*dim) as centre and size, from shares of the image to
        shares of each padded map: (b, q, levels, dim) or (b, q, levels, 2*dim).
        """
        shares = self.image_shares
        repeats = references.shape[-1] // shares.shape[-1]
        return references[:, :, None] * shares.repeat(1, 1, repeats)[:, None]

    @property
    def _levels(self) -> list[tuple[tuple[int, ...], Tensor]]:
        counts = [torch.Size(size).numel() for size in self.level_sizes]
        return list(zip(self.level_sizes, self.padding.split(counts, 1), strict=True))


@runtime_checkable
class MemoryAttention(Protocol):
    """How a token reads a memory: ``Attention`` looks at every cell, ``DeformableAttention`` at a
    few points near a reference.
    """

    def read(self, queries: Tensor, memory: Memory, references: Tensor | None = None) -> Tensor:
        """What queries (b, q, c), positions added, read from ``memory``: (b, q, c).

        Args:
            queries: with what they look for added.
            memory: of their images.
            references: points (b, q, dim) or boxes (b, q, 2*dim), centre and size, in shares of the
                image, x first.
        """
        ...
