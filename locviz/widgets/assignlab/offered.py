"""Every assigner that AssignLab offers, by name: its own rules, and the caller's assigners."""

from collections.abc import Mapping
from typing import Any

from locviz.boxes import pairwise_iou
from locviz.widgets.assignlab.dynamic_rules import DYNAMIC
from locviz.widgets.assignlab.rules import STATIC, Rule


def rules_by_name(own: Mapping[str, Any]) -> dict[str, Rule]:
    """Return the rules that come with the widget, static ones first, then one per own assigner."""
    rules = (*STATIC, *DYNAMIC, *(own_rule(name, assigner) for name, assigner in own.items()))
    return {rule.name: rule for rule in rules}


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
