"""FCOS's rule: a point is responsible for the smallest box around it that fits its level."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.comparable import comparable
from locviz.assign.set_aside import ignore_set_aside, set_aside
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets

INF = float("inf")

Ranges = Sequence[tuple[float, float]]
Within = Callable[[Tensor, Tensor, Tensor], Tensor]
Winner = Callable[[Tensor, Tensor], Tensor]


def level_ranges(
    strides: Sequence[float | int], *, reach: float | int
) -> tuple[tuple[float, float], ...]:
    """``(low, high)`` of the largest side distance per level, in input pixels.

    A level is responsible for distances up to ``reach`` of its strides that the level before it
    does not reach; the last one for all that are larger.

    Args:
        strides: of the levels, finest first.
        reach: in strides: 8 in FCOS's paper.
    """
    ends = [float(reach * stride) for stride in strides[:-1]]
    return tuple(zip([-1.0, *ends], [*ends, INF], strict=True))


# Section 3.2 of the paper, for P3 to P7: up to 64, 128, 256, 512 pixels, and above. That the first
# begins at -1 is from its code.
FCOS_RANGES = level_ranges((8, 16, 32, 64, 128), reach=8)


@final
@dataclass(frozen=True, kw_only=True)
class StrideRanges:
    """Ranges for the levels of whatever priors are there: ``level_ranges`` of their strides.

    Attributes:
        reach: in strides: 8 in FCOS's paper.
    """

    reach: float | int

    def __call__(self, priors: Priors) -> Ranges:
        """One range per level. A level without priors is passed over: its range is empty."""
        levels = priors.strides.split(list(priors.levels))
        strides = [float(level[0]) if len(level) else 0.0 for level in levels]
        return level_ranges(list(accumulate(strides, max)), reach=self.reach)


def closed_range(value: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """``low <= value <= high``: the paper's text (section 3.2) and its code.

    An exact 64 belongs to two levels. Values are ``(p, g)``, bounds ``(p, 1)``.
    """
    return (value >= low) & (value <= high)


def half_open_range(value: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """``low < value <= high``: every size belongs to exactly one level.

    Values are ``(p, g)``, bounds ``(p, 1)``.
    """
    return (value > low) & (value <= high)


def open_range(value: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """``low < value < high``: torchvision's departure; an exact 64 belongs to no level.

    Values are ``(p, g)``, bounds ``(p, 1)``.
    """
    return (value > low) & (value < high)


def smallest_area(candidates: Bool[Tensor, "p g"], area: Float[Tensor, "g"]) -> Int64[Tensor, "p"]:
    """Index of the candidate with the smallest area, exactly, and the first among equals.

    It is ``BACKGROUND`` where there is no candidate. Candidates ``(p, g)`` and areas ``(g,)`` give
    ``(p,)``.
    """
    winner = torch.where(candidates, area, INF).argmin(1)
    return torch.where(candidates.any(1), winner, BACKGROUND)


def smallest_area_float32(
    candidates: Bool[Tensor, "p g"], area: Float[Tensor, "g"]
) -> Int64[Tensor, "p"]:
    """The same rule by the largest ``1e8 - area`` in float32: torchvision's departure.

    float32 has steps of 8 near 1e8, so areas that differ by less may change places: of 420 and 416
    it takes 420 if that comes first. Candidates ``(p, g)`` and areas ``(g,)`` give ``(p,)``.
    """
    # Where a point is no candidate the score is 0; a candidate's is positive for areas below 1e8.
    score, winner = (candidates.to(torch.float32) * (1e8 - area.float())).max(1)
    return torch.where(score < 1e-5, BACKGROUND, winner)


@final
class CenterSampling:
    """The assigner of FCOS (https://arxiv.org/abs/1904.01355, section 3).

    Centre sampling is from arXiv:2006.09214. A point is a candidate for a ground truth if it lies
    strictly inside it, if the largest of its distances to the sides is in its level's range, and,
    with ``radius``, if it is closer than ``radius`` strides to the centre along every axis. A point
    that is a candidate for several is responsible for the one with the smallest area. No point is
    responsible for a crowd region or an ignored ground truth; a point inside one that is positive
    for nothing else is ``IGNORE`` (the paper's code drops such annotations, so that the point would
    be background).

    Laws: without crowds, ``gt_index`` is what a brute-force double loop gives; a ground truth with
    no point inside gets none (unlike max-IoU assigners, nothing forces one); the order of the
    ground truths matters only in ties.

    Args:
        ranges: ``(low, high)`` of the largest side distance per level, in input pixels; or what
            makes them of the priors, such as ``StrideRanges(reach=3)``.
        radius: of centre sampling, in strides (1.5 in the improved FCOS); with None the whole box
            counts, as in the first paper.
        within: whether a range includes its ends.
        winner: which ground truth a point gets that is a candidate for several.
    """

    def __init__(
        self,
        *,
        ranges: Ranges | Callable[[Priors], Ranges] = FCOS_RANGES,
        radius: float | None = None,
        within: Within = closed_range,
        winner: Winner = smallest_area,
    ):
        if radius is not None and not radius > 0:
            raise ValueError(f"CenterSampling.radius must be positive or None, got {radius}")
        if not callable(ranges) and not all(low < high for low, high in ranges):
            raise ValueError(
                f"CenterSampling.ranges must be (low, high) with low < high, got {tuple(ranges)}"
            )
        self.ranges = ranges if callable(ranges) else tuple(ranges)
        self.radius, self.within, self.winner = radius, within, winner

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image; predictions play no part.

        Raises:
            ValueError: there is not one range per level of the priors, or the targets are of
                another dimension.
        """
        targets = comparable(targets, priors.regions, "priors.regions")
        candidates = self.candidates(priors, targets)
        if not len(targets):
            return Assignment(torch.full((len(priors),), BACKGROUND, device=priors.regions.device))
        low, high = targets.boxes.chunk(2, -1)
        gt_index = self.winner(candidates, (high - low).prod(-1))
        return Assignment(ignore_set_aside(gt_index, priors.centers, targets))

    def candidates(self, priors: Priors, targets: Targets) -> Bool[Tensor, "p g"]:
        """Which points are candidates for which ground truths ``(p, g)``; none for one set aside.

        Raises:
            ValueError: there is not one range per level of the priors.
        """
        ranges = self.ranges(priors) if callable(self.ranges) else self.ranges
        if len(ranges) != len(priors.levels):
            raise ValueError(
                f"CenterSampling.ranges has {len(ranges)} entries for {len(priors.levels)} levels: "
                "give one each"
            )
        if not len(targets):
            return torch.zeros(len(priors), 0, dtype=torch.bool, device=priors.regions.device)
        distances = side_distances(priors.centers, targets.boxes)
        inside = distances.amin(-1) > 0
        suits = self._suits_level(priors, ranges, distances.amax(-1))
        candidates = inside & suits & ~set_aside(targets)
        if self.radius is not None:
            candidates = candidates & near_center(priors, targets.boxes, self.radius)
        return candidates

    def _suits_level(
        self, priors: Priors, ranges: Ranges, reach: Float[Tensor, "p g"]
    ) -> Bool[Tensor, "p g"]:
        counts = reach.new_tensor(priors.levels).long()
        bounds = reach.new_tensor(ranges).repeat_interleave(counts, 0)  # one row per prior
        return self.within(reach, bounds[:, :1], bounds[:, 1:])


def side_distances(
    points: Float[Tensor, "p dim"], regions: Float[Tensor, "g coords"]
) -> Float[Tensor, "p g coords"]:
    """Distance of every point to every low and high side; all are positive strictly inside.

    Points ``(p, dim)`` and regions ``(g, 2*dim)`` give ``(p, g, 2*dim)``.
    """
    low, high = regions.chunk(2, -1)
    return torch.cat([points[:, None] - low, high - points[:, None]], -1)


def near_center(
    priors: Priors, regions: Float[Tensor, "g coords"], radius: float
) -> Bool[Tensor, "p g"]:
    """Whether a point is closer than ``radius`` strides to a region's centre along every axis.

    Regions ``(g, 2*dim)`` give ``(p, g)``.
    """
    low, high = regions.chunk(2, -1)
    away = (priors.centers[:, None] - (low + high) / 2).abs().amax(-1)
    return away < radius * priors.strides[:, None]
