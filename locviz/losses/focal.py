"""Focal loss for classification: cross entropy that forgets what is already right
(arXiv:1708.02002). Chapter 08.

Both versions return one value per prediction, in float32 at least: the caller sums and divides by
the number of *positive* priors, not of all, which no ``reduction`` does.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.losses.checks import Reduction, reduced, widened


def _modulation(miss: Tensor, gamma: float) -> Tensor:
    """``miss ** gamma``; the smallest positive number stands in for 0, where a gamma below 1 has an
    infinite slope.
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
        targets: same shape, 0 or 1 (values between are mixed, as in torchvision).
        alpha: weight of positives, ``1 - alpha`` for negatives; ``None`` for no weights.
        gamma: how fast easy examples are forgotten.
        reduction: ``"none"`` gives the losses in the shape of the logits; ``"mean"`` and ``"sum"``
            a scalar.

    Raises:
        ValueError: shapes differ, ``alpha`` outside 0..1, or ``gamma`` negative.
    """
    if logits.shape != targets.shape:
        raise ValueError(
            f"targets must have the shape of logits, {tuple(logits.shape)}, got {tuple(targets.shape)}"
        )
    if alpha is not None and not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie in 0..1, or be None for no class weights, got {alpha}")
    _check_gamma(gamma)
    # In float16 the slope, gamma times the cross entropy, overflows before it meets a sigmoid of 0.
    logits = widened(logits)
    targets = targets.to(logits)  # masks and whole numbers are ordinary targets
    cross_entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    # sigmoid(-x) instead of 1 - sigmoid(x): the difference rounds to 0 from x = 17 on.
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
    """``-alpha_y (1 - p_y)**gamma log(p_y)`` for classes that exclude each other; ``gamma=0`` is
    cross entropy.

    Args:
        logits: ``(n, k)`` scores before the softmax.
        labels: ``(n,)`` the true class, ``0..k-1``.
        alpha: ``(k,)`` weight per class, or ``None``.
        gamma: how fast easy examples are forgotten.
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
    logits = widened(logits)  # for the same reason
    log_p = logits.log_softmax(-1).gather(-1, labels.long()[:, None])[:, 0]
    loss = _modulation(-torch.expm1(log_p), gamma) * -log_p
    return reduced(loss if alpha is None else loss * alpha[labels], reduction)
