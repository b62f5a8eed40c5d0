"""The bug hunt of lesson 13: a classification loss in which one number is wrong."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from locviz.models.skeletons.matched import Matched


def colleagues_loss(
    logits: Float[Tensor, "b q columns"], matched: Matched, *, no_object: float = 0.1
) -> Float[Tensor, ""]:
    """Cross entropy of every query of logits (b, q, 1 + k); one without an object weighs less."""
    background = logits.shape[-1] - 1
    found = matched.gt_index >= 0
    columns = matched.all_labels.where(found, background)
    weight = torch.where(found, 1.0, no_object)
    entropy = F.cross_entropy(logits.flatten(0, 1), columns.flatten(), reduction="none")
    return (entropy.view_as(weight) * weight).sum() / weight.sum()
