"""The skeletons that a paper's file fills in. They are final: a model is composed, never derived.

Every skeleton has ``forward(images) -> Predictions``, ``loss(images, targets) -> Losses`` and
``detect(images) -> list[Detections]``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypedDict, final, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.boxes import Coder, clip
from locviz.layers import Prepare
from locviz.types import Assignment, Detections, Losses, Predictions, Priors, Targets


@runtime_checkable
class Assigner(Protocol):
    """Who answers for what in one image; see ``locviz.assign``."""

    def __call__(
        self,
        priors: Priors,
        targets: Targets,
        *,
        logits: Tensor | None = None,
        regions: Tensor | None = None,
        quality: Tensor | None = None,
    ) -> Assignment:
        """Assign the priors of one image."""
        ...


@runtime_checkable
class DenseCriterion(Protocol):
    """From predictions, decoded regions, targets in the input's frame and assignments to losses."""

    def __call__(
        self,
        predictions: Predictions,
        regions: Tensor,
        targets: Sequence[Targets],
        assignments: Sequence[Assignment],
    ) -> Losses:
        """The losses of one batch."""
        ...


class DenseStages(TypedDict, total=False):
    """The stages of a ``DenseDetector``: a preset takes any of them by keyword in place of its own."""

    prepare: Prepare
    backbone: nn.Module
    neck: nn.Module
    priors: Callable[..., Priors]
    head: nn.Module
    coder: Coder
    assigner: Assigner
    loss: DenseCriterion
    postprocess: Callable[..., Detections]


@final
class DenseDetector(nn.Module):
    """One prediction per prior, all at once: FCOS, RetinaNet, SSD, YOLO and their kin.

    Laws: ``forward`` has one return type in every mode; an image without ground truths is valid;
    boxes come back in the pixels of the image as it was given, whatever ``prepare`` did to it.

    Args:
        prepare: images to one normalised, resized, padded batch.
        backbone: pixels to a list of maps, finest first.
        neck: maps to a list of levels.
        priors: level sizes to ``Priors``.
        head: levels to ``(logits (b, p, k), deltas (b, p, 4), quality (b, p) or None)``, in the
            order of the priors.
        coder: deltas to regions and back.
        assigner: who answers for what; swap it and nothing else changes.
        loss: predictions and assignments to ``Losses``.
        postprocess: the predictions of one image to ``Detections``.
    """

    def __init__(
        self,
        *,
        prepare: Prepare,
        backbone: nn.Module,
        neck: nn.Module,
        priors: Callable[..., Priors],
        head: nn.Module,
        coder: Coder,
        assigner: Assigner,
        loss: DenseCriterion,
        postprocess: Callable[..., Detections],
    ):
        super().__init__()
        self.prepare, self.backbone, self.neck, self.head = prepare, backbone, neck, head
        self.priors, self.coder, self.assigner = priors, coder, assigner
        self.criterion, self.postprocess = loss, postprocess

    def forward(self, images: Sequence[Tensor]) -> Predictions:
        """Predict for a list of (3, h, w) images in 0..1; nothing is decided yet."""
        batch = self.prepare(images)
        levels = self.neck(self.backbone(batch.pixels))
        priors = self.priors(
            [level.shape[2:] for level in levels],
            input_size=batch.pixels.shape[2:],
            device=batch.pixels.device,
        )
        logits, deltas, quality = self.head(levels)
        # Losses and box arithmetic in float32 even under autocast: bfloat16 has steps of 4 near
        # 1000 pixels.
        return Predictions(
            logits=logits.float(),
            deltas=deltas.float(),
            priors=priors,
            sizes=batch.sizes,
            scales=batch.scales,
            quality=None if quality is None else quality.float(),
        )

    def loss(self, images: Sequence[Tensor], targets: Sequence[Targets]) -> Losses:
        """The training losses of a batch.

        Raises:
            ValueError: there is not one ``Targets`` per image, or a label is not one of the model's
                classes.
        """
        if len(images) != len(targets):
            raise ValueError(
                f"got {len(images)} images and {len(targets)} targets: give one Targets per image"
            )
        predictions = self(images)
        scaled = [
            in_input_frame(target.to(predictions.scales.device), scale)
            for target, scale in zip(targets, predictions.scales, strict=True)
        ]
        regions = self.regions(predictions)
        return self.criterion(
            predictions, regions, scaled, self.assign(predictions, regions, scaled)
        )

    def assign(
        self, predictions: Predictions, regions: Tensor, targets: Sequence[Targets]
    ) -> list[Assignment]:
        """Assign each image's priors to its targets, which are in the input's frame; nothing is
        differentiated.
        """
        logits, regions = predictions.logits.detach(), regions.detach()
        quality = None if predictions.quality is None else predictions.quality.detach()
        return [
            self.assigner(
                predictions.priors,
                target,
                logits=logits[i],
                regions=regions[i],
                quality=None if quality is None else quality[i],
            )
            for i, target in enumerate(targets)
        ]

    def regions(self, predictions: Predictions) -> Float[Tensor, "b p coords"]:
        """Every prior's region in the frame of the padded input."""
        return self.coder.decode(
            predictions.deltas, predictions.priors.regions.expand_as(predictions.deltas)
        )

    @torch.no_grad()
    def detect(self, images: Sequence[Tensor]) -> list[Detections]:
        """Detect in a list of images. Batch norm behaves as the mode says: call ``eval()`` before."""
        return self.decide(self(images))

    def decide(self, predictions: Predictions) -> list[Detections]:
        """Turn predictions into detections in the pixels of the images as they were given, inside
        them.
        """
        regions = self.regions(predictions) / predictions.scales.repeat(1, 2)[:, None]
        return [
            self.postprocess(
                predictions.logits[i],
                clip(regions[i], size),
                levels=predictions.priors.levels,
                quality=None if predictions.quality is None else predictions.quality[i],
            )
            for i, size in enumerate(predictions.sizes)
        ]


def in_input_frame(targets: Targets, scale: Float[Tensor, "dim"]) -> Targets:
    """Targets with boxes and size in input pixels, before padding; the annotation's area keeps its
    meaning.
    """
    size = tuple(
        round(extent * factor)
        for extent, factor in zip(targets.size, scale.tolist()[::-1], strict=True)
    )
    return replace(targets, boxes=targets.boxes * scale.repeat(2), size=size)
