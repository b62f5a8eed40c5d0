"""Auxiliary losses: each decoder layer with its own matching."""

import torch
from scipy.optimize import linear_sum_assignment

from locviz.course import Case, Exercise, Mistake


def _solution(cost, loss):
    total = 0.0
    for layer_cost, layer_loss in zip(cost, loss, strict=True):
        query, gt = linear_sum_assignment(layer_cost)
        total = total + layer_loss[query, gt].sum()
    return total / cost.shape[2]


def _by_layer(cost, loss):
    pairs = [linear_sum_assignment(layer) for layer in cost]
    return torch.stack([
        layer[query, gt].sum() for layer, (query, gt) in zip(loss, pairs, strict=True)
    ])  # fmt: skip


def _the_last_matching_for_all(cost, loss):
    query, gt = linear_sum_assignment(cost[-1])
    return loss[:, query, gt].sum() / cost.shape[2]


def _the_first_matching_for_all(cost, loss):
    query, gt = linear_sum_assignment(cost[0])
    return loss[:, query, gt].sum() / cost.shape[2]


def _the_matching_of_the_mean(cost, loss):
    query, gt = linear_sum_assignment(cost.mean(0))
    return loss[:, query, gt].sum() / cost.shape[2]


def _last_layer_only(cost, loss):
    return _by_layer(cost, loss)[-1] / cost.shape[2]


def _mean_of_layers(cost, loss):
    return _by_layer(cost, loss).mean() / cost.shape[2]


def _not_divided(cost, loss):
    return _by_layer(cost, loss).sum()


def _by_the_queries(cost, loss):
    return _by_layer(cost, loss).sum() / cost.shape[1]


def _cheapest_query(cost, loss):
    return loss.gather(1, cost.argmin(1, keepdim=True)).sum() / cost.shape[2]


def _the_costs_summed(cost, loss):
    return _by_layer(cost, cost).sum() / cost.shape[2]


def _best_pair_first(cost, loss):
    total = torch.zeros((), dtype=loss.dtype)
    for left, layer in zip(cost.clone(), loss, strict=True):
        for _ in range(left.shape[1]):
            query, gt = divmod(int(left.argmin()), left.shape[1])
            total = total + layer[query, gt]
            left[query], left[:, gt] = float("inf"), float("inf")
    return total / cost.shape[2]


def _matched_by_the_losses(cost, loss):
    return _by_layer(loss, loss).sum() / cost.shape[2]


def _by_the_layers(cost, loss):
    return _by_layer(cost, loss).mean()


def _the_highest_total(cost, loss):
    return _by_layer(-cost, loss).sum() / cost.shape[2]


def _one_number_a_layer(cost, loss):
    return _by_layer(cost, loss) / cost.shape[2]


def _rows_and_columns(cost, loss):
    pairs = [linear_sum_assignment(layer) for layer in cost]
    tables = [layer[query][:, gt] for layer, (query, gt) in zip(loss, pairs, strict=True)]
    return torch.stack(tables).sum() / cost.shape[2]


# Four queries and one object in two layers: no two of the sizes are equal.
_WIDE_COST = torch.tensor([[[3.0], [1.0], [2.0], [4.0]], [[2.0], [5.0], [0.5], [3.0]]])
_WIDE_LOSS = torch.tensor([[[2.5], [1.6], [0.9], [3.2]], [[1.8], [4.1], [0.7], [2.2]]])
_COST = torch.tensor([
    [[1.0, 2.0], [2.0, 9.0], [5.0, 6.0]], [[4.0, 1.0], [3.0, 7.0], [3.5, 2.0]],
    [[1.0, 5.0], [4.0, 6.0], [1.5, 1.2]],
])  # fmt: skip
_LOSS = torch.tensor([
    [[1.1, 2.3], [2.6, 8.0], [5.2, 6.1]], [[3.7, 1.3], [2.9, 7.2], [3.1, 1.9]],
    [[0.8, 4.4], [4.1, 6.5], [1.7, 1.4]],
])  # fmt: skip

