"""The first stage of Faster R-CNN: a small network slides over the feature maps and predicts where
objects are, whatever their class.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.boxes import Coder, clip
from locviz.inputs import Inputs, PreparedBatch
from locviz.layers import heads
from locviz.models.skeletons.dense import Assigner, Criterion, assign_images
from locviz.models.skeletons.matched import match_rows
from locviz.models.skeletons.region_stage import (
    Levels,
    Proposed,
    Sampler,
    padded,
)
from locviz.postprocess import SelectProposals, product_logit
from locviz.postprocess.known import check_known
from locviz.priors import PriorGenerator
from locviz.types import (
    Assignment,
    Losses,
    Predictions,
    Priors,
    Targets,
)


@final
class RPNHead(nn.Module):
    """A 3x3 convolution and, from it, one objectness logit and four deltas per anchor; shared by
    all levels.

    Args:
        in_channels: channels of every level, and of the convolution.
        num_anchors: anchors per cell.
        dim: 2 for boxes, 1 for spans.
        predicts_quality: whether one more convolution, of 3x3, predicts the quality of each region
            (IoU rescoring); the other weights are drawn as without it.
    """

    def __init__(
        self, *, in_channels: int, num_anchors: int, dim: int = 2, predicts_quality: bool = False
    ):
        super().__init__()
        self.conv = heads.convolution(dim, in_channels, in_channels)
        self.logits = heads.convolution(dim, in_channels, num_anchors, size=1)
        self.deltas = heads.convolution(dim, in_channels, 2 * dim * num_anchors, size=1)
        self.num_coords = 2 * dim
        for layer in (self.conv, self.logits, self.deltas):
            heads.start_near_zero(layer, std=0.01)  # Faster R-CNN, section 3.1.3
        # Last, so that no other weight depends on whether it is there.
        self.quality = heads.quality(dim, in_channels, num_anchors) if predicts_quality else None

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return objectness logits (b, p, 1) and deltas (b, p, 2*dim): level by level, cell by
        cell, anchor by anchor. The third result are quality logits (b, p), or None.
        """
        hidden = [F.relu(self.conv(level)) for level in levels]
        return (
            torch.cat([heads.rows(self.logits(x), 1) for x in hidden], 1),
            torch.cat([heads.rows(self.deltas(x), self.num_coords) for x in hidden], 1),
            None
            if self.quality is None
            else torch.cat([heads.rows(self.quality(x), 1)[..., 0] for x in hidden], 1),
        )


