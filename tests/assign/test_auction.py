from itertools import pairwise, permutations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from locviz.assign import auction, auction_steps


def total(cost, answer) -> float:
    rows = (answer >= 0).nonzero()[:, 0]
    return cost[rows, answer[rows]].sum().item()


def matrix(seed: int, kind: str, rows: int, columns: int):
    generator = torch.Generator().manual_seed(seed)
    shape = (rows, columns)
    if kind == "reals":
        return torch.rand(shape, generator=generator, dtype=torch.float64)
    if kind == "whole numbers":
        return torch.randint(0, 1000, shape, generator=generator).double()
    if kind == "ties":
        return torch.randint(0, 3, shape, generator=generator).double()
    far = torch.randint(0, 2, shape, generator=generator) * 1e6
    return far.double() + torch.rand(shape, generator=generator, dtype=torch.float64) * 10


@pytest.mark.parametrize("kind", ["reals", "whole numbers", "ties", "far apart"])
def test_reaches_the_cost_of_scipy(kind):
    """A hundred matrices of each kind: wide, tall and square."""
    for seed in range(100):
        generator = torch.Generator().manual_seed(seed)
        rows, columns = (int(torch.randint(1, 13, (), generator=generator)) for _ in range(2))
        cost = matrix(seed, kind, rows, columns)
        answer = auction(cost)
        matched = answer[answer >= 0].tolist()
        assert len(set(matched)) == len(matched) == min(rows, columns)
        best = cost.numpy()[linear_sum_assignment(cost.numpy())].sum()
        assert total(cost, answer) == pytest.approx(best, abs=1e-8 * max(1.0, float(cost.max())))


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 6))
def test_nothing_cheaper_by_brute_force(seed, rows, columns):
    cost = matrix(seed, "ties", min(rows, columns), max(rows, columns))
    best = min(
        sum(cost[row, column].item() for row, column in enumerate(chosen))
        for chosen in permutations(range(cost.shape[1]), cost.shape[0])
    )
    assert total(cost, auction(cost, epsilon=0.9 / cost.shape[0])) == best


@pytest.mark.parametrize("seed", range(5))
def test_invariants_of_every_step(seed):
    cost = matrix(seed, "reals", 6, 15)
    steps = list(auction_steps(cost))
    for step in steps:
        held = (step.holders >= 0).nonzero()[:, 0]
        assert len(set(step.holders[held].tolist())) == len(held)
        profit = -cost - step.prices
        for item in held.tolist():
            bidder = step.holders[item]
            assert profit[bidder, item] >= profit[bidder].max() - step.epsilon - 1e-9
    for before, after in pairwise(steps):
        if (before.phase, before.reverse) == (after.phase, after.reverse):
            change = after.prices - before.prices
            assert (change <= 1e-12).all() if after.reverse else (change >= 0).all()
            assert (change != 0).sum() <= 1
    last = steps[-1]
    assert (last.holders >= 0).sum() == 6
    assert (last.prices[last.holders < 0] == 0).all()
    assert {step.phase for step in steps} == set(range(last.phase + 1))


def test_first_bids_by_hand():
    """Values -1 -3 / -2 -9, epsilon 4 at first (half the range). Bidder 0 gains 2 on item 0: it
    goes to 2 + 4. Bidder 1 gains -2 - 6 there, -9 on item 1: one more, so 6 + 1 + 4, and bidder 0
    is out. It takes item 1: gain 9, price 13.
    """
    steps = auction_steps(torch.tensor([[1.0, 3.0], [2.0, 9.0]]))
    told = [(s.bidder, s.item, s.price, s.outbid) for s, _ in zip(steps, range(3), strict=False)]
    assert told == [(0, 0, 6.0, -1), (1, 0, 11.0, 0), (0, 1, 13.0, -1)]


def test_a_large_epsilon_is_near_but_no_more():
    """The promise is bidders times epsilon; with epsilon of half the range it is really used."""
    gaps = []
    for seed in range(50):
        cost = matrix(seed, "reals", 8, 8)
        best = cost.numpy()[linear_sum_assignment(cost.numpy())].sum()
        gaps.append(total(cost, auction(cost, epsilon=0.5)) - best)
    assert max(gaps) > 0.1
    assert max(gaps) <= 8 * 0.5


def test_prices_left_over_from_a_phase_are_bid_down():
    """With more items than bidders the last phase starts with prices that nobody pays; without the
    items' bids the auction would stop at a matching that costs too much.
    """
    assert any(
        step.reverse for seed in range(5) for step in auction_steps(matrix(seed, "reals", 4, 12))
    )


def test_nobody_or_nothing():
    for rows, columns in ((0, 0), (0, 3), (3, 0)):
        assert auction(torch.zeros(rows, columns)).tolist() == [-1] * rows
        assert list(auction_steps(torch.zeros(rows, columns))) == []
    assert auction(torch.zeros(1, 1)).tolist() == [0]
    assert sorted(auction(torch.full((3, 2), 7.0)).tolist()) == [-1, 0, 1]


@pytest.mark.parametrize(
    ("cost", "options", "message"),
    [
        (float("nan"), {}, "must be finite"),
        (float("inf"), {}, "must be finite"),
        (0.0, {"epsilon": 0.0}, "epsilon must be positive"),
        (0.0, {"shrink": 1.0}, "shrink above 1"),
    ],
)
def test_bad_input_is_named(cost, options, message):
    with pytest.raises(ValueError, match=message):
        list(auction_steps(torch.full((2, 2), cost), **options))


def test_with_a_start_that_is_not_above_epsilon_there_is_one_phase():
    cost = torch.tensor([[1.0, 2, 9], [1, 4, 9], [2, 2, 3]])
    bids = list(auction_steps(cost, epsilon=0.25, start=0.25))
    assert {(bid.phase, bid.epsilon) for bid in bids} == {(0, 0.25)}
    held = bids[-1].holders
    assert float(cost[held, torch.arange(3)].sum()) == 2 + 1 + 3  # whole numbers, below 1 / 3