all_layers = Exercise(
    name="13.all_layers",
    title="A matching for every layer",
    task=(
        "Write `all_layers(cost, loss)`: the matching costs and the losses of every pair, both "
        "`(layers, q, g)` with more queries than objects. Match each layer by its *own* costs, at the "
        "lowest total; sum the losses of the matched pairs over all layers; divide by the number of "
        "objects. `linear_sum_assignment(cost)` takes `(q, g)` and returns the indices of the matched "
        "queries and objects."
    ),
    answer=_solution,
    cases=(
        Case(args=(_COST, _LOSS), says="three layers that match differently"),
        Case(args=(_COST[:2].flip(0), _LOSS[:2]), says="two layers"),
        Case(
            args=(_COST[[2, 0, 1]], 10 * _LOSS),
            says="large losses",
        ),
        Case(args=(_WIDE_COST, _WIDE_LOSS), says="four queries and one object"),
    ),
    mistakes=(
        Mistake(
            name="the last layer's matching for all",
            answer=_the_last_matching_for_all,
            says=(
                "An earlier layer may be on its way to another pairing. DETR matches each layer anew, "
                "by what that layer predicts."
            ),
        ),
        Mistake(
            name="the first layer's matching for all",
            answer=_the_first_matching_for_all,
            says="Each layer is matched by its own costs.",
        ),
        Mistake(
            name="one matching of the mean costs",
            answer=_the_matching_of_the_mean,
            says="Each layer is matched by its own costs, not all by their mean.",
        ),
        Mistake(
            name="the last layer alone",
            answer=_last_layer_only,
            says="That is DETR without auxiliary losses.",
        ),
        Mistake(
            name="the mean of the layers",
            answer=_mean_of_layers,
            says="The losses of the layers are added.",
        ),
        Mistake(
            name="not divided",
            answer=_not_divided,
            says="Divide by the number of objects.",
        ),
        Mistake(
            name="divided by the number of queries",
            answer=_by_the_queries,
            says="Divide by the number of objects, `cost.shape[2]`.",
        ),
        Mistake(
            name="every object its cheapest query",
            answer=_cheapest_query,
            says="Two objects may share a query then. The matching is one to one.",
        ),
        Mistake(
            name="the costs were summed",
            answer=_the_costs_summed,
            says="Costs decide who is matched; the sum is over the *losses*.",
        ),
        Mistake(
            name="greedy: the cheapest pair first",
            answer=_best_pair_first,
            says="That is not the lowest total: use `linear_sum_assignment`.",
        ),
        Mistake(
            name="matched by the losses",
            answer=_matched_by_the_losses,
            says="`linear_sum_assignment` takes the *costs*; the losses are summed afterwards.",
        ),
        Mistake(
            name="divided by the number of layers",
            answer=_by_the_layers,
            says="Add the layers, and divide by the number of objects, `cost.shape[2]`.",
        ),
        Mistake(
            name="the highest total",
            answer=_the_highest_total,
            says="Costs are to be low: without `maximize=True`.",
        ),
        Mistake(
            name="one number for each layer",
            answer=_one_number_a_layer,
            says="The loss is one number: add the layers.",
        ),
        Mistake(
            name="all rows with all columns",
            answer=_rows_and_columns,
            says=(
                "`loss[i][query][:, gt]` is a table of every matched query with every object. "
                "`loss[i][query, gt]` are the pairs alone."
            ),
        ),
    ),
    hints=(
        "One loop over the layers. What is done in each?",
        "`query, gt = linear_sum_assignment(cost[i])`, then pick `loss[i][query, gt]`.",
        "`sum(l[linear_sum_assignment(c)].sum() for c, l in zip(cost, loss)) / cost.shape[2]`.",
    ),
)
