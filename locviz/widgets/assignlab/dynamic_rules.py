"""AssignLab's rules that use predictions: Hungarian, OTA, SimOTA and task-aligned.

They have each paper's own numbers. They are built by ``locviz.models.assigners``, as a detector's
are, so that the assigners shown here are those that train there.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import torch

from locviz.types import ImagePredictions, Priors, Targets
from locviz.widgets.assignlab.rules import Knob, Rule


def ota(
    localization_weight: float,
    radius: float,
    num_iou: int,
    epsilon: float,
    iterations: int,
    rescale: int,
    **stages: Any,
):
    """OTA with its knobs; another ``solve`` replaces Sinkhorn."""
    from locviz.assign import as_solved, rescale_rows, sinkhorn
    from locviz.models.assigners import ota as built

    solver = {"solve": partial(sinkhorn, epsilon=epsilon, iterations=iterations), **stages}
    return built(
        localization_weight=localization_weight,
        radius=radius,
        num_iou=num_iou,
        rescale=rescale_rows if rescale else as_solved,
        **solver,
    )


def _hungarian(class_weight: float, l1_weight: float, giou_weight: float):
    from locviz.assign import FocalCost, GIoUCost, L1Cost
    from locviz.models.assigners import focal_loss, hungarian

    costs = (
        FocalCost(loss=focal_loss, weight=class_weight),
        L1Cost(weight=l1_weight),
        GIoUCost(weight=giou_weight),
    )
    return hungarian(costs=costs)


def _sim_ota(localization_weight: float, radius: float, num_iou: int):
    from locviz.models.assigners import sim_ota

    rule = sim_ota(localization_weight=localization_weight, radius=radius, num_iou=num_iou)

    def with_any_quality(priors: Priors, targets: Targets, predicted: ImagePredictions):
        if predicted.quality is None:
            # A detector without objectness is taken to be sure that something is there.
            sure = torch.full((len(priors),), 20.0)
            predicted = replace(predicted, quality=sure)
        return rule(priors, targets, predicted)

    return with_any_quality


def _task_aligned(alpha: float, beta: float, top_k: int):
    from locviz.models.assigners import task_aligned

    return task_aligned(alpha=alpha, beta=beta, top_k=top_k)


def _weight(name: str, label: str, default: float) -> Knob:
    return Knob(name=name, label=label, low=0.0, high=10.0, step=0.5, default=default)


def _radius(default: float) -> Knob:
    return Knob(
        name="radius", label="radius (strides)", low=0.5, high=6.0, step=0.5, default=default
    )


def _num_iou(default: int) -> Knob:
    return Knob(name="num_iou", label="IoUs summed for k", low=1, high=40, step=1, default=default)


DYNAMIC: tuple[Rule, ...] = (
    Rule(
        name="hungarian",
        title="Hungarian (DETR)",
        says="Exactly one prediction per object, all objects together at the lowest total cost.",
        build=_hungarian,
        knobs=(
            _weight("class_weight", "class weight", 2.0),
            _weight("l1_weight", "L1 weight", 5.0),
            _weight("giou_weight", "GIoU weight", 2.0),
        ),
        dynamic=True,
        film="auction",
    ),
    Rule(
        name="ota",
        title="OTA",
        says="Objects supply k units each, background the rest, every prior wants one: the cheapest transport decides.",
        build=ota,
        knobs=(
            Knob(
                name="epsilon",
                label="epsilon (entropy)",
                low=0.02,
                high=2.0,
                step=0.02,
                default=0.1,
            ),
            Knob(
                name="iterations", label="Sinkhorn iterations", low=1, high=100, step=1, default=50
            ),
            _weight("localization_weight", "localisation weight", 1.5),
            _radius(2.5),
            _num_iou(20),
            Knob(name="rescale", label="rescale rows (0: no)", low=0, high=1, step=1, default=1),
        ),
        dynamic=True,
        film="sinkhorn",
    ),
    Rule(
        name="simota",
        title="SimOTA (YOLOX)",
        says="Each object takes its k cheapest priors near its centre; what two take goes to the cheaper of them.",
        build=_sim_ota,
        knobs=(
            _weight("localization_weight", "localisation weight", 3.0),
            _radius(1.5),
            _num_iou(10),
        ),
        dynamic=True,
    ),
    Rule(
        name="task_aligned",
        title="Task-aligned (TOOD, YOLOv8)",
        says="Each object takes the priors inside it that are best at class and place at once: the cost is minus that.",
        build=_task_aligned,
        knobs=(
            Knob(name="alpha", label="alpha (class)", low=0.0, high=4.0, step=0.25, default=0.5),
            Knob(name="beta", label="beta (overlap)", low=0.0, high=10.0, step=0.5, default=6.0),
            Knob(name="top_k", label="priors per object", low=1, high=30, step=1, default=10),
        ),
        dynamic=True,
    ),
)
