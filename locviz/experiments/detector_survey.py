"""A survey of detectors: each is built, and its stages, losses and number of parameters are read
from it.

``locviz.lessons.ch04`` shows the result as the survey's table: the systems of
``locviz.models.SYSTEMS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from locviz import models
from locviz.models.skeletons.outputs import assigner_of

NUM_TINY_CLASSES = 3
# The official size of a system that the table shows beside the tiny one, with its number of
# classes: COCO's 80, or as many logits as the reference implementation has.
OFFICIAL: Mapping[models.Preset, int] = {
    models.faster_rcnn_r50_fpn: 90,
    models.fcos_r50: 80,
    models.yolox_s: 80,
    models.retinanet_r50_fpn: 91,
    models.gfl_r50: 80,
    models.yolov10_s: 80,
    models.detr_r50: 91,
}


def title_of(system: models.System, preset: models.Preset) -> str:
    """What a row is called: the system, and its size as the preset's name ends.

    ``fcos_tiny`` is "FCOS, tiny", ``faster_rcnn_r50_fpn`` is "Faster R-CNN, R50-FPN".
    """
    if preset is system.tiny:
        return f"{system.title}, tiny"
    family = system.title.lower().replace("-", "").replace(" ", "_")
    size = preset.__name__.removeprefix(f"{family}_").upper().replace("_", "-")
    return f"{system.title}, {size}"


DETECTORS: Mapping[str, tuple[models.Preset, int]] = {
    title_of(system, preset): (preset, OFFICIAL.get(preset, NUM_TINY_CLASSES))
    for system in models.SYSTEMS
    for preset in system.presets
    if preset is system.tiny or preset in OFFICIAL
}
"""Title in the table: preset and number of classes."""


@dataclass(frozen=True, kw_only=True)
class DetectorFacts:
    """What a detector is made of; one entry per learned stage.

    Attributes:
        priors, assigners: names of classes; the queries' where a stage has queries, ``"proposals"``
            where it has no priors of its own.
        losses: name of the criterion with its classification and regression loss.
        nms_threshold: IoU above which a duplicate is suppressed; None where none is suppressed.
        num_parameters: with those that are frozen in training, without buffers.
    """

    priors: tuple[str, ...]
    assigners: tuple[str, ...]
    losses: tuple[str, ...]
    nms_threshold: float | None
    num_parameters: int


def detector_facts(build: Callable[[int], torch.nn.Module], num_classes: int) -> DetectorFacts:
    """Build a detector and read its stages."""
    # On the device "meta" tensors have shapes but no values, so the largest detector costs nothing.
    with torch.device("meta"):
        detector = build(num_classes)
    stages = stages_of(detector)
    return DetectorFacts(
        priors=tuple(
            _name(getattr(stage, "priors", getattr(stage, "queries", None))) for stage in stages
        ),
        assigners=tuple(_assigners(stage.assigner) for stage in stages),
        losses=tuple(_losses(stage.criterion) for stage in stages),
        nms_threshold=getattr(detector.postprocess, "nms_threshold", None),
        num_parameters=sum(parameter.numel() for parameter in detector.parameters()),
    )


def stages_of(detector: torch.nn.Module) -> list[Any]:
    """The parts that have an assigner and a loss.

    These are the detector itself, or those stages of a two-stage detector that are learned.
    """
    if isinstance(detector, models.TwoStageDetector):
        return [stage for stage in (detector.proposer, detector.roi) if hasattr(stage, "assigner")]
    return [detector]


def _assigners(assigner: Any) -> str:
    """The name of an assigner; two where the earlier predictions of a stage have another one."""
    each = [assigner_of(assigner, last=last) for last in (False, True)]
    return " + ".join(_name(part) for part in each[each[0] is each[1] :])


def _losses(criterion: Any) -> str:
    parts = [vars(criterion).get(name) for name in ("classification", "regression")]
    return f"{_name(criterion)}: " + " + ".join(_name(part) for part in parts if part is not None)


def _name(part: Any) -> str:
    """The name of a class or function, for a ``partial`` that of the function that it calls, and
    ``"proposals"`` for None.
    """
    if part is None:
        return "proposals"
    if isinstance(part, partial):
        return _name(part.func)
    return getattr(part, "__name__", type(part).__name__)
