"""A survey of assigners by experiment: what each looks at, how many priors it gives an object.

Nothing here is taken from a paper's description. Each assigner is called on small crowded scenes
with made-up predictions, one input is changed at a time, and what changes the answer is what the
assigner looks at. ``locviz.lessons.ch07`` shows the result as the survey's table, one row for each
entry of ``locviz.models.ASSIGNERS``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from locviz.evaluate.assignment_figures import positives_per_object
from locviz.models import AssignerEntry
from locviz.priors import AnchorPriors, GridCells, PointPriors, pyramid_sizes
from locviz.types import Assignment, ImagePredictions, Priors, Targets

STRIDES, EXTENT, NUM_OBJECTS, NUM_SCENES = (8, 16, 32), 96, 6, 10


@dataclass(frozen=True, eq=False)
class SurveyScene:
    """Objects that crowd, priors, and what a half-trained network might predict for them.

    Attributes:
        priors: p priors.
        targets: the ground truths.
        predicted: what a network might say of each prior.
    """

    priors: Priors
    targets: Targets
    predicted: ImagePredictions

    def assign(self, assigner: Callable[..., Assignment], **changed: Any) -> Assignment:
        """Assign the scene, with some of what the assigner is given replaced by ``changed``."""
        priors = changed.pop("priors", self.priors)
        return assigner(priors, self.targets, replace(self.predicted, **changed))


def survey_scene(kind: str, seed: int) -> SurveyScene:
    """Draw six objects with sides of 10 to 60 pixels in a scene of 96 x 96.

    A predicted box lies halfway between its prior and the object nearest to the prior.

    Args:
        kind: of priors: ``"anchors"``, ``"points"`` or ``"cells"``.
        seed: of objects and predictions.
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
    label = torch.nn.functional.one_hot(targets.labels[nearest], 3)
    predicted = ImagePredictions(
        logits=3 * noise(len(priors), 3) - 1 + 2 * label,
        regions=(priors.regions + targets.boxes[nearest]) / 2 + 4 * noise(len(priors), 1),
        quality=3 * noise(len(priors)),
    )
    return SurveyScene(priors, targets, predicted)


def _priors(kind: str) -> Priors:
    sizes, frame = pyramid_sizes((EXTENT,) * 2, STRIDES), (EXTENT,) * 2
    if kind == "cells":
        return GridCells(predictors=2)([(6, 6)], input_size=frame)
    if kind == "points":
        return PointPriors(strides=STRIDES)(sizes, input_size=frame)
    return AnchorPriors(sizes=[(2 * s, 3 * s) for s in STRIDES], strides=STRIDES)(
        sizes, input_size=frame
    )


def scenes_for(entry: AssignerEntry) -> list[SurveyScene]:
    """The ten scenes on which an assigner is tried, with the priors that it wants."""
    return [survey_scene(entry.priors, seed) for seed in range(NUM_SCENES)]


def looks_at(entry: AssignerEntry) -> tuple[str, ...]:
    """Name the inputs that change the answer when they alone change."""
    scenes, assigner = scenes_for(entry), entry.build()
    owners = [scene.assign(assigner).gt_index for scene in scenes]

    def matters(change: Callable[[SurveyScene], dict[str, Any]]) -> bool:
        return any(
            not torch.equal(before, scene.assign(assigner, **change(scene)).gt_index)
            for scene, before in zip(scenes, owners, strict=True)
        )

    return tuple(name for name, change in _CHANGES.items() if matters(change))


def _moved(priors: Priors, *, factor: float, shift: float) -> Priors:
    """Priors of ``factor`` times the size, ``shift`` pixels to the lower right."""
    low, high = priors.regions.chunk(2, -1)
    middle, half = (low + high) / 2 + shift, factor * (high - low) / 2
    return Priors(torch.cat([middle - half, middle + half], -1), priors.strides, priors.levels)


def _turned_round(scene: SurveyScene, field: str) -> dict[str, Tensor]:
    """One field of the predictions with its rows in the opposite order."""
    return {field: getattr(scene.predicted, field).flip(0)}


_CHANGES: Mapping[str, Callable[[SurveyScene], dict[str, Any]]] = {
    "prior places": lambda scene: {"priors": _moved(scene.priors, factor=1.0, shift=3.0)},
    "prior shapes": lambda scene: {"priors": _moved(scene.priors, factor=0.7, shift=0.0)},
    "predicted classes": lambda scene: _turned_round(scene, "logits"),
    "predicted boxes": lambda scene: _turned_round(scene, "regions"),
    "predicted quality": lambda scene: _turned_round(scene, "quality"),
}


def positives(entry: AssignerEntry) -> tuple[int, float, int]:
    """Fewest, mean and most positive priors of an object over all scenes."""
    scenes = scenes_for(entry)
    assignments = [scene.assign(entry.build()) for scene in scenes]
    counts = positives_per_object(assignments, [scene.targets for scene in scenes]).double()
    return int(counts.min()), float(counts.mean()), int(counts.max())
