"""Bertsekas' auction: ground truths bid for priors until the cheapest matching stands. Slow, and
can be watched.

A bidder looks for the item that serves it best at today's prices and raises its price to the point
where the second best would do as well, plus epsilon; who held it is free again. With a large
epsilon prices settle in few bids, but only near the optimum; so epsilon shrinks from phase to phase
and prices are kept (epsilon scaling). With more items than bidders, an item that nobody wants any
more may still have a price from an earlier phase: it bids for bidders in turn, or its price falls
to zero.

Bertsekas, "The auction algorithm", Annals of Operations Research 14 (1988); Bertsekas, Castanon and
Tsaknakis, "Reverse auction and the solution of inequality constrained assignment problems", SIAM
Journal on Optimization 3 (1993). ``scipy.optimize.linear_sum_assignment`` finds the same total a
hundred times faster.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

FREE = -1


@dataclass(frozen=True, eq=False)
class AuctionStep:
    """One bid, and how things stand after it.

    Attributes:
        phase: 0, 1, 2 ... as epsilon shrinks.
        epsilon: what a bid goes beyond the point of indifference, in units of the cost.
        bidder: who bid, or for whom an item bid.
        item: what it is about.
        price: of that item now.
        outbid: who lost the item, or ``FREE``.
        reverse: whether the item bid for the bidder, lowering its price; with ``bidder`` ``FREE``
            it gave up instead.
        prices: (items,) float64.
        holders: (items,) who holds each, or ``FREE``.
    """

    phase: int
    epsilon: float
    bidder: int
    item: int
    price: float
    outbid: int
    reverse: bool
    prices: Float64[Tensor, "items"]
    holders: Int64[Tensor, "items"]


def auction_steps(
    cost: Float[Tensor, "rows columns"], *, epsilon: float | None = None, shrink: float = 5.0
) -> Iterator[AuctionStep]:
    """Play the auction bid by bid. The cost is ``(rows, columns)``.

    The shorter side bids: the rows, or the columns where there are more rows.

    Args:
        cost: finite.
        epsilon: of the last phase. The total ends within ``bidders * epsilon`` of the optimum, so
            for whole numbers anything below ``1 / bidders`` is exact. By default a billionth of the
            costs' range, over the bidders.
        shrink: epsilon is divided by this from phase to phase; the first is half the range.

    Raises:
        ValueError: a cost is not finite, epsilon is not positive or shrink not above 1.

    Invariants, after every step: no bidder holds two items; each holder's item serves it within
    epsilon of its best; during the bids of a phase, prices only rise, and while items bid, they
    only fall. After the last step, all bidders hold an item, and items that nobody holds cost
    nothing.
    """
    if not torch.isfinite(cost).all():
        raise ValueError("cost must be finite: the auction would never end")
    if not shrink > 1 or (epsilon is not None and not epsilon > 0):
        raise ValueError(f"epsilon must be positive and shrink above 1, got {epsilon} and {shrink}")
    value = -cost.detach().cpu().double().numpy()
    value = value if value.shape[0] <= value.shape[1] else value.T
    return _play(value, epsilon, shrink)


def auction(
    cost: Float[Tensor, "rows columns"], *, epsilon: float | None = None
) -> Int64[Tensor, "rows"]:
    """The column of each row, or ``FREE`` where there are more rows than columns: the end of
    ``auction_steps``. The cost ``(rows, columns)`` gives ``(rows,)``.

    Arguments and errors are those of ``auction_steps``.
    """
    rows, columns = cost.shape
    answer = torch.full((rows,), FREE)
    last = deque(auction_steps(cost, epsilon=epsilon), maxlen=1)
    if not last:
        return answer
    holders = last[0].holders
    if rows > columns:
        return holders
    held = (holders != FREE).nonzero()[:, 0]
    answer[holders[held]] = held
    return answer


class _State:
    """Prices of the items, profits of the bidders, who holds what: the last two arrays are each
    other's inverse.
    """

    def __init__(self, value: np.ndarray):
        bidders, items = value.shape
        self.value = value
        self.prices, self.profits = np.zeros(items), np.zeros(bidders)
        self.holders, self.holds = np.full(items, FREE), np.full(bidders, FREE)

    def free_all(self) -> None:
        self.holders[:], self.holds[:] = FREE, FREE

    def give(self, bidder: int, item: int) -> int:
        """Let the bidder have the item; who had it loses it, and what the bidder had is free.
        Returns who lost.
        """
        loser = int(self.holders[item])
        if loser != FREE:
            self.holds[loser] = FREE
        if self.holds[bidder] != FREE:
            self.holders[self.holds[bidder]] = FREE
        self.holders[item], self.holds[bidder] = bidder, item
        self.profits[bidder] = self.value[bidder, item] - self.prices[item]
        return loser


def _play(value: np.ndarray, epsilon: float | None, shrink: float) -> Iterator[AuctionStep]:
    if not value.size:
        return
    spread = float(np.ptp(value)) or 1.0
    last = epsilon or 1e-9 * spread / len(value)
    num_phases = 1 + max(0, math.ceil(math.log(spread / 2 / last, shrink)))
    state = _State(value)
    for phase in range(num_phases):
        now = max(last, spread / 2 / shrink**phase)
        state.free_all()
        yield from _bidders_bid(state, phase, now)
        yield from _items_bid(state, phase, now)


def _bidders_bid(state: _State, phase: int, epsilon: float) -> Iterator[AuctionStep]:
    waiting = list(range(len(state.holds)))
    while waiting:
        bidder = waiting.pop(0)
        profit = state.value[bidder] - state.prices
        item = int(profit.argmax())
        best = profit[item]
        profit[item] = -np.inf
        # A lone item has no second best: any raise will do.
        second = profit.max() if len(profit) > 1 else best
        state.prices[item] += best - second + epsilon
        loser = state.give(bidder, item)
        if loser != FREE:
            waiting.append(loser)
        yield _step(state, phase, epsilon, bidder, item, loser, reverse=False)


def _items_bid(state: _State, phase: int, epsilon: float) -> Iterator[AuctionStep]:
    """Items that nobody holds but that still have a price, from the phase before, look for a bidder
    or give up.
    """
    while len(unsold := ((state.holders == FREE) & (state.prices > 0)).nonzero()[0]):
        item = int(unsold[0])
        offer = state.value[:, item] - state.profits
        bidder = int(offer.argmax())
        best = offer[bidder]
        if best <= epsilon:
            state.prices[item] = 0.0
            yield _step(state, phase, epsilon, FREE, item, FREE, reverse=True)
            continue
        offer[bidder] = -np.inf
        second = offer.max() if len(offer) > 1 else -np.inf
        state.prices[item] = best - min(best, best - second + epsilon)
        state.give(bidder, item)
        yield _step(state, phase, epsilon, bidder, item, FREE, reverse=True)


def _step(
    state: _State, phase: int, epsilon: float, bidder: int, item: int, outbid: int, *, reverse: bool
) -> AuctionStep:
    return AuctionStep(
        phase=phase,
        epsilon=epsilon,
        bidder=bidder,
        item=item,
        price=float(state.prices[item]),
        outbid=outbid,
        reverse=reverse,
        prices=torch.from_numpy(state.prices.copy()),
        holders=torch.from_numpy(state.holders.copy()),
    )
