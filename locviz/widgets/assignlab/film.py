"""Iterations of an assigner, frame by frame, by the step generators of ``locviz.assign``."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from locviz.assign import AuctionStep, auction_steps, sinkhorn_steps
from locviz.assign.set_aside import taking_part
from locviz.types import BACKGROUND, ImagePredictions, Priors, Targets
from locviz.widgets.assignlab.reading import AssignerAnswer
from locviz.widgets.core.words import letter

_FRAMES = 240  # of a film: more bids than that are skipped over evenly, after the first half
_ROWS = 36


@dataclass(frozen=True, eq=False, kw_only=True)
class Film:
    """What happens inside an assigner.

    Shapes, with n frames: ``rows`` (r,) the priors shown in the matrix; ``owners`` (n, p) which
    ground truth each prior is responsible for; ``values`` (n, r, c) the transport plan, background
    last (Sinkhorn), or cost plus price, which a bidder wants low; ``totals`` (n, r) what each prior
    receives, or its price; ``gap`` (n,) how far the priors' marginals are off, or how many objects
    hold nothing yet; ``says`` a sentence per frame.
    """

    kind: str
    rows: Int[np.ndarray, "r"]
    owners: Int[np.ndarray, "n p"]
    values: Float[np.ndarray, "n r c"]
    totals: Float[np.ndarray, "n r"]
    gap: Float[np.ndarray, "n"]
    says: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.owners)


def film_of(
    answer: AssignerAnswer, priors: Priors, targets: Targets, predicted: ImagePredictions
) -> Film | None:
    """Play an answer's assigner; None where it has no iterations, or where no object takes part.

    Args:
        answer: what is played.
        priors, targets, predicted: what its assigner was given.
    """
    part = taking_part(targets).numpy()
    plays = {"sinkhorn": _sinkhorn, "auction": _auction}
    if answer.rule.film not in plays or not len(part):
        return None
    return plays[answer.rule.film](answer, part, priors, targets, predicted)


@torch.no_grad()
def _sinkhorn(
    answer: AssignerAnswer,
    part: np.ndarray,
    priors: Priors,
    targets: Targets,
    predicted: ImagePredictions,
) -> Film:
    """Solve OTA's own transport problem one iteration at a time."""
    # OTA computes costs, supply and demand itself; they are kept when it calls its solver.
    problems: list[tuple[Tensor, Tensor, Tensor]] = []

    def keep(cost: Tensor, supply: Tensor, demand: Tensor) -> Tensor:
        problems.append((cost, supply, demand))
        return solve(cost, supply, demand)

    how = {name: answer.settings[name] for name in ("epsilon", "iterations")}
    assigner = answer.rule.build(**answer.settings)
    solve, assigner.solve = assigner.solve, keep
    assigner(priors, targets, predicted)
    steps = list(sinkhorn_steps(*problems[0], **how))
    owners = np.stack([_owner(assigner.rescale(step.plan), part) for step in steps])
    rows = answer.rows()
    values = np.zeros((len(steps), len(rows), len(targets) + 1), dtype=np.float32)
    values[..., [*part.tolist(), -1]] = torch.stack(
        [step.plan[:, torch.from_numpy(rows)].T for step in steps]
    ).numpy()
    return Film(
        kind="sinkhorn",
        rows=rows,
        owners=owners,
        values=values,
        totals=np.stack([step.plan.sum(0)[torch.from_numpy(rows)].numpy() for step in steps]),
        gap=np.array([step.demand_gap for step in steps]),
        says=tuple(
            f"iteration {step.index + 1}: the priors' sums are {step.demand_gap:.3g} off "
            f"(epsilon {how['epsilon']:g})"
            for step in steps
        ),
    )


def _owner(plan: Tensor, part: np.ndarray) -> Int[np.ndarray, "p"]:
    winner = plan.argmax(0).numpy()
    return np.where(winner == len(part), BACKGROUND, np.append(part, BACKGROUND)[winner])


@torch.no_grad()
def _auction(
    answer: AssignerAnswer,
    part: np.ndarray,
    priors: Priors,
    targets: Targets,
    predicted: ImagePredictions,
) -> Film | None:
    """Match by the Hungarian's costs, but with bids: objects are the bidders, priors the items."""
    cost = torch.from_numpy(answer.values[:, part])
    if len(cost) < len(part):
        return None  # the priors would bid
    bids = _with_one_epsilon(cost.T)
    shown = _spread_out(bids)
    items = dict.fromkeys([*(bid.item for bid in bids), *answer.rows().tolist()])
    rows = np.array(list(items)[:_ROWS], dtype=np.int64)
    owners = np.stack([_held(bid, part) for bid in shown])
    prices = np.stack([bid.prices.numpy()[rows] for bid in shown])
    return Film(
        kind="auction",
        rows=rows,
        owners=owners,
        values=answer.values[rows] + prices[..., None],
        totals=prices,
        gap=np.array(
            [len(part) - int((bid.holders >= 0).sum()) for bid in shown], dtype=np.float64
        ),
        says=tuple(_says(bid, part, bids.index(bid) + 1, len(bids)) for bid in shown),
    )


def _with_one_epsilon(cost: Tensor) -> list[AuctionStep]:
    """Return the bids of an auction whose epsilon never changes, and that ends at the optimum.

    Its epsilon is a quarter of the costs' range, halved until the total is the lowest there is: the
    larger it is, the fewer bids there are to watch.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost.numpy())
    best = float(cost.double()[rows, columns].sum())
    epsilon = (float(cost.max() - cost.min()) or 1.0) / 4
    for _ in range(30):
        bids = list(auction_steps(cost, epsilon=epsilon, start=epsilon))
        holders = bids[-1].holders
        held = (holders >= 0).nonzero()[:, 0]
        if float(cost.double()[holders[held], held].sum()) <= best + 1e-6 * (1 + abs(best)):
            break
        epsilon /= 2
    return bids


def _spread_out(bids: list[AuctionStep]) -> list[AuctionStep]:
    """Return at most ``_FRAMES`` of the bids, each of the first ones and the last among them."""
    if len(bids) <= _FRAMES:
        return bids
    rest = np.linspace(_FRAMES // 2, len(bids) - 1, _FRAMES - _FRAMES // 2).round().astype(int)
    return bids[: _FRAMES // 2] + [bids[i] for i in rest]


def _held(bid: AuctionStep, part: np.ndarray) -> Int[np.ndarray, "p"]:
    holders = bid.holders.numpy()
    return np.where(holders < 0, BACKGROUND, part[holders.clip(min=0)])


def _says(bid: AuctionStep, part: np.ndarray, number: int, total: int) -> str:
    start = f"bid {number} of {total}, epsilon {bid.epsilon:.2g}: "
    if bid.bidder < 0:
        return f"{start}prior {bid.item} finds no bidder, its price falls to 0"
    bidder = letter(int(part[bid.bidder]))
    if bid.reverse:
        return f"{start}prior {bid.item} lowers its price to {bid.price:.3f} and goes to {bidder}"
    loser = f", {letter(int(part[bid.outbid]))} loses it" if bid.outbid >= 0 else ""
    return f"{start}{bidder} takes prior {bid.item} for {bid.price:.3f}{loser}"
