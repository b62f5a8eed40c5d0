"""The skeleton of a dense detector: one prediction per prior, all at once.

Skeletons are final: a model is composed, never derived. Every skeleton has ``forward(inputs) ->
Predictions``, ``loss(inputs, targets) -> Losses`` and ``detect(inputs) -> list[Detections]``.
``inputs`` is a list of images, or an ``Inputs`` where a text or a clip comes with them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypedDict, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.boxes import Coder
from locviz.inputs import Inputs, PreparedBatch
from locviz.models.skeletons.frames import training_targets
from locviz.models.skeletons.outputs import assigner_of, output_at, over_outputs
from locviz.models.skeletons.per_prior import (
    Assigner,
    Criterion,
    assign_images,
    decided,
    decoded,
    output_loss,
    predictions_of,
)
from locviz.priors import PriorGenerator
from locviz.types import (
    Assignment,
    Detections,
    Losses,
    Predictions,
    Targets,
)


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
            predictions_of(output, priors, batch)
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
        num_classes = self.num_classes(predictions)
        scaled = training_targets(inputs, targets, predictions.scales, num_classes=num_classes)
        return over_outputs(
            predictions,
            lambda output: self._output_loss(output, scaled, last=output is predictions),
        )

    def num_classes(self, predictions: Predictions) -> int:
        """How many classes the logits (b, p, k) of this model tell apart, without the background."""
        # A head with a softmax has one more logit, the background's, and says its number of
        # classes; a sigmoid detector has one logit per class.
        return getattr(self.head, "num_classes", predictions.logits.shape[-1])

    def _output_loss(
        self, predictions: Predictions, targets: Sequence[Targets], *, last: bool
    ) -> Losses:
        return output_loss(
            predictions,
            targets,
            assigner=assigner_of(self.assigner, last=last),
            coder=self.coder,
            criterion=self.criterion,
            num_classes=self.num_classes(predictions),
        )

    def assign(
        self, predictions: Predictions, regions: Tensor, targets: Sequence[Targets]
    ) -> list[Assignment]:
        """Assign the priors of each image for the last predictions. The targets and ``regions`` (b,
        p, 2*dim) are in the frame of the padded input; no gradient flows through the choice.
        """
        return assign_images(self.assigner, predictions, regions, targets)

    def regions(self, predictions: Predictions) -> Float[Tensor, "b p coords"]:
        """Every prior's region (b, p, 2*dim) in the frame of the padded input."""
        return decoded(predictions, self.coder)

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
        return self.decide(output_at(self(inputs), output), postprocess=postprocess)

    def decide(
        self, predictions: Predictions, *, postprocess: Callable[..., Detections] | None = None
    ) -> list[Detections]:
        """Turn predictions into detections, in the pixels of the images as they were given and
        clipped to them.

        Args:
            predictions: of this model, logits (b, p, k); those in ``aux`` will do.
            postprocess: in place of the model's own.

        Raises:
            ValueError: a number is NaN, or the selection takes the background for a class.
        """
        select = self.postprocess if postprocess is None else postprocess
        regions, num_classes = self.regions(predictions), self.num_classes(predictions)
        return decided(predictions, regions, select, num_classes=num_classes)
