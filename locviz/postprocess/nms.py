"""Non-maximum suppression, for boxes and for spans: of one class, per label, and class-agnostic."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.postprocess.candidates import (
    check_labels,
    check_order,
    check_regions_and_scores,
    check_threshold,
    wide,
)

Suppress = Callable[..., Tensor]
"""``(regions (n, 2*dim), scores (n,), labels (n,), *, threshold)`` to the indices that are kept,
best score first: ``batched_nms``, ``class_agnostic_nms``, or one of your own. Methods that change
scores or regions come in ``PerLabel`` and ``AllLabels``."""


def nms(
    regions: Float[Tensor, "n coords"], scores: Float[Tensor, "n"], *, threshold: float
) -> Int64[Tensor, "m"]:
    """Keep the best region, drop all that overlap it by an IoU *above* ``threshold``, and repeat.

    Returns the indices of the regions that are kept, ``(m,)``, best score first. Laws: applying it
    twice changes nothing; the result does not depend on the order of the input where scores differ;
    a region whose IoU equals the threshold is kept. Overlaps are computed in float32, or in float64
    if the regions or the scores are float64.

    A region with an infinite or NaN coordinate, or an area beyond the largest float, overlaps
    nothing: it is kept and suppresses nothing.

    Args:
        regions: ``(n, 2*dim)``.
        scores: ``(n,)``.
        threshold: an IoU in 0..1.

    Raises:
        TypeError: something is not a tensor.
        ValueError: shapes do not fit, a score is NaN, or ``threshold`` is not in 0..1.
    """
    check_regions_and_scores(regions, scores)
    check_threshold(threshold)
    check_order(scores)
    return _suppressed(*_for_kernel(regions, scores), threshold)


def batched_nms(
    regions: Float[Tensor, "n coords"],
    scores: Float[Tensor, "n"],
    labels: Int64[Tensor, "n"],
    *,
    threshold: float,
) -> Int64[Tensor, "m"]:
    """``nms`` within each label: regions of different classes never suppress each other.

    Returns the indices of the regions that are kept, ``(m,)``, best score first. torchvision's
    function of this name adds an offset to the boxes of each class and calls ``nms`` once. The sums
    are rounded in float32, so that small boxes of many classes in large images can be decided
    wrongly, and one infinite box switches suppression off. Here ``nms`` is called for every label.

    Args:
        regions: ``(n, 2*dim)``.
        scores: ``(n,)``.
        labels: ``(n,)`` whole numbers, any.
        threshold: an IoU in 0..1.

    Raises:
        TypeError: something is not a tensor.
        ValueError: shapes do not fit, a score is NaN, or ``threshold`` is not in 0..1.
    """
    check_regions_and_scores(regions, scores)
    check_threshold(threshold)
    check_labels(labels, scores)
    check_order(scores)
    boxes, scores = _for_kernel(regions, scores)
    keep = torch.ones(len(labels), dtype=torch.bool, device=labels.device)
    for group in rows_by_label(labels):
        if len(group) > 1:  # nothing suppresses a region that is alone in its class
            keep[group] = False
            keep[group[_suppressed(boxes[group], scores[group], threshold)]] = True
    kept = keep.nonzero()[:, 0]
    return kept[scores[kept].argsort(descending=True, stable=True)]


def class_agnostic_nms(
    regions: Float[Tensor, "n coords"],
    scores: Float[Tensor, "n"],
    labels: Int64[Tensor, "n"],
    *,
    threshold: float,
) -> Int64[Tensor, "m"]:
    """``nms`` over all classes together: of overlapping regions only the best is kept.

    Shapes are those of ``batched_nms``: ``(n, 2*dim)``, ``(n,)`` and ``(n,)`` give ``(m,)``
    indices, best score first. It takes labels, but only checks their shape, so that it can replace
    ``batched_nms``: ``SelectDense(suppress=class_agnostic_nms)``.

    Raises:
        TypeError: something is not a tensor.
        ValueError: shapes do not fit, a score is NaN, or ``threshold`` is not in 0..1.
    """
    check_labels(labels, scores)
    return nms(regions, scores, threshold=threshold)


def rows_by_label(labels: Int64[Tensor, "n"]) -> tuple[Int64[Tensor, "_"], ...]:
    """The ascending rows of each label, the smallest label first. Labels are ``(n,)``."""
    # Sorted by label, the rows of one class stand together and can be split off.
    order = labels.argsort(stable=True)
    _, counts = labels.unique(return_counts=True)
    return order.split(counts.tolist())


def _suppressed(boxes: Tensor, scores: Tensor, threshold: float) -> Tensor:
    # Imported here and not at the top: `import torchvision` also loads its models, which a program
    # without NMS does not need.
    from torchvision.ops import nms as fast_nms

    return fast_nms(boxes, scores, threshold)


def _for_kernel(regions: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
    """Boxes and scores in one dtype, as torchvision's kernel requires, float32 at least."""
    boxes = as_boxes(regions)
    scores = scores if scores.is_floating_point() else scores.float()
    dtype = torch.promote_types(boxes.dtype, scores.dtype)
    return boxes.to(dtype), scores.to(dtype)


def as_boxes(regions: Float[Tensor, "n coords"]) -> Float[Tensor, "n 4"]:
    """Spans (n, 2) as boxes of height one, whose IoU is the spans' own; boxes (n, 4) as they are.

    They are float32 at least: bfloat16 has steps of 4 near 1000 pixels, and whole numbers have no
    ratio.
    """
    regions = wide(regions)
    if regions.shape[-1] == 4:
        return regions
    start, end = regions.unbind(-1)
    return torch.stack([start, torch.zeros_like(start), end, torch.ones_like(end)], -1)
