"""Focal loss: cross entropy with a small weight for predictions that are already right.

The paper is arXiv:1708.02002; chapter 08. Both versions return one value per prediction, in float32
at least. The caller sums them and divides by the number of *positive* priors, not by that of all,
which no ``reduction`` does.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.losses.checks import Reduction, reduced, widened


def _modulation(miss: Tensor, gamma: float) -> Tensor:
    """``miss ** gamma``, with the smallest normal number in place of 0.

    At 0 the slope of a power below 1 is infinite.
    """
    return miss.clamp(min=torch.finfo(miss.dtype).tiny).pow(gamma)


def _check_gamma(gamma: float):
    if not gamma >= 0:
        raise ValueError(f"gamma must be 0 or more, got {gamma}")


def sigmoid_focal_loss(
    logits: Float[Tensor, "*n"],
    targets: Float[Tensor, "*n"],
    *,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    reduction: Reduction = "none",
) -> Float[Tensor, "..."]:
    """``-alpha_t (1 - p_t)**gamma log(p_t)`` per class and prior (eq. 5). Any shape ``(...)``.

    With ``gamma=0`` and ``alpha=None`` this is binary cross entropy.

    Args:
        logits: scores before the sigmoid, any shape.
        targets: same shape, 0 or 1 (values in between mix both cases, as in torchvision).
        alpha: weight of positives, ``1 - alpha`` for negatives; ``None`` for no weights.
        gamma: a larger one gives less weight to easy examples.
        reduction: ``"none"`` gives the losses in the shape of the logits; ``"mean"`` and ``"sum"``
            a scalar.

    Raises:
        ValueError: the shapes differ, ``alpha`` is outside 0..1, or ``gamma`` is negative.
    """
    if logits.shape != targets.shape:
        raise ValueError(
            f"targets must have the shape of logits, {tuple(logits.shape)}, got {tuple(targets.shape)}"
        )
    if alpha is not None and not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie in 0..1, or be None for no class weights, got {alpha}")
    _check_gamma(gamma)
    # In float16 the slope, which has the factor gamma times cross entropy, overflows to infinity
    # and then meets a sigmoid of 0: their product is NaN.
    logits = widened(logits)
    targets = targets.to(logits)  # masks and whole numbers are ordinary targets
    cross_entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    # sigmoid(-x) and not 1 - sigmoid(x), which rounds to 0 from x = 17 on.
    miss = torch.sigmoid(logits) * (1 - targets) + torch.sigmoid(-logits) * targets
    loss = _modulation(miss, gamma) * cross_entropy
    if alpha is not None:
        loss = loss * (alpha * targets + (1 - alpha) * (1 - targets))
    return reduced(loss, reduction)


def softmax_focal_loss(
    logits: Float[Tensor, "n k"],
    labels: Int64[Tensor, "n"],
    *,
    alpha: Float[Tensor, "k"] | None = None,
    gamma: float = 2.0,
    reduction: Reduction = "none",
) -> Float[Tensor, "..."]:
    """``-alpha_y (1 - p_y)**gamma log(p_y)``, for classes that exclude each other.

    With ``gamma=0`` this is cross entropy.

    Args:
        logits: ``(n, k)`` scores before the softmax.
        labels: ``(n,)`` the true class, ``0..k-1``.
        alpha: ``(k,)`` weight per class, or ``None``.
        gamma: a larger one gives less weight to easy examples.
        reduction: ``"none"`` gives one loss per row, ``(n,)``; ``"mean"`` and ``"sum"`` a scalar.

    Raises:
        ValueError: shapes do not fit, or ``gamma`` is negative.
    """
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(
            f"logits must be (n, k) and labels (n,), one per row; got {tuple(logits.shape)} and {tuple(labels.shape)}"
        )
    if labels.is_floating_point() or labels.dtype == torch.bool:
        raise ValueError(f"labels must be whole numbers 0..k-1, got {labels.dtype}")
    if alpha is not None and alpha.shape != logits.shape[1:]:
        raise ValueError(
            f"alpha must hold one weight per class, {logits.shape[1]}, got shape {tuple(alpha.shape)}"
        )
    _check_gamma(gamma)
    logits = widened(logits)  # for the same reason as in sigmoid_focal_loss
    log_p = logits.log_softmax(-1).gather(-1, labels.long()[:, None])[:, 0]
    # 1 - p by expm1, because 1 - exp(log_p) loses its digits where p is nearly 1.
    loss = _modulation(-torch.expm1(log_p), gamma) * -log_p
    return reduced(loss if alpha is None else loss * alpha[labels], reduction)
