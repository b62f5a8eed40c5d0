"""The exact plan against a general solver, and what the made-up problem promises."""

import ot
import pytest

from locviz.experiments.transport import exact_plan, made_up_transport


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_plan_is_cheaper(seed):
    cost, supply, demand = made_up_transport(num_objects=4, num_priors=120, near=30, seed=seed)
    plan = exact_plan(cost, supply, demand)
    assert plan.sum(0).tolist() == demand.tolist()
    assert plan.sum(1).tolist() == supply.tolist()
    best = ot.emd2(supply.double().numpy(), demand.double().numpy(), cost.double().numpy())
    assert (plan.double() * cost.double()).sum().item() == pytest.approx(best, rel=1e-6)


def test_the_problem_is_balanced_and_mostly_forbidden():
    cost, supply, demand = made_up_transport(num_objects=3, num_priors=200, near=20)
    assert float(supply.sum()) == float(demand.sum()) == 200
    assert (cost[:-1] < 1e5).sum(1).tolist() == [20, 20, 20]
    assert (cost[-1] < 1).all()
