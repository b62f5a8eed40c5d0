"""The skeleton of a detector with queries: a fixed number of predictions that are trained as a set.

No prior belongs to a place. An image is encoded once, and each query reads from it what it needs.
Every object is matched to one query, so nothing has to be suppressed afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypedDict, final, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.boxes import Coder
from locviz.inputs import Inputs, PreparedBatch
from locviz.layers import Memory, Proposals, Queries, padding_masks
from locviz.models.skeletons.frames import training_targets
from locviz.models.skeletons.outputs import HeadOutput, assigner_of, joined, output_at, over_outputs
from locviz.models.skeletons.per_prior import (
    Assigner,
    Criterion,
    assign_images,
    assigned_loss,
    decided,
    decoded,
    output_loss,
    predictions_of,
)
from locviz.priors import whole_images
from locviz.types import Assignment, Detections, Losses, Predictions, Targets


@runtime_checkable
class Encoder(Protocol):
    """What makes a memory of maps, such as ``TransformerEncoder``."""

    def __call__(self, levels: Sequence[Tensor], padding: Sequence[Tensor]) -> Memory:
        """Encode levels (b, c, *space), whose cells are padding where the masks (b, *space) are
        True.
        """
        ...


@runtime_checkable
class QueryMaker(Protocol):
    """What a decoder starts from, such as ``LearnedQueries``. Others may read the memory, or, in a
    training step, the targets.
    """

    def __call__(self, memory: Memory, targets: Sequence[Targets] | None = None) -> Queries:
        """The queries of a batch.

        Args:
            memory: of the batch.
            targets: in the frame of the padded input, in a training step; None otherwise.
        """
        ...


@runtime_checkable
class Decoder(Protocol):
    """What lets queries read a memory, such as ``TransformerDecoder``."""

    def __call__(
        self, queries: Queries, memory: Memory, head: Callable[[Tensor, int], HeadOutput]
    ) -> list[HeadOutput]:
        """What ``head`` predicts after each layer, the last one last: logits (b, q, k), deltas (b,
        q, 2*dim), quality (b, q) or None.
        """
        ...


class QueryStages(TypedDict, total=False):
    """The stages of a ``QueryDetector``: a preset takes any of them by keyword in place of its own."""

    prepare: Callable[..., PreparedBatch]
    backbone: nn.Module
    neck: nn.Module
    encoder: Encoder
    queries: QueryMaker
    decoder: Decoder
    head: nn.Module
    coder: Coder
    assigner: Assigner
    loss: Criterion
    postprocess: Callable[..., Detections]


@final
class QueryDetector(nn.Module):
    """A set of predictions: DETR and its kin.

    ``forward`` gives what the last decoder layer predicts; the earlier layers are in ``aux``. The
    priors are the images themselves, once per query.

    Laws: ``forward`` has one return type in every mode and never sees targets, which only ``loss``
    has; each decoder layer has its own matching and its own losses; an image without ground truths
    is valid; boxes come back in the pixels of the image as it was given. With more objects than
    queries, those that fit worst have no query and are not learned; the losses stay finite.

    Args:
        prepare: inputs to one normalised, resized, padded batch.
        backbone: prepared values to a list of maps, finest first.
        neck: maps to a list of levels, all with the channels of the encoder.
        encoder: levels and the masks of their padding to a ``Memory``.
        queries: a memory to ``Queries``.
        decoder: queries, memory and head to what is predicted after each layer.
        head: tokens (b, q, c) and the number of their layer to logits (b, q, 1 + k), deltas (b, q,
            2*dim) and None.
        coder: deltas to regions and back.
        assigner: which query is responsible for what, one-to-one in DETR. A ``PerOutput`` has
            another one for the earlier layers.
        loss: predictions, decoded regions and matched rows of one layer to ``Losses``.
        postprocess: the predictions of one image to ``Detections``.
    """

    def __init__(
        self,
        *,
        prepare: Callable[..., PreparedBatch],
        backbone: nn.Module,
        neck: nn.Module,
        encoder: Encoder,
        queries: QueryMaker,
        decoder: Decoder,
        head: nn.Module,
        coder: Coder,
        assigner: Assigner,
        loss: Criterion,
        postprocess: Callable[..., Detections],
    ):
        super().__init__()
        self.prepare, self.backbone, self.neck = prepare, backbone, neck
        self.encoder, self.queries, self.decoder, self.head = encoder, queries, decoder, head
        self.coder, self.assigner = coder, assigner
        self.criterion, self.postprocess = loss, postprocess

    def forward(self, inputs: Inputs | Sequence[Tensor]) -> Predictions:
        """Predict for a list of (3, h, w) images in 0..1; nothing is decided yet."""
        batch, memory = self.encode(inputs)
        return _predictions(self.decoder(self.queries(memory), memory, self.head), batch)

    def encode(self, inputs: Inputs | Sequence[Tensor]) -> tuple[PreparedBatch, Memory]:
        """The prepared batch of images (3, h, w) and what the encoder made of it."""
        batch = self.prepare(inputs)
        levels = self.neck(self.backbone(batch.values))
        sizes = [level.shape[2:] for level in levels]
        padding = padding_masks(batch.extents, batch.values.shape[2:], sizes)
        return batch, self.encoder(levels, padding)

    def loss(self, inputs: Inputs | Sequence[Tensor], targets: Sequence[Targets]) -> Losses:
        """The training losses of a batch of images (3, h, w) or clips (t, c), those of all decoder
        layers.

        Raises:
            ValueError: there is not one ``Targets`` per input, a label is not one of the model's
                classes, or a box is not valid; the message names the image and the box.
        """
        batch, memory = self.encode(inputs)
        scaled = training_targets(inputs, targets, batch.scales, num_classes=self._num_classes)
        queries = self.queries(memory, scaled)
        outputs = self.decoder(queries, memory, self.head)
        parts = {"": self._matched_loss(_rows(outputs, queries.num_given, None), batch, scaled)}
        if queries.given:
            first = _predictions(_rows(outputs, 0, queries.num_given), batch)
            parts["denoising_"] = self._given_loss(first, scaled, queries.given)
        if queries.proposals is not None:
            parts["encoder_"] = self._proposal_loss(queries.proposals, batch, scaled)
        return joined(parts)

    def _matched_loss(
        self, outputs: list[HeadOutput], batch: PreparedBatch, targets: Sequence[Targets]
    ) -> Losses:
        predictions = _predictions(outputs, batch)
        return over_outputs(
            predictions,
            lambda output: self._output_loss(
                output, targets, assigner_of(self.assigner, last=output is predictions)
            ),
        )

    def _given_loss(
        self, predictions: Predictions, targets: Sequence[Targets], given: Sequence[Assignment]
    ) -> Losses:
        """The losses of queries that came assigned: no layer matches them anew."""
        return over_outputs(
            predictions,
            lambda output: assigned_loss(
                output,
                self.regions(output),
                given,
                targets,
                self.coder,
                self.criterion,
                num_classes=self._num_classes,
            ),
        )

    def _proposal_loss(
        self, proposals: Proposals, batch: PreparedBatch, targets: Sequence[Targets]
    ) -> Losses:
        """The losses of what the encoder's tokens predict, matched like a decoder layer's."""
        if proposals.any_class:
            targets = [replace(t, labels=torch.zeros_like(t.labels)) for t in targets]
        predictions = _predictions([(proposals.logits, proposals.deltas, None)], batch)
        assigner = assigner_of(self.assigner, last=True)
        return self._output_loss(predictions, targets, assigner)

    def _output_loss(
        self, output: Predictions, targets: Sequence[Targets], assigner: Assigner
    ) -> Losses:
        return output_loss(
            output,
            targets,
            assigner=assigner,
            coder=self.coder,
            criterion=self.criterion,
            num_classes=self._num_classes,
        )

    @property
    def _num_classes(self) -> int:
        return self.head.num_classes  # type: ignore[return-value]

    def assign(
        self, predictions: Predictions, regions: Tensor, targets: Sequence[Targets]
    ) -> list[Assignment]:
        """Match the queries of each image by the last predictions. The targets and ``regions`` (b,
        q, 2*dim) are in the frame of the padded input; no gradient flows through the choice.
        """
        return assign_images(assigner_of(self.assigner, last=True), predictions, regions, targets)

    def regions(self, predictions: Predictions) -> Float[Tensor, "b q coords"]:
        """Every query's region (b, q, 2*dim) in the frame of the padded input."""
        return decoded(predictions, self.coder)

    @torch.no_grad()
    def detect(
        self,
        inputs: Inputs | Sequence[Tensor],
        *,
        output: int = -1,
        postprocess: Callable[..., Detections] | None = None,
    ) -> list[Detections]:
        """Detect in a list of images (3, h, w). Call ``eval()`` before: in training mode, dropout
        is at work.

        Args:
            inputs: images, or an ``Inputs``.
            output: which decoder layer decides: an index into all of them, the last one last.
            postprocess: in place of the model's own.

        Raises:
            IndexError: there are not that many layers.
        """
        return self.decide(output_at(self(inputs), output), postprocess=postprocess)

    def decide(
        self, predictions: Predictions, *, postprocess: Callable[..., Detections] | None = None
    ) -> list[Detections]:
        """Turn predictions into detections, in the pixels of the images as they were given and
        clipped to them.

        Args:
            predictions: of this model, logits (b, q, k); those in ``aux`` will do.
            postprocess: in place of the model's own.
        """
        select = self.postprocess if postprocess is None else postprocess
        regions = self.regions(predictions)
        return decided(predictions, regions, select, num_classes=self._num_classes)


def _predictions(outputs: list[HeadOutput], batch: PreparedBatch) -> Predictions:
    """The last layer's, the earlier ones in ``aux``; every prior is its image."""
    priors = whole_images(batch.extents, outputs[0][0].shape[1])
    *earlier, last = [predictions_of(output, priors, batch) for output in outputs]
    return replace(last, aux=tuple(earlier))


def _rows(outputs: list[HeadOutput], first: int, end: int | None) -> list[HeadOutput]:
    """What was predicted for the queries ``first`` to ``end``."""
    return [(logits[:, first:end], deltas[:, first:end], None) for logits, deltas, _ in outputs]
