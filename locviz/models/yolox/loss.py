"""The loss of YOLOX: an IoU loss for the boxes, and two cross-entropies, one for whether there is an
object and one for its class.
"""

from typing import final

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from locviz.boxes import iou
from locviz.losses import squared_iou_loss
from locviz.models.skeletons.dense_loss import PairLoss
from locviz.models.skeletons.matched import Matched
from locviz.types import Losses, Predictions


@final
class ObjectnessLoss:
    """YOLOX's released loss; the paper (arXiv:2107.08430) leaves its details to the code.

    N is the number of positives of the batch, at least 1. IoU is that of a positive's predicted
    region with its ground truth; it is treated as a constant::

        regression     = sum over positives of loss(predicted, ground truth) / N
        objectness     = sum over priors of binary cross-entropy(quality logit, 1 if positive else 0) / N
        classification = sum over positives and classes of binary cross-entropy(logit, one-hot * IoU) / N
        l1             = sum over positives of |deltas - encoded ground truth| / N

    The objectness of a positive has the target 1, and not the IoU. The IoU is in the targets of the
    classes: it is needed once only, because the score is the product of the two. Only positives
    train their classes. A prior that is ``IGNORE`` takes part in nothing; ``Assignment.weight``
    multiplies all terms of its prior; ``Assignment.quality`` replaces the IoU in the class targets;
    the priors of ``Assignment.localization``, where there is one, have the regression and the l1.

    Args:
        regression: ``(predicted, ground truth)`` regions (n, 2*dim) to losses (n,).
        weight: of the regression term.
        l1: weight of the last term. YOLOX switches it on (1) for its last 15 epochs of 300, when
            strong augmentation is off; None leaves it out.
    """

    def __init__(
        self,
        *,
        regression: PairLoss = squared_iou_loss,
        weight: float = 5.0,
        l1: float | None = None,
    ):
        self.regression, self.weight, self.l1 = regression, weight, l1

    def __call__(
        self, predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
    ) -> Losses:
        """The losses of one batch; ``regions`` (b, p, 2*dim) are the decoded deltas.

        Raises:
            ValueError: the head has no objectness.
        """
        if predictions.quality is None:
            raise ValueError(
                "ObjectnessLoss needs a head with objectness logits: its quality output is None"
            )
        rows, places = (matched.image, matched.prior), matched.places
        chosen, own = regions[rows], matched.weight
        placed = regions[places.image, places.prior]
        # Detached: boxes must not move in order to make the loss of the classes smaller.
        quality = matched.quality_or(iou(chosen, matched.gt_regions).detach())
        one_hot = matched.one_hot(predictions.logits.shape[-1])

        objectness = _entropy(predictions.quality, (matched.gt_index >= 0).to(own))
        classes = _entropy(predictions.logits[rows], one_hot * quality[:, None]).sum(-1)
        sums = {
            "regression": (self.regression(placed, places.gt_regions) * places.weight).sum(),
            "objectness": (objectness * matched.prior_weight).sum(),
            "classification": (classes * own).sum(),
        }
        weights = {"regression": self.weight}
        if self.l1 is not None:
            deltas = predictions.deltas[places.image, places.prior]
            errors = (deltas - places.gt_deltas).abs().sum(-1)
            sums["l1"], weights["l1"] = (errors * places.weight).sum(), self.l1
        return Losses({name: term / matched.num_positive for name, term in sums.items()}, weights)


def _entropy(logits: Tensor, target: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none")
