"""Sinkhorn's rounds: rows and columns of a plan are scaled in turns."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(cost, supply, demand, eps, rounds):
    kernel = torch.exp(-cost / eps)
    u = torch.ones_like(supply)
    for _ in range(rounds):
        v = demand / (kernel.T @ u)
        u = supply / (kernel @ v)
    return u[:, None] * kernel * v


def _without_eps(cost, supply, demand, eps, rounds):
    return _solution(cost, supply, demand, 1.0, rounds)


def _cost_attracts(cost, supply, demand, eps, rounds):
    return _solution(-cost, supply, demand, eps, rounds)


def _a_softmax(cost, supply, demand, eps, rounds):
    return supply[:, None] * torch.softmax(-cost / eps, 1)


def _nothing_scaled(cost, supply, demand, eps, rounds):
    return torch.exp(-cost / eps)


def _one_round(cost, supply, demand, eps, rounds):
    return _solution(cost, supply, demand, eps, 1)


_COST = torch.tensor([[0.1, 0.5, 0.9, 0.4], [0.8, 0.2, 0.3, 0.6], [0.6, 0.6, 0.5, 0.3]])


def _rows_before_columns(cost, supply, demand, eps, rounds):
    return _solution(cost.T, demand, supply, eps, rounds).T


def _eps_multiplied(cost, supply, demand, eps, rounds):
    return _solution(cost * eps, supply, demand, 1.0, rounds)


def _all_sums_one(cost, supply, demand, eps, rounds):
    return _solution(cost, torch.ones_like(supply), torch.ones_like(demand), eps, rounds)


def _only_the_columns(cost, supply, demand, eps, rounds):
    kernel = torch.exp(-cost / eps)
    return kernel * demand / kernel.sum(0)


sinkhorn = Exercise(
    name="07.sinkhorn",
    title="Sinkhorn's rounds",
    task=(
        "Write `sinkhorn(cost, supply, demand, eps, rounds)`. Rows of `cost` are suppliers, "
        "columns are those who demand. Begin with `exp(-cost / eps)`. In each round scale the "
        "columns so that they sum to `demand`, then the rows so that they sum to `supply`. Return "
        "the plan after the last round."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(_COST, torch.tensor([1.0, 1.0, 2.0]), torch.ones(4), 0.1, 100),
            says="three suppliers, four priors",
        ),
        Case(
            args=(_COST[:2, :3], torch.tensor([2.0, 1.0]), torch.ones(3), 0.5, 3),
            says="a large eps, three rounds",
        ),
    ),
    mistakes=(
        Mistake(
            name="softmax: only the rows are scaled",
            answer=_a_softmax,
            says=(
                "A softmax over each row makes the rows right, and one prior may receive three "
                "units. The columns have their sum too; that is why there are rounds."
            ),
        ),
        Mistake(
            name="eps is missing",
            answer=_without_eps,
            says=(
                "Divide the cost by eps. At eps = 1 the plan is nearly flat: costs of 0..1 hardly "
                "count."
            ),
        ),
        Mistake(
            name="the sign of the cost is turned",
            answer=_cost_attracts,
            says="`exp(cost / eps)` sends most where it costs most. The sign must be minus.",
        ),
        Mistake(
            name="nothing was scaled",
            answer=_nothing_scaled,
            says=(
                "That is where the rounds begin. Neither rows nor columns sum to what they should."
            ),
        ),
        Mistake(
            name="one round only",
            answer=_one_round,
            says=(
                "Scaling the rows spoils the columns a little. Repeat it `rounds` times, each time "
                "on the plan of the round before."
            ),
        ),
        Mistake(
            name="multiplied by eps",
            answer=_eps_multiplied,
            says="`-cost * eps` makes a small eps flatten the plan. Divide: `-cost / eps`.",
        ),
        Mistake(
            name="all sums are one",
            answer=_all_sums_one,
            says="The columns sum to `demand` and the rows to `supply`, which need not be 1.",
        ),
        Mistake(
            name="only the columns are scaled",
            answer=_only_the_columns,
            says="After the columns come the rows, in the same round.",
        ),
        Mistake(
            name="rows before columns",
            answer=_rows_before_columns,
            says=(
                "Each round ends with the rows here, so that after the last round the *rows* sum "
                "exactly to the supply. Scale the columns first, then the rows."
            ),
        ),
    ),
    hints=(
        (
            "Two vectors are enough: a factor `u` per row and a factor `v` per column. The plan is "
            "`u * kernel * v`."
        ),
        (
            "Column sums of `u * kernel` are `kernel.T @ u`: the new `v` is `demand` over that. "
            "The rows likewise."
        ),
        (
            "`v = demand / (kernel.T @ u)`, `u = supply / (kernel @ v)`, and in the end `u[:, "
            "None] * kernel * v`."
        ),
    ),
)
