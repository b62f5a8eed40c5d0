"""From a transport plan to the object that each prior is responsible for."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(plan):
    share = plan / plan.max(1, keepdim=True).values
    owner = share.argmax(0)
    return torch.where(owner == len(plan) - 1, -1, owner)


def _not_rescaled(plan):
    owner = plan.argmax(0)
    return torch.where(owner == len(plan) - 1, -1, owner)


def _by_the_sum(plan):
    owner = (plan / plan.sum(1, keepdim=True)).argmax(0)
    return torch.where(owner == len(plan) - 1, -1, owner)


def _background_is_an_object(plan):
    return (plan / plan.max(1, keepdim=True).values).argmax(0)


def _each_row_its_best(plan):
    return (plan / plan.max(1, keepdim=True).values).argmax(1)


def _background_left_out(plan):
    return (plan / plan.max(1, keepdim=True).values)[:-1].argmax(0)


def _background_as_solved(plan):
    share = plan / plan.max(1, keepdim=True).values
    share[-1] = plan[-1]
    owner = share.argmax(0)
    return torch.where(owner == len(plan) - 1, -1, owner)


_PLAN = torch.tensor([
    [0.60, 0.30, 0.10, 0.00, 0.00, 0.00],
    [0.00, 0.42, 0.40, 0.18, 0.00, 0.00],
    [0.40, 0.28, 0.50, 0.82, 1.00, 1.00],
])  # fmt: skip

_LARGE_SUPPLY = torch.tensor(
    [[0.36, 0.50, 0.14, 0.0], [0.60, 0.45, 0.75, 0.20], [0.04, 0.05, 0.11, 0.80]]
)

_TORN = torch.tensor([
    [0.35, 0.34, 0.31, 0.00, 0.00],
    [0.00, 0.05, 0.15, 0.80, 0.00],
    [0.65, 0.61, 0.54, 0.20, 1.00],
])  # fmt: skip

owners = Exercise(
    name="07.owners",
    title="From a plan to an answer",
    task=(
        "A plan `(g + 1, p)`: row `i` is what object `i` gives to each prior, the last row what "
        "the background gives. Write `owners(plan)`: the object that each prior is responsible "
        "for, -1 for background. Before you compare the suppliers, divide each row by its largest entry, "
        "as OTA's code does."
    ),
    answer=_solution,
    cases=(
        Case(args=(_TORN,), says="an object that gives every prior a little"),
        Case(args=(_PLAN,), says="two objects, six priors"),
        Case(args=(_LARGE_SUPPLY,), says="one object supplies twice as much as the other"),
        Case(
            args=(torch.tensor([[0.5, 0.2, 0.2], [0.4, 0.45, 0.3], [0.1, 0.5, 0.6]]),),
            says="two like one prior",
        ),
    ),
    mistakes=(
        Mistake(
            name="the rows are not rescaled",
            answer=_not_rescaled,
            says=(
                "An object that spreads its supply over many priors has nowhere the largest entry, "
                "and gets *no* prior. Divide each row by its maximum: then each object's favourite "
                "stands at 1."
            ),
        ),
        Mistake(
            name="argmax over the wrong axis",
            answer=_each_row_its_best,
            says=(
                "`argmax(1)` asks each supplier for its favourite. Here each *prior* asks who "
                "gives most."
            ),
        ),
        Mistake(
            name="rescaled by the sum",
            answer=_by_the_sum,
            says=(
                "The sum is the supply: an object with a large supply is then punished for it. "
                "Divide by the maximum."
            ),
        ),
        Mistake(
            name="the background does not compete",
            answer=_background_left_out,
            says="Then every prior gets an object. The last row competes too; where it wins: -1.",
        ),
        Mistake(
            name="the background is not rescaled",
            answer=_background_as_solved,
            says="Every row is divided by its largest entry, the background's row as well.",
        ),
        Mistake(
            name="the background is an object",
            answer=_background_is_an_object,
            says="The last row is no object. Where it wins, the answer is -1.",
        ),
    ),
    hints=(
        (
            "Whose maximum: along a row or along a column? And who asks afterwards, the row or the "
            "column?"
        ),
        (
            "`plan / plan.max(1, keepdim=True).values` puts each supplier's favourite at 1. Then "
            "each column decides."
        ),
        "`owner = share.argmax(0)`, and where that is the last row, -1.",
    ),
)
