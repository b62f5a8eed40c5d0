"""Coders: how the numbers that a network predicts for a prior become a region, and back.

``decode(encode(regions, priors), priors)`` is ``regions``; each coder states for which regions.
Priors must have positive size. A coder knows nothing about the network: what keeps a head's numbers
positive (exp, relu) belongs to the head. Chapter 04.
"""

import math
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes.checks import check_same_dim

Regions = Float[Tensor, "*n coords"]
Units = Literal["prior", "absolute"]

DEFAULT_CLAMP = math.log(1000 / 16)
"""Largest log size ratio that ``decode`` accepts: a prior of 16 pixels becomes at most 1000 pixels
wide. The number is detectron2's and torchvision's. Without a limit, a single extreme prediction
overflows ``exp``."""


@runtime_checkable
class Coder(Protocol):
    """Maps regions to deltas and back, relative to priors of the same leading shape."""

    def encode(self, regions: Regions, priors: Regions) -> Regions:
        """Return the deltas that ``decode`` turns into ``regions``. All are ``(..., 2*dim)``."""
        ...

    def decode(self, deltas: Regions, priors: Regions) -> Regions:
        """Return the regions that the deltas mean. All are ``(..., 2*dim)``."""
        ...


def _center_and_size(regions: Tensor) -> tuple[Tensor, Tensor]:
    low, high = regions.chunk(2, -1)
    return (low + high) / 2, high - low


@dataclass(frozen=True, kw_only=True)
class CenterSizeCoder:
    """Shift of the centre in units of the prior's size, and logarithm of the size ratio.

    This is R-CNN's parametrisation (arXiv:1311.2524, eq. 6-9). Decoding undoes encoding for regions
    that are at most ``exp(clamp)`` times as large as their prior.

    Attributes:
        weights: shifts and log ratios are multiplied by these two, ``(center, size)``. Fast R-CNN
            divides by the deltas' standard deviations .1 .1 .2 .2, SSD by its "variances" .1 .2:
            both are ``(10, 5)``.
        clamp: largest log size ratio when decoding.
    """

    weights: tuple[float, float] = (1.0, 1.0)
    clamp: float = DEFAULT_CLAMP

    def __post_init__(self):
        if len(self.weights) != 2 or not all(weight > 0 for weight in self.weights):
            raise ValueError(f"weights must be (center, size), both positive, got {self.weights}")
        if math.isnan(self.clamp):
            raise ValueError(
                "clamp must be a number, the largest log size ratio; math.inf for none, got nan"
            )

    def encode(self, regions: Regions, priors: Regions) -> Regions:
        """``low high -> (center - prior center) / prior size, log(size / prior size)``.

        Both are multiplied by the weights. All shapes are ``(..., 2*dim)``.
        """
        check_same_dim(regions, priors, "regions", "priors")
        center, size = _center_and_size(regions)
        prior_center, prior_size = _center_and_size(priors)
        # The logarithm of a side of zero is minus infinity: the smallest normal number stands in.
        size = size.clamp(min=torch.finfo(size.dtype).tiny)
        shift = (center - prior_center) / prior_size
        # A difference of logarithms: the ratio of that smallest number to a prior would be 0 again.
        log_ratio = size.log() - prior_size.log()
        return torch.cat([shift * self.weights[0], log_ratio * self.weights[1]], -1)

    def decode(self, deltas: Regions, priors: Regions) -> Regions:
        """Undo ``encode``; log size ratios above ``clamp`` are cut. All ``(..., 2*dim)``."""
        check_same_dim(deltas, priors, "deltas", "priors")
        shift, log_ratio = deltas.chunk(2, -1)
        prior_center, prior_size = _center_and_size(priors)
        center = prior_center + shift / self.weights[0] * prior_size
        ratio = (log_ratio / self.weights[1]).clamp(max=self.clamp).exp()
        half = prior_size * ratio / 2
        return torch.cat([center - half, center + half], -1)


def _check_units(units: str):
    if units not in ("prior", "absolute"):
        raise ValueError(f"units must be 'prior' or 'absolute', got {units!r}")


