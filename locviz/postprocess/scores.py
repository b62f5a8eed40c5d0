"""How a class probability and a quality (centre-ness, IoU) become one score.

Each is a function ``(probability (p, k), quality (p, 1) or None) -> (p, k)``.
"""

from jaxtyping import Float
from torch import Tensor


def class_probability(probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None) -> Float[Tensor, "p k"]:
    """The class probability alone."""
    return probability


def geometric_mean(probability: Float[Tensor, "p k"], quality: Float[Tensor, "p 1"] | None) -> Float[Tensor, "p k"]:
    """``sqrt(probability * quality)``, FCOS's score; the probability alone where there is no quality."""
    return probability if quality is None else (probability * quality).sqrt()
