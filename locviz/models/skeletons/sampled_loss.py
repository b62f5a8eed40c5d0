"""The loss of a stage that trains on a sample of its regions: a classification of all of them, and
a regression of the boxes of those that are positive.
"""

from collections.abc import Callable, Mapping
from typing import final

from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from locviz.models.skeletons.coefficient import Coefficient, with_coefficient
from locviz.models.skeletons.dense_loss import PairLoss, on_deltas
from locviz.models.skeletons.matched import Matched
from locviz.types import Losses, Predictions, softmax_columns

PerRow = Float[Tensor, "n"]
Classification = Callable[[Tensor, Tensor], Tensor]


def softmax_loss(logits: Float[Tensor, "n k"], labels: Int64[Tensor, "n"]) -> PerRow:
    """``-log softmax`` (n,) of the class of each row (n, 1 + k); a row may be ``BACKGROUND``."""
    return F.cross_entropy(logits, softmax_columns(labels), reduction="none")


def objectness_loss(logits: Float[Tensor, "n 1"], labels: Int64[Tensor, "n"]) -> PerRow:
    """Binary cross-entropy (n,) of the logits (n, 1): the target is 1 for every object, whatever
    its label, and 0 for ``BACKGROUND``.
    """
    return F.binary_cross_entropy_with_logits(
        logits[:, 0], (labels >= 0).to(logits), reduction="none"
    )


@final
class MultiTaskLoss:
    """Equation 1 of Fast R-CNN (arXiv:1504.08083), and of its RPN (arXiv:1506.01497).

    With n the number of sampled rows, positive and negative ones, in the whole batch, on all
    processes::

        classification = sum over all rows of classification(logits, label) / n
        regression     = sum over positive rows of regression(deltas of the own class, target) / n

    The regression is divided by *all* rows, not by the positive ones, so that an image with few
    objects has less influence on boxes. (The text of the RPN paper divides by the number of anchor
    positions and multiplies by 10; its code does what is written here.) ``Assignment.weight``
    multiplies the losses of its row, and changes no n. A batch without rows gives zeros that
    back-propagate.

    Args:
        classification: ``softmax_loss`` or ``objectness_loss``.
        regression: ``(deltas, targets)`` (m, 2*dim), in the units of the coder, to losses (m,):
            ``smooth_l1_loss`` with beta 1 in Fast R-CNN (equation 3), 1/9 in Faster R-CNN's RPN and
            in torchvision.
        coefficient: what the classification of each positive counts, as in ``DenseLoss``; a stage
            with a box per class takes none.
        weights: of the two terms, by name; 1 where not given (lambda in the papers).
    """

    def __init__(
        self,
        *,
        classification: Classification = softmax_loss,
        regression: PairLoss,
        coefficient: Coefficient | None = None,
        weights: Mapping[str, float] | None = None,
    ):
        self.classification, self.regression = classification, regression
        self.coefficient, self.weights = coefficient, dict(weights or {})

    def __call__(self, predictions: Predictions, regions: Tensor, matched: Matched) -> Losses:
        """The two terms of one batch. Rows that are ``IGNORE`` were not sampled.

        Args:
            predictions: logits (b, p, k) and deltas (b, p, c) of all rows, c being one box or one
                per class and the background.
            regions: (b, p, 2*dim) or (b, p, sets, 2*dim), for the coefficient only: these losses
                compare deltas.
            matched: which rows are sampled, and for which object.
        """
        sampled = matched.taking_part
        classes = self.classification(predictions.logits[sampled], matched.all_labels[sampled])
        classes = classes * matched.prior_weight[sampled]
        if self.coefficient is not None:
            rows = classes.new_zeros(sampled.shape).masked_scatter(sampled, classes)
            classes = with_coefficient(rows, regions, matched, self.coefficient)[sampled]
        boxes = self.regression(*on_deltas(predictions, regions, matched.places))
        terms = {
            "classification": classes.sum() / matched.num_rows,
            "regression": (boxes * matched.places.weight).sum() / matched.num_rows,
        }
        return Losses(terms, self.weights)
