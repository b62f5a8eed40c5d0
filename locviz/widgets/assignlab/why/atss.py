"""ATSS: the nearest of each level, and a threshold of each object's own."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.atss import ATSS, mean_plus_deviation, nearest
from locviz.assign.center_sampling import side_distances
from locviz.boxes import corners_to_center_size, iou, pairwise_iou
from locviz.types import Priors
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import nth, number, pair
from locviz.widgets.core.words import letter

COLUMNS = ("IoU", "threshold", "nearest", "k", "inside (px)")


@dataclass(frozen=True, eq=False, kw_only=True)
class _Numbers:
    """What ATSS computes for one prior and the n objects."""

    value: Float[Tensor, "n"]
    threshold: Float[Tensor, "n"]
    rank: Int64[Tensor, "n"]
    k: int
    depth: Float[Tensor, "n"]
    margin: float

    @property
    def positive(self) -> Bool[Tensor, "n"]:
        good = (self.value >= self.threshold) & (self.depth > self.margin)
        return good & (self.rank <= self.k)


def explain(rule: ATSS, seen: Seen, prior: int) -> Reasons:
    """Return one prior's overlaps, ranks and depths, and each object's threshold."""
    n, owner = _numbers(rule, seen.priors, seen.boxes, prior), int(seen.owner[prior])
    names = [letter(i) for i in seen.part]
    verdicts = []
    for j, index in enumerate(seen.part):
        values = (n.value[j], n.threshold[j], n.rank[j], n.k, n.depth[j])
        says, failed = _reason(n, j, names, won=owner == index)
        verdicts.append(
            Verdict(
                object=index,
                won=owner == index,
                says=says,
                values=tuple(map(float, values)),
                failed=failed,
            )
        )
    return Reasons(
        columns=COLUMNS,
        rule="each object has its own threshold: mean plus deviation of its candidates' IoUs",
        nobody="background: no object takes it",
        verdicts=tuple(verdicts),
    )


def _numbers(rule: ATSS, priors: Priors, boxes: Tensor, prior: int) -> _Numbers:
    candidates = rule.candidates(priors, boxes)
    threshold = mean_plus_deviation(iou(priors.regions[candidates], boxes[:, None]))[:, 0]
    start, level = 0, 0
    while prior >= start + priors.levels[level]:
        start, level = start + priors.levels[level], level + 1
    points = priors.centers[start : start + priors.levels[level]]
    order = nearest(points, corners_to_center_size(boxes).chunk(2, -1)[0], len(points))
    return _Numbers(
        value=pairwise_iou(boxes, priors.regions)[:, prior],
        threshold=threshold,
        rank=(order == prior - start).int().argmax(1) + 1,
        k=min(rule.top_k, len(points)),
        depth=side_distances(priors.centers[prior : prior + 1], boxes)[0].amin(-1),
        margin=rule.margin,
    )


def _reason(n: _Numbers, j: int, names: list[str], *, won: bool) -> tuple[str, Limit | None]:
    name, value, rank = names[j], float(n.value[j]), int(n.rank[j])
    a, b = pair(value, float(n.threshold[j]))
    if won:
        says = (
            f"won: it is {nth(rank, 'nearest')} of its level, and IoU {a} with {name} reaches "
            f"{name}'s own threshold {b}"
        )
        return says, None
    if rank > n.k:
        says = f"it is {nth(rank, 'nearest')} to {name} on its level; the {n.k} nearest count"
        return says, Limit(value=rank, sign="<=", limit=n.k)
    if value < n.threshold[j]:
        says = f"IoU {a} with {name} is below the ATSS threshold {b}"
        return says, Limit(value=value, sign=">=", limit=float(n.threshold[j]))
    depth = float(n.depth[j])
    if depth <= n.margin:
        says = f"its centre lies {number(-depth, 1)} px outside {name}"
        return says, Limit(value=depth, sign=">", limit=n.margin)
    rivals = [(float(n.value[i]), -i) for i in range(len(names)) if n.positive[i] and i != j]
    other, rival = max(rivals)
    a, b = pair(value, other)
    than = "is the same, and comes first" if other == value else "is higher"
    says = f"IoU {a} with {name} reaches its threshold, but {b} with {names[-rival]} {than}"
    return says, Limit(value=value, sign=">", limit=other)
