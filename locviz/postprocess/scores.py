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
    """``sqrt(probability * quality)``, FCOS's score; the probability alone without a quality.

    Shapes: ``(p, k)`` and ``(p, 1)`` give ``(p, k)``.
    """
    return probability if quality is None else (probability * quality).sqrt()


def product(
    probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None
) -> Float[Tensor, "p k"]:
    """``probability * quality``, YOLO's score: the probability of an object times its class's.

    Shapes: ``(p, k)`` and ``(p, 1)`` give ``(p, k)``.
    """
    return probability if quality is None else probability * quality


def best_class_product(
    probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None
) -> Float[Tensor, "p k"]:
    """``product`` for the likeliest class of each prior (among equals the first), 0 for the others.

    So a prior gives at most one detection, as in YOLOX's released code. Shapes: ``(p, k)`` and
    ``(p, 1)`` give ``(p, k)``.
    """
    best = torch.zeros_like(probability).scatter(1, probability.argmax(1, keepdim=True), 1.0)
    return product(probability, quality) * best
