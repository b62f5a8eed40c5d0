"""An assigner's answer for some of the priors, spread over all of them."""

from jaxtyping import Bool
from torch import Tensor

from locviz.types import Assignment


def spread(answer: Assignment, asked: Bool[Tensor, "p"], *, others: int) -> Assignment:
    """Give the priors that were not asked about an owner, too.

    Args:
        answer: an assignment of n priors.
        asked: (p,) which of all p priors these are; n of them are True.
        others: what the rest become: ``BACKGROUND`` or ``IGNORE``.

    Returns:
        The assignment of all p priors. The rest have weight and quality 0 and an infinite cost.
    """
    optional = (
        ("weight", answer.weight, 0.0),
        ("quality", answer.quality, 0.0),
        ("cost", answer.cost, float("inf")),
    )
    filled = {
        name: None if value is None else _fill(value, asked, rest) for name, value, rest in optional
    }
    places = answer.localization
    return Assignment(
        _fill(answer.gt_index, asked, others),
        **filled,
        localization=None if places is None else spread(places, asked, others=others),
    )


def _fill(values: Tensor, asked: Tensor, rest: float | int) -> Tensor:
    full = values.new_full((len(asked), *values.shape[1:]), rest)
    full[asked] = values
    return full
