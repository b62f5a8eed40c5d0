"""A first stage without a network: proposals come from outside, as R-CNN and Fast R-CNN had them."""

from collections.abc import Callable, Sequence
from typing import TypedDict, final

import torch
from torch import Tensor, nn

from locviz.boxes import Coder, clip
from locviz.inputs import Inputs, PreparedBatch
from locviz.models.skeletons.dense import Assigner, Criterion
from locviz.models.skeletons.region_stage import (
    Levels,
    Proposed,
    RegionPool,
    RoIStage,
    Sampler,
    padded,
)
from locviz.models.skeletons.two_stage import TwoStageDetector
from locviz.priors import RegionFinder
from locviz.types import (
    Detections,
    Losses,
    Priors,
    Targets,
)


@final
class GivenProposals:
    """The regions that ``find`` proposes in the images as they were given, carried into the frame
    of the padded input.

    Nothing here is learned, and the detector's feature maps ``levels`` are not used. Because the
    proposals share no work with the detector, they were the slowest part of Fast R-CNN.

    Args:
        find: images to one ``(n, 4)`` per image in given pixels, such as ``RegionGrouping``; see
            ``locviz.priors.proposals``.
    """

    def __init__(self, find: RegionFinder):
        self.find = find

    @torch.no_grad()
    def __call__(self, inputs: Inputs, batch: PreparedBatch, levels: Levels) -> Proposed:
        """The proposals of each image, clipped to it; ``levels`` (b, c, h, w) are not used.

        Raises:
            ValueError: there is not one (n, 4) of proposals per image.
        """
        found = self.find(inputs.images)
        if len(found) != len(inputs):
            raise ValueError(
                f"find gave proposals of {len(found)} images for {len(inputs)}: give one (n, 4) per image"
            )
        regions = [
            self._in_frame(*item) for item in zip(found, batch.sizes, batch.scales, strict=True)
        ]
        return Proposed(padded(regions))

    def loss(
        self, inputs: Inputs, batch: PreparedBatch, levels: Levels, targets: Sequence[Targets]
    ) -> tuple[Priors, Losses]:
        """The same proposals, and no losses; ``levels`` (b, c, h, w) are not used."""
        return self(inputs, batch, levels).priors, Losses({})

    def _in_frame(self, regions: Tensor, size: tuple[int | float, ...], scale: Tensor) -> Tensor:
        if regions.ndim != 2 or regions.shape[-1] != 4:
            raise ValueError(
                f"find must give (n, 4) boxes per image, got shape {tuple(regions.shape)}"
            )
        # Clipped first, because ``size`` is in the pixels of the image as it was given.
        return clip(regions.to(scale), size) * scale.repeat(2)


class GivenStages(TypedDict, total=False):
    """The stages of a detector whose proposals are given: a preset takes any of them by keyword in
    place of its own.
    """

    prepare: Callable[..., PreparedBatch]
    backbone: nn.Module
    neck: nn.Module
    find: RegionFinder
    pool: RegionPool
    head: nn.Module
    assigner: Assigner
    sampler: Sampler
    coder: Coder
    loss: Criterion
    postprocess: Callable[..., Detections]


def wire_given_proposals(
    *,
    prepare: Callable[..., PreparedBatch],
    backbone: nn.Module,
    neck: nn.Module,
    find: RegionFinder,
    pool: RegionPool,
    head: nn.Module,
    assigner: Assigner,
    sampler: Sampler,
    coder: Coder,
    loss: Criterion,
    postprocess: Callable[..., Detections],
) -> TwoStageDetector:
    """Wire ``GivenStages``: proposals from ``find``, and one second stage."""
    return TwoStageDetector(
        prepare=prepare,
        backbone=backbone,
        neck=neck,
        proposer=GivenProposals(find),
        roi=RoIStage(
            pool=pool, head=head, coder=coder, assigner=assigner, sampler=sampler, loss=loss
        ),
        postprocess=postprocess,
    )
