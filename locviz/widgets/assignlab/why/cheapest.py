"""SimOTA: the k cheapest priors near a centre, and the cheapest object of those that take one."""

import torch
from torch import Tensor

from locviz.assign.prediction_costs import class_losses, dynamic_k, near_centers
from locviz.assign.simota import SimOTA
from locviz.boxes import pairwise_iou
from locviz.widgets.assignlab.why.ranks import Taken, taken_first
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import nth, number, ordinal, pair
from locviz.widgets.core.words import letter

COLUMNS = ("class", "place", "outside", "cost", "rank", "k")


def explain(rule: SimOTA, seen: Seen, prior: int) -> Reasons:
    """Return the parts of one prior's cost for every object, its rank, and each object's k."""
    boxes, reach = seen.boxes, rule.radius * seen.priors.strides
    centers = seen.priors.centers + rule.center_offset * seen.priors.strides[:, None]
    near = near_centers(centers, reach, boxes)
    kept = near.any(0).nonzero()[:, 0].tolist()
    if prior not in kept:
        return _too_far(seen, prior, centers, float(reach[prior]))
    terms, iou = _terms(rule, seen, torch.tensor(kept), near)
    cost = terms[0] + terms[1] + terms[2]
    k = dynamic_k(iou, rule.num_iou)
    at = kept.index(prior)
    taken = taken_first(cost, k, at)
    columns = (*(term[:, at] for term in terms), cost[:, at], torch.tensor(taken.ranks), k)
    verdicts = []
    for j, index in enumerate(seen.part):
        won = int(seen.owner[prior]) == index
        says, failed = _reason(seen, cost[:, at], taken, j, won=won, outside=float(terms[2][j, at]))
        values = tuple(float(column[j]) for column in columns)
        verdicts.append(Verdict(object=index, won=won, says=says, values=values, failed=failed))
    return Reasons(
        columns=COLUMNS,
        rule=(
            f"less than {float(reach[prior]):g} px from a centre; k is the sum of the "
            f"{rule.num_iou} best IoUs"
        ),
        nobody="background: it is too expensive for every object",
        verdicts=tuple(verdicts),
    )


def _terms(
    rule: SimOTA, seen: Seen, kept: Tensor, near: Tensor
) -> tuple[tuple[Tensor, Tensor, Tensor], Tensor]:
    """Return the three parts of the cost of the ``kept`` candidates, (n, c) each, and their IoUs."""
    quality = seen.predicted.quality
    if quality is None:
        quality = torch.full((len(seen.priors),), float("inf"))
    iou = pairwise_iou(seen.boxes, seen.regions[kept])
    scores = rule.score(seen.logits[kept], quality[kept])
    classes, _ = class_losses(rule.classification, scores, seen.labels)
    place = rule.localization_weight * rule.localization(iou)
    return (classes.T, place, rule.outside * ~near[:, kept]), iou


def _reason(
    seen: Seen, cost: Tensor, taken: Taken, j: int, *, won: bool, outside: float
) -> tuple[str, Limit | None]:
    name, value, rank, k = letter(seen.part[j]), float(cost[j]), taken.ranks[j], taken.k[j]
    if won:
        says = f"cost {number(value)} is {nth(rank, 'cheapest')} for {name}, which takes k = {k}"
        if rank > k:
            says = f"other objects want it, but it costs least, {number(value)}, for {name}"
        return f"won: {says}", None
    if rank > k:
        says = f"cost {number(value)} is {nth(rank, 'cheapest')} for {name}, which takes k = {k}"
        if outside:
            far = f"it is too far from {name}'s centre, which adds {number(outside)} to its cost"
            says = f"{far}: {nth(rank, 'cheapest')} for {name}, which takes k = {k}"
        return says, Limit(value=rank, sign="<=", limit=k)
    rival = min(range(len(cost)), key=lambda i: (float(cost[i]), i))
    other = float(cost[rival])
    a, b = pair(value, other)
    says = (
        f"{name} takes it as its {ordinal(rank)} of k = {k}, but it costs {a} for {name} and "
        f"{b} for {letter(seen.part[rival])}"
    )
    return says, Limit(value=value, sign="<", limit=other)


def _too_far(seen: Seen, prior: int, centers: Tensor, reach: float) -> Reasons:
    low, high = seen.boxes.chunk(2, -1)
    away = (centers[prior] - (low + high) / 2).abs().amax(-1)
    verdicts = []
    for j, index in enumerate(seen.part):
        a, b = pair(float(away[j]), reach, 1)
        says = f"it is {a} px off the centre of {letter(index)}, not less than {b}"
        verdicts.append(
            Verdict(
                object=index,
                won=False,
                says=says,
                values=(float(away[j]), reach),
                failed=Limit(value=float(away[j]), sign="<", limit=reach),
            )
        )
    return Reasons(
        columns=("off centre (px)", "radius (px)"),
        rule=f"only priors less than {reach:g} px from some object's centre are candidates",
        nobody="background: it is near no object's centre, so it is no candidate",
        verdicts=tuple(verdicts),
    )
