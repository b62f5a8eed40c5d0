"""The survey's tables of assigners and of detectors, made from the code: every cell is read,
counted or measured.

The survey's own tables are its tables 1 and 3. What stands in these columns there is said by the
package here, by calling each assigner on crowded scenes and by composing each detector and reading
its stages.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import locviz
from locviz import assign, models
from locviz.course.table import Cell, Link, Table
from locviz.evaluate.assignment_figures import positives_per_object
from locviz.priors import AnchorPriors, GridCells, PointPriors, pyramid_sizes
from locviz.types import Assignment, Priors, Targets

STRIDES, EXTENT, NUM_OBJECTS, NUM_SCENES = (8, 16, 32), 96, 6, 10
FCOS_RANGES = ((-1.0, 24.0), (24.0, 48.0), (48.0, float("inf")))


def _priors(kind: str) -> Priors:
    sizes, frame = pyramid_sizes((EXTENT,) * 2, STRIDES), (EXTENT,) * 2
    if kind == "cells":
        return GridCells(predictors=2)([(6, 6)], input_size=frame)
    if kind == "points":
        return PointPriors(strides=STRIDES)(sizes, input_size=frame)
    return AnchorPriors(sizes=[(2 * s, 3 * s) for s in STRIDES], strides=STRIDES)(
        sizes, input_size=frame
    )


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """A row: what to call, on which priors, and the two things that no call can tell."""

    title: str
    source: Any
    build: Callable[[], Callable[..., Assignment]]
    decided: str
    known_from: str
    priors: str = "anchors"


_EACH_PRIOR, _EACH_OBJECT, _TOGETHER = "each prior alone", "each object alone", "all together"

STRATEGIES = (
    Strategy(title="IoU threshold", source=assign.MaxIoU, build=assign.roi_rule, decided=_EACH_PRIOR,
             known_from="Fast R-CNN"),
    Strategy(title="two thresholds, best forced", source=assign.rpn_rule, build=assign.rpn_rule, decided=_EACH_PRIOR,
             known_from="Faster R-CNN, RetinaNet"),
    Strategy(title="bipartite, then threshold", source=assign.SSDRule, build=assign.SSDRule,
             decided="the closest pair first", known_from="SSD"),
    Strategy(title="grid cell", source=assign.GridCell, build=assign.GridCell, decided="each cell alone",
             known_from="YOLOv1", priors="cells"),
    Strategy(title="inside, by size", source=assign.CenterSampling,
             build=partial(assign.CenterSampling, ranges=FCOS_RANGES), decided=_EACH_PRIOR, known_from="FCOS",
             priors="points"),
    Strategy(title="adaptive threshold", source=assign.ATSS, build=assign.ATSS, decided=_EACH_OBJECT,
             known_from="ATSS"),
    Strategy(title="Hungarian", source=assign.Hungarian, build=models.hungarian, decided=_TOGETHER, known_from="DETR",
             priors="points"),
    Strategy(title="optimal transport", source=assign.OTA, build=models.ota, decided=_TOGETHER, known_from="OTA",
             priors="points"),
    Strategy(title="SimOTA", source=assign.SimOTA, build=models.sim_ota, decided=_EACH_OBJECT, known_from="YOLOX",
             priors="points"),
    Strategy(title="task-aligned", source=assign.TaskAligned, build=models.task_aligned, decided=_EACH_OBJECT,
             known_from="TOOD, YOLOv8", priors="points"),
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """Objects that crowd, priors, and what a half-trained network might say of them."""

    priors: Priors
    targets: Targets
    said: Mapping[str, Tensor]

    def answer(self, assigner: Callable[..., Assignment], **changed: Any) -> Assignment:
        """The assignment, with some of what the assigner is told replaced."""
        told = {"priors": self.priors, **self.said, **changed}
        return assigner(told.pop("priors"), self.targets, **told)


def scene(kind: str, seed: int) -> Scene:
    """Six objects of 10 to 60 pixels; predictions lie halfway between their prior and the object
    nearest to it.
    """
    generator = torch.Generator().manual_seed(seed)

    def noise(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator) - 0.5

    priors = _priors(kind)
    sides = 10 + 50 * (noise(NUM_OBJECTS, 2) + 0.5)
    low = (noise(NUM_OBJECTS, 2) + 0.5) * (EXTENT - sides)
    targets = Targets(
        torch.cat([low, low + sides], 1), torch.arange(NUM_OBJECTS) % 3, (EXTENT, EXTENT)
    )
    nearest = torch.cdist(priors.centers, low + sides / 2).argmin(1)
    said = {
        "logits": 3 * noise(len(priors), 3)
        - 1
        + 2 * torch.nn.functional.one_hot(targets.labels[nearest], 3),
        "regions": (priors.regions + targets.boxes[nearest]) / 2 + 4 * noise(len(priors), 1),
        "quality": 3 * noise(len(priors)),
    }
    return Scene(priors, targets, said)


def looks_at(strategy: Strategy) -> tuple[str, ...]:
    """What changes the answer when it changes: found by changing one thing at a time."""
    scenes = [scene(strategy.priors, seed) for seed in range(NUM_SCENES)]
    assigner = strategy.build()
    answers = [s.answer(assigner) for s in scenes]

    def matters(change: Callable[[Scene], dict[str, Any]]) -> bool:
        pairs = zip(scenes, answers, strict=True)
        return any(
            not torch.equal(before.gt_index, s.answer(assigner, **change(s)).gt_index)
            for s, before in pairs
        )

    changes = {
        "prior places": lambda s: {"priors": _changed(s.priors, 1.0, 3.0)},
        "prior shapes": lambda s: {"priors": _changed(s.priors, 0.7, 0.0)},
        "predicted classes": lambda s: {"logits": s.said["logits"].flip(0)},
        "predicted boxes": lambda s: {"regions": s.said["regions"].flip(0)},
        "predicted quality": lambda s: {"quality": s.said["quality"].flip(0)},
    }
    return tuple(name for name, change in changes.items() if matters(change))


def _changed(priors: Priors, factor: float, shift: float) -> Priors:
    low, high = priors.regions.chunk(2, -1)
    middle, half = (low + high) / 2 + shift, factor * (high - low) / 2
    return Priors(torch.cat([middle - half, middle + half], -1), priors.strides, priors.levels)


def positives(strategy: Strategy) -> tuple[int, float, int]:
    """Fewest, mean and most priors of an object over all scenes."""
    scenes = [scene(strategy.priors, seed) for seed in range(NUM_SCENES)]
    answers = [s.answer(strategy.build()) for s in scenes]
    counts = positives_per_object(answers, [s.targets for s in scenes]).double()
    return int(counts.min()), float(counts.mean()), int(counts.max())


@cache
def assigner_table() -> Table:
    """Every assigner: static or dynamic, one-to-one or to many, what it looks at; measured on
    crowded scenes.
    """
    rows: list[tuple[Cell, ...]] = []
    for strategy in STRATEGIES:
        seen, (fewest, mean, most) = looks_at(strategy), positives(strategy)
        dynamic = any(name.startswith("predicted") for name in seen)
        rows.append((
            source_link(strategy.source, strategy.title), strategy.known_from, "dynamic" if dynamic else "static",
            strategy.decided, "one" if most <= 1 else "many", f"{mean:.1f} ({fewest} to {most})", ", ".join(seen),
        ))  # fmt: skip
    return Table(
        header=(
            "assigner",
            "known from",
            "kind",
            "decided for",
            "priors an object",
            "on average",
            "looks at",
        ),
        rows=rows,
        caption=f"Measured on {NUM_SCENES} made-up scenes of {NUM_OBJECTS} crowded objects with half-trained "
        "predictions. An assigner looks at what changes its answer when it alone changes; it is dynamic if that is a "
        "prediction.",
    )


DETECTORS: Mapping[str, tuple[Callable[[int], torch.nn.Module], int]] = {
    "R-CNN, tiny": (models.rcnn_tiny, 3),
    "Fast R-CNN, tiny": (models.fast_rcnn_tiny, 3),
    "Faster R-CNN, tiny": (models.faster_rcnn_tiny, 3),
    "Faster R-CNN, R50-FPN": (models.faster_rcnn_r50_fpn, 90),
    "FCOS, tiny": (models.fcos_tiny, 3),
    "FCOS, R50": (models.fcos_r50, 80),
    "YOLOX, tiny": (models.yolox_tiny_course, 3),
    "YOLOX-S": (models.yolox_s, 80),
}


@cache
def detector_table() -> Table:
    """Every detector: stages, priors, assigners, losses and parameters, read from the composed
    model.
    """
    rows: list[tuple[Cell, ...]] = []
    for title, (build, num_classes) in DETECTORS.items():
        with torch.device("meta"):  # shapes only: nothing is computed
            detector = build(num_classes)
        stages = stages_of(detector)
        parameters = sum(parameter.numel() for parameter in detector.parameters())
        rows.append((
            source_link(build, title), str(len(stages)), _joined(_name(getattr(s, "priors", None)) for s in stages),
            _joined(_name(s.assigner) for s in stages), "; ".join(map(_losses, (s.criterion for s in stages))),
            _suppression(detector), str(num_classes), f"{parameters:,}",
        ))  # fmt: skip
    return Table(
        header=(
            "detector",
            "learned stages",
            "priors",
            "assigner",
            "losses",
            "NMS at",
            "classes",
            "parameters",
        ),
        rows=rows,
        caption="Composed and read; two entries are the two stages. Parameters include those that stay frozen in "
        "training, but not frozen batch norms, which are buffers.",
        numbers=(1, 5, 6, 7),
    )


def stages_of(detector: torch.nn.Module) -> list[Any]:
    """What assigns and has a loss: the detector itself, or the stages of a two-stage detector that
    learn.
    """
    if isinstance(detector, models.TwoStageDetector):
        return [stage for stage in (detector.proposer, detector.roi) if hasattr(stage, "assigner")]
    return [detector]


def _suppression(detector: Any) -> str:
    threshold = getattr(detector.postprocess, "nms_threshold", None)
    return "none" if threshold is None else f"{threshold:g}"


def _losses(criterion: Any) -> str:
    parts = [vars(criterion).get(name) for name in ("classification", "regression")]
    return f"{_name(criterion)}: " + " + ".join(_name(part) for part in parts if part is not None)


def _name(obj: Any) -> str:
    if obj is None:
        return "proposals"
    if isinstance(obj, partial):
        return _name(obj.func)
    return getattr(obj, "__name__", type(obj).__name__)


def _joined(names) -> str:
    return "; ".join(names)


def source_link(obj: Any, text: str) -> Link:
    """Leads from a page in ``chapters/`` to the line where a class or function begins."""
    obj = inspect.unwrap(obj)
    file = Path(inspect.getsourcefile(obj) or "?")
    place = file.relative_to(Path(locviz.__file__).parent.parent).as_posix()
    return Link(text, f"../{place}#L{inspect.getsourcelines(obj)[1]}")
