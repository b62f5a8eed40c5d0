"""The skeleton of a detector with two stages: the first proposes regions, the second classifies and
refines them.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, final, runtime_checkable

import torch
from torch import Tensor, nn

from locviz.boxes import clip
from locviz.inputs import Inputs, PreparedBatch, as_inputs
from locviz.models.skeletons.columns import check_columns
from locviz.models.skeletons.frames import training_targets
from locviz.models.skeletons.region_stage import (
    Levels,
    Proposed,
)
from locviz.postprocess.known import check_known
from locviz.types import (
    Detections,
    Losses,
    Predictions,
    Priors,
    Targets,
)


@runtime_checkable
class Proposer(Protocol):
    """The first stage: ``ProposalNetwork``, or anything else that finds regions in images, learned
    or not. It is given the feature maps ``levels`` (b, c, h, w).
    """

    def __call__(self, inputs: Inputs, batch: PreparedBatch, levels: Levels) -> Proposed:
        """Regions of each image in the frame of the padded input, most promising first."""
        ...

    def loss(
        self, inputs: Inputs, batch: PreparedBatch, levels: Levels, targets: Sequence[Targets]
    ) -> tuple[Priors, Losses]:
        """The regions that the second stage trains on, and the first stage's own losses (without
        terms where nothing is learned).
        """
        ...


@runtime_checkable
class RegionStage(Protocol):
    """The second stage: ``RoIStage``, or several of them in a row. It is given the feature maps
    ``levels`` (b, c, h, w).
    """

    @property
    def num_classes(self) -> int | None:
        """How many classes it tells apart, without the background; None where that is not known."""
        ...

    def __call__(self, levels: Levels, proposed: Proposed, batch: PreparedBatch) -> Predictions:
        """Predict class and box of proposed regions (b, p, 2*dim)."""
        ...

    def loss(self, levels: Levels, proposals: Priors, targets: Sequence[Targets]) -> Losses:
        """The losses of a batch; targets are in the frame of the padded input."""
        ...

    def decode(self, predictions: Predictions) -> Tensor:
        """Boxes (b, p, sets, 2*dim) in the frame of the padded input: one per class and background,
        or one for all.
        """
        ...


@final
class TwoStageDetector(nn.Module):
    """Propose, then classify and refine: Fast, Faster and Cascade R-CNN.

    The inputs are images (3, h, w). ``forward`` gives the second stage's predictions, one row per
    proposal of each image; ``aux`` has the first stage's.

    Laws: ``forward`` has one return type and one meaning in every mode, because whatever depends on
    targets (such as which proposals train) happens in ``loss``; an image without ground truths is
    valid; boxes come back in the pixels of the image as it was given.

    Args:
        prepare: inputs to one normalised, resized, padded batch.
        backbone: pixels to a list of maps, finest first.
        neck: maps to a list of levels, which both stages share.
        proposer: the first stage.
        roi: the second stage.
        postprocess: ``(logits, boxes)`` of one image to ``Detections``, such as ``SelectRegions``.
    """

    def __init__(
        self,
        *,
        prepare: Callable[..., PreparedBatch],
        backbone: nn.Module,
        neck: nn.Module,
        proposer: Proposer,
        roi: RegionStage,
        postprocess: Callable[..., Detections],
    ):
        super().__init__()
        self.prepare, self.backbone, self.neck = prepare, backbone, neck
        self.proposer, self.roi, self.postprocess = proposer, roi, postprocess

    def forward(self, inputs: Inputs | Sequence[Tensor]) -> Predictions:
        """Predict for a list of (3, h, w) images in 0..1; nothing is decided yet.

        Raises:
            ValueError: the feature maps of an image hold NaN. The message names it.
        """
        batch, levels = self._known_features(inputs)
        return self.roi(levels, self.proposer(as_inputs(inputs), batch, levels), batch)

    def features(self, inputs: Inputs | Sequence[Tensor]) -> tuple[PreparedBatch, list[Tensor]]:
        """The prepared batch and its feature maps."""
        batch = self.prepare(inputs)
        return batch, self.neck(self.backbone(batch.values))

    def _known_features(
        self, inputs: Inputs | Sequence[Tensor]
    ) -> tuple[PreparedBatch, list[Tensor]]:
        """The same for what is to be detected: the maximum of RoIPool would hide NaN."""
        batch, levels = self.features(inputs)
        for image in range(len(batch.sizes)):
            maps = {f"feature maps {i}": level[image] for i, level in enumerate(levels)}
            check_known(f"image {image} of this batch", **maps)
        return batch, levels

    def loss(self, inputs: Inputs | Sequence[Tensor], targets: Sequence[Targets]) -> Losses:
        """The training losses of a batch, those of both stages.

        Raises:
            ValueError: there is not one ``Targets`` per image, or a label is not one of the model's
                classes.
        """
        batch, levels = self.features(inputs)
        scaled = training_targets(inputs, targets, batch.scales, num_classes=self.roi.num_classes)
        proposals, first = self.proposer.loss(as_inputs(inputs), batch, levels, scaled)
        second = self.roi.loss(levels, proposals, scaled)
        # The first stage puts ``rpn_`` before the names of its terms, so that none collide.
        return Losses({**first.terms, **second.terms}, {**first.weights, **second.weights})

    @torch.no_grad()
    def propose(self, inputs: Inputs | Sequence[Tensor]) -> list[Detections]:
        """What the first stage proposes, most promising first, in given pixels. The label is 0 and
        means "an object".

        ``locviz.evaluate.recall`` measures which part of the objects has a proposal at all.
        """
        batch, levels = self._known_features(inputs)
        return proposals_of(self.proposer(as_inputs(inputs), batch, levels), batch)

    @torch.no_grad()
    def detect(self, inputs: Inputs | Sequence[Tensor]) -> list[Detections]:
        """Detect in a list of images. Call ``eval()`` before: in training mode, batch norm uses the
        statistics of this batch.
        """
        return self.decide(self(inputs))

    def decide(self, predictions: Predictions) -> list[Detections]:
        """Turn predictions into detections, in the pixels of the images as they were given and
        clipped to them.

        Raises:
            ValueError: the network predicts NaN for an image, which the message names; or the
                selection takes the background for a class.
        """
        # The softmax has one more column, the background's.
        check_columns(self.postprocess, predictions.logits, predictions.logits.shape[-1] - 1)
        # (b, dim) to (b, 1, 1, 2*dim): the same scale for both corners, every region, every class.
        scales = predictions.scales.repeat(1, 2)[:, None, None]
        regions = self.roi.decode(predictions) / scales
        # The rows after an image's own count are padding.
        counts = [len(predictions.priors.of_image(index)) for index in range(len(regions))]
        found = []
        for i, count in enumerate(counts):
            logits = predictions.logits[i, :count]
            inside = clip(regions[i, :count], predictions.sizes[i])
            check_known(f"image {i} of this batch", logits=logits, regions=inside)
            # The scale tells how large a box is in the input, where slivers are dropped.
            found.append(self.postprocess(logits, inside, scale=predictions.scales[i]))
        return found


def proposals_of(proposed: Proposed, batch: PreparedBatch) -> list[Detections]:
    """Proposals as detections of a single class, in given pixels. Where the first stage has no
    objectness, they all have the score 1.
    """
    found = []
    for index, (size, scale) in enumerate(zip(batch.sizes, batch.scales, strict=True)):
        boxes = clip(proposed.priors.of_image(index).regions / scale.repeat(2), size)
        labels = torch.zeros(len(boxes), dtype=torch.int64, device=boxes.device)
        scores = boxes.new_ones(len(boxes))
        if proposed.quality is not None:
            scores = proposed.quality[index, : len(boxes)].sigmoid()
        found.append(Detections(boxes, scores, labels))
    return found
