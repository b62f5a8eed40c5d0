"""Distances as distributions over bins: the box representation of Generalized Focal Loss.

Paper: arXiv:2006.04388, section 3.2. A head with one number per side can only be right or wrong; a
head with a distribution per side can also show where it is unsure. Chapter 08.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes.coders import SideDistanceCoder

Regions = Float[Tensor, "*n coords"]
Numbers = Float[Tensor, "*n numbers"]


def expected_bin(logits: Float[Tensor, "*n bins"]) -> Float[Tensor, "*n"]:
    """The expectation of the softmax of ``(..., bins)`` logits over 0 to bins - 1, ``(...)`` (eq. 5)."""
    places = torch.arange(logits.shape[-1], dtype=logits.dtype, device=logits.device)
    return logits.softmax(-1) @ places


def two_hot(distances: Float[Tensor, "*n"], *, bins: int) -> Float[Tensor, "*n bins"]:
    """The distribution on the two bins next to each distance whose expectation is the distance.

    Law: rows of ``(..., bins)`` sum to 1, at most two neighbours of a row are above 0, and the
    expectation is the distance, cut to 0..bins - 1.

    Args:
        distances: ``(...)`` in bins.
        bins: how many.

    Raises:
        ValueError: there are fewer than two bins.
    """
    if bins < 2:
        raise ValueError(f"a distance lies between two bins, got bins={bins}: give 2 or more")
    places = torch.arange(bins, dtype=distances.dtype, device=distances.device)
    # A tent of width 1 around the distance: 1 - |y - i| for its two neighbours.
    return (1 - (distances.clamp(0, bins - 1)[..., None] - places).abs()).clamp(min=0)


@dataclass(frozen=True, kw_only=True)
class DistributionCoder:
    """Side distances, each the expectation of a distribution over 0, 1 ... ``reg_max`` bins.

    The head gives ``2 * dim * (reg_max + 1)`` logits per prior: all bins of the first low side, of
    the next ones, then of the high sides. Decoding undoes encoding for regions that hold the
    prior's centre and reach at most ``reg_max - margin`` bins from it; a longer side is cut to that.

    Attributes:
        reg_max: the last bin, 16 in the authors' configurations.
        bin: how wide a bin is, in sizes of the prior: 1 where a prior is a cell of one stride.
        margin: how far from the last bin the longest encoded distance stays, in bins; 0.1 in the
            authors' code, whose loss reads the bin after a distance.
    """

    reg_max: int = 16
    bin: float = 1.0
    margin: float = 0.0

    def __post_init__(self):
        if self.reg_max < 1 or not self.bin > 0 or not 0 <= self.margin < self.reg_max:
            raise ValueError(
                "DistributionCoder needs reg_max >= 1, bin > 0 and margin in 0..reg_max, got "
                f"{self.reg_max}, {self.bin} and {self.margin}"
            )

    @property
    def bins(self) -> int:
        """How many logits each side has."""
        return self.reg_max + 1

    def distributions(self, deltas: Numbers) -> Float[Tensor, "*n coords bins"]:
        """The logits of each side, ``(..., 2*dim, bins)``, from ``(..., 2*dim * bins)``.

        Raises:
            ValueError: the last axis is no multiple of the bins.
        """
        if deltas.shape[-1] % self.bins:
            raise ValueError(
                f"deltas has {deltas.shape[-1]} numbers per prior, which are not sides of {self.bins} bins: "
                "give head and coder the same reg_max"
            )
        return deltas.unflatten(-1, (-1, self.bins))

    def distances(self, regions: Regions, priors: Regions) -> Regions:
        """What each side should be, in bins, cut to 0..``reg_max - margin``. All ``(..., 2*dim)``."""
        sides = SideDistanceCoder().encode(regions, priors) / self.bin
        return sides.clamp(0, self.reg_max - self.margin)

    def encode(self, regions: Regions, priors: Regions) -> Numbers:
        """Logits ``(..., 2*dim * bins)`` whose softmax is ``two_hot`` of each side's distance.

        Regions and priors are ``(..., 2*dim)``.
        """
        wanted = two_hot(self.distances(regions, priors), bins=self.bins)
        # The logarithm of 0 is minus infinity: the smallest normal number stands in.
        return wanted.clamp(min=torch.finfo(wanted.dtype).tiny).log().flatten(-2)

    def decode(self, deltas: Numbers, priors: Regions) -> Regions:
        """The regions ``(..., 2*dim)`` that logits ``(..., 2*dim * bins)`` mean.

        Raises:
            ValueError: there is not one distribution per coordinate of the priors.
        """
        sides = expected_bin(self.distributions(deltas)) * self.bin
        return SideDistanceCoder().decode(sides, priors)
