"""Bertsekas' auction: ground truths bid for priors until the cheapest matching is found.

It is slow, and can be watched. A bidder looks for the item with the highest profit at the present
prices and raises its price until the second best item has the same profit, plus epsilon. The bidder
that held the item before is free again. With a large epsilon prices settle after few bids, but only
near the optimum; so epsilon shrinks from phase to phase and prices are kept (epsilon scaling). With
more items than bidders, an item without a holder may still have a price from an earlier phase. Such
an item bids for bidders in turn, or its price falls to zero.

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
    """One bid, and the state after it.

    Attributes:
        phase: 0, 1, 2 ... as epsilon shrinks.
        epsilon: how far a bid goes beyond the point of indifference, in units of the cost.
        bidder: the bidder that made the bid, or for which an item bid.
        item: the item of this bid.
        price: the price of that item after the bid.
        outbid: the bidder that lost the item, or ``FREE``.
        reverse: whether the item bid for the bidder by lowering its price. With ``bidder`` ``FREE``
            its price fell to zero instead.
        prices: (items,) float64.
        holders: (items,) the bidder that holds each item, or ``FREE``.
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
    cost: Float[Tensor, "rows columns"],
    *,
    epsilon: float | None = None,
    start: float | None = None,
    shrink: float = 5.0,
) -> Iterator[AuctionStep]:
    """Play the auction bid by bid. The cost is ``(rows, columns)``.

    The shorter side bids: the rows, or the columns where there are more rows.

    Args:
        cost: finite.
        epsilon: of the last phase. The total ends within ``bidders * epsilon`` of the optimum, so
            for whole numbers anything below ``1 / bidders`` is exact. By default a billionth of the
            costs' range, over the bidders.
        start: epsilon of the first phase; by default half the costs' range. Where it is not above
            ``epsilon`` there is one phase, and epsilon never changes.
        shrink: epsilon is divided by this from phase to phase.

    Raises:
        ValueError: a cost is not finite, epsilon or start is not positive or shrink not above 1.

    Invariants, after every step: no bidder holds two items; the profit of each holder is within
    epsilon of its best. While bidders bid, prices only rise; while items bid, they only fall. After
    the last step, every bidder holds an item, and the price of an item without a holder is 0.
    """
    if not torch.isfinite(cost).all():
        raise ValueError("cost must be finite: the auction would never end")
    if not shrink > 1 or any(one is not None and not one > 0 for one in (epsilon, start)):
        raise ValueError(
            f"epsilon must be positive, start too, and shrink above 1, got {epsilon}, {start} and "
            f"{shrink}"
        )
    value = -cost.detach().cpu().double().numpy()  # bidders look for profit, not for low cost
    value = value if value.shape[0] <= value.shape[1] else value.T
    return _play(value, epsilon, start, shrink)


def auction(
    cost: Float[Tensor, "rows columns"], *, epsilon: float | None = None
) -> Int64[Tensor, "rows"]:
    """The column of each row after the last of the ``auction_steps``.

    A row is ``FREE`` if it has none, which happens where there are more rows than columns. The cost
    ``(rows, columns)`` gives ``(rows,)``. Arguments and errors are those of ``auction_steps``.
    """
    rows, columns = cost.shape
    column = torch.full((rows,), FREE)
    last = deque(auction_steps(cost, epsilon=epsilon), maxlen=1)
    if not last:
        return column
    holders = last[0].holders
    if rows > columns:  # the columns were the bidders, and the rows their items
        return holders
    held = (holders != FREE).nonzero()[:, 0]
    column[holders[held]] = held
    return column


class _State:
    """The prices of the items, the profits of the bidders, and which bidder holds which item.

    ``holders`` (of items) and ``holds`` (of bidders) are each other's inverse.
    """

    def __init__(self, value: np.ndarray):
        bidders, items = value.shape
        self.value = value
        self.prices, self.profits = np.zeros(items), np.zeros(bidders)
        self.holders, self.holds = np.full(items, FREE), np.full(bidders, FREE)

    def free_all(self) -> None:
        self.holders[:], self.holds[:] = FREE, FREE

    def give(self, bidder: int, item: int) -> int:
        """Give the item to the bidder; return the bidder that loses it, or ``FREE``.

        The item that the bidder held before has no holder any more.
        """
        loser = int(self.holders[item])
        if loser != FREE:
            self.holds[loser] = FREE
        if self.holds[bidder] != FREE:
            self.holders[self.holds[bidder]] = FREE
        self.holders[item], self.holds[bidder] = bidder, item
        self.profits[bidder] = self.value[bidder, item] - self.prices[item]
        return loser


def _play(
    value: np.ndarray, epsilon: float | None, start: float | None, shrink: float
) -> Iterator[AuctionStep]:
    if not value.size:
        return
    spread = float(np.ptp(value)) or 1.0
    # The total is within len(value) * last of the optimum: a billionth of the costs' range.
    last = epsilon or 1e-9 * spread / len(value)
    first = start or spread / 2
    num_phases = 1 + max(0, math.ceil(math.log(first / last, shrink)))
    state = _State(value)
    for phase in range(num_phases):
        now = max(last, first / shrink**phase)
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
        # Without a second item there is no second best: any raise will do.
        second = profit.max() if len(profit) > 1 else best
        state.prices[item] += best - second + epsilon
        loser = state.give(bidder, item)
        if loser != FREE:
            waiting.append(loser)
        yield _step(state, phase, epsilon, bidder, item, loser, reverse=False)


def _items_bid(state: _State, phase: int, epsilon: float) -> Iterator[AuctionStep]:
    """Let the items without a holder but with a price from an earlier phase find a bidder.

    The price of an item that no bidder wants falls to 0.
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
        # The item offers the bidder what its second best would, plus epsilon; no price is negative.
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
