"""Every assigner that AssignLab offers, by name: those of ``locviz.models.ASSIGNERS``, and the
caller's.

An entry says what an assigner is. Added here is only what is shown of it beside its answer: what
its matrix holds, and the film that can be played.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from locviz.assign import centerness
from locviz.boxes import pairwise_iou
from locviz.models import ASSIGNERS
from locviz.models.assigner_entries import CENTER_SAMPLING, HUNGARIAN, OTA
from locviz.models.assigner_entry import AssignerEntry
from locviz.types import Priors, Targets
from locviz.widgets.assignlab.rule import Rule, Values


def squares_iou(
    priors: Priors, targets: Targets, predicted: Any, knobs: Mapping[str, Any]
) -> Tensor:
    """IoU of each prior's square with each object (p, g)."""
    half = priors.strides[:, None] * (knobs["side"] / 2)
    return pairwise_iou(
        torch.cat([priors.centers - half, priors.centers + half], -1), targets.boxes
    )


def all_centerness(
    priors: Priors, targets: Targets, predicted: Any, knobs: Mapping[str, Any]
) -> Tensor:
    """Centre-ness of each prior in each object (p, g): 0 outside."""
    p, g = len(priors), len(targets)
    points = priors.centers[:, None].expand(p, g, -1).flatten(0, 1)
    return centerness(points, targets.boxes.repeat(p, 1)).reshape(p, g)


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
        values=values,
        film=FILMS.get(entry, ""),
    )


def _shown(entry: AssignerEntry) -> tuple[str, Values | None]:
    """What the matrix holds, and how it is computed where the assigner gives no cost."""
    if entry is CENTER_SAMPLING:
        return "centre-ness", all_centerness
    if entry.priors == "anchors" and not entry.dynamic:
        return "IoU", squares_iou
    return "cost", None


def own_rule(name: str, assigner: Any) -> Rule:
    """Return a rule without knobs for one of the caller's own assigners."""
    return Rule(
        name=name,
        title=name.replace("_", " "),
        says=f"Your own assigner: {type(assigner).__name__}.",
        build=lambda: assigner,
        dynamic=True,
        measure="IoU",
        values=lambda priors, targets, predicted, knobs: pairwise_iou(
            priors.regions, targets.boxes
        ),
    )
