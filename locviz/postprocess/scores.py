"""How a class probability and a quality (centre-ness, IoU) become one score.

Each is a function ``(probability (p, k), quality (p, 1) or None) -> (p, k)``.
"""

import torch
from jaxtyping import Float
from torch import Tensor


def class_probability(
    probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None
) -> Float[Tensor, "p k"]:
    """The class probability alone. The shape is ``(p, k)``."""
    return probability


def geometric_mean(
    probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None
) -> Float[Tensor, "p k"]:
    """``sqrt(probability * quality)``, FCOS's score; the probability alone where there is no
    quality. Shapes: ``(p, k)`` and ``(p, 1)`` give ``(p, k)``.
    """
    return probability if quality is None else (probability * quality).sqrt()


def product(
    probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None
) -> Float[Tensor, "p k"]:
    """``probability * quality``: the probability of an object here, times that of its class, YOLO's
    score. Shapes: ``(p, k)`` and ``(p, 1)`` give ``(p, k)``.
    """
    return probability if quality is None else probability * quality


def best_class_product(
    probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None
) -> Float[Tensor, "p k"]:
    """``product`` for the likeliest class of each prior (among equals the first), 0 for the others.
    Shapes: ``(p, k)`` and ``(p, 1)`` give ``(p, k)``.

    So a prior is at most one detection, as in YOLOX's released code.
    """
    best = torch.zeros_like(probability).scatter(1, probability.argmax(1, keepdim=True), 1.0)
    return product(probability, quality) * best
