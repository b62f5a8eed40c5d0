import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.assign import sinkhorn, sinkhorn_log, sinkhorn_steps

FORMS = [sinkhorn_log, sinkhorn]


def problem(
    seed: int, suppliers: int = 4, demanders: int = 60, scale: float = 3.0, far: float = 0.0
):
    """A few suppliers of several units each, a last one with the rest, one unit per demander: OTA's
    situation.
    """
    generator = torch.Generator().manual_seed(seed)
    cost = torch.rand(suppliers, demanders, generator=generator) * scale
    cost[:-1] += far * (torch.rand(suppliers - 1, demanders, generator=generator) < 0.8)
    supply = torch.randint(1, 6, (suppliers,), generator=generator).float()
    supply[-1] = demanders - supply[:-1].sum()
    return cost, supply, torch.ones(demanders)


@pytest.mark.parametrize("form", FORMS)
def test_two_by_two_by_hand(form):
    """Cost (0 c; c 0), one unit each: by symmetry the plan is 1 / (1 + exp(-c / epsilon)) on the
    diagonal.
    """
    cost = torch.tensor([[0.0, 0.3], [0.3, 0.0]])
    plan = form(cost, torch.ones(2), torch.ones(2), epsilon=0.2, iterations=5)
    own = 1 / (1 + torch.tensor(-1.5).exp())
    torch.testing.assert_close(
        plan, torch.stack([torch.stack([own, 1 - own]), torch.stack([1 - own, own])])
    )


@pytest.mark.parametrize("form", FORMS)
@given(seed=st.integers(0, 10_000), far=st.sampled_from([0.0, 1e6]))
def test_marginals(form, seed, far):
    """Rows are exact after every iteration, columns get nearer; slowly, where few of them are
    within reach of a row.
    """
    cost, supply, demand = problem(seed, far=far)
    early, late = (
        form(cost, supply, demand, epsilon=0.5, iterations=iterations) for iterations in (3, 400)
    )
    for plan in (early, late):
        assert (plan >= 0).all()
        torch.testing.assert_close(plan.sum(1), supply, rtol=1e-4, atol=1e-4)
    gaps = [float((plan.sum(0) - demand).abs().sum()) for plan in (early, late)]
    assert gaps[1] <= gaps[0] + 1e-3
    if not far:
        assert gaps[1] < 1e-2


@given(
    seed=st.integers(0, 10_000),
    far=st.sampled_from([0.0, 1e6]),
    scale=st.sampled_from([0.1, 3.0, 40.0, 1000.0]),
    iterations=st.sampled_from([1, 2, 7, 50]),
)
def test_the_fast_form_is_the_same_plan(seed, far, scale, iterations):
    """Also where the potentials move by hundreds of epsilon, so that its kernel must be renewed
    again and again.
    """
    cost, supply, demand = problem(seed, scale=scale, far=far)
    fast = sinkhorn(cost, supply, demand, iterations=iterations)
    slow = sinkhorn_log(cost.double(), supply.double(), demand.double(), iterations=iterations)
    tolerance = 1e-4 * max(1.0, scale) + (1e6 * 1e-7 if far else 0.0)
    torch.testing.assert_close(fast, slow.float(), rtol=tolerance, atol=tolerance)
    assert fast.dtype == torch.float32


@pytest.mark.parametrize("form", FORMS)
def test_equals_pot(form):
    """POT's log-domain solver sets the columns, then the rows, from potentials of zero: the same
    iterations.
    """
    import ot

    cost, supply, demand = (part.double() for part in problem(0))
    # It compares every tenth time and so never stops at a threshold of 0; and says that it has not
    # converged.
    with pytest.warns(UserWarning, match="did not converge"):
        theirs = ot.bregman.sinkhorn_log(
            supply.numpy(), demand.numpy(), cost.numpy(), reg=0.1, numItermax=50, stopThr=0.0
        )
    torch.testing.assert_close(
        form(cost, supply, demand), torch.from_numpy(theirs), rtol=1e-9, atol=1e-12
    )


