"""Hungarian matching: the total of all objects together decides, never one cost alone."""

import torch
from torch import Tensor

from locviz.assign.costs import pad_targets
from locviz.assign.hungarian import Hungarian
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import nth, number, pair
from locviz.widgets.core.words import letter


def explain(rule: Hungarian, seen: Seen, prior: int) -> Reasons:
    """Return the terms of one prior's cost, and what the matching would cost with it.

    For each object the rest is matched again with this pair held fast: the reason is in the total.
    """
    terms = _terms(rule, seen)
    cost = torch.stack(terms).sum(0)
    best = _total(cost)
    ranks = (cost < cost[prior]).sum(0) + 1
    totals = [max(best, _total_with(cost, prior, j)) for j in range(cost.shape[1])]
    verdicts = []
    for j, index in enumerate(seen.part):
        won = int(seen.owner[prior]) == index
        value, rank = float(cost[prior, j]), int(ranks[j])
        numbers = (*(float(term[prior, j]) for term in terms), value, float(rank), totals[j])
        says, failed = _reason(letter(index), value, rank, totals[j], best, won=won)
        verdicts.append(Verdict(object=index, won=won, says=says, values=numbers, failed=failed))
    return Reasons(
        columns=(*map(_name, rule.costs), "cost", "rank", "total with it"),
        rule=f"the lowest total of all objects together: {number(best)}",
        nobody="background: in the matching of lowest total every object has another prior",
        verdicts=tuple(verdicts),
    )


def _name(cost: object) -> str:
    """What a term is called: ``FocalCost`` is ``Focal``."""
    return type(cost).__name__.removesuffix("Cost")


def _terms(rule: Hungarian, seen: Seen) -> list[Tensor]:
    """Return each term's cost, (p, n), of the objects that take part."""
    padded = pad_targets([seen.targets])
    logits, regions = seen.logits[None], seen.regions[None]
    return [term(logits, regions, padded)[0][:, seen.part].double() for term in rule.costs]


def _total(cost: Tensor) -> float:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost.numpy())
    return float(cost[rows, columns].sum())


def _total_with(cost: Tensor, prior: int, j: int) -> float:
    """Return the lowest total of all matchings in which the prior has the object ``j``."""
    rest = torch.cat([cost[:prior], cost[prior + 1 :]])
    return float(cost[prior, j]) + _total(torch.cat([rest[:, :j], rest[:, j + 1 :]], 1))


def _reason(
    name: str, value: float, rank: int, total: float, best: float, *, won: bool
) -> tuple[str, Limit | None]:
    place = f"cost {number(value)} is {nth(rank, 'lowest')} for {name}"
    if won:
        return f"won: {place}, and no other matching of all objects costs less", None
    a, b = pair(total, best)
    more = "just as much" if total == best else f"{a} instead of {b}"
    says = f"{place}; with this prior for {name} all objects together would cost {more}"
    return says, Limit(value=total, sign="<", limit=best)
