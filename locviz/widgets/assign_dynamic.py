"""AssignLab's rules that look at predictions: Hungarian, OTA, SimOTA, task-aligned."""

from locviz.widgets.assign_rules import Knob, Rule


def _weight(name: str, label: str, default: float) -> Knob:
    return Knob(name=name, label=label, low=0.0, high=10.0, step=0.5, default=default)


def _hungarian(class_weight: float, l1_weight: float, giou_weight: float):
    import torch

    from locviz.assign import ClassCost, GIoUCost, Hungarian, L1Cost

    # The detectors shown here have a yes or no per class, hence the sigmoid in place of DETR's softmax.
    return Hungarian(
        costs=(
            ClassCost(probability=torch.sigmoid, weight=class_weight),
            L1Cost(weight=l1_weight),
            GIoUCost(weight=giou_weight),
        )
    )


HUNGARIAN = Rule(
    name="hungarian",
    title="Hungarian (DETR)",
    says="Exactly one prediction per object, all objects together at the lowest total cost.",
    build=_hungarian,
    knobs=(
        _weight("class_weight", "class weight", 1.0),
        _weight("l1_weight", "L1 weight", 5.0),
        _weight("giou_weight", "GIoU weight", 2.0),
    ),
    dynamic=True,
    film="auction",
)

DYNAMIC: tuple[Rule, ...] = (HUNGARIAN,)
