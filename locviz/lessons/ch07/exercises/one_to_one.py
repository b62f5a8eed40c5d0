"""One query for each object, so that the sum of the costs is smallest."""

import torch
from scipy.optimize import linear_sum_assignment

from locviz.course import Case, Exercise, Mistake


def _solution(cost):
    from itertools import permutations

    num_queries, num_objects = cost.shape
    objects = torch.arange(num_objects)
    choices = permutations(range(num_queries), num_objects)

    def total(queries):
        return float(cost[list(queries), objects].sum())

    return list(min(choices, key=total))


def _everyone_the_cheapest(cost):
    return cost.argmin(0).tolist()


def _best_pair_first(cost):
    left, answer = cost.clone(), [0] * cost.shape[1]
    for _ in range(cost.shape[1]):
        q, g = divmod(int(left.argmin()), cost.shape[1])
        answer[g] = q
        left[q], left[:, g] = float("inf"), float("inf")
    return answer


def _in_order(cost):
    left, answer = cost.clone(), []
    for g in range(cost.shape[1]):
        answer.append(int(left[:, g].argmin()))
        left[answer[-1]] = float("inf")
    return answer


def _columns_of_scipy(cost):
    return linear_sum_assignment(cost)[1].tolist()


def _rows_of_scipy(cost):
    return linear_sum_assignment(cost)[0].tolist()


def _smallest_maximum(cost):
    from itertools import permutations

    num_queries, num_objects = cost.shape
    objects = torch.arange(num_objects)
    choices = permutations(range(num_queries), num_objects)
    return list(min(choices, key=lambda queries: float(cost[list(queries), objects].max())))


one_to_one = Exercise(
    name="07.one_to_one",
    title="One each, and the cheapest in all",
    task=(
        "Write `one_to_one(cost)` for a matrix `(q, g)`, at most as many objects as queries: "
        "return a list with the query of each object. No query is given twice, and the *sum* of the "
        "costs is as small as it can be. The cases are small: you may try all choices "
        "(`itertools.permutations`) or call `scipy.optimize`."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([[1.0, 2.0], [2.0, 6.0], [7.0, 7.0]]),),
            says="both objects like the first query best",
        ),
        Case(
            args=(
                torch.tensor([[0.2, 0.3, 0.9], [0.3, 0.8, 0.9], [0.5, 0.6, 0.1], [0.9, 0.9, 0.9]]),
            ),
            says="four queries, three objects",
        ),
        Case(
            args=(torch.tensor([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]]),),
            says="as many queries as objects",
        ),
        Case(
            args=(torch.tensor([[5.0, 1.0], [6.0, 1.5], [9.0, 8.0]]),),
            says="the second object has a cheap second choice",
        ),
        Case(
            args=(torch.tensor([[5.0, 4.0, 1.0], [1.0, 6.0, 5.0], [6.0, 2.0, 4.0]]),),
            says="the queries go round in a ring",
        ),
        Case(
            args=(torch.tensor([[0.0, 4.0], [3.0, 5.0]]),),
            says="the cheapest sum contains the dearest pair",
        ),
        Case(
            args=(torch.tensor([[9.0, 1.0], [8.0, 8.0], [1.0, 9.0]]),),
            says="the query in the middle stays free",
        ),
    ),
    mistakes=(
        Mistake(
            name="the largest cost instead of the sum",
            answer=_smallest_maximum,
            says=(
                "You keep the *worst* pair cheap. Asked for is the smallest sum, even where one "
                "pair is then dear."
            ),
        ),
        Mistake(
            name="queries counted from one",
            answer=lambda cost: [query + 1 for query in _solution(cost)],
            says="The first query is number 0, as everywhere in torch.",
        ),
        Mistake(
            name="one query has two objects",
            answer=_everyone_the_cheapest,
            says=(
                "Each object takes its cheapest query, and two take the same. One query "
                "cannot predict two boxes: the matching must be one-to-one."
            ),
        ),
        Mistake(
            name="the best pair first",
            answer=_best_pair_first,
            says=(
                "Greedy: the cheapest pair of all is fixed, then the next. The first choice can "
                "cost the other objects more than it saves. The sum of all costs counts."
            ),
        ),
        Mistake(
            name="first come, first served",
            answer=_in_order,
            says=(
                "The first object takes what it likes, the next what is left: the answer depends "
                "on their order."
            ),
        ),
        Mistake(
            name="the most expensive instead of the cheapest",
            answer=lambda cost: _solution(-cost),
            says=(
                "You maximise. A cost is small where the fit is good; an IoU handed over as a cost "
                "does exactly this."
            ),
        ),
        Mistake(
            name="the object of each query",
            answer=lambda cost: [
                dict(zip(_solution(cost), range(9), strict=False)).get(q, -1) for q in range(9)
            ][: len(cost)],
            says=(
                "You return one entry per query. Asked for: one entry per object, the number of "
                "its query."
            ),
        ),
        Mistake(
            name="the columns that scipy returns",
            answer=_columns_of_scipy,
            says=(
                "`linear_sum_assignment(cost)` returns rows (queries) in rising order and the "
                "column (object) of each. Asked for: the query of object 0, then of object 1. "
                "Hand it `cost.T`, or sort by the columns."
            ),
        ),
        Mistake(
            name="the rows that scipy returns",
            answer=_rows_of_scipy,
            says=(
                "The rows come in rising order: they say which queries are used, not by which "
                "object. Hand scipy `cost.T` and return the columns."
            ),
        ),
    ),
    hints=(
        "Write down all ways to give each object a query of its own, and the sum of each.",
        (
            "`permutations(range(q), g)` gives them all. Which has the smallest `cost[queries, "
            "objects].sum()`?"
        ),
        (
            "`min(permutations(range(q), g), key=lambda queries: float(cost[list(queries), "
            "torch.arange(g)].sum()))`."
        ),
    ),
)
