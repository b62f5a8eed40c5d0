"""Positives that count more or less for the classes than others, by how well they are placed."""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

from locviz.models.skeletons.matched import Matched

# (predicted regions, ground-truth regions (n, 2*dim), classification losses (n,)) of the positives
# of a batch to what each loss is multiplied by, (n,): ``dynamic_coefficient``.
Coefficient = Callable[[Tensor, Tensor, Tensor], Tensor]


def with_coefficient(
    losses: Float[Tensor, "b p"],
    regions: Tensor,
    matched: Matched,
    coefficient: Coefficient | None,
) -> Float[Tensor, "b p"]:
    """The classification losses, those of the positives multiplied by their coefficients.

    The coefficients see all positives of the batch on this process, and detached numbers. Where an
    assigner gives the regions other positives than the classes (``Matched.localization``), those of
    the classes are meant.

    Args:
        losses: summed over classes, with the weights of their priors.
        regions: decoded, (b, p, 2*dim).
        matched: which priors are positive, and for which region.
        coefficient: None multiplies nothing.

    Raises:
        ValueError: ``regions`` has a region per class.
    """
    if coefficient is None:
        return losses
    if regions.ndim != 3:
        raise ValueError(
            f"a coefficient wants one region per prior, (b, p, 2*dim), got {tuple(regions.shape)}: give "
            "the head one box for all classes, or leave out coefficient"
        )
    rows = (matched.image, matched.prior)
    factors = coefficient(regions[rows].detach(), matched.gt_regions, losses[rows].detach())
    return losses.index_put(rows, losses[rows] * factors.to(losses))
