"""The first stage of Faster R-CNN: a small network slides over the maps and says where something
is.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.boxes import Coder, clip
from locviz.layers import PreparedBatch
from locviz.models.detectors import Assigner
from locviz.models.two_stage.multi_task import StageLoss
from locviz.models.two_stage.roi import Proposed, Sampler, padded
from locviz.postprocess import SelectProposals
from locviz.types import BACKGROUND, IGNORE, Assignment, Losses, Predictions, Priors, Targets


@final
class RPNHead(nn.Module):
    """A 3x3 convolution and, from it, one objectness logit and four deltas per anchor; shared by
    all levels.

    Args:
        in_channels: channels of every level, and of the convolution.
        num_anchors: anchors per cell.
    """

    def __init__(self, *, in_channels: int, num_anchors: int):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, in_channels, 3, padding=1)
        self.logits = nn.Conv2d(in_channels, num_anchors, 1)
        self.deltas = nn.Conv2d(in_channels, 4 * num_anchors, 1)
        for layer in (self.conv, self.logits, self.deltas):
            nn.init.normal_(layer.weight, std=0.01)  # Faster R-CNN, section 3.1.3
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return objectness (b, p, 1) and deltas (b, p, 4): level by level, cell by cell, anchor by
        anchor.
        """
        hidden = [F.relu(self.conv(level)) for level in levels]
        return (
            torch.cat([_rows(self.logits(x), 1) for x in hidden], 1),
            torch.cat([_rows(self.deltas(x), 4) for x in hidden], 1),
        )


def _rows(level: Tensor, width: int) -> Tensor:
    """(b, anchors * width, h, w) to (b, h * w * anchors, width), in the order of ``AnchorPriors``."""
    return level.permute(0, 2, 3, 1).reshape(len(level), -1, width)


@final
class ProposalNetwork(nn.Module):
    """The region proposal network (arXiv:1506.01497, section 3.1).

    Laws: proposals carry no gradient (the joint training that the paper calls approximate);
    ``forward`` proposes the same in every mode, and only ``loss`` selects with ``select_training``.

    Args:
        priors: level sizes to anchors.
        head: levels to objectness (b, p, 1) and deltas (b, p, 4).
        coder: deltas to regions and back.
        assigner: which anchor answers for whom; it sees targets whose labels are all 0,
            "something". The paper leaves anchors that cross the image's border out of training,
            ``InsideImage(rpn_rule())``; its successors do not.
        sampler: an ``Assignment`` to one with all but a sample ``IGNORE``.
        loss: of the sampled anchors of the whole batch, such as ``MultiTaskLoss``.
        select: objectness and regions of one image to the indices of its proposals.
        select_training: the same, for what the second stage trains on: more of them.
    """

    def __init__(
        self,
        *,
        priors: Callable[..., Priors],
        head: nn.Module,
        coder: Coder,
        assigner: Assigner,
        sampler: Sampler,
        loss: StageLoss,
        select: SelectProposals,
        select_training: SelectProposals,
    ):
        super().__init__()
        self.priors, self.head, self.coder = priors, head, coder
        self.assigner, self.sampler, self.criterion = assigner, sampler, loss
        self.select, self.select_training = select, select_training

    def forward(
        self, images: Sequence[Tensor], batch: PreparedBatch, levels: Sequence[Tensor]
    ) -> Proposed:
        """Propose regions for a batch; its own predictions come along in ``aux``."""
        return self.propose(self.predict(batch, levels), self.select)

    def loss(
        self,
        images: Sequence[Tensor],
        batch: PreparedBatch,
        levels: Sequence[Tensor],
        targets: Sequence[Targets],
    ) -> tuple[Priors, Losses]:
        """The proposals to train the second stage on, and the first stage's own losses.

        Args:
            images: not looked at; a first stage without a network may.
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
        size = batch.pixels.shape[2:]
        priors = self.priors(
            [level.shape[2:] for level in levels], input_size=size, device=batch.pixels.device
        )
        logits, deltas = self.head(levels)
        return Predictions(logits.float(), deltas.float(), priors, batch.sizes, batch.scales)

    @torch.no_grad()
    def propose(self, predictions: Predictions, select: SelectProposals) -> Proposed:
        """Select each image's proposals, clipped to the image, most promising first."""
        regions, quality = [], []
        for index, (decoded, size) in enumerate(
            zip(self.decode(predictions), input_sizes(predictions), strict=True)
        ):
            logits, inside = predictions.logits[index, :, 0], clip(decoded, size)
            kept = select(logits, inside, levels=predictions.priors.levels)
            regions.append(inside[kept])
            quality.append(logits[kept])
        return Proposed(
            padded(regions), nn.utils.rnn.pad_sequence(quality, batch_first=True), (predictions,)
        )

    def decode(self, predictions: Predictions) -> Float[Tensor, "b p coords"]:
        """Every anchor's region in the frame of the padded input."""
        return self.coder.decode(
            predictions.deltas, predictions.priors.regions.expand_as(predictions.deltas)
        )

    @torch.no_grad()
    def assign(self, predictions: Predictions, targets: Sequence[Targets]) -> list[Assignment]:
        """Assign the anchors of each image, before sampling."""
        rows = zip(predictions.logits.detach(), self.decode(predictions), targets, strict=True)
        return [
            self.assigner(
                predictions.priors,
                replace(target, labels=torch.zeros_like(target.labels)),
                logits=logits,
                regions=regions,
            )
            for logits, regions, target in rows
        ]

    def compare(
        self,
        predictions: Predictions,
        targets: Sequence[Targets],
        assignments: Sequence[Assignment],
    ) -> Losses:
        """The losses of sampled anchors: whatever an assignment does not ``IGNORE``."""
        gt_index = torch.stack([assignment.gt_index for assignment in assignments])
        taken, regions = gt_index > IGNORE, predictions.priors.regions
        gt_deltas = [
            self.coder.encode(target.boxes[found[found >= 0]].to(regions), regions[found >= 0])
            for target, found in zip(targets, gt_index, strict=True)
        ]
        losses = self.criterion(
            predictions.logits[taken],
            predictions.deltas[taken],
            gt_index[taken].clamp(BACKGROUND, 0),
            torch.cat(gt_deltas),
        )
        return Losses(
            {f"rpn_{name}": term for name, term in losses.terms.items()},
            {f"rpn_{name}": weight for name, weight in losses.weights.items()},
        )


def input_sizes(predictions: Predictions) -> list[tuple[int, int]]:
    """The (h, w) of each image as the network saw it, without padding: what proposals are clipped
    to.
    """
    scales = predictions.scales.tolist()
    return [
        (round(h * y), round(w * x))
        for (h, w), (x, y) in zip(predictions.sizes, scales, strict=True)
    ]
