"""The loss of a sampled stage: what is it, and, where it is something, how far off is its box."""

from collections.abc import Callable, Mapping
from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from locviz.models.criterion import PairLoss
from locviz.types import Losses

PerRow = Float[Tensor, "n"]
Classification = Callable[[Tensor, Tensor], Tensor]
# (logits, deltas, labels, deltas of the positives' ground truths) of all sampled rows to losses:
# ``MultiTaskLoss``.
StageLoss = Callable[[Tensor, Tensor, Tensor, Tensor], Losses]


def softmax_loss(logits: Float[Tensor, "n k"], labels: Int64[Tensor, "n"]) -> PerRow:
    """``-log softmax`` of each row's class: column 0 is the background, so ``BACKGROUND`` (-1) and
    labels move up.
    """
    return F.cross_entropy(logits, labels + 1, reduction="none")


def objectness_loss(logits: Float[Tensor, "n 1"], labels: Int64[Tensor, "n"]) -> PerRow:
    """Binary cross-entropy of "there is something": whatever its label."""
    return F.binary_cross_entropy_with_logits(
        logits[:, 0], (labels >= 0).to(logits), reduction="none"
    )


def own_deltas(
    deltas: Float[Tensor, "n c"], labels: Int64[Tensor, "n"], num_coords: int
) -> Float[Tensor, "n coords"]:
    """The deltas of each row's own class; where the classes share one box, that one.

    Args:
        deltas: ``(n, num_coords)``, or ``(n, (1 + num_classes) * num_coords)``, the background's
            first.
        labels: of the rows, 0..num_classes-1.
        num_coords: ``2 * dim``.
    """
    sets = deltas.unflatten(-1, (-1, num_coords))
    if sets.shape[1] == 1:
        return sets[:, 0]
    return sets[torch.arange(len(sets), device=sets.device), labels + 1]


@final
class MultiTaskLoss:
    """Equation 1 of Fast R-CNN (arXiv:1504.08083), and of its RPN (arXiv:1506.01497).

    With n sampled rows, positive and negative ones, in the whole batch::

        classification = sum over all rows of classification(logits, label) / n
        regression     = sum over positive rows of regression(deltas of the own class, target) / n

    The regression is divided by *all* rows, not by the positive ones: an image with few objects
    pulls less on boxes. (The text of the RPN paper divides by the number of anchor positions and
    multiplies by 10; its code does as here.) No row at all gives zeros that back-propagate.

    Args:
        classification: ``softmax_loss`` or ``objectness_loss``.
        regression: ``(deltas, targets)`` (m, 2*dim), in the units of the coder, to losses (m,):
            ``smooth_l1_loss`` with beta 1 in Fast R-CNN (equation 3), 1/9 in Faster R-CNN's RPN and
            in torchvision.
        weights: of the two terms, by name; 1 where not given (lambda in the papers).
    """

    def __init__(
        self,
        *,
        classification: Classification = softmax_loss,
        regression: PairLoss,
        weights: Mapping[str, float] | None = None,
    ):
        self.classification, self.regression, self.weights = (
            classification,
            regression,
            dict(weights or {}),
        )

    def __call__(
        self,
        logits: Float[Tensor, "n k"],
        deltas: Float[Tensor, "n c"],
        labels: Int64[Tensor, "n"],
        gt_deltas: Float[Tensor, "m coords"],
    ) -> Losses:
        """The two terms of one batch.

        Args:
            logits: of all sampled rows.
            deltas: of all sampled rows, one box or one per class and the background.
            labels: of all sampled rows; ``BACKGROUND`` where negative.
            gt_deltas: what the *positive* rows should have said, in their order.
        """
        num = max(len(labels), 1)
        positive = labels >= 0
        own = own_deltas(deltas[positive], labels[positive], gt_deltas.shape[-1])
        terms = {
            "classification": self.classification(logits, labels).sum() / num,
            "regression": self.regression(own, gt_deltas).sum() / num,
        }
        return Losses(terms, self.weights)
