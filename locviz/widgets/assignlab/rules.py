"""Every assigner that AssignLab offers, by name: those of ``locviz.models.ASSIGNERS``, and the
caller's.

An entry says what an assigner is. Added here is only what is shown of it beside its answer: what
its matrix holds, and the film that can be played.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from locviz.assign import CenterSampling, OnSquareAnchors
from locviz.boxes import pairwise_iou
from locviz.models import ASSIGNERS
from locviz.models.assigner_entries import (
    ATSS,
    CENTER_SAMPLING,
    CLASS_AWARE,
    GRID_CELL,
    HUNGARIAN,
    MUTUAL_LABELLING,
    OTA,
    SIMOTA,
    TASK_ALIGNED,
)
from locviz.models.assigner_entry import SIDE, AssignerEntry
from locviz.types import Priors, Targets
from locviz.widgets.assignlab.own_rule import OnOverlaps, reads_overlaps
from locviz.widgets.assignlab.rule import Rule, Values


def squares_iou(
    priors: Priors, targets: Targets, predicted: Any, knobs: Mapping[str, Any]
) -> Tensor:
    """IoU of each prior's square with each object (p, g)."""
    half = priors.strides[:, None] * (knobs["side"] / 2)
    return pairwise_iou(
        torch.cat([priors.centers - half, priors.centers + half], -1), targets.boxes
    )


def candidates_area(
    priors: Priors, targets: Targets, predicted: Any, knobs: Mapping[str, Any]
) -> Tensor:
    """Each object's area where a prior is a candidate for it (p, g), infinite elsewhere.

    That is what centre sampling compares: the smallest wins.
    """
    rule = CENTER_SAMPLING.on_points(**knobs)
    assert isinstance(rule, CenterSampling)
    low, high = targets.boxes.chunk(2, -1)
    return torch.where(rule.candidates(priors, targets), (high - low).prod(-1), float("inf"))


_SQUARES = "IoU of each prior's anchor square with each object"
CAPTIONS = {
    ATSS: f"{_SQUARES}; every object has a threshold of its own",
    GRID_CELL: "1 − IoU of what is predicted, in the cell of the object's centre: the lowest wins",
    CENTER_SAMPLING: (
        "Size of the object, where the prior is a candidate for it: the smallest wins"
    ),
    CLASS_AWARE: "Minus the score of class and overlap: the lowest wins",
    MUTUAL_LABELLING: (
        "Minus the IoU of the predicted box, where the prior is a candidate for the object"
    ),
    HUNGARIAN: "Cost: class, L1 and GIoU as weighted; the lowest total of all objects wins",
    OTA: "Cost: class and place as weighted; the plan is made from all of it",
    SIMOTA: "Cost: class and place as weighted; each object takes its k lowest",
    TASK_ALIGNED: "Minus the alignment of class and overlap: each object takes its lowest",
}
"""What an entry's matrix shows; of the others, anchor squares."""

FILMS = {OTA: "sinkhorn", HUNGARIAN: "auction"}


def rules_by_name(own: Mapping[str, Any]) -> dict[str, Rule]:
    """Return the rules that come with the widget, in the entries' order, then one per own
    assigner.
    """
    rules = (
        *(rule_of(entry) for entry in ASSIGNERS),
        *(own_rule(name, assigner) for name, assigner in own.items()),
    )
    return {rule.name: rule for rule in rules}


def rule_of(entry: AssignerEntry) -> Rule:
    """Return an entry's rule. The same points can be seen under every rule: those that compare
    overlaps look at square anchors.
    """
    measure, values = _shown(entry)
    return Rule(
        name=entry.name,
        title=entry.title,
        says=entry.rule,
        build=entry.on_points,
        knobs=entry.knobs_on_points,
        dynamic=entry.dynamic,
        measure=measure,
        caption=CAPTIONS.get(entry, _SQUARES),
        values=values,
        film=FILMS.get(entry, ""),
    )


def _shown(entry: AssignerEntry) -> tuple[str, Values | None]:
    """What the matrix holds, and how it is computed where the assigner gives no cost."""
    if entry is CENTER_SAMPLING:
        return "area", candidates_area
    if entry.priors == "anchors" and not entry.dynamic:
        return "IoU", squares_iou
    return "cost", None


def own_rule(name: str, given: Any) -> Rule:
    """Return a rule for one of the caller's own: a function of the overlaps, or an assigner.

    Raises:
        TypeError: it is neither; the message says what to give.
    """
    title = name.replace("_", " ")
    if reads_overlaps(name, given):
        called = getattr(given, "__name__", type(given).__name__)
        return Rule(
            name=name,
            title=title,
            says=f"Your own rule: {called}(iou), with the IoU of every anchor and object.",
            build=lambda side: OnSquareAnchors(OnOverlaps(given, name=name), side=side),
            knobs=(SIDE,),
            measure="IoU",
            caption=_SQUARES,
            values=squares_iou,
        )
    return Rule(
        name=name,
        title=title,
        says=f"Your own assigner: {type(given).__name__}.",
        build=lambda: given,
        dynamic=True,
        measure="IoU",
        caption="IoU of each prior's region with each object",
        values=lambda priors, targets, predicted, knobs: pairwise_iou(
            priors.regions, targets.boxes
        ),
    )
