"""Centre sampling: inside, at the right level, near the centre; then the smallest area."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.assign.center_sampling import CenterSampling, side_distances
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import number, pair
from locviz.widgets.core.words import letter

INF = float("inf")


@dataclass(frozen=True, eq=False, kw_only=True)
class _Numbers:
    """What centre sampling computes for one prior and the n objects, in input pixels."""

    inside: Float[Tensor, "n"]
    farthest: Float[Tensor, "n"]
    off_center: Float[Tensor, "n"]
    area: Float[Tensor, "n"]
    stride: float
    low: float
    high: float
    radius: float


def explain(rule: CenterSampling, seen: Seen, prior: int) -> Reasons:
    """Return one point's distances to every object, and what its level and the radius allow."""
    n, owner = _numbers(rule, seen, prior), int(seen.owner[prior])
    names = [letter(i) for i in seen.part]
    size = "area" if seen.priors.centers.shape[1] == 2 else "length"
    verdicts = []
    for j, index in enumerate(seen.part):
        values = tuple(float(x[j]) for x in (n.inside, n.farthest, n.off_center, n.area))
        says, failed = _reason(rule, n, j, names, owner=owner, part=seen.part, size=size)
        verdicts.append(
            Verdict(object=index, won=owner == index, says=says, values=values, failed=failed)
        )
    return Reasons(
        columns=("inside (px)", "farthest side", "off centre", size),
        rule=_allowed(n),
        nobody="background: it is a candidate for no object",
        verdicts=tuple(verdicts),
    )


def _allowed(n: _Numbers) -> str:
    ends = f"from {max(n.low, 0):g} px" if n.high == INF else f"{max(n.low, 0):g} to {n.high:g} px"
    radius = "" if n.radius == INF else f", less than {n.radius:g} px off the centre"
    return f"stride {n.stride:g}: farthest side {ends}{radius}; the smallest object wins"


def _numbers(rule: CenterSampling, seen: Seen, prior: int) -> _Numbers:
    priors, boxes = seen.priors, seen.boxes
    ranges = rule.ranges(priors) if callable(rule.ranges) else rule.ranges
    ends = torch.tensor(priors.levels).cumsum(0)
    low, high = ranges[int((ends <= prior).sum())]
    point, stride = priors.centers[prior], float(priors.strides[prior])
    distances = side_distances(point[None], boxes)[0]
    low_corner, high_corner = boxes.chunk(2, -1)
    return _Numbers(
        inside=distances.amin(-1),
        farthest=distances.amax(-1),
        off_center=(point - (low_corner + high_corner) / 2).abs().amax(-1),
        area=(high_corner - low_corner).prod(-1),
        stride=stride,
        low=low,
        high=high,
        radius=INF if rule.radius is None else rule.radius * stride,
    )


def _reason(
    rule: CenterSampling,
    n: _Numbers,
    j: int,
    names: list[str],
    *,
    owner: int,
    part: list[int],
    size: str,
) -> tuple[str, Limit | None]:
    name, inside, far, off, area = (
        names[j],
        *(float(x[j]) for x in (n.inside, n.farthest, n.off_center, n.area)),
    )
    if owner == part[j]:
        fit = f"won: it lies inside {name}, whose farthest side, {number(far, 1)} px away, suits its level"
        return f"{fit}; no smaller object takes it ({size} {number(area, 0)})", None
    if inside <= 0:
        says = f"it lies {number(-inside, 1)} px outside {name}"
        return says, Limit(value=inside, sign=">", limit=0)
    if not rule.within(n.farthest[j], torch.tensor(n.low), torch.tensor(n.high)):
        return _wrong_level(n, name, far)
    if off >= n.radius:
        a, b = pair(off, n.radius, 1)
        return f"it is {a} px off {name}'s centre, not less than {b}", Limit(
            value=off, sign="<", limit=n.radius
        )
    other = float(n.area[part.index(owner)])
    rival, (a, b) = names[part.index(owner)], pair(area, other, 0)
    says = f"{size} {a} of {name} is not smaller than {b} of {rival}, which takes it"
    return says, Limit(value=area, sign="<", limit=other)


def _wrong_level(n: _Numbers, name: str, far: float) -> tuple[str, Limit]:
    small = far <= n.low
    end = n.low if small else n.high
    a, b = pair(far, end, 1)
    takes = f"at least {b}: a finer" if small else f"at most {b}: a coarser"
    says = (
        f"the farthest side of {name} is {a} px away; stride {n.stride:g} takes {takes} level "
        "is for it"
    )
    sign = (">" if far == end else ">=") if small else ("<" if far == end else "<=")
    return says, Limit(value=far, sign=sign, limit=end)