def test_small_epsilon_is_the_exact_optimum():
    """The limit case; POT's network simplex is the oracle."""
    import ot

    for seed in range(5):
        cost, supply, demand = (part.double() for part in problem(seed))
        exact = torch.from_numpy(ot.emd(supply.numpy(), demand.numpy(), cost.numpy()))
        gaps = [
            float(
                (sinkhorn(cost, supply, demand, epsilon=epsilon, iterations=3000) * cost).sum()
                - (exact * cost).sum()
            )
            for epsilon in (0.3, 0.1, 0.01)
        ]
        assert gaps[0] > gaps[1] > gaps[2] > -0.05
        assert abs(gaps[2]) < 0.05


def test_steps_are_the_log_form_and_approach_the_demand():
    cost, supply, demand = problem(1, far=1e6)
    steps = list(sinkhorn_steps(cost, supply, demand, iterations=30))
    assert [step.index for step in steps] == list(range(30))
    for iterations in (1, 10, 30):
        expected = sinkhorn_log(cost, supply, demand, iterations=iterations)
        torch.testing.assert_close(steps[iterations - 1].plan, expected)
    gaps = [step.demand_gap for step in steps]
    assert all(after <= before + 1e-3 for before, after in itertools.pairwise(gaps))
    assert gaps[-1] < gaps[0]
    assert all(step.supply_gap < 1e-2 for step in steps)


def test_potentials_are_in_units_of_the_cost():
    cost, supply, demand = (part.double() for part in problem(2))
    *_, last = sinkhorn_steps(cost, supply, demand, epsilon=0.1, iterations=20)
    plan = ((last.supply_potential[:, None] + last.demand_potential - cost) / 0.1).exp()
    torch.testing.assert_close(plan, last.plan)


@pytest.mark.parametrize("form", FORMS)
def test_a_row_that_is_far_from_everything_keeps_its_digits(form):
    """1e6 and a bit, in float32, epsilon 0.1: its units go where the bit is smallest."""
    cost, supply, demand = problem(3, suppliers=3, demanders=20)
    cost[0] = 1e6 + torch.arange(20.0)
    plan = form(cost, supply, demand)
    assert torch.isfinite(plan).all()
    torch.testing.assert_close(plan[0].sum(), supply[0], rtol=1e-3, atol=1e-3)
    assert plan[0].argmax() == 0


@pytest.mark.parametrize("form", FORMS)
def test_nothing_to_give_is_no_trouble(form):
    plan = form(torch.rand(3, 4), torch.tensor([2.0, 0.0, 2.0]), torch.tensor([1.0, 1.0, 2.0, 0.0]))
    assert torch.isfinite(plan).all()
    assert (plan[1] == 0).all()
    assert (plan[:, 3] == 0).all()


@pytest.mark.parametrize("form", [*FORMS, lambda *a, **k: list(sinkhorn_steps(*a, **k))])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"supply": torch.tensor([1.0, 2.0])}, "supply sums to 3 and demand to 2"),
        ({"supply": torch.tensor([3.0, -1.0])}, "supply must be finite and not negative"),
        ({"demand": torch.tensor([float("nan"), 1.0])}, "demand must be finite"),
        ({"cost": torch.tensor([[0.0, float("inf")], [0.0, 0.0]])}, "cost must be finite"),
        ({"epsilon": 0.0}, "epsilon must be positive"),
        ({"iterations": 0}, "iterations at least 1"),
        ({"cost": torch.zeros(0, 2), "supply": torch.zeros(0)}, "not empty"),
    ],
)
def test_bad_input_is_named(form, change, message):
    good = {"cost": torch.zeros(2, 2), "supply": torch.ones(2), "demand": torch.ones(2)}
    with pytest.raises(ValueError, match=message):
        form(**(good | change))
