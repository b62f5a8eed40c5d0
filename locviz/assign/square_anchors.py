"""Anchors for assigners that need them, on a detector that has only points."""

from collections.abc import Callable
from dataclasses import replace
from typing import final

import torch

from locviz.types import Assignment, ImagePredictions, Priors, Targets


@final
class OnSquareAnchors:
    """Give an assigner a square around each prior's centre, ``side`` strides wide, as its region.

    An IoU needs boxes on both sides. The ATSS paper (https://arxiv.org/abs/1912.02424, section 3)
    compares RetinaNet's rule with FCOS's on the same detector that way: one square anchor per
    place, used for the assignment alone. What the detector decodes from is left as it is.

    Law: for priors that are such squares already, nothing changes.

    Args:
        assigner: one that reads ``priors.regions``.
        side: of the square, in strides of the prior (8 in the ATSS paper).

    Raises:
        ValueError: a side that is not positive.
    """

    def __init__(self, assigner: Callable[..., Assignment], *, side: float):
        if not side > 0:
            raise ValueError(f"OnSquareAnchors.side must be positive, in strides, got {side}")
        self.assigner, self.side = assigner, side

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image by the wrapped assigner, with squares as their regions."""
        return self.assigner(self.squares(priors), targets, predicted)

    def squares(self, priors: Priors) -> Priors:
        """The priors with squares as their regions."""
        half = priors.strides[:, None] * (self.side / 2)
        squares = torch.cat([priors.centers - half, priors.centers + half], -1)
        return replace(priors, regions=squares)
