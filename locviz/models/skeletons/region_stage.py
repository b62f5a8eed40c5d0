"""The second stage: pool the features of every region, predict its class and its box. This is the
half of Faster R-CNN that it has from Fast R-CNN.

``RoIStage`` is complete by itself: it takes feature maps and regions of any origin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from locviz.boxes import Coder
from locviz.inputs import PreparedBatch
from locviz.layers import heads
from locviz.models.skeletons.dense import Assigner, Criterion
from locviz.models.skeletons.matched import match_rows
from locviz.types import (
    IGNORE,
    Assignment,
    Losses,
    Predictions,
    Priors,
    Targets,
)

# The feature maps of a batch, (b, c, h, w) each, finest first.
Levels = Sequence[Tensor]


@runtime_checkable
class RegionPool(Protocol):
    """Regions, one ``(n, 2*dim)`` per image, to small maps of one size; see
    ``locviz.layers.roi_pooling``.
    """

    def __call__(self, levels: Levels, rois: Sequence[Tensor]) -> Tensor:
        """One map per region, (n, c, h, w), image after image."""
        ...


Sampler = Callable[[Assignment], Assignment]
Candidates = Callable[[Priors, Targets], Tensor]


@dataclass(frozen=True, eq=False)
class Proposed:
    """What a first stage gives to the second.

    Shapes: ``priors`` the regions of each image, (b, p, 2*dim), padded, most promising first,
    without gradient; ``quality`` (b, p) their objectness logits, None where the first stage has
    none; ``aux`` the first stage's own predictions.
    """

    priors: Priors
    quality: Float[Tensor, "b p"] | None = None
    aux: tuple[Predictions, ...] = ()


def padded(regions: Sequence[Float[Tensor, "_ coords"]]) -> Priors:
    """Each image's regions (n, 2*dim) as the ``Priors`` (b, p, 2*dim) of a batch: the real ones
    first, then padding, which is not ``valid``.
    """
    # The lists differ in length; the longest one decides p.
    rows = pad_sequence(list(regions), batch_first=True)
    counts = torch.tensor([len(some) for some in regions], device=rows.device)
    num = rows.shape[1]
    valid = torch.arange(num, device=rows.device) < counts[:, None]
    return Priors(rows, rows.new_zeros(num), (num,), valid)


@dataclass(frozen=True, eq=False)
class SampledRegions:
    """The regions of one image that train the second stage, and what they are responsible for.

    Shapes: ``regions`` (n, 2*dim) in input pixels; ``gt_index`` (n,) into the image's targets, or
    ``BACKGROUND``.
    """

    regions: Float[Tensor, "n coords"]
    gt_index: Int64[Tensor, "n"]

    @property
    def positive(self) -> Tensor:
        """Which regions (n,) are responsible for a ground truth: those that have a box (and a mask)
        to learn.
        """
        return self.gt_index >= 0


@final
class RoIHead(nn.Module):
    """Two fully connected layers over the pooled features; class logits and box deltas are computed
    from the second.

    Args:
        in_channels: channels of the pooled maps.
        resolution: their height and width.
        num_classes: without the background, which gets one more logit, the first.
        hidden: width of both layers; 1024 in FPN (arXiv:1612.03144), 4096 in Fast R-CNN.
        num_boxes: boxes per region: ``1 + num_classes`` in Fast and Faster R-CNN, one per class
            (the background's is never trained); 1 in Cascade R-CNN.
    """

    def __init__(
        self,
        *,
        in_channels: int,
        resolution: int,
        num_classes: int,
        hidden: int = 1024,
        num_boxes: int | None = None,
    ):
        super().__init__()
        if num_boxes not in (None, 1, 1 + num_classes):
            raise ValueError(
                f"num_boxes must be 1 or {1 + num_classes} (the classes and the background), got {num_boxes}"
            )
        self.hidden = nn.ModuleList(
            [nn.Linear(in_channels * resolution**2, hidden), nn.Linear(hidden, hidden)]
        )
        self.logits = nn.Linear(hidden, 1 + num_classes)
        self.deltas = nn.Linear(hidden, 4 * (num_boxes or 1 + num_classes))
        self.num_classes = num_classes
        # Fast R-CNN, section 2.3: with weights near zero, boxes start at their proposals and all
        # classes at about the same probability.
        heads.start_near_zero(self.logits, std=0.01)
        heads.start_near_zero(self.deltas, std=0.001)

    def forward(self, pooled: Float[Tensor, "n c h w"]) -> tuple[Tensor, Tensor]:
        """From small maps (n, c, h, w), return logits (n, 1 + k), the background's first, and deltas
        (n, 4) or (n, (1 + k) * 4).
        """
        x = pooled.flatten(1)
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.logits(x), self.deltas(x)


def with_ground_truths(proposals: Priors, targets: Targets) -> Float[Tensor, "n coords"]:
    """The proposals of one image and its ground truths, (n, 2*dim): what Fast and Faster R-CNN
    train on.

    An untrained first stage proposes nothing that overlaps an object enough. Without the ground
    truths, the second stage would have no positive for a long time. Crowd regions and ignored boxes
    are left out.
    """
    set_aside = targets.crowd | targets.ignore  # type: ignore[operator]
    return torch.cat([proposals.regions, targets.boxes[~set_aside].to(proposals.regions)])


def as_proposed(proposals: Priors, targets: Targets) -> Float[Tensor, "n coords"]:
    """The proposals alone, (n, 2*dim): what the later stages of Cascade R-CNN train on."""
    return proposals.regions


def keep_all(assignment: Assignment) -> Assignment:
    """No sampling: every region takes part, as in the later stages of Cascade R-CNN."""
    return assignment


@final
class RoIStage(nn.Module):
    """Classify and refine given regions: all of Fast R-CNN except its backbone, or one stage of
    Cascade R-CNN.

    Laws: no gradient flows into the regions; an image without regions or without ground truths is
    valid.

    Args:
        pool: feature maps and regions to one small map per region: ``RoIPool``, ``RoIAlign``,
            ``LevelRoIAlign``.
        head: small maps to logits (n, 1 + k) and deltas, such as ``RoIHead``.
        coder: deltas to boxes and back, relative to the proposals.
        assigner: which region is responsible for which object; it is called once per image and sees
            the regions alone, no predictions.
        sampler: an ``Assignment`` to one in which all but a sample is ``IGNORE``.
        loss: of the sampled rows of the whole batch, such as ``MultiTaskLoss``.
        candidates: what is sampled from, ``with_ground_truths`` or ``as_proposed``.
    """

    def __init__(
        self,
        *,
        pool: RegionPool,
        head: nn.Module,
        coder: Coder,
        assigner: Assigner,
        sampler: Sampler,
        loss: Criterion,
        candidates: Candidates = with_ground_truths,
    ):
        super().__init__()
        self.pool, self.head, self.coder = pool, head, coder
        self.assigner, self.sampler = assigner, sampler
        self.criterion, self.candidates = loss, candidates

    @property
    def num_classes(self) -> int | None:
        """How many classes the head tells apart, without the background; None where the head has no
        ``num_classes``.
        """
        return getattr(self.head, "num_classes", None)

    def forward(self, levels: Levels, proposed: Proposed, batch: PreparedBatch) -> Predictions:
        """Predict class and box of every proposed region (b, p, 2*dim); the rows are padded as the
        proposals are.
        """
        rois = [proposed.priors.of_image(index).regions for index in range(len(batch.sizes))]
        logits, deltas = self._padded_scores(levels, rois)
        return Predictions(
            logits=logits,
            deltas=deltas,
            priors=proposed.priors,
            sizes=batch.sizes,
            scales=batch.scales,
            quality=proposed.quality,
            aux=proposed.aux,
        )

    def score(self, levels: Levels, rois: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits and deltas of regions, one ``(n, 2*dim)`` per image in input pixels. They have one
        row per region, image after image.
        """
        logits, deltas = self.head(self.pool(levels, rois))
        return logits.float(), deltas.float()

    def _padded_scores(self, levels: Levels, rois: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """The same as (b, n, ...), with rows of zeros at the end of the shorter lists."""
        counts = [len(regions) for regions in rois]
        logits, deltas = (
            pad_sequence(list(rows.split(counts)), batch_first=True)
            for rows in self.score(levels, rois)
        )
        return logits, deltas

    def loss(self, levels: Levels, proposals: Priors, targets: Sequence[Targets]) -> Losses:
        """The losses of a batch: sample regions of every image, predict their class and box, and
        compare with the ground truths.

        Args:
            levels: feature maps (b, c, h, w).
            proposals: the regions of each image.
            targets: in the frame of the padded input.
        """
        samples = [
            self.sample(proposals.of_image(index), target) for index, target in enumerate(targets)
        ]
        priors = padded([sample.regions for sample in samples])
        logits, deltas = self._padded_scores(levels, [sample.regions for sample in samples])
        # The targets are in the frame of the padded input already, so nothing is to be scaled.
        predictions = Predictions(
            logits=logits,
            deltas=deltas,
            priors=priors,
            sizes=tuple(target.size for target in targets),
            scales=priors.regions.new_ones(len(targets), priors.regions.shape[-1] // 2),
        )
        # The padding of the shorter lists was not sampled, so it takes part in nothing.
        rows = pad_sequence([s.gt_index for s in samples], batch_first=True, padding_value=IGNORE)
        matched = match_rows(
            [Assignment(row) for row in rows],
            targets,
            priors,
            coder=self.coder,
            # The softmax has one more column, the background's.
            num_classes=logits.shape[-1] - 1,
        )
        return self.criterion(predictions, self.decode(predictions), matched)

    @torch.no_grad()
    def sample(self, proposals: Priors, targets: Targets) -> SampledRegions:
        """Choose the regions of one image that train the stage: assign its candidates and sample
        them. They stay in their order.
        """
        regions = self.candidates(proposals, targets)
        here = Priors(regions, regions.new_zeros(len(regions)), (len(regions),))
        gt_index = self.sampler(self.assigner(here, targets)).gt_index
        taken = gt_index > IGNORE
        return SampledRegions(regions[taken], gt_index[taken])

    def decode(self, predictions: Predictions) -> Float[Tensor, "b p sets coords"]:
        """The boxes (b, p, sets, 2*dim) that the deltas describe, in the frame of the padded input:
        one set per class and the background, or one for all.
        """
        regions = predictions.priors.regions
        # (b, p, sets * 2*dim) to (b, p, sets, 2*dim); every set starts from the same region.
        deltas = predictions.deltas.unflatten(-1, (-1, regions.shape[-1]))
        return self.coder.decode(deltas, regions[:, :, None].expand_as(deltas))
