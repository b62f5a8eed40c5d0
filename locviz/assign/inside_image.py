"""Priors that cross the image's border take no part: a wrapper round any assigner."""

from collections.abc import Callable
from typing import final

import torch
from torch import Tensor

from locviz.assign.spread import spread
from locviz.types import IGNORE, Assignment, ImagePredictions, Priors, Targets


@final
class InsideImage:
    """Ask an assigner about the priors inside the image alone; the others are ``IGNORE``.

    The first Faster R-CNN trains so (https://arxiv.org/abs/1506.01497, section 3.3): crossing
    anchors bring large errors that are hard to correct. They are left out *before* anything is
    matched, so an object's best anchor is the best of those inside. detectron2 and torchvision keep
    them.

    Args:
        assigner: asked about the priors that are inside.
        margin: how far outside a prior may reach, in input pixels.

    Law: the answer for the inside priors is the assigner's own for them alone.
    """

    def __init__(self, assigner: Callable[..., Assignment], *, margin: float = 0.0):
        self.assigner, self.margin = assigner, margin

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image; ``targets.size`` must be in the priors' frame, as the
        boxes are.
        """
        inside = self._inside(priors, targets)
        levels = tuple(int(level.sum()) for level in inside.split(priors.levels))
        kept = Priors(priors.regions[inside], priors.strides[inside], levels)
        seen = None if predicted is None else predicted.rows(inside)
        return spread(self.assigner(kept, targets, seen), inside, others=IGNORE)

    def _inside(self, priors: Priors, targets: Targets) -> Tensor:
        low, high = priors.regions.chunk(2, -1)
        extent = torch.tensor(targets.size[::-1], device=low.device)
        return ((low >= -self.margin) & (high <= extent + self.margin)).all(-1)
