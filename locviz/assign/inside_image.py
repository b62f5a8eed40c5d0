"""A wrapper around any assigner: priors that cross the image's border are ``IGNORE``."""

from collections.abc import Callable
from typing import final

import torch
from torch import Tensor

from locviz.types import IGNORE, Assignment, ImagePredictions, Priors, Targets


@final
class InsideImage:
    """Let an assigner assign only the priors inside the image; the others are ``IGNORE``.

    The first Faster R-CNN is trained so (https://arxiv.org/abs/1506.01497, section 3.3): anchors
    that cross the border bring large errors that are hard to correct. They are left out *before*
    anything is matched, so an object's best anchor is the best of those inside. detectron2 and
    torchvision keep them.

    Args:
        assigner: assigns the priors that are inside.
        margin: how far outside a prior may reach, in input pixels.

    Law: the priors inside get what the assigner gives them when it is called with them alone.
    """

    def __init__(self, assigner: Callable[..., Assignment], *, margin: float = 0.0):
        self.assigner, self.margin = assigner, margin

    def __call__(
        self,
        priors: Priors,
        targets: Targets,
        predicted: ImagePredictions | None = None,
    ) -> Assignment:
        """Assign the priors of one image.

        ``targets.size`` must be in the coordinates of the priors, as the boxes are.
        """
        inside = self._inside(priors, targets)
        levels = tuple(int(level.sum()) for level in inside.split(priors.levels))
        kept = Priors(priors.regions[inside], priors.strides[inside], levels)
        predicted_inside = None if predicted is None else predicted.rows(inside)
        assignment = self.assigner(kept, targets, predicted_inside)
        return Assignment(
            _spread(assignment.gt_index, inside, IGNORE),
            **{
                name: None if value is None else _spread(value, inside, fill)
                for name, value, fill in (
                    ("weight", assignment.weight, 0.0),
                    ("quality", assignment.quality, 0.0),
                    ("cost", assignment.cost, float("inf")),
                )
            },
        )

    def _inside(self, priors: Priors, targets: Targets) -> Tensor:
        low, high = priors.regions.chunk(2, -1)
        extent = torch.tensor(targets.size[::-1], device=low.device)
        return ((low >= -self.margin) & (high <= extent + self.margin)).all(-1)


def _spread(values: Tensor, inside: Tensor, fill: float | int) -> Tensor:
    full = values.new_full((len(inside), *values.shape[1:]), fill)
    full[inside] = values
    return full
