"""Matching costs: the terms that set-prediction detectors add up for each query and ground truth.

Each is a small object. It is called with the predictions of a batch and with its ground truths,
padded to the longest list, and gives ``(b, q, g)``, its weight included. The values in the columns
of the padding have no meaning. Costs are compared, never differentiated, so an additive constant
may be left out. Chapter 07.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from locviz.assign.prediction_costs import check_labels
from locviz.assign.set_aside import set_aside
from locviz.boxes import corners_to_center_size, giou
from locviz.types import Targets, without_background

Logits = Float[Tensor, "b q k"]
Regions = Float[Tensor, "b q coords"]
Cost = Float[Tensor, "b q g"]


@dataclass(frozen=True, eq=False)
class PaddedTargets:
    """The ground truths of a batch in one block; ``present`` marks the rows that are not padding.

    Shapes and units: ``boxes`` (b, g, 2*dim) absolute units; ``labels`` (b, g), 0 in the padding
    and where an object is set aside; ``extent`` (b, dim) the size of each image in the same units,
    x first; ``present`` (b, g).
    """

    boxes: Float[Tensor, "b g coords"]
    labels: Int64[Tensor, "b g"]
    extent: Float[Tensor, "b dim"]
    present: Bool[Tensor, "b g"]


def pad_targets(targets: Sequence[Targets]) -> PaddedTargets:
    """Put the ground truths of one or more images into one block, as long as the longest list."""
    boxes = [target.boxes for target in targets]
    # What is set aside is matched to nothing, so its label may be anything: 0, as in the padding.
    labels = [target.labels.masked_fill(set_aside(target), 0) for target in targets]
    present = [torch.ones_like(target.labels, dtype=torch.bool) for target in targets]
    return PaddedTargets(
        boxes=pad_sequence(boxes, batch_first=True),
        labels=pad_sequence(labels, batch_first=True),
        extent=boxes[0].new_tensor([target.size[::-1] for target in targets]),
        present=pad_sequence(present, batch_first=True),
    )


@runtime_checkable
class MatchingCost(Protocol):
    """One term of a matching cost."""

    def __call__(self, logits: Logits, regions: Regions, targets: PaddedTargets) -> Cost:
        """Cost of every query for every ground truth of its own image. The shape is ``(b, q, g)``."""
        ...


def of_labels(per_class: Float[Tensor, "b q k"], labels: Int64[Tensor, "b g"]) -> Cost:
    """The entries of ``per_class`` at each ground truth's class.

    Shapes: ``(b, q, k)`` and labels ``(b, g)`` give ``(b, q, g)``.

    Raises:
        ValueError: a label is not a class of the logits.
    """
    check_labels(labels, per_class.shape[-1])
    # All queries of an image read the same columns: labels (b, g) are repeated to (b, q, g).
    return per_class.gather(-1, labels[:, None].expand(-1, per_class.shape[1], -1))


@final
class ClassCost:
    """``-weight * p(class of the ground truth)`` (DETR, arXiv:2005.12872, section 3.1).

    DETR takes the probability and not its logarithm, so that this term is of the same size as the
    others: that is the paper's own reason.

    Args:
        probability: logits (b, q, k) to probabilities. By default a softmax over the classes and
            the background; ``torch.sigmoid`` where the classes are independent of each other.
        weight: DETR's is 1.
    """

    def __init__(
        self, *, probability: Callable[[Tensor], Tensor] | None = None, weight: float = 1.0
    ):
        self.probability = probability or softmax_of_classes
        self.weight = weight

    def __call__(self, logits: Logits, regions: Regions, targets: PaddedTargets) -> Cost:
        """Minus the weighted probability; in ``-weight .. 0``."""
        return of_labels(self.probability(logits), targets.labels) * -self.weight


def softmax_of_classes(logits: Float[Tensor, "*n columns"]) -> Float[Tensor, "*n k"]:
    """Probabilities (..., k) of k classes from 1 + k logits, of which the background's is first."""
    return without_background(logits.softmax(-1))


@final
class FocalCost:
    """``weight * (loss with target 1 - loss with target 0)`` of the class: Deformable DETR's cost.

    With sigmoid outputs a match changes the target of one class alone, so this difference is all
    that it changes (arXiv:2010.04159; their code adds 1e-8 inside the logarithms, which a loss of
    the logits does not need). With binary cross entropy as the loss it is minus the logit.

    Args:
        loss: ``(logits, targets) -> losses``, elementwise with targets of 0 and 1: a sigmoid focal
            loss.
        weight: Deformable DETR's is 2.
    """

    def __init__(self, *, loss: Callable[[Tensor, Tensor], Tensor], weight: float = 2.0):
        self.loss, self.weight = loss, weight

    def __call__(self, logits: Logits, regions: Regions, targets: PaddedTargets) -> Cost:
        """The weighted change of the loss (b, q, g) that the match would bring."""
        change = self.loss(logits, torch.ones_like(logits)) - self.loss(
            logits, torch.zeros_like(logits)
        )
        return of_labels(change, targets.labels) * self.weight


@final
class L1Cost:
    """``weight * sum |prediction - ground truth|`` of centre and size, as shares of the image.

    That is DETR's ``cxcywh`` in 0..1. In pixels, the cost of large images would be larger.

    Args:
        weight: DETR's is 5.
        extent: ``(h, w)`` or ``(length,)`` that counts as 1. With None it is the image's own
            ``Targets.size``, as in DETR, which must then be in the units of the boxes.
    """

    def __init__(self, *, weight: float = 5.0, extent: Sequence[int | float] | None = None):
        if extent is not None and not all(length > 0 for length in extent):
            raise ValueError(
                f"L1Cost.extent must be (h, w) or (length,), all positive, got {tuple(extent)}"
            )
        self.weight, self.extent = weight, extent

    def __call__(self, logits: Logits, regions: Regions, targets: PaddedTargets) -> Cost:
        """The weighted distance; 0 for equal regions."""
        extent = (
            targets.extent
            if self.extent is None
            else targets.extent.new_tensor([tuple(self.extent)[::-1]])
        )
        unit = extent.repeat(1, 2)[:, None]  # (b, 1, 2*dim): for the centre and for the size
        pred, gt = (corners_to_center_size(boxes) / unit for boxes in (regions, targets.boxes))
        return torch.cdist(pred, gt, p=1.0) * self.weight


@final
class GIoUCost:
    """``-weight * GIoU`` (arXiv:1902.09630), which tells near from far even without an overlap.

    Args:
        weight: DETR's is 2.
    """

    def __init__(self, *, weight: float = 2.0):
        self.weight = weight

    def __call__(self, logits: Logits, regions: Regions, targets: PaddedTargets) -> Cost:
        """Minus the weighted GIoU; in ``-weight .. weight``. The shape is ``(b, q, g)``."""
        # (b, q, 1, 2*dim) against (b, 1, g, 2*dim).
        return giou(regions[:, :, None], targets.boxes[:, None]) * -self.weight