@dataclass(frozen=True, kw_only=True)
class SideDistanceCoder:
    """Distances from the prior's centre to the low sides, then to the high sides.

    They are FCOS's ``l t r b`` (arXiv:1904.01355, eq. 1). All distances are positive exactly when
    the centre lies inside the region. Decoding undoes encoding for every region.

    Attributes:
        units: ``"prior"`` divides the distances by the prior's size. Where a prior is a cell of one
            stride, that is the stride, as in the FCOS authors' improved version. ``"absolute"``
            leaves the distances as they are, as in the paper.
    """

    units: Units = "prior"

    def __post_init__(self):
        _check_units(self.units)

    def encode(self, regions: Regions, priors: Regions) -> Regions:
        """``low high -> center - low, high - center``. All ``(..., 2*dim)``."""
        check_same_dim(regions, priors, "regions", "priors")
        low, high = regions.chunk(2, -1)
        center, size = _center_and_size(priors)
        distances = torch.cat([center - low, high - center], -1)
        return distances if self.units == "absolute" else distances / torch.cat([size, size], -1)

    def decode(self, deltas: Regions, priors: Regions) -> Regions:
        """Undo ``encode``. All shapes are ``(..., 2*dim)``.

        Negative distances may give high < low: it is the head that keeps them positive.
        """
        check_same_dim(deltas, priors, "deltas", "priors")
        center, size = _center_and_size(priors)
        distances = deltas if self.units == "absolute" else deltas * torch.cat([size, size], -1)
        low, high = distances.chunk(2, -1)
        return torch.cat([center - low, center + high], -1)


@dataclass(frozen=True, kw_only=True)
class CornerCoder:
    """Offset of each corner from the same corner of the prior.

    Decoding undoes encoding for every region.

    Attributes:
        units: ``"prior"`` divides by the prior's size, ``"absolute"`` leaves the offsets in pixels
            or seconds.
    """

    units: Units = "prior"

    def __post_init__(self):
        _check_units(self.units)

    def encode(self, regions: Regions, priors: Regions) -> Regions:
        """``low high -> low - prior low, high - prior high``. All ``(..., 2*dim)``."""
        check_same_dim(regions, priors, "regions", "priors")
        return (regions - priors) / self._unit(priors)

    def decode(self, deltas: Regions, priors: Regions) -> Regions:
        """Undo ``encode``. All shapes are ``(..., 2*dim)``.

        The corners may pass each other: nothing here keeps low <= high.
        """
        check_same_dim(deltas, priors, "deltas", "priors")
        return priors + deltas * self._unit(priors)

    def _unit(self, priors: Tensor) -> Tensor:
        if self.units == "absolute":
            return torch.ones_like(priors)
        size = _center_and_size(priors)[1]
        return torch.cat([size, size], -1)


@dataclass(frozen=True, kw_only=True)
class ShareCoder:
    """Centre and size as shares of the prior, each through a sigmoid.

    This is DETR's box (https://arxiv.org/abs/2005.12872), whose prior is the whole image. Decoding
    undoes encoding for regions that are no larger than their prior and have their centre in it; a
    share is cut to ``margin .. 1 - margin``, because the logit of 0 or 1 is infinite.

    Attributes:
        margin: the smallest share that ``encode`` gives; 1e-5 in Deformable DETR's code.
    """

    margin: float = 1e-5

    def __post_init__(self):
        if not 0 < self.margin < 0.5:
            raise ValueError(f"margin must lie between 0 and 0.5, got {self.margin}")

    def shares(self, regions: Regions, priors: Regions) -> Regions:
        """Centre and size of the regions in units of the priors, from their low corners. All
        ``(..., 2*dim)``.
        """
        check_same_dim(regions, priors, "regions", "priors")
        center, size = _center_and_size(regions)
        low, unit = priors.chunk(2, -1)[0], _center_and_size(priors)[1]
        return torch.cat([(center - low) / unit, size / unit], -1)

    def encode(self, regions: Regions, priors: Regions) -> Regions:
        """The logits of the shares. All shapes are ``(..., 2*dim)``."""
        return self.shares(regions, priors).logit(eps=self.margin)

    def decode(self, deltas: Regions, priors: Regions) -> Regions:
        """The regions whose shares are the sigmoids of the deltas. All ``(..., 2*dim)``.

        A region may reach beyond its prior: only its centre cannot.
        """
        check_same_dim(deltas, priors, "deltas", "priors")
        center, size = deltas.sigmoid().chunk(2, -1)
        low, unit = priors.chunk(2, -1)[0], _center_and_size(priors)[1]
        middle, half = low + center * unit, size * unit / 2
        return torch.cat([middle - half, middle + half], -1)
