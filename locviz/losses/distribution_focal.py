"""Distribution focal loss: learn a distance as a distribution over whole numbers.

Generalized Focal Loss (arXiv:2006.04388): the head gives one logit for each of the distances 0, 1
... reg_max, and the predicted distance is the expectation of their softmax
(``locviz.boxes.DistributionCoder``). The expectation alone could be right with the probability
anywhere, so this loss asks for it at the two whole numbers next to the truth. Chapter 08.
"""

from jaxtyping import Float
from torch import Tensor

from locviz.boxes import two_hot
from locviz.losses.checks import Reduction, reduced, widened
from locviz.types import check_tensors


def distribution_focal_loss(
    logits: Float[Tensor, "*n bins"],
    distances: Float[Tensor, "*n"],
    *,
    reduction: Reduction = "none",
) -> Float[Tensor, "..."]:
    """``-((i + 1 - y) log S_i + (y - i) log S_(i+1))`` with ``i <= y <= i + 1`` and S the softmax
    of the logits (eq. 6).

    It is the cross entropy of S with ``two_hot(y)``, the distribution on i and i + 1 whose
    expectation is y. Its smallest value is the entropy of that, 0 for a whole number and ln 2 half
    way between two, where ``S_i = i + 1 - y`` and ``S_(i+1) = y - i``.

    Args:
        logits: ``(..., bins)`` before the softmax, for the distances 0 to bins - 1.
        distances: ``(...)`` in bins; what lies outside 0..bins - 1 is taken as the nearest of both.
        reduction: ``"none"`` gives one loss per distance, ``(...)``; ``"mean"`` and ``"sum"`` a
            scalar.

    Raises:
        TypeError: one is not a tensor.
        ValueError: the shapes differ, or there are fewer than two bins.
    """
    check_tensors(logits=logits, distances=distances)
    if logits.shape[:-1] != distances.shape:
        raise ValueError(
            f"logits must be (..., bins) for distances (...), got {tuple(logits.shape)} and "
            f"{tuple(distances.shape)}"
        )
    logits = widened(logits)
    wanted = two_hot(distances.to(logits), bins=logits.shape[-1])
    return reduced(-(wanted * logits.log_softmax(-1)).sum(-1), reduction)
