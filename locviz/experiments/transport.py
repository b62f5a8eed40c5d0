"""Optimal transport, solved exactly by matching, and a made-up problem of YOLOX's size.

Chapter 07 compares Sinkhorn's approximation with it.
"""

import torch
from jaxtyping import Float
from torch import Tensor

Problem = tuple[Float[Tensor, "s p"], Float[Tensor, "s"], Float[Tensor, "p"]]


def exact_plan(
    cost: Float[Tensor, "s p"], supply: Float[Tensor, "s"], demand: Float[Tensor, "p"]
) -> Float[Tensor, "s p"]:
    """The optimal plan of OTA's problem, found as a one-to-one matching because all units are whole.

    Each object is copied as many times as it has units to supply, each copy is matched to a prior
    of its own, and the priors that are left over are background. The cost of a match is its cost
    minus that of background.

    Args:
        cost: (s, p) of s suppliers and p priors, the background in the last row.
        supply: (s,), whole numbers that sum to the number of priors.
        demand: (p,), one unit each.

    Returns:
        How much each supplier gives to each prior, (s, p).
    """
    from scipy.optimize import linear_sum_assignment

    # Which object each copy belongs to.
    copies = torch.arange(len(cost) - 1).repeat_interleave(supply[:-1].round().long())
    row, prior = linear_sum_assignment((cost[:-1] - cost[-1])[copies].numpy())
    plan = torch.zeros_like(cost)
    plan[-1] = demand
    plan[-1, prior], plan[copies[row], prior] = 0.0, 1.0
    return plan


def made_up_transport(
    *, num_objects: int = 30, num_priors: int = 8400, near: int = 60, seed: int = 0
) -> Problem:
    """Draw a problem like those of OTA at 640 pixels: each object may use ``near`` of the priors.

    The cost of a usable pair is between 0 and 6, and every other pair costs a million more; each
    object supplies 5 to 19 units.

    Returns:
        Cost (s, p) of ``num_objects + 1`` suppliers, the background last, and ``num_priors``
        priors; supply (s,); demand (p,).
    """
    generator = torch.Generator().manual_seed(seed)
    cost = 6 * torch.rand(num_objects, num_priors, generator=generator)
    nearest = torch.rand(num_objects, num_priors, generator=generator).topk(near, dim=1).indices
    far = torch.ones_like(cost, dtype=torch.bool).scatter_(1, nearest, False)
    cost.add_(far, alpha=1e6)
    background = 0.3 * torch.rand(1, num_priors, generator=generator)
    units = torch.randint(5, 20, (num_objects,), generator=generator).float()
    supply = torch.cat([units, (num_priors - units.sum())[None]])
    return torch.cat([cost, background]), supply, torch.ones(num_priors)
