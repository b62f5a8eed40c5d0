"""OTA: the cost of a unit, what each object supplies, and the largest share of the plan."""

import torch
from torch import Tensor

from locviz.assign.ota import OTA
from locviz.assign.prediction_costs import class_losses, near_centers, strictly_inside
from locviz.boxes import pairwise_iou
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import number, pair
from locviz.widgets.core.words import letter

COLUMNS = ("class", "place", "outside", "cost", "rank", "supply", "share")


def explain(rule: OTA, seen: Seen, prior: int) -> Reasons:
    """Return the parts of one prior's cost, each object's supply and its share in the plan."""
    iou = pairwise_iou(seen.boxes, seen.regions)
    usable = strictly_inside(seen.priors.centers, seen.boxes) & near_centers(
        seen.priors.centers, rule.radius * seen.priors.strides, seen.boxes
    )
    cost = rule.cost(seen.logits, seen.labels, iou, usable)
    supply = rule.supply(iou, usable)
    plan = rule.rescale(rule.solve(cost, supply, torch.ones_like(cost[0])))[:, prior]
    parts = _parts(rule, seen, iou, usable, prior)
    ranks = (cost < cost[:, prior, None]).sum(1) + 1
    numbers = (*parts, cost[:-1, prior], ranks[:-1], supply[:-1], plan[:-1])
    winner = int(plan.argmax())
    verdicts = []
    for j, index in enumerate(seen.part):
        says, failed = _reason(seen, plan, j, winner)
        values = tuple(float(column[j]) for column in numbers)
        won = int(seen.owner[prior]) == index
        verdicts.append(Verdict(object=index, won=won, says=says, values=values, failed=failed))
    return Reasons(
        columns=COLUMNS,
        rule=(
            f"background asks {number(float(cost[-1, prior]))} for this prior, supplies "
            f"{number(float(supply[-1]), 0)} and has a share of {number(float(plan[-1]))}"
        ),
        nobody=f"background: its share of the plan, {number(float(plan[-1]))}, is the largest",
        verdicts=tuple(verdicts),
    )


def _parts(
    rule: OTA, seen: Seen, iou: Tensor, usable: Tensor, prior: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return class, place and penalty of a prior's cost for each object, (n,) each."""
    row = slice(prior, prior + 1)
    logits, near = seen.logits[row], usable[:, row]
    # The place's part is what the rule's own cost leaves of itself.
    classes = class_losses(rule.classification, logits, seen.labels)[0][0]
    outside = rule.outside * (~near[:, 0]).float()
    free = rule.cost(logits, seen.labels, iou[:, row], torch.ones_like(near))[:-1, 0]
    return classes, free - classes, outside


def _reason(seen: Seen, plan: Tensor, j: int, winner: int) -> tuple[str, Limit | None]:
    name, share, best = letter(seen.part[j]), float(plan[j]), float(plan[winner])
    if winner == j:
        return f"won: {name}'s share of the plan, {number(share)}, is the largest", None
    who = "the background's" if winner == len(plan) - 1 else f"{letter(seen.part[winner])}'s"
    a, b = pair(share, best)
    says = f"{name}'s share of the plan, {a}, is not above {who}, {b}"
    return says, Limit(value=share, sign=">", limit=best)
