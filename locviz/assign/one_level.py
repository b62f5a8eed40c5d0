"""One level's priors take part: a wrapper round an assigner that wants a single grid."""

from collections.abc import Callable
from dataclasses import replace
from typing import final

import torch
from jaxtyping import Bool
from torch import Tensor

from locviz.assign.set_aside import ignore_set_aside
from locviz.assign.spread import spread
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets


@final
class OneLevel:
    """Ask an assigner about the priors of one level alone; the others are background, or ``IGNORE``
    inside a crowd, as under every assigner.

    YOLOv1 has one grid. On a detector with several levels, one of them takes the grid's place.

    Args:
        assigner: asked about the priors of the level.
        level: counts from 0, the finest; the coarsest where there are not so many.

    Law: the answer for the level is the assigner's own for its priors alone.

    Raises:
        ValueError: a level below 0.
    """

    def __init__(self, assigner: Callable[..., Assignment], *, level: int):
        if level < 0:
            raise ValueError(f"OneLevel.level counts from 0, the finest, got {level}")
        self.assigner, self.level = assigner, level

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image."""
        asked = self.asked(priors)
        count = int(asked.sum())
        grid = Priors(priors.regions[asked], priors.strides[asked], (count,))
        seen = None if predicted is None else predicted.rows(asked)
        answer = spread(self.assigner(grid, targets, seen), asked, others=BACKGROUND)
        # The levels that were not asked about are no background inside a crowd, either.
        return replace(answer, gt_index=ignore_set_aside(answer.gt_index, priors.centers, targets))

    def asked(self, priors: Priors) -> Bool[Tensor, "p"]:
        """Which priors ``(p,)`` are of the level that is asked."""
        level = min(self.level, len(priors.levels) - 1)
        start = sum(priors.levels[:level])
        asked = torch.zeros(len(priors), dtype=torch.bool, device=priors.regions.device)
        asked[start : start + priors.levels[level]] = True
        return asked
