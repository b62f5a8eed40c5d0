"""The recall of proposals: the share of the objects that have one. It judges a first stage."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes import pairwise_iou
from locviz.evaluate.flatten import check_lists
from locviz.types import Detections, Targets


def proposal_recall(
    proposals: Sequence[Detections | Tensor],
    targets: Sequence[Targets],
    *,
    num: int | None = 100,
    thresholds: Sequence[float] = (0.5,),
) -> Float[Tensor, "t"]:
    """The share of all objects that one of the best ``num`` proposals overlaps enough, ``(t,)``.

    Enough is an IoU of at least each threshold. Labels play no part, and one proposal may find
    several objects: that is the recall of the proposal papers (Hosang et al., arXiv:1502.05082),
    which counts the objects that a second stage could still detect. COCO's average recall, where
    each proposal finds one object, is at most as high. Crowd regions and ignored boxes are left
    out; without any object the share is NaN.

    Law: the share never falls as ``num`` grows and never rises with the threshold.

    Args:
        proposals: one entry per image, most promising first: ``Detections`` as
            ``TwoStageDetector.propose`` gives, or plain regions (n, 2*dim) as a ``RegionFinder``
            does.
        targets: the ground truths, in the same order and coordinates.
        num: proposals per image that count; None for all.
        thresholds: IoUs in 0..1.

    Raises:
        TypeError: one pair in place of two lists.
        ValueError: there is not one entry per image, or ``num`` is less than 1.
    """
    check_lists([], targets)
    if isinstance(proposals, Detections | Tensor):
        raise TypeError(
            f"proposals must be a list with one entry per image, got a single {type(proposals).__name__}"
        )
    if len(proposals) != len(targets):
        raise ValueError(
            f"got proposals of {len(proposals)} images for {len(targets)} targets: give one per image"
        )
    if num is not None and num < 1:
        raise ValueError(f"num must be at least 1, the proposals per image that count, got {num}")
    best = [torch.zeros(0)]
    for found, target in zip(proposals, targets, strict=True):
        objects = target.boxes[~(target.crowd | target.ignore)]  # type: ignore[operator]
        regions = found if isinstance(found, Tensor) else found.boxes
        overlaps = pairwise_iou(objects, regions[:num].to(objects))
        nearest = overlaps.amax(1) if overlaps.shape[1] else overlaps.new_zeros(len(objects))
        best.append(nearest.cpu())
    highest = torch.cat(best)
    return (highest[:, None] >= highest.new_tensor(thresholds)).float().mean(0)
