"""The loss of a detector whose class scores are qualities and whose sides are distributions."""

from collections.abc import Mapping
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes import DistributionCoder, iou
from locviz.losses import distribution_focal_loss, giou_loss, quality_focal_loss
from locviz.models.skeletons.dense_loss import PairLoss
from locviz.models.skeletons.matched import Matched
from locviz.models.skeletons.normalise import Normalise, PerImage, over_batch
from locviz.types import Losses, Predictions

# Equation 8: lambda_0 = 2 for the boxes, lambda_1 = 1/4 for the distributions.
WEIGHTS: Mapping[str, float] = {"regression": 2.0, "distribution": 0.25}


def images_count_one(sums: PerImage, amounts: PerImage, least: float) -> Float[Tensor, ""]:
    """``over_batch``, but an image without positives counts as if it had one.

    It is what the code of GFL's authors and mmdetection do. Sums and amounts are (b,).
    """
    return over_batch(sums, amounts.clamp(min=1), least)


@final
class GeneralizedFocalLoss:
    """Equation 8 of Generalized Focal Loss (https://arxiv.org/abs/2006.04388).

    N is the number of positives of the batch, at least 1, on all processes. A positive weighs w,
    its highest class score. IoU is that of its predicted region with its ground truth. Both are
    treated as constants::

        classification = sum over priors and classes of quality focal(logit, one-hot * IoU) / N
        regression     = sum of w * loss(predicted, ground truth) / sum of w
        distribution   = sum of w * mean over sides of distribution focal(logits, distance) / sum of w

    So the target of a class is 0 for all priors but the positives, and there it is how well the box
    fits: the score is trained to be what detections are ranked by. A prior that is ``IGNORE`` takes
    part in nothing; ``Assignment.weight`` multiplies all terms of its prior; ``Assignment.quality``
    replaces the IoU in the class targets. Without positives the last two terms are zero and
    back-propagate.

    Args:
        classification: ``(logits, targets)`` (b, p, k) to losses of that shape.
        regression: ``(predicted, ground truth)`` regions (n, 2*dim) to losses (n,).
        distribution: ``(logits, distances)`` (n, 2*dim, bins) and (n, 2*dim) to losses (n, 2*dim);
            None for a head without distributions, which may have any coder.
        normalise: what the classification's sum is divided by: ``over_batch`` is the paper's N,
            ``images_count_one`` the released code's.
        least: smallest sum of w. mmdetection has 1; the authors' code divides by the sum itself.
        weights: of the terms, by name; 1 where not given.
    """

    def __init__(
        self,
        *,
        classification: PairLoss = quality_focal_loss,
        regression: PairLoss = giou_loss,
        distribution: PairLoss | None = distribution_focal_loss,
        normalise: Normalise = over_batch,
        least: float = 1e-6,
        weights: Mapping[str, float] = WEIGHTS,
    ):
        self.classification, self.regression = classification, regression
        self.distribution, self.normalise = distribution, normalise
        self.least, self.weights = least, dict(weights)

    def __call__(
        self, predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
    ) -> Losses:
        """The losses of one batch; ``regions`` (b, p, 2*dim) are the decoded deltas.

        Raises:
            ValueError: there is a distribution loss, and the coder has no distributions.
        """
        rows = matched.image, matched.prior
        chosen = regions[rows]
        # Detached: boxes must not move in order to make the loss of the classes smaller, nor scores
        # in order to make boxes count less.
        quality = matched.quality_or(iou(chosen, matched.gt_regions).detach())
        weight = predictions.logits[rows].detach().sigmoid().amax(-1) * matched.weight
        terms = {
            "classification": self._classes(predictions, matched, quality),
            "regression": self._mean(self.regression(chosen, matched.gt_regions), weight, matched),
        }
        if self.distribution is not None:
            losses = self.distribution(*_sides(predictions, matched)).mean(-1)
            terms["distribution"] = self._mean(losses, weight, matched)
        return Losses(terms, {name: self.weights.get(name, 1.0) for name in terms})

    def _classes(self, predictions: Predictions, matched: Matched, quality: Tensor) -> Tensor:
        """All priors learn their classes; a row of zeros is the background."""
        targets = torch.zeros_like(predictions.logits)
        one_hot = matched.one_hot(targets.shape[-1]).to(targets)
        targets[matched.image, matched.prior] = one_hot * quality[:, None]
        losses = self.classification(predictions.logits, targets).sum(2) * matched.prior_weight
        positives = matched.per_image(torch.ones_like(quality))
        return self.normalise(losses.sum(1), positives, 1.0)

    def _mean(self, losses: Tensor, weight: Tensor, matched: Matched) -> Tensor:
        """The weighted mean over the positives of the batch."""
        sums, amounts = matched.per_image(losses * weight), matched.per_image(weight)
        return over_batch(sums, amounts, self.least)


def _sides(predictions: Predictions, matched: Matched) -> tuple[Tensor, Tensor]:
    """Of each positive: the logits of its sides (n, 2*dim, bins), and what its sides should be."""
    coder = matched.coder
    if not isinstance(coder, DistributionCoder):
        raise ValueError(
            f"the distribution loss needs a DistributionCoder, but the coder is {type(coder).__name__}: give "
            "coder=DistributionCoder() and a GFLHead, or GeneralizedFocalLoss(distribution=None)"
        )
    logits = coder.distributions(predictions.deltas[matched.image, matched.prior])
    return logits, coder.distances(matched.gt_regions, matched.prior_regions)
