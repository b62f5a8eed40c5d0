"""The reason of any assigner: what stands round it is taken off, then its family is asked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from locviz.assign import (
    ATSS,
    OTA,
    CenterSampling,
    ClassAwareIoU,
    GridCell,
    Hungarian,
    MaxIoU,
    MutualLabelling,
    OneLevel,
    OnSquareAnchors,
    SimOTA,
    SSDRule,
    TaskAligned,
)
from locviz.assign.set_aside import set_aside
from locviz.types import IGNORE, Priors
from locviz.widgets.assignlab.why import (
    aligned,
    atss,
    center,
    cheapest,
    class_aware,
    grid_cell,
    matching,
    mutual,
    overlaps,
    own,
    transport,
)
from locviz.widgets.assignlab.why.reason import Reasons, Seen, Verdict, Why
from locviz.widgets.core.words import letter

Explain = Callable[[Any, Seen, int], Reasons]

FAMILIES: dict[type, Explain] = {
    MaxIoU: overlaps.explain,
    SSDRule: lambda rule, seen, prior: overlaps.explain(rule.as_max_iou(), seen, prior),
    GridCell: grid_cell.explain,
    CenterSampling: center.explain,
    ATSS: atss.explain,
    Hungarian: matching.explain,
    OTA: transport.explain,
    SimOTA: cheapest.explain,
    TaskAligned: aligned.explain,
    ClassAwareIoU: class_aware.explain,
    MutualLabelling: mutual.explain,
}


@torch.no_grad()
def explain(seen: Seen, prior: int) -> Why:
    """Return why one prior is responsible for what it is responsible for.

    Args:
        seen: the assigner, what it was given and what it answered.
        prior: its number.
    """
    bare, reasons = _asked(seen, prior)
    owner = int(seen.owner[prior])
    verdicts = {verdict.object: verdict for verdict in reasons.verdicts}
    regions = seen.predicted.regions
    return Why(
        prior=prior,
        says=verdicts[owner].says if owner in verdicts else _nobody(seen, prior, reasons),
        square=tuple(bare.regions[prior].tolist()),
        square_is="cell" if bare is seen.priors else "anchor",
        predicted=None if regions is None else tuple(regions[prior].tolist()),
        columns=reasons.columns,
        rule=reasons.rule,
        verdicts=tuple(
            verdicts.get(index) or _apart(index, len(reasons.columns))
            for index in range(len(seen.targets))
        ),
    )


def _asked(seen: Seen, prior: int) -> tuple[Priors, Reasons]:
    """Return the priors as the rule sees them, and its reasons."""
    assigner = seen.assigner
    if isinstance(assigner, OnSquareAnchors):
        seen = replace(seen, assigner=assigner.assigner, priors=assigner.squares(seen.priors))
    if not seen.part:
        nothing = "background: there is no object that takes part"
        return seen.priors, Reasons(columns=(), rule="", nobody=nothing, verdicts=())
    if isinstance(assigner, OneLevel):
        return seen.priors, _on_one_level(assigner, seen, prior)
    family = FAMILIES.get(type(seen.assigner), own.explain)
    return seen.priors, family(seen.assigner, seen, prior)


def _on_one_level(assigner: OneLevel, seen: Seen, prior: int) -> Reasons:
    asked = assigner.asked(seen.priors)
    if not asked[prior]:
        level = min(assigner.level, len(seen.priors.levels) - 1)
        return grid_cell.other_level(seen, prior, level)
    grid = Priors(seen.priors.regions[asked], seen.priors.strides[asked], (int(asked.sum()),))
    inner = replace(
        seen,
        assigner=assigner.assigner,
        priors=grid,
        predicted=seen.predicted.rows(asked),
        owner=seen.owner[asked],
        answer=None,
    )
    family = FAMILIES.get(type(assigner.assigner), own.explain)
    return family(assigner.assigner, inner, int(asked[:prior].sum()))


def _apart(index: int, columns: int) -> Verdict:
    says = f"{letter(index)} is set aside (a crowd, or ignored): no prior is responsible for it"
    return Verdict(object=index, won=False, says=says, values=(None,) * columns)


def _nobody(seen: Seen, prior: int, reasons: Reasons) -> str:
    """Why no object has the prior; a crowd round it counts before the rule's own reason."""
    if int(seen.owner[prior]) != IGNORE or reasons.nobody.startswith(("ignored", "your rule")):
        return reasons.nobody
    names = [letter(i) for i, apart in enumerate(set_aside(seen.targets).tolist()) if apart]
    return f"ignored: it lies in a region that is set aside ({', '.join(names)}), so it has no loss"
