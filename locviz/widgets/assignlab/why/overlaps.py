"""Max IoU, the RPN's rule and SSD's rule: thresholds on the IoU, and forced priors."""

from torch import Tensor

from locviz.assign.best_overlaps import BestOverlaps, best_overlaps
from locviz.assign.max_iou import MaxIoU
from locviz.boxes import pairwise_iou
from locviz.types import IGNORE
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import listed, number, pair
from locviz.widgets.core.words import letter

COLUMNS = ("IoU", "rank", "threshold")


def explain(rule: MaxIoU, seen: Seen, prior: int) -> Reasons:
    """Return the overlaps of one prior with every object, against the threshold."""
    overlaps = best_overlaps(seen.priors.regions, seen.boxes)
    iou = pairwise_iou(seen.boxes, seen.priors.regions)
    forced, _ = rule.force(overlaps)
    here = _Here(rule, seen, overlaps, iou[:, prior], prior, bool((forced == prior).any()))
    ranks = (iou > iou[:, prior, None]).sum(1) + 1
    verdicts = tuple(
        here.verdict(j, (float(here.row[j]), float(ranks[j]), rule.positive))
        for j in range(len(seen.part))
    )
    low, high = f"{rule.negative:g}", f"{rule.positive:g}"
    says = f"positive from IoU {high}, background below {low}"
    return Reasons(columns=COLUMNS, rule=says, nobody=here.nobody(), verdicts=verdicts)


class _Here:
    """One prior under the rule."""

    def __init__(
        self,
        rule: MaxIoU,
        seen: Seen,
        overlaps: BestOverlaps,
        row: Tensor,
        prior: int,
        forced: bool,
    ):
        self.rule, self.row, self.forced = rule, row, forced
        self.owner = int(seen.owner[prior])
        self.best, self.index = float(overlaps.best[prior]), int(overlaps.index[prior])
        self.names = [letter(i) for i in seen.part]
        self.part = seen.part
        top = (row == overlaps.peak) & (overlaps.peak > 0)
        self.top = [j for j in range(len(row)) if top[j]]  # objects that overlap no prior more

    def verdict(self, j: int, values: tuple[float, ...]) -> Verdict:
        won = self.owner == self.part[j]
        says, failed = (self._won(j), None) if won else self._lost(j)
        return Verdict(object=self.part[j], won=won, says=says, values=values, failed=failed)

    def _won(self, j: int) -> str:
        value, name = float(self.row[j]), self.names[j]
        if value >= self.rule.positive:
            a, b = pair(value, self.rule.positive)
            return f"won: IoU {a} with {name} reaches the threshold {b}"
        a, b = pair(value, self.rule.positive)
        if j in self.top:
            return (
                f"won: IoU {a} with {name} is below {b}, but no prior overlaps {name} more, "
                "so the rule gives it"
            )
        if self.top:
            others = listed(self.names[k] for k in self.top)
            return (
                f"won: the best prior of {others} is always positive, and goes to the object that "
                f"it overlaps most: {name}, IoU {a}"
            )
        return f"won: the best prior that is still free for {name}, IoU {a}, is given to it"

    def _lost(self, j: int) -> tuple[str, Limit]:
        value, name = float(self.row[j]), self.names[j]
        if value < self.rule.positive:
            a, b = pair(value, self.rule.positive)
            says = f"IoU {a} with {name} is below the threshold {b}"
            return says, Limit(value=value, sign=">=", limit=self.rule.positive)
        rival = self.part.index(self.owner) if self.owner >= 0 else self.index
        other = float(self.row[rival])
        if other < value or (other == value and rival > j):
            says = (
                f"IoU {number(value)} with {name} reaches the threshold, but the rule gave this "
                f"prior to {self.names[rival]} in its first round; the threshold is its second"
            )
            return says, Limit(value=2, sign="<=", limit=1)
        a, b = pair(value, other)
        than = "is the same, and the first object gets it" if other == value else "is higher"
        says = f"IoU {a} with {name} reaches the threshold, but {b} with {self.names[rival]} {than}"
        return says, Limit(value=value, sign=">", limit=other)

    def nobody(self) -> str:
        if not self.best:
            return "background: it overlaps no object"
        whom = self.names[self.index]
        if self.owner == IGNORE:
            low, high = self.rule.negative, self.rule.positive
            best, _ = pair(self.best, high)
            return (
                f"ignored: its highest IoU, {best} with {whom}, lies from {low:g} to {high:g}, so "
                "it takes part in no loss"
            )
        a, b = pair(self.best, self.rule.negative)
        return f"background: its highest IoU, {a} with {whom}, is below {b}"