@final
class ProposalNetwork(nn.Module):
    """The region proposal network (arXiv:1506.01497, section 3.1).

    It reads the feature maps ``levels`` (b, c, h, w). Where its head predicts a quality, the
    probability of an object times the quality ranks the proposals, and is their objectness.

    Laws: proposals carry no gradient (this is the joint training that the paper calls approximate);
    ``forward`` proposes the same in every mode, and only ``loss`` selects with ``select_training``.

    Args:
        priors: level sizes to anchors.
        head: levels to objectness (b, p, 1), deltas (b, p, 4) and quality (b, p) or None.
        coder: deltas to regions and back.
        assigner: which anchor is responsible for which object. It sees targets whose labels are all
            0, which means "an object". The paper leaves anchors that cross the image's border out
            of training, ``InsideImage(rpn_rule())``; its successors do not.
        sampler: an ``Assignment`` to one in which all but a sample is ``IGNORE``.
        loss: of the sampled anchors of the whole batch, such as ``MultiTaskLoss``.
        select: objectness and regions of one image to the indices of its proposals.
        select_training: the same, for what the second stage trains on: more of them.
    """

    def __init__(
        self,
        *,
        priors: PriorGenerator,
        head: nn.Module,
        coder: Coder,
        assigner: Assigner,
        sampler: Sampler,
        loss: Criterion,
        select: SelectProposals,
        select_training: SelectProposals,
    ):
        super().__init__()
        self.priors, self.head, self.coder = priors, head, coder
        self.assigner, self.sampler, self.criterion = assigner, sampler, loss
        self.select, self.select_training = select, select_training

    def forward(self, inputs: Inputs, batch: PreparedBatch, levels: Levels) -> Proposed:
        """Propose regions for a batch; the network's own predictions are in ``aux``."""
        return self.propose(self.predict(batch, levels), self.select)

    def loss(
        self, inputs: Inputs, batch: PreparedBatch, levels: Levels, targets: Sequence[Targets]
    ) -> tuple[Priors, Losses]:
        """The proposals to train the second stage on, and the first stage's own losses.

        Args:
            inputs: not used here; a first stage without a network looks at them.
            batch: prepared images.
            levels: their feature maps.
            targets: in the frame of the padded input.
        """
        predictions = self.predict(batch, levels)
        losses = self.compare(
            predictions,
            targets,
            [self.sampler(found) for found in self.assign(predictions, targets)],
        )
        return self.propose(predictions, self.select_training).priors, losses

    def predict(self, batch: PreparedBatch, levels: Sequence[Tensor]) -> Predictions:
        """Objectness and deltas of every anchor."""
        size = batch.values.shape[2:]
        priors = self.priors(
            [level.shape[2:] for level in levels], input_size=size, device=batch.values.device
        )
        logits, deltas, quality = self.head(levels)
        quality = None if quality is None else quality.float()
        return Predictions(
            logits.float(), deltas.float(), priors, batch.sizes, batch.scales, quality
        )

    @torch.no_grad()
    def propose(self, predictions: Predictions, select: SelectProposals) -> Proposed:
        """Select each image's proposals, clipped to the image, most promising first.

        Raises:
            ValueError: the network predicts NaN for an image. The message names it.
        """
        regions, quality = [], []
        objectness = predictions.logits[..., 0]
        if predictions.quality is not None:
            objectness = product_logit(objectness, predictions.quality)
        for index, (decoded, size) in enumerate(
            zip(self.decode(predictions), input_sizes(predictions), strict=True)
        ):
            # Clipped to the image and not to its padding, which shows nothing.
            logits, inside = objectness[index], clip(decoded, size)
            check_known(
                f"image {index} of this batch",
                objectness=predictions.logits[index],
                quality=None if predictions.quality is None else predictions.quality[index],
                regions=inside,
            )
            kept = select(logits, inside, levels=predictions.priors.levels)
            regions.append(inside[kept])
            quality.append(logits[kept])
        return Proposed(
            padded(regions), nn.utils.rnn.pad_sequence(quality, batch_first=True), (predictions,)
        )

    def decode(self, predictions: Predictions) -> Float[Tensor, "b p coords"]:
        """Every anchor's region (b, p, 2*dim) in the frame of the padded input."""
        return self.coder.decode(
            predictions.deltas, predictions.priors.regions.expand(*predictions.deltas.shape[:2], -1)
        )

    def assign(self, predictions: Predictions, targets: Sequence[Targets]) -> list[Assignment]:
        """Assign the anchors of each image, before sampling."""
        objects = _without_classes(targets)
        return assign_images(self.assigner, predictions, self.decode(predictions), objects)

    def compare(
        self,
        predictions: Predictions,
        targets: Sequence[Targets],
        assignments: Sequence[Assignment],
    ) -> Losses:
        """The losses of the sampled anchors, those that an assignment does not ``IGNORE``."""
        objects = _without_classes(targets)
        matched = match_rows(assignments, objects, predictions.priors, coder=self.coder)
        losses = self.criterion(predictions, self.decode(predictions), matched)
        return Losses(
            {f"rpn_{name}": term for name, term in losses.terms.items()},
            {f"rpn_{name}": weight for name, weight in losses.weights.items()},
        )


def _without_classes(targets: Sequence[Targets]) -> list[Targets]:
    """The same targets with the label 0, "an object", everywhere: the RPN knows no classes."""
    return [replace(target, labels=torch.zeros_like(target.labels)) for target in targets]


def input_sizes(predictions: Predictions) -> list[tuple[int, int]]:
    """The (h, w) of each image in input pixels, without padding. Proposals are clipped to it."""
    scales = predictions.scales.tolist()
    return [
        (round(h * y), round(w * x))
        for (h, w), (x, y) in zip(predictions.sizes, scales, strict=True)
    ]
