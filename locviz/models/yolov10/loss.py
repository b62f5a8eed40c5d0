"""The loss of YOLOv10 (and of YOLOv8): how well a prior is aligned with its object is the target of
its class, and how much its box counts.
"""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from locviz.boxes import DistributionCoder
from locviz.losses import ciou_loss, distribution_focal_loss
from locviz.models.skeletons.dense_loss import PairLoss
from locviz.models.skeletons.matched import Matched, mean_over_processes
from locviz.types import Losses, Predictions


@final
class AlignedLoss:
    """One loss for both heads, each with the assignment of its own.

    The target t of a positive is its ``Assignment.quality``: under ``TaskAligned`` its alignment,
    rescaled so that an object's best prior has the object's largest overlap (TOOD,
    arXiv:2108.07755, section 3.3). With N the sum of all t, at least 1::

        classification = sum over priors and classes of binary cross-entropy(logit, one-hot * t) / N
        regression     = sum over positives of t * loss(predicted, ground truth) / N
        distribution   = sum over positives of t * mean over sides of DFL(logits, distance) / N

    So a prior that is badly aligned moves no box and learns to be background. An assigner that
    gives no quality has targets of 1. A prior that is ``IGNORE`` takes part in nothing;
    ``Assignment.weight`` multiplies all terms of its prior.

    Args:
        regression: ``(predicted, ground truth)`` regions (n, 2*dim) to losses (n,).
        box: weight of the regression term, and ``classes`` and ``sides`` of the other two.
    """

    def __init__(
        self,
        *,
        regression: PairLoss = ciou_loss,
        box: float = 7.5,
        classes: float = 0.5,
        sides: float = 1.5,
    ):
        self.regression = regression
        self.weights = {"regression": box, "classification": classes, "distribution": sides}

    def __call__(
        self, predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
    ) -> Losses:
        """The losses of one batch; ``regions`` (b, p, 2*dim) are the decoded deltas.

        Raises:
            ValueError: the model's coder has no distributions.
        """
        rows = matched.image, matched.prior
        target = matched.quality_or(torch.ones_like(matched.weight))
        own = target * matched.weight
        sums = {
            "regression": (self.regression(regions[rows], matched.gt_regions) * own).sum(),
            "classification": self._classes(predictions, matched, target),
            "distribution": (_sides(predictions.deltas[rows], matched) * own).sum(),
        }
        total = mean_over_processes(own.sum(), least=1.0)
        return Losses({name: term / total for name, term in sums.items()}, self.weights)

    def _classes(
        self, predictions: Predictions, matched: Matched, target: Float[Tensor, "n"]
    ) -> Float[Tensor, ""]:
        # A row of zeros is the background: no class applies.
        wanted = torch.zeros_like(predictions.logits)
        soft = matched.one_hot(wanted.shape[-1]) * target[:, None]
        wanted[matched.image, matched.prior] = soft.to(wanted)
        entropy = F.binary_cross_entropy_with_logits(predictions.logits, wanted, reduction="none")
        return (entropy * matched.prior_weight[..., None]).sum()


def _sides(deltas: Float[Tensor, "n numbers"], matched: Matched) -> Float[Tensor, "n"]:
    """The distribution focal loss of each positive, the mean over its sides."""
    coder = matched.coder
    if not isinstance(coder, DistributionCoder):
        raise ValueError(
            f"AlignedLoss learns the sides of a box as distributions, which {type(coder).__name__} has not: "
            "give coder=DistributionCoder(...) and a head with as many bins"
        )
    distances = coder.distances(matched.gt_regions, matched.prior_regions)
    return distribution_focal_loss(coder.distributions(deltas), distances).mean(-1)
