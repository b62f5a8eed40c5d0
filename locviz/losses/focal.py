"""Focal loss: cross entropy with a small weight for predictions that are already right.

The paper is arXiv:1708.02002; chapter 08. Both versions return one value per prediction, in float32
at least. The caller sums them and divides by the number of *positive* priors, not by that of all,
which no ``reduction`` does.
"""

from typing import Any, final

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.losses.binary import as_pair, check_alpha, check_exponent, class_weight, modulation
from locviz.losses.checks import Reduction, reduced, widened
from locviz.types import check_tensors


def sigmoid_focal_loss(
    logits: Float[Tensor, "*n"],
    targets: Float[Tensor, "*n"],
    *,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    reduction: Reduction = "none",
) -> Float[Tensor, "..."]:
    """``-alpha_t (1 - p_t)**gamma log(p_t)`` per class and prior (eq. 5). Any shape ``(...)``.

    With ``gamma=0`` and ``alpha=None`` this is binary cross entropy. The slope is computed together
    with the value, in half the time of automatic differentiation, and may be differentiated again.

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
    check_alpha(alpha)
    check_exponent("gamma", gamma)
    logits, targets = as_pair(logits, targets)
    # The slope below is in the logits alone, and a compiler fuses the plain formula by itself.
    wanted = torch.is_grad_enabled() and logits.requires_grad and not targets.requires_grad
    loss = _WithSlope.apply if wanted and not torch.compiler.is_compiling() else _plain
    return reduced(loss(logits, targets, alpha, gamma), reduction)


def _plain(logits: Tensor, targets: Tensor, alpha: float | None, gamma: float) -> Tensor:
    """The formula, for automatic differentiation."""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    # sigmoid(-x) and not 1 - sigmoid(x), which rounds to 0 from x = 17 on.
    miss = torch.sigmoid(logits) * (1 - targets) + torch.sigmoid(-logits) * targets
    loss = modulation(miss, gamma) * cross_entropy
    return loss if alpha is None else loss * class_weight(targets, alpha)


@final
class _WithSlope(torch.autograd.Function):
    """The loss, with its slope in the logits computed on the way."""

    @staticmethod
    def forward(
        ctx: Any, logits: Tensor, targets: Tensor, alpha: float | None, gamma: float
    ) -> Tensor:
        loss, slope = _value_and_slope(logits, targets, alpha, gamma)
        ctx.save_for_backward(logits, targets, slope)
        ctx.numbers = alpha, gamma
        return loss

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        logits, targets, slope = ctx.saved_tensors
        if torch.is_grad_enabled():  # create_graph: somebody differentiates the slope
            loss = _plain(logits, targets, *ctx.numbers)
            (slope,) = torch.autograd.grad(loss.sum(), logits, create_graph=True)
        return upstream[0] * slope, None, None, None


def _value_and_slope(
    logits: Tensor, targets: Tensor, alpha: float | None, gamma: float
) -> tuple[Tensor, Tensor]:
    """Loss and derivative, in five pieces of memory: new memory costs more than arithmetic.

    With s the sigmoid, t the target, m the miss ``s (1 - t) + (1 - s) t`` and c the cross entropy,
    the loss is ``m**gamma c`` and its derivative ``m**(gamma - 1) (gamma m' c + m c')``, where ``m'
    = (1 - 2t) s (1 - s)`` and ``c' = s - t``. A name ends where its memory gets another.
    """
    yes, no = torch.sigmoid(logits), torch.neg(logits).sigmoid_()  # s and 1 - s
    # c = max(x, 0) - x t - log of the larger of s and 1 - s.
    log = torch.minimum(yes, no).neg_().log1p_()
    entropy = logits.relu().addcmul_(logits, targets, value=-1).sub_(log)
    slope = targets.mul(-2 * gamma).add_(gamma).mul_(yes).mul_(no).mul_(entropy)
    # Interpolated and not subtracted, so that no digits are lost where s is nearly 0 or 1.
    miss = torch.lerp(yes, no, targets, out=log).clamp_(min=torch.finfo(logits.dtype).tiny)
    error = torch.lerp(yes, no.neg_(), targets, out=no)  # s - t
    slope.addcmul_(error, miss)
    power = torch.pow(miss, gamma - 1, out=error)
    if alpha is not None:
        power.mul_(torch.mul(targets, 2 * alpha - 1, out=yes).add_(1 - alpha))
    return entropy.mul_(power).mul_(miss), slope.mul_(power)


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
        TypeError: something is not a tensor.
        ValueError: shapes do not fit, or ``gamma`` is negative.
    """
    check_tensors(logits=logits, labels=labels)
    if alpha is not None:
        check_tensors(alpha=alpha)
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
    check_exponent("gamma", gamma)
    logits = widened(logits)  # for the same reason as in as_pair
    log_p = logits.log_softmax(-1).gather(-1, labels.long()[:, None])[:, 0]
    # 1 - p by expm1, because 1 - exp(log_p) loses its digits where p is nearly 1.
    loss = modulation(-torch.expm1(log_p), gamma) * -log_p
    return reduced(loss if alpha is None else loss * alpha[labels], reduction)
