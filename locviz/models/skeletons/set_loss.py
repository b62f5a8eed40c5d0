"""The loss of a set: every prediction has a class to learn, "no object" for most, and the matched
ones a box.
"""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from locviz.boxes import corners_to_center_size
from locviz.losses import giou_loss, l1_loss, sigmoid_focal_loss
from locviz.models.skeletons.matched import Matched, mean_over_processes
from locviz.types import BACKGROUND, Losses, Predictions, softmax_columns

ClassLoss = Callable[[Tensor, Matched], Tensor]


def cross_entropy_with_no_object(
    logits: Float[Tensor, "b q columns"], matched: Matched, *, no_object: float = 0.1
) -> Float[Tensor, ""]:
    """DETR's classification: a weighted *mean* over all queries of the batch.

    A query that is matched counts 1, one that should predict "no object" counts ``no_object``,
    because there are many of them. The sum is divided by the sum of these weights, not by the
    number of objects. With several processes that is their common sum; DETR's code divides each
    process's by its own.

    Args:
        logits: (b, q, 1 + k), the background's in column 0.
        matched: which query learns which class.
        no_object: weight of a query without an object.
    """
    found = matched.gt_index >= 0
    weight = torch.where(found, 1.0, no_object) * matched.prior_weight
    columns = softmax_columns(matched.all_labels)
    entropy = F.cross_entropy(logits.flatten(0, 1), columns.flatten(), reduction="none")
    total = mean_over_processes(weight.sum(), least=1e-6)
    return (entropy.view_as(weight) * weight).sum() / total


def focal_over_objects(
    logits: Float[Tensor, "b q k"], matched: Matched, *, alpha: float = 0.25, gamma: float = 2.0
) -> Float[Tensor, ""]:
    """Deformable DETR's classification: the focal loss of every query and class, summed and divided
    by the number of objects, at least 1 over all processes.

    A query without an object has no class to predict, so it needs no weight of its own.

    Args:
        logits: (b, q, k), a sigmoid each.
        matched: which query learns which class.
        alpha, gamma: of the focal loss.
    """
    # One more column takes what has no object, and is dropped.
    columns = matched.all_labels.where(matched.all_labels != BACKGROUND, logits.shape[-1])
    hot = F.one_hot(columns, logits.shape[-1] + 1)[..., :-1].to(logits.dtype)
    losses = sigmoid_focal_loss(logits, hot, alpha=alpha, gamma=gamma).sum(-1)
    return (losses * matched.prior_weight).sum() / matched.num_objects.clamp(min=1.0)


@final
class SetLoss:
    """DETR's loss of one decoder layer (https://arxiv.org/abs/2005.12872, equation 2 and appendix
    A.2), with the weights of its code.

    With N the number of objects of the batch, those without a query included, as the mean over the
    processes and at least 1::

        l1   = sum over matched queries of |centre and size, as shares of the image| / N
        giou = sum over matched queries of (1 - GIoU) / N

    A query that is ``IGNORE`` takes part in nothing; ``Assignment.weight`` multiplies all terms of
    its query. Without objects the last two terms are zero and back-propagate.

    Args:
        classification: logits (b, q, columns) and matched rows to a scalar.
        classes: weight of the classification, and ``l1`` and ``giou`` of the other two.
    """

    def __init__(
        self,
        *,
        classification: ClassLoss = cross_entropy_with_no_object,
        classes: float = 1.0,
        l1: float = 5.0,
        giou: float = 2.0,
    ):
        self.classification = classification
        self.weights = {"classification": classes, "l1": l1, "giou": giou}

    def __call__(
        self, predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
    ) -> Losses:
        """The losses of one layer; ``regions`` (b, p, 2*dim) are the decoded deltas, and the priors
        are the images.
        """
        places = matched.places
        predicted, gt = regions[places.image, places.prior], places.gt_regions
        low, high = places.prior_regions.chunk(2, -1)
        unit = (high - low).repeat(1, 2)
        # Where an image starts does not matter: both have the same start.
        shares = [corners_to_center_size(boxes) / unit for boxes in (predicted, gt)]
        # Several processes may have less than one object each.
        num = places.num_objects.clamp(min=1.0)
        terms = {
            "classification": self.classification(predictions.logits, matched),
            "l1": (l1_loss(*shares) * places.weight).sum() / num,
            "giou": (giou_loss(predicted, gt) * places.weight).sum() / num,
        }
        return Losses(terms, self.weights)
