"""Quality focal loss: the focal loss for targets between 0 and 1.

Generalized Focal Loss (arXiv:2006.04388): a detector predicts one number per class, and its target
is the IoU of the predicted box with the object, or 0 for other classes and for the background. So
the score that ranks a detection is the one that was trained. Chapter 08.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from locviz.losses.binary import as_pair, check_exponent, modulation
from locviz.losses.checks import Reduction, reduced


def quality_focal_loss(
    logits: Float[Tensor, "*n"],
    targets: Float[Tensor, "*n"],
    *,
    beta: float = 2.0,
    reduction: Reduction = "none",
) -> Float[Tensor, "..."]:
    """``-|y - s|**beta ((1 - y) log(1 - s) + y log s)`` with ``s = sigmoid(logit)`` (eq. 2). Any
    shape ``(...)``.

    For a target y of 0 or 1, ``|y - s|`` is the ``1 - p_t`` of the focal loss, so this is
    ``sigmoid_focal_loss(..., alpha=None, gamma=beta)``. In between they differ: this one is 0 at
    ``s = y`` and nowhere else, while the focal loss mixes the losses of a yes and of a no and is
    nowhere 0. With ``beta=0`` it is binary cross entropy, whose smallest value is the entropy of
    the target and not 0.

    Args:
        logits: scores before the sigmoid, any shape.
        targets: same shape, in 0..1.
        beta: a larger one gives less weight to scores that are nearly right; 2 in the paper.
        reduction: ``"none"`` gives the losses in the shape of the logits; ``"mean"`` and ``"sum"``
            a scalar.

    Raises:
        ValueError: the shapes differ, or ``beta`` is negative.
    """
    check_exponent("beta", beta)
    logits, targets = as_pair(logits, targets)
    # y - s, written so that nothing is lost where s rounds to 0 or 1.
    error = targets * torch.sigmoid(-logits) - (1 - targets) * torch.sigmoid(logits)
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return reduced(modulation(error.abs(), beta) * entropy, reduction)
