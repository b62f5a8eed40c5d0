"""The loss of YOLOX: an IoU loss, and two cross-entropies that divide the work between "what" and
"whether".
"""

from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from locviz.boxes import Coder, iou
from locviz.losses import squared_iou_loss
from locviz.models.criterion import matched, stacked, with_own_quality
from locviz.types import BACKGROUND, Assignment, Losses, Predictions, Targets

PairLoss = Callable[[Tensor, Tensor], Tensor]


@final
class ObjectnessLoss:
    """YOLOX's released loss; the paper (arXiv:2107.08430) leaves its details to the code.

    With N the number of positives of the batch, at least 1, and IoU that of a positive's own
    prediction, a constant::

        regression     = sum over positives of loss(predicted, ground truth) / N
        objectness     = sum over priors of binary cross-entropy(quality logit, 1 if positive else 0) / N
        classification = sum over positives and classes of binary cross-entropy(logit, one-hot * IoU) / N
        l1             = sum over positives of |deltas - encoded ground truth| / N

    Objectness asks *whether* and has target 1, not the IoU; the class logits carry the IoU, because
    the score is the product of the two. Only positives say *what*. A prior that is ``IGNORE`` takes
    part in nothing; ``Assignment.weight`` multiplies all terms of its prior; ``Assignment.quality``
    replaces the IoU in the class targets.

    Args:
        regression: ``(predicted, ground truth)`` regions (n, 2*dim) to losses (n,).
        weight: of the regression term.
        l1: the detector's coder switches the last term on, as YOLOX does for its last 15 epochs of
            300, when strong augmentation is off; None leaves it out.
    """

    def __init__(
        self,
        *,
        regression: PairLoss = squared_iou_loss,
        weight: float = 5.0,
        l1: Coder | None = None,
    ):
        self.regression, self.weight, self.l1 = regression, weight, l1

    def __call__(
        self,
        predictions: Predictions,
        regions: Float[Tensor, "b p coords"],
        targets: Sequence[Targets],
        assignments: Sequence[Assignment],
    ) -> Losses:
        """The losses of one batch; ``regions`` are the decoded deltas and ``targets`` are in the
        same frame.

        Raises:
            ValueError: the head says no objectness, or a label is not one of the model's classes.
        """
        if predictions.quality is None:
            raise ValueError(
                "ObjectnessLoss needs a head with objectness logits: its quality output is None"
            )
        gt_index = torch.stack([assignment.gt_index for assignment in assignments])
        weight = stacked([assignment.weight for assignment in assignments], gt_index)
        image, prior = (gt_index >= 0).nonzero(as_tuple=True)
        gt_regions, one_hot = matched(
            targets, gt_index, image, prior, num_classes=predictions.logits.shape[-1]
        )
        chosen, own = regions[image, prior], weight[image, prior]
        quality = with_own_quality(iou(chosen, gt_regions).detach(), assignments, image, prior)

        objectness = _entropy(predictions.quality, (gt_index >= 0).to(weight))
        classification = _entropy(predictions.logits[image, prior], one_hot * quality[:, None]).sum(
            -1
        )
        sums = {
            "regression": (self.regression(chosen, gt_regions) * own).sum(),
            "objectness": (objectness * weight * (gt_index >= BACKGROUND)).sum(),
            "classification": (classification * own).sum(),
        }
        if self.l1 is not None:
            wanted = self.l1.encode(gt_regions, predictions.priors.regions[prior])
            sums["l1"] = ((predictions.deltas[image, prior] - wanted).abs().sum(-1) * own).sum()
        num_positive = max(len(prior), 1)
        return Losses(
            {name: term / num_positive for name, term in sums.items()}, {"regression": self.weight}
        )


def _entropy(logits: Tensor, target: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none")
