"""The place of one prior among those that each object takes first."""

from dataclasses import dataclass

from jaxtyping import Float, Int64
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Taken:
    """For each of n objects: the prior's rank, from 1, and how many priors the object takes."""

    ranks: list[int]
    k: list[int]


def taken_first(cost: Float[Tensor, "n p"], k: Int64[Tensor, "n"], prior: int) -> Taken:
    """Return the ranks of a prior where every object takes its ``k`` (n,) lowest of ``cost`` (n, p).

    They come from the same ``topk`` as the assigner's: torch leaves open which of equal costs it
    takes, and a rank of our own could say otherwise.
    """
    most = int(k.max())
    order = cost.topk(most, dim=1, largest=False).indices
    cheaper = (cost < cost[:, prior, None]).sum(1)
    ranks = []
    for j, count in enumerate(k.tolist()):
        place = (order[j] == prior).nonzero()[:, 0]
        # One that is as cheap as the last that is taken, and is not taken, comes after it.
        ranks.append(int(place[0]) + 1 if len(place) else max(count, int(cheaper[j])) + 1)
    return Taken(ranks=ranks, k=k.tolist())
