"""The loss of dense detectors, put together from callables: the loss of the classes, what of a box
is compared, whether there is a quality to learn, and what the sums are divided by.
"""

from collections.abc import Callable, Mapping
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from locviz.models.skeletons.coefficient import Coefficient, with_coefficient
from locviz.models.skeletons.matched import Matched
from locviz.models.skeletons.normalise import Normalise, over_batch
from locviz.types import BACKGROUND, Losses, Predictions

PairLoss = Callable[[Tensor, Tensor], Tensor]
# (predictions, decoded regions, matched) to what was predicted and what should have been predicted,
# (n, 2*dim) each: ``on_regions`` or ``on_deltas``.
Compared = Callable[[Predictions, Tensor, Matched], tuple[Tensor, Tensor]]
# (losses, positive, negative) (b, p) to which of the priors are trained: ``hard_negatives``.
Mine = Callable[[Tensor, Tensor, Tensor], Tensor]


def by_quality(quality: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Weigh each positive (n,) by its target quality, so that central points count more, as in the
    code of FCOS's authors.
    """
    return quality


def equally(quality: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Weigh all positives (n,) alike, as equation 2 of the FCOS paper is written and as torchvision
    does.
    """
    return torch.ones_like(quality)


def on_regions(
    predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
) -> tuple[Tensor, Tensor]:
    """Compare decoded regions (n, 2*dim): what overlap losses need."""
    return regions[matched.image, matched.prior], matched.gt_regions


def on_deltas(predictions: Predictions, regions: Tensor, matched: Matched) -> tuple[Tensor, Tensor]:
    """Compare deltas (n, 2*dim), in the units of the coder: R-CNN's kin, SSD, RetinaNet."""
    num_sets = predictions.deltas.shape[-1] / matched.gt_regions.shape[-1]
    if num_sets not in (1, predictions.logits.shape[-1]):
        raise ValueError(
            f"the head predicts {predictions.deltas.shape[-1]} numbers per prior: deltas are one "
            "region per prior, or one per column of the logits"
        )
    return matched.own_deltas(predictions.deltas), matched.gt_deltas


@final
class DenseLoss:
    """Classification over all priors, regression and quality over the positive ones.

    With N the number of positives of the batch, at least 1, on all processes::

        classification = sum over priors and classes / N
        regression     = sum of w * loss(predicted, ground truth) / sum of w
        quality        = sum of binary cross-entropy(quality logit, target) / N

    A prior that is ``IGNORE`` takes part in nothing; ``Assignment.weight`` multiplies all terms of
    its prior; an ``Assignment.quality`` replaces the quality target, an ``Assignment.localization``
    the priors of the last two terms, with its own N. Without positives the last two
    are zero and back-propagate. ``normalise`` may divide image by image instead.

    Args:
        classification: ``(logits, one_hot)`` (p, k) to losses (p, k).
        regression: ``(predicted, ground truth)`` (n, 2*dim) to losses (n,).
        compared: what the regression compares, ``on_regions`` or ``on_deltas``.
        quality: ``(points, ground-truth regions)`` to targets (n,) in 0..1, such as ``centerness``;
            None for a detector without a quality branch.
        weigh: target qualities to the weights w above, ``by_quality`` or ``equally``; without
            quality all w are 1.
        normalise: what sums are divided by, ``over_batch`` or ``over_images``.
        mine: whose classification is trained, chosen by the losses themselves, such as
            ``hard_negatives`` of ``locviz.losses``; None for all. The divisor stays the same.
        coefficient: what the classification of each positive counts, by how well it is placed, such
            as ``dynamic_coefficient`` of ``locviz.losses``; None for 1. The divisor stays the same.
        weights: of the terms, by name; 1 where not given.
    """

    def __init__(
        self,
        *,
        classification: PairLoss,
        regression: PairLoss,
        compared: Compared = on_regions,
        quality: PairLoss | None = None,
        weigh: Callable[[Tensor], Tensor] = by_quality,
        normalise: Normalise = over_batch,
        mine: Mine | None = None,
        coefficient: Coefficient | None = None,
        weights: Mapping[str, float] | None = None,
    ):
        self.classification, self.regression, self.compared = classification, regression, compared
        self.quality, self.weigh, self.normalise, self.mine = quality, weigh, normalise, mine
        self.coefficient, self.weights = coefficient, dict(weights or {})

    def __call__(
        self, predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
    ) -> Losses:
        """The losses of one batch; ``regions`` (b, p, 2*dim) are the decoded deltas."""
        places = matched.places
        one = torch.ones_like(places.weight)
        quality = one if self.quality is None else self._quality(places)
        weight = self.weigh(quality) * places.weight
        losses = self.regression(*self.compared(predictions, regions, places))
        terms = {
            "classification": self.normalise(
                self._classes(predictions, regions, matched), _positives(matched), 1.0
            ),
            # The regression is a weighted mean, so it is divided by the weights and not by N. The
            # smallest divisor only matters where every weight is zero, when all positives lie on a
            # side of their box.
            "regression": self.normalise(
                places.per_image(losses * weight), places.per_image(weight), 1e-6
            ),
        }
        if self.quality is not None and predictions.quality is not None:
            logits = predictions.quality[places.image, places.prior]
            entropy = F.binary_cross_entropy_with_logits(logits, quality, reduction="none")
            terms["quality"] = self.normalise(
                places.per_image(entropy * places.weight), _positives(places), 1.0
            )
        return Losses(terms, self.weights)

    def _classes(
        self, predictions: Predictions, regions: Tensor, matched: Matched
    ) -> Float[Tensor, "b"]:
        """The summed classification losses of each image."""
        # A row of zeros is the background: with a sigmoid, no class applies.
        targets = torch.zeros_like(predictions.logits)
        targets[matched.image, matched.prior] = matched.one_hot(targets.shape[-1]).to(targets)
        # The weight of a prior that is IGNORE is 0.
        losses = self.classification(predictions.logits, targets).sum(2) * matched.prior_weight
        if self.mine is not None:
            positive, negative = matched.gt_index >= 0, matched.gt_index == BACKGROUND
            losses = losses * self.mine(losses.detach(), positive, negative)
        return with_coefficient(losses, regions, matched, self.coefficient).sum(1)

    def _quality(self, places: Matched) -> Float[Tensor, "n"]:
        """The target quality of each positive."""
        low, high = places.prior_regions.chunk(2, -1)
        assert self.quality is not None
        return places.quality_or(self.quality((low + high) / 2, places.gt_regions))


def _positives(matched: Matched) -> Float[Tensor, "b"]:
    """How many positives each image has."""
    return matched.per_image(torch.ones_like(matched.weight))
