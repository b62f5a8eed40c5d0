"""How a class probability and a quality (centre-ness, IoU) become one score.

Each is a function ``(probability (p, k), quality (p, 1) or None) -> (p, k)``.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


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


def product_logit(a: Float[Tensor, "*n"], b: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """The logit of ``sigmoid(a) * sigmoid(b)``, of any shape ``(...)``.

    It is for what wants logits: a proposal network ranks its proposals by them.
    """
    log_product = F.logsigmoid(a) + F.logsigmoid(b)
    # log(p / (1 - p)), with 1 - p from log p, so that it is exact also for p near 1.
    return log_product - torch.log(-torch.expm1(log_product))


def best_class_product(
    probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None
) -> Float[Tensor, "p k"]:
    """``product`` for the likeliest class of each prior (among equals the first), 0 for the others.

    So a prior gives at most one detection, as in YOLOX's released code. Shapes: ``(p, k)`` and
    ``(p, 1)`` give ``(p, k)``.
    """
    best = torch.zeros_like(probability).scatter(1, probability.argmax(1, keepdim=True), 1.0)
    return product(probability, quality) * best
