"""Non-maximum suppression, for boxes and for spans."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor


def nms(
    regions: Float[Tensor, "n coords"], scores: Float[Tensor, "n"], *, threshold: float
) -> Int64[Tensor, "m"]:
    """Keep the best, drop what overlaps it by an IoU *above* ``threshold``, repeat; indices, best
    score first.

    Law: idempotent; the result does not depend on the order of the input where scores differ. An
    IoU equal to the threshold survives.

    Raises:
        ValueError: shapes do not fit, or ``threshold`` is not in 0..1.
    """
    # Here and not at the top: `import torchvision` loads its models too, and whoever only assigns
    # needs none of it.
    from torchvision.ops import nms as fast_nms

    _check(regions, scores, threshold)
    return fast_nms(as_boxes(regions), scores.float(), threshold)


def batched_nms(
    regions: Float[Tensor, "n coords"],
    scores: Float[Tensor, "n"],
    labels: Int64[Tensor, "n"],
    *,
    threshold: float,
) -> Int64[Tensor, "m"]:
    """``nms`` within each label; different classes never suppress each other. Indices, best score
    first.
    """
    from torchvision.ops import batched_nms as fast_batched_nms

    _check(regions, scores, threshold)
    boxes = as_boxes(regions)
    if len(boxes):
        # torchvision moves each class aside by the largest coordinate: classes would meet left of
        # 0.
        boxes = boxes - boxes.min().clamp(max=0)
    return fast_batched_nms(boxes, scores.float(), labels, threshold)


def _check(regions: Tensor, scores: Tensor, threshold: float) -> None:
    if regions.ndim != 2 or regions.shape[-1] not in (2, 4) or scores.shape != regions.shape[:1]:
        raise ValueError(
            f"regions must be (n, 4) boxes or (n, 2) spans and scores (n,), got {tuple(regions.shape)} and "
            f"{tuple(scores.shape)}"
        )
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold is an IoU and must be in 0..1, got {threshold}")


def as_boxes(regions: Float[Tensor, "n coords"]) -> Float[Tensor, "n 4"]:
    """Spans as boxes of height one, whose IoU is the spans' own; boxes as they are. All in float32."""
    regions = regions.float()
    if regions.shape[-1] == 4:
        return regions
    start, end = regions.unbind(-1)
    return torch.stack([start, torch.zeros_like(start), end, torch.ones_like(end)], -1)
