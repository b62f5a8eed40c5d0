"""Mutual labelling: an object's candidates, and the threshold that parts their predicted boxes."""

import torch

from locviz.assign.center_sampling import side_distances
from locviz.assign.mutual_labelling import Group, MutualLabelling, inside_boxes
from locviz.boxes import area, pairwise_iou
from locviz.otsu import otsu_threshold
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import number, pair
from locviz.widgets.core.words import letter

COLUMNS = ("inside (px)", "IoU predicted", "threshold", "class")


def explain(rule: MutualLabelling, seen: Seen, prior: int) -> Reasons:
    """Return whose candidate one prior is, how well its box fits, and the group's threshold."""
    group = rule.candidates(seen.priors, seen.boxes)
    overlap = pairwise_iou(seen.boxes, seen.regions)
    depth = side_distances(seen.priors.centers[prior : prior + 1], seen.boxes)[0].amin(-1)
    believed = rule.probability(seen.logits[prior, seen.labels])
    owner, verdicts = int(seen.owner[prior]), []
    for j, index in enumerate(seen.part):
        threshold = _threshold(group, overlap, j)
        values = (float(depth[j]), float(overlap[j, prior]), threshold, float(believed[j]))
        won = owner == index
        if int(group.owner[prior]) == j:
            says, failed = _split(letter(index), values[1], threshold or 0.0, won=won)
        else:
            says, failed = _no_candidate(rule, seen, group, j, prior, values[0])
        verdicts.append(Verdict(object=index, won=won, says=says, values=values, failed=failed))
    return Reasons(
        columns=COLUMNS,
        rule="the classes learn from candidates whose predicted box is above Otsu's threshold",
        nobody=_nobody(seen, group, prior),
        verdicts=tuple(verdicts),
    )


def _threshold(group: Group, overlap: torch.Tensor, j: int) -> float | None:
    values = overlap[j, group.owner == j]
    return float(otsu_threshold(values)) if len(values) else None


def _split(name: str, value: float, threshold: float, *, won: bool) -> tuple[str, Limit | None]:
    a, b = pair(value, threshold)
    if won:
        return f"won: its box overlaps {name} by {a}, above {b}, the threshold of the group", None
    says = f"a candidate of {name}, but its box overlaps {name} by {a}, not above {b}"
    return says, Limit(value=value, sign=">", limit=threshold)


def _no_candidate(
    rule: MutualLabelling, seen: Seen, group: Group, j: int, prior: int, depth: float
) -> tuple[str, Limit | None]:
    name, other = letter(seen.part[j]), int(group.owner[prior])
    if rule.candidates is not inside_boxes:
        return f"it is no candidate of {name}", None
    if depth <= 0:
        says = f"its centre lies {number(-depth, 1)} px outside {name}"
        return says, Limit(value=depth, sign=">", limit=0)
    sizes = area(seen.boxes).tolist()
    says = f"it is a candidate of {letter(seen.part[other])}, the smallest object around it"
    # Of two equally small ones the first has it.
    return says, Limit(value=sizes[j], sign="<", limit=sizes[other])


def _nobody(seen: Seen, group: Group, prior: int) -> str:
    if int(group.owner[prior]) < 0:
        return "background: it is no object's candidate"
    places = None if seen.answer is None else seen.answer.localization
    says = "background: a candidate whose box is not among the group's better ones"
    if places is None or int(places.gt_index[prior]) < 0:
        return says
    return f"{says}; its box learns from {letter(int(places.gt_index[prior]))} all the same"
