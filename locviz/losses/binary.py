"""What the losses of yes-or-no classes share: their checks, the weight of a class, and the power by
which an easy example counts less.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.losses.checks import widened
from locviz.types import check_tensors

Scores = Float[Tensor, "*n"]


def as_pair(logits: Scores, targets: Tensor) -> tuple[Scores, Scores]:
    """Logits and targets of one shape ``(...)``, in float32 at least.

    Masks and whole numbers are ordinary targets. In float16 the slope of a focal loss, which has
    the factor gamma times cross entropy, overflows to infinity and then meets a sigmoid of 0: their
    product is NaN.

    Raises:
        TypeError: one is not a tensor.
        ValueError: the shapes differ.
    """
    check_tensors(logits=logits, targets=targets)
    if logits.shape != targets.shape:
        raise ValueError(
            f"targets must have the shape of logits, {tuple(logits.shape)}, got {tuple(targets.shape)}"
        )
    logits = widened(logits)
    return logits, targets.to(logits)


def check_alpha(alpha: float | None):
    """Raise unless ``alpha`` is a share, or None.

    Raises:
        ValueError: it lies outside 0..1.
    """
    if alpha is not None and not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie in 0..1, or be None for no class weights, got {alpha}")


def check_exponent(name: str, value: float):
    """Raise unless an exponent is 0 or more.

    Raises:
        ValueError: it is negative, or NaN.
    """
    if not value >= 0:
        raise ValueError(f"{name} must be 0 or more, got {value}")


def class_weight(targets: Scores, alpha: float) -> Scores:
    """``alpha`` where the target is 1 and ``1 - alpha`` where it is 0, in the shape ``(...)``."""
    return targets * (2 * alpha - 1) + (1 - alpha)


def modulation(miss: Scores, exponent: float) -> Scores:
    """``miss ** exponent``, ``(...)``, with the smallest normal number in place of 0.

    At 0 the slope of a power below 1 is infinite.
    """
    return miss.clamp(min=torch.finfo(miss.dtype).tiny).pow(exponent)
