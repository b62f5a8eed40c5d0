"""Task alignment: class to the power alpha times overlap to the power beta, the best inside."""

import torch
from torch import Tensor

from locviz.assign.center_sampling import side_distances
from locviz.assign.prediction_costs import strictly_inside
from locviz.assign.task_aligned import TaskAligned
from locviz.widgets.assignlab.why.ranks import Taken, taken_first
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import nth, number, pair
from locviz.widgets.core.words import letter

COLUMNS = ("class", "overlap", "alignment", "inside (px)", "rank", "takes")


def explain(rule: TaskAligned, seen: Seen, prior: int) -> Reasons:
    """Return one prior's class and overlap for every object, their product, and its rank."""
    overlap, scores = rule.overlap(seen.boxes, seen.regions), _scores(rule, seen)
    metric = scores.pow(rule.alpha) * overlap.pow(rule.beta)
    boxes = rule.grown(seen.boxes)
    inside = strictly_inside(seen.priors.centers, boxes)
    pool = rule.pool(metric, inside)
    k = torch.full((len(boxes),), min(rule.top_k, pool.shape[1]))
    taken = taken_first(-pool, k, prior)
    depth = side_distances(seen.priors.centers[prior : prior + 1], boxes)[0].amin(-1)
    ranks = torch.tensor(taken.ranks)
    numbers = (scores[:, prior], overlap[:, prior], metric[:, prior], depth, ranks, k)
    verdicts = []
    for j, index in enumerate(seen.part):
        won = int(seen.owner[prior]) == index
        values = tuple(float(column[j]) for column in numbers)
        says, failed = _reason(seen, values, overlap[:, prior], taken, j, won=won, prior=prior)
        verdicts.append(Verdict(object=index, won=won, says=says, values=values, failed=failed))
    return Reasons(
        columns=COLUMNS,
        rule=f"alignment = class^{rule.alpha:g} × overlap^{rule.beta:g}, the {rule.top_k} best inside",
        nobody="background: no object takes it",
        verdicts=tuple(verdicts),
    )


def _scores(rule: TaskAligned, seen: Seen) -> Tensor:
    return rule.probability(seen.logits[:, seen.labels].T)


def _reason(
    seen: Seen,
    values: tuple[float, ...],
    overlap: Tensor,
    taken: Taken,
    j: int,
    *,
    won: bool,
    prior: int,
) -> tuple[str, Limit | None]:
    name, metric, depth = letter(seen.part[j]), values[2], values[3]
    rank, k = taken.ranks[j], taken.k[j]
    if won and rank > k:
        return f"won: other objects want it, too, but what it predicts overlaps {name} most", None
    if won:
        return f"won: alignment {metric:.2g} is {nth(rank, 'best')} inside {name}", None
    if depth <= 0:
        says = f"its centre lies {number(-depth, 1)} px outside {name}"
        return says, Limit(value=depth, sign=">", limit=0)
    if metric <= 0:
        says = f"its alignment with {name} is 0: what it predicts does not overlap {name}"
        return says, Limit(value=metric, sign=">", limit=0)
    if rank > k:
        says = f"alignment {metric:.2g} is {nth(rank, 'best')} for {name}, which takes {k}"
        return says, Limit(value=rank, sign="<=", limit=k)
    rival = seen.part.index(int(seen.owner[prior]))
    a, b = pair(float(overlap[j]), float(overlap[rival]))
    says = (
        f"{name} takes it, too, but what it predicts overlaps {name} by {a} and "
        f"{letter(seen.part[rival])} by {b}"
    )
    return says, Limit(value=float(overlap[j]), sign=">", limit=float(overlap[rival]))
