"""What the skeletons share that predict one region per prior, anchors or queries: from a head's
numbers to predictions, to assignments, to losses, to detections.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.assign.spread import spread
from locviz.boxes import Coder, clip
from locviz.inputs import PreparedBatch
from locviz.models.skeletons.columns import check_columns
from locviz.models.skeletons.matched import Matched, match_rows
from locviz.models.skeletons.outputs import HeadOutput
from locviz.postprocess.known import check_known
from locviz.types import (
    IGNORE,
    Assignment,
    Detections,
    ImagePredictions,
    Losses,
    Predictions,
    Priors,
    Targets,
)


@runtime_checkable
class Assigner(Protocol):
    """Which prior is responsible for which ground truth in one image; see ``locviz.assign``."""

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image."""
        ...


@runtime_checkable
class Criterion(Protocol):
    """The loss of every skeleton: from predictions, decoded regions and matched rows to named
    terms. A dense skeleton calls it once for each of ``aux`` and once for the last predictions; a
    stage of a two-stage detector for its own.
    """

    def __call__(self, predictions: Predictions, regions: Tensor, matched: Matched) -> Losses:
        """The losses of one batch; ``regions`` (b, p, 2*dim), or (b, p, sets, 2*dim) where every
        class has a box of its own, are the decoded deltas.
        """
        ...


@runtime_checkable
class BatchAssigner(Protocol):
    """An assigner that takes all images of a batch at once, such as ``Hungarian``, whose costs are
    then computed together. Each image has the assignment that it has alone.
    """

    def assign_batch(
        self, logits: Tensor, regions: Tensor, targets: Sequence[Targets]
    ) -> list[Assignment]:
        """Assign by logits (b, p, k) and regions (b, p, 2*dim)."""
        ...


def predictions_of(output: HeadOutput, priors: Priors, batch: PreparedBatch) -> Predictions:
    """What a head gave, in float32 and with what it belongs to.

    Args:
        output: logits (b, p, k), deltas (b, p, 2*dim), quality (b, p) or None.
        priors: what they were predicted for.
        batch: what they were predicted from.
    """
    logits, deltas, quality = output
    # Losses and boxes are computed in float32 even under autocast: bfloat16 has steps of 4 near
    # 1000 pixels.
    return Predictions(
        logits=logits.float(),
        deltas=deltas.float(),
        priors=priors,
        sizes=batch.sizes,
        scales=batch.scales,
        quality=None if quality is None else quality.float(),
    )


def decoded(predictions: Predictions, coder: Coder) -> Float[Tensor, "b p coords"]:
    """Every prior's region (b, p, 2*dim) in the frame of the padded input."""
    deltas = predictions.deltas
    # The regions' own last axis: a coder may read more numbers than coordinates per region.
    return coder.decode(deltas, predictions.priors.regions.expand(*deltas.shape[:2], -1))


@torch.no_grad()
def assign_images(
    assigner: Assigner, predictions: Predictions, regions: Tensor, targets: Sequence[Targets]
) -> list[Assignment]:
    """Assign the priors of each image of a batch, by what the network predicts there.

    The predictions are detached: an assigner chooses, and the loss does not differentiate choices.

    Args:
        assigner: called once per image.
        predictions: of the batch.
        regions: (b, p, 2*dim) decoded, in the frame of the priors.
        targets: of each image, in the same frame.
    """
    valid = predictions.priors.valid
    if valid is None and isinstance(assigner, BatchAssigner):
        return assigner.assign_batch(predictions.logits.detach(), regions.detach(), targets)
    assignments = []
    for i, target in enumerate(targets):
        predicted = ImagePredictions(
            logits=predictions.logits[i].detach(),
            regions=regions[i].detach(),
            quality=None if predictions.quality is None else predictions.quality[i].detach(),
        )
        priors = predictions.priors.of_image(i)
        if valid is None:
            assignments.append(assigner(priors, target, predicted))
        else:  # what pads a shorter list of priors takes part in nothing
            found = assigner(priors, target, predicted.rows(valid[i]))
            assignments.append(spread(found, valid[i], others=IGNORE))
    return assignments


def output_loss(
    predictions: Predictions,
    targets: Sequence[Targets],
    *,
    assigner: Assigner,
    coder: Coder,
    criterion: Criterion,
    num_classes: int,
) -> Losses:
    """The losses of one output of a head: decode, assign, compare.

    Args:
        predictions: logits (b, p, k) and deltas (b, p, 2*dim) of this output.
        targets: of each image, in the frame of the padded input.
        assigner: of this output.
        coder: deltas to regions.
        criterion: predictions, regions and matched rows to losses.
        num_classes: of the model, to check labels against.
    """
    regions = decoded(predictions, coder)
    assignments = assign_images(assigner, predictions, regions, targets)
    return assigned_loss(
        predictions, regions, assignments, targets, coder, criterion, num_classes=num_classes
    )


def assigned_loss(
    predictions: Predictions,
    regions: Float[Tensor, "b p coords"],
    assignments: Sequence[Assignment],
    targets: Sequence[Targets],
    coder: Coder,
    criterion: Criterion,
    *,
    num_classes: int,
) -> Losses:
    """The losses of one output whose priors are assigned already.

    Args:
        predictions: logits (b, p, k) and deltas (b, p, 2*dim).
        regions: (b, p, 2*dim) decoded.
        assignments: of each image.
        targets: of each image, in the frame of the padded input.
        coder: what deltas are measured by.
        criterion: predictions, regions and matched rows to losses.
        num_classes: of the model, to check labels against.
    """
    matched = match_rows(
        assignments, targets, predictions.priors, coder=coder, num_classes=num_classes
    )
    return criterion(predictions, regions, matched)


def decided(
    predictions: Predictions,
    regions: Float[Tensor, "b p coords"],
    select: Callable[..., Detections],
    *,
    num_classes: int,
) -> list[Detections]:
    """Detections in the pixels of the images as they were given, clipped to them.

    Args:
        predictions: logits (b, p, k).
        regions: (b, p, 2*dim) decoded, in the frame of the padded input.
        select: the predictions of one image to ``Detections``.
        num_classes: of the head.

    Raises:
        ValueError: the network predicts NaN for an image, which the message names; or ``select``
            takes the background for a class.
    """
    check_columns(select, predictions.logits, num_classes)
    # (b, dim) to (b, 1, 2*dim): the same scale for both corners and for every prior.
    given = regions / predictions.scales.repeat(1, 2)[:, None]
    found = []
    for i, size in enumerate(predictions.sizes):
        logits, inside = predictions.logits[i], clip(given[i], size)
        quality = None if predictions.quality is None else predictions.quality[i]
        check_known(f"image {i} of this batch", logits=logits, regions=inside, quality=quality)
        found.append(select(logits, inside, levels=predictions.priors.levels, quality=quality))
    return found
