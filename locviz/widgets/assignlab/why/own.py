"""A rule of the learner's own: what it answered, and the overlaps; its reasons are its own."""

from locviz.boxes import pairwise_iou
from locviz.types import IGNORE
from locviz.widgets.assignlab.why.reason import Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import number
from locviz.widgets.core.words import letter


def explain(_, seen: Seen, prior: int) -> Reasons:
    """Return what is known of any rule: the IoU, its rank, and the cost if the rule gives one."""
    iou, owner = pairwise_iou(seen.boxes, seen.priors.regions), int(seen.owner[prior])
    ranks = (iou > iou[:, prior, None]).sum(1) + 1
    cost = None if seen.answer is None else seen.answer.cost
    verdicts = []
    for j, index in enumerate(seen.part):
        won = owner == index
        values = [float(iou[j, prior]), float(ranks[j])]
        values += [] if cost is None else [float(cost[prior, index])]
        says = f"your rule {'gave' if won else 'did not give'} it to {letter(index)}"
        says = f"{'won: ' if won else ''}{says}; IoU {number(values[0])}, rank {int(ranks[j])}"
        verdicts.append(Verdict(object=index, won=won, says=says, values=tuple(values)))
    nothing = "-2: it takes part in no loss" if owner == IGNORE else "-1: background"
    return Reasons(
        columns=("IoU", "rank") if cost is None else ("IoU", "rank", "cost"),
        rule="your own rule: what it compares is not known here",
        nobody=f"your rule answered {nothing}",
        verdicts=tuple(verdicts),
    )
