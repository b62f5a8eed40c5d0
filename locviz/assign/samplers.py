"""Samplers: which of the assigned priors are trained; the others become ``IGNORE``.

A dense detector has a thousand negatives for each positive. Two solutions are older than the focal
loss: a random sample with a fixed share of positives (Faster R-CNN), and only the negatives with
the highest loss (SSD).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.types import IGNORE, Assignment


@final
class BalancedSampler:
    """A random sample with at most a share of positives, filled up with negatives.

    Faster R-CNN's: 256 anchors with up to half positive, 512 regions with up to a quarter
    (https://arxiv.org/abs/1506.01497, section 3.1.3). Where positives are few, negatives fill the
    sample; where negatives are few, it is smaller.

    Law: the sample has ``min(positives, int(size * positive_fraction))`` positives and as many
    negatives as there are or fit. With the same seed it is torchvision's.

    Args:
        size: of the sample.
        positive_fraction: share of positives at most.
        generator: of random numbers, on the device of the assignments; None takes torch's global
            one.
    """

    def __init__(
        self,
        *,
        size: int = 256,
        positive_fraction: float = 0.5,
        generator: torch.Generator | None = None,
    ):
        if size < 1 or not 0 <= positive_fraction <= 1:
            raise ValueError(
                f"BalancedSampler needs size >= 1 and positive_fraction in 0..1, got {size} and {positive_fraction}"
            )
        self.size, self.positive_fraction, self.generator = size, positive_fraction, generator

    def __call__(self, assignment: Assignment) -> Assignment:
        """Sample one image."""
        most = int(self.size * self.positive_fraction)
        positive = self._some(assignment.positive.nonzero()[:, 0], most)
        negative = self._some(assignment.negative.nonzero()[:, 0], self.size - len(positive))
        return keep_only(assignment, torch.cat([positive, negative]))

    def _some(self, candidates: Int64[Tensor, "n"], num: int) -> Int64[Tensor, "m"]:
        # The same call as torchvision's sampler, so that the same seed gives the same sample.
        order = torch.randperm(len(candidates), generator=self.generator, device=candidates.device)
        return candidates[order[:num]]


@final
class SampledApart:
    """Sample what the classes learn and what the regions learn, each by itself.

    A sample that is drawn for the classes has nearly all positives of the classes, but few of the
    others; where regions learn from other priors (``Assignment.localization``), most of theirs
    would be lost. Without a ``localization`` it is the sampler itself.

    Args:
        sampler: an ``Assignment`` to one in which all but a sample is ``IGNORE``.
    """

    def __init__(self, sampler: Callable[[Assignment], Assignment]):
        self.sampler = sampler

    def __call__(self, assignment: Assignment) -> Assignment:
        """Sample one image, first for the classes."""
        classes, places = self.sampler(assignment), assignment.localization
        return replace(classes, localization=None if places is None else self.sampler(places))


@final
class GivenSample:
    """A sample that was drawn elsewhere, such as by another implementation, image after image.

    Args:
        *indices: (n,) for each call, the priors to keep. After the last call it begins again.
    """

    def __init__(self, *indices: Int64[Tensor, "_"]):
        if not indices:
            raise ValueError("GivenSample needs the indices of at least one image")
        self.indices, self.calls = indices, 0

    def __call__(self, assignment: Assignment) -> Assignment:
        """Keep the next image's priors."""
        index = self.indices[self.calls % len(self.indices)]
        self.calls += 1
        return keep_only(assignment, index.to(assignment.gt_index.device))


@final
class HardNegatives:
    """All positives, and the negatives with the highest loss: ``ratio`` for each positive.

    SSD's hard-negative mining (https://arxiv.org/abs/1512.02325, section 2.2: at most 3:1). Without
    positives there are ``least`` negatives: none in the official code, so that such an image does
    not train.

    Laws: every negative kept has a loss at least that of every negative left out; the number kept
    is ``min(negatives, max(least, ratio * positives))``.

    Args:
        ratio: negatives per positive.
        least: negatives in any case.
    """

    def __init__(self, *, ratio: float = 3.0, least: int = 0):
        if not ratio >= 0 or least < 0:
            raise ValueError(
                f"HardNegatives needs ratio >= 0 and least >= 0, got {ratio} and {least}"
            )
        self.ratio, self.least = ratio, least

    def __call__(self, assignment: Assignment, losses: Float[Tensor, "p"]) -> Assignment:
        """Sample one image.

        Args:
            assignment: of that image.
            losses: (p,) the classification loss of each prior; only those of negatives are used.
                Among equal ones the first counts as harder.
        """
        negative = assignment.negative.nonzero()[:, 0]
        positive = int(assignment.positive.sum())
        # An infinite ratio means all, but of an image without positives none.
        wanted = self.ratio * positive if positive else 0
        num = max(self.least, int(min(wanted, len(negative))))
        hardest = losses.detach()[negative].argsort(descending=True, stable=True)[:num]
        return keep_only(
            assignment, torch.cat([assignment.positive.nonzero()[:, 0], negative[hardest]])
        )


def keep_only(assignment: Assignment, index: Int64[Tensor, "n"]) -> Assignment:
    """The assignment, and what regions learn, with every prior ``IGNORE`` but these, ``(n,)``."""
    kept: Bool[Tensor, p] = torch.zeros_like(assignment.gt_index, dtype=torch.bool)
    kept[index] = True
    places = assignment.localization
    return replace(
        assignment,
        gt_index=torch.where(kept, assignment.gt_index, IGNORE),
        localization=None if places is None else keep_only(places, index),
    )
