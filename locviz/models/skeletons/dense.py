"""The skeleton of a dense detector: one prediction per prior, all at once.

Skeletons are final: a model is composed, never derived. Every skeleton has ``forward(inputs) ->
Predictions``, ``loss(inputs, targets) -> Losses`` and ``detect(inputs) -> list[Detections]``.
``inputs`` is a list of images, or an ``Inputs`` where a text or a clip comes with them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypedDict, final, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.assign.spread import spread
from locviz.boxes import Coder, clip
from locviz.inputs import Inputs, PreparedBatch
from locviz.models.skeletons.frames import training_targets
from locviz.models.skeletons.matched import Matched, match_rows
from locviz.models.skeletons.outputs import HeadOutput, all_outputs, assigner_of, over_outputs
from locviz.priors import PriorGenerator
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


class DenseStages(TypedDict, total=False):
    """The stages of a ``DenseDetector``: a preset takes any of them by keyword in place of its own."""

    prepare: Callable[..., PreparedBatch]
    backbone: nn.Module
    neck: nn.Module
    priors: PriorGenerator
    head: nn.Module
    coder: Coder
    assigner: Assigner
    loss: Criterion
    postprocess: Callable[..., Detections]


@final
class DenseDetector(nn.Module):
    """One prediction per prior, all at once: FCOS, RetinaNet, SSD, YOLO and their kin.

    Laws: ``forward`` has one return type in every mode; an image without ground truths is valid;
    boxes come back in the pixels of the image as it was given, whatever ``prepare`` did to it.

    Args:
        prepare: inputs to one normalised, resized, padded batch.
        backbone: prepared values to a list of maps, finest first.
        neck: maps to a list of levels.
        priors: level sizes to ``Priors``.
        head: levels to ``(logits (b, p, k), deltas (b, p, 2*dim), quality (b, p) or None)``, in the
            order of the priors; or to a list of such, where it predicts several times: the last one
            detects, the earlier ones become ``aux``.
        coder: deltas to regions and back.
        assigner: which prior is responsible for what; swap it and nothing else changes. Where the
            head predicts several times, a ``PerOutput`` has another one for the earlier
            predictions.
        loss: predictions, decoded regions and matched rows to ``Losses``.
        postprocess: the predictions of one image to ``Detections``.
    """

    def __init__(
        self,
        *,
        prepare: Callable[..., PreparedBatch],
        backbone: nn.Module,
        neck: nn.Module,
        priors: PriorGenerator,
        head: nn.Module,
        coder: Coder,
        assigner: Assigner,
        loss: Criterion,
        postprocess: Callable[..., Detections],
    ):
        super().__init__()
        self.prepare, self.backbone, self.neck, self.head = prepare, backbone, neck, head
        self.priors, self.coder, self.assigner = priors, coder, assigner
        self.criterion, self.postprocess = loss, postprocess

    def forward(self, inputs: Inputs | Sequence[Tensor]) -> Predictions:
        """Predict for a list of (3, h, w) images in 0..1; nothing is decided yet."""
        batch = self.prepare(inputs)
        levels = self.neck(self.backbone(batch.values))
        priors = self.priors(
            [level.shape[2:] for level in levels],
            input_size=batch.values.shape[2:],
            device=batch.values.device,
        )
        outputs = self.head(levels)
        *earlier, last = [
            _predictions(output, priors, batch)
            for output in (outputs if isinstance(outputs, list) else [outputs])
        ]
        return replace(last, aux=tuple(earlier))

    def loss(self, inputs: Inputs | Sequence[Tensor], targets: Sequence[Targets]) -> Losses:
        """The training losses of a batch of images (3, h, w) or clips (t, c).

        Raises:
            ValueError: there is not one ``Targets`` per input, a label is not one of the model's
                classes, or a box is not valid; the message names the image and the box.
        """
        predictions = self(inputs)
        num_classes = self._num_classes(predictions)
        scaled = training_targets(inputs, targets, predictions.scales, num_classes=num_classes)
        return over_outputs(
            predictions,
            lambda output: self._output_loss(output, scaled, last=output is predictions),
        )

    def _num_classes(self, predictions: Predictions) -> int:
        # A head with a softmax has one more logit, the background's, and says its number of
        # classes; a sigmoid detector has one logit per class.
        return getattr(self.head, "num_classes", predictions.logits.shape[-1])

    def _output_loss(
        self, predictions: Predictions, targets: Sequence[Targets], *, last: bool
    ) -> Losses:
        regions = self.regions(predictions)
        assigner = assigner_of(self.assigner, last=last)
        matched = match_rows(
            assign_images(assigner, predictions, regions, targets),
            targets,
            predictions.priors,
            coder=self.coder,
            num_classes=self._num_classes(predictions),
        )
        return self.criterion(predictions, regions, matched)

    def assign(
        self, predictions: Predictions, regions: Tensor, targets: Sequence[Targets]
    ) -> list[Assignment]:
        """Assign the priors of each image for the last predictions. The targets and ``regions`` (b,
        p, 2*dim) are in the frame of the padded input; no gradient flows through the choice.
        """
        return assign_images(self.assigner, predictions, regions, targets)

    def regions(self, predictions: Predictions) -> Float[Tensor, "b p coords"]:
        """Every prior's region (b, p, 2*dim) in the frame of the padded input."""
        deltas = predictions.deltas
        # The regions' own last axis: a coder may read more numbers than coordinates per region.
        return self.coder.decode(deltas, predictions.priors.regions.expand(*deltas.shape[:2], -1))

    @torch.no_grad()
    def detect(
        self,
        inputs: Inputs | Sequence[Tensor],
        *,
        output: int = -1,
        postprocess: Callable[..., Detections] | None = None,
    ) -> list[Detections]:
        """Detect in a list of images (3, h, w). Call ``eval()`` before: in training mode, batch norm
        uses the statistics of this batch.

        Args:
            inputs: images, or an ``Inputs``.
            output: which of the predictions decide, where the head predicts several times: an index
                into the earlier ones and the last.
            postprocess: in place of the model's own.

        Raises:
            IndexError: there are not that many predictions.
        """
        return self.decide(all_outputs(self(inputs))[output], postprocess=postprocess)

    def decide(
        self, predictions: Predictions, *, postprocess: Callable[..., Detections] | None = None
    ) -> list[Detections]:
        """Turn predictions into detections, in the pixels of the images as they were given and
        clipped to them.

        Args:
            predictions: of this model, logits (b, p, k); those in ``aux`` will do.
            postprocess: in place of the model's own.
        """
        select = self.postprocess if postprocess is None else postprocess
        # (b, dim) to (b, 1, 2*dim): the same scale for both corners and for every prior.
        scales = predictions.scales.repeat(1, 2)[:, None]
        regions = self.regions(predictions) / scales
        return [
            select(
                predictions.logits[i],
                clip(regions[i], size),
                levels=predictions.priors.levels,
                quality=None if predictions.quality is None else predictions.quality[i],
            )
            for i, size in enumerate(predictions.sizes)
        ]


def _predictions(output: HeadOutput, priors: Priors, batch: PreparedBatch) -> Predictions:
    """What a head gave, in float32 and with what it belongs to."""
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
