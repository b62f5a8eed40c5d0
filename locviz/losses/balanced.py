"""Class-balanced cross entropy: positives and negatives count by a fixed weight.

It is the first remedy for many negatives that the focal loss paper tries (arXiv:1708.02002, section
3.1). It balances the classes, but it does not tell easy examples from hard ones. Chapter 08.
"""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from locviz.losses.binary import as_pair, check_alpha, class_weight
from locviz.losses.checks import Reduction, reduced


def balanced_cross_entropy(
    logits: Float[Tensor, "*n"],
    targets: Float[Tensor, "*n"],
    *,
    alpha: float = 0.75,
    reduction: Reduction = "none",
) -> Float[Tensor, "..."]:
    """``-alpha_t log(p_t)`` per class and prior (eq. 3). Any shape ``(...)``.

    It equals ``sigmoid_focal_loss`` with the same ``alpha`` and ``gamma=0``. With ``alpha=0.5`` it
    is half the binary cross entropy.

    Args:
        logits: scores before the sigmoid, any shape.
        targets: same shape, 0 or 1 (values in between mix both cases).
        alpha: weight of positives, ``1 - alpha`` for negatives. 0.75 is the paper's best without a
            focus on hard examples (table 1a).
        reduction: ``"none"`` gives the losses in the shape of the logits; ``"mean"`` and ``"sum"``
            a scalar.

    Raises:
        ValueError: the shapes differ, or ``alpha`` is outside 0..1.
    """
    check_alpha(alpha)
    if alpha is None:
        raise ValueError(
            "alpha balances positives and negatives: give a number, 0.5 for both alike"
        )
    logits, targets = as_pair(logits, targets)
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return reduced(class_weight(targets, alpha) * entropy, reduction)
