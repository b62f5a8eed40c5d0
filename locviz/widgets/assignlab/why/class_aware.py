"""IoU or class: a threshold on the IoU, or one on a score of class and covered share."""

import torch

from locviz.assign.class_aware_iou import ClassAwareIoU
from locviz.boxes import pairwise_iou
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import number, pair
from locviz.widgets.core.words import letter

COLUMNS = ("IoU", "class", "score")


def explain(rule: ClassAwareIoU, seen: Seen, prior: int) -> Reasons:
    """Return one prior's IoU with every object, its class's probability, and the score of both."""
    here = seen.priors.regions[prior : prior + 1]
    believed = rule.probability(seen.logits[prior : prior + 1, seen.labels])
    row = _Row(
        rule,
        [letter(index) for index in seen.part],
        pairwise_iou(here, seen.boxes)[0].tolist(),
        rule.scores(here, seen.boxes, believed)[0].tolist(),
    )
    owner, verdicts = int(seen.owner[prior]), []
    for j, index in enumerate(seen.part):
        won = owner == index
        rival = seen.part.index(owner) if owner in seen.part else j
        says, failed = (row.won(j), None) if won else row.lost(j, rival)
        score = row.score[j] if row.score[j] > -torch.inf else None
        values = (row.iou[j], float(believed[0, j]), score)
        verdicts.append(Verdict(object=index, won=won, says=says, values=values, failed=failed))
    return Reasons(
        columns=COLUMNS,
        rule=(
            f"positive from IoU {rule.positive:g} or score {rule.score_threshold:g}, background up "
            f"to IoU {rule.negative:g}; score = {rule.alpha:g} × class + {1 - rule.alpha:g} × covered"
        ),
        nobody=row.nobody(),
        verdicts=tuple(verdicts),
    )


class _Row:
    """One prior's numbers for every object that takes part."""

    def __init__(self, rule: ClassAwareIoU, names: list[str], iou: list[float], score: list[float]):
        self.rule, self.names, self.iou, self.score = rule, names, iou, score
        self.by_iou = max(iou) >= rule.positive  # equation 5's first line decides

    def won(self, j: int) -> str:
        value, limit, what = self.iou[j], self.rule.positive, "IoU"
        if not self.by_iou:
            value, limit, what = self.score[j], self.rule.score_threshold, "score"
        a, b = pair(value, limit)
        return f"won: {what} {a} with {self.names[j]} reaches {b}"

    def lost(self, j: int, rival: int) -> tuple[str, Limit]:
        name, value, score = self.names[j], self.iou[j], self.score[j]
        if not score > -torch.inf:
            return f"it does not overlap {name}", Limit(value=value, sign=">", limit=0)
        if self.by_iou and value < self.rule.positive:
            a, b = pair(value, self.rule.positive)
            says = f"IoU {a} with {name} does not reach {b}, and an IoU that does decides first"
            return says, Limit(value=value, sign=">=", limit=self.rule.positive)
        if not self.by_iou and score < self.rule.score_threshold:
            a, b = pair(score, self.rule.score_threshold)
            says = f"score {a} for {name} does not reach {b}, nor IoU {number(value)} its threshold"
            return says, Limit(value=score, sign=">=", limit=self.rule.score_threshold)
        if not self.by_iou and score != self.score[rival]:
            a, b = pair(score, self.score[rival])
            says = f"score {a} for {name}, but {b} for {self.names[rival]}"
            return says, Limit(value=score, sign=">", limit=self.score[rival])
        a, b = pair(value, self.iou[rival])
        says = f"IoU {a} with {name}, but {b} with {self.names[rival]}; the first of equals wins"
        return says, Limit(value=value, sign=">", limit=self.iou[rival])

    def nobody(self) -> str:
        best = max(range(len(self.iou)), key=lambda j: self.iou[j])
        if not self.iou[best]:
            return "background: it overlaps no object"
        a, b = pair(self.iou[best], self.rule.negative)
        if self.iou[best] > self.rule.negative:
            return (
                f"ignored: its highest IoU, {a} with {self.names[best]}, is above {b}, but no more"
            )
        return f"background: its highest IoU, {a} with {self.names[best]}, is at most {b}"
