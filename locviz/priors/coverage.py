"""How well a set of priors covers ground truths.

Look at these figures before you train a detector on new data.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes import pairwise_iou
from locviz.types import Priors

BLOCK = 2**20
"""Pairs of a prior and a ground truth that are held in memory at a time."""


def best_iou(priors: Priors, boxes: Float[Tensor, "g coords"]) -> Float[Tensor, "g"]:
    """The IoU of each ground truth with its best prior; 0 without priors.

    Boxes ``(g, 2*dim)`` give ``(g,)``. Memory stays bounded: priors are compared in blocks, and
    only the best IoU is kept.
    """
    return _best(priors.regions, boxes)


def best_shape_iou(
    sides: Float[Tensor, "n dim"], boxes: Float[Tensor, "g coords"]
) -> Float[Tensor, "g"]:
    """The IoU of each ground truth with its best shape, both at the same place: ``(g,)``.

    YOLOv2 judges its anchors so, and clusters boxes into them by k-means with this measure; no grid
    plays a part. It is an upper bound of ``best_iou`` for priors with these sides.

    Args:
        sides: (n, dim) width and height of each anchor shape.
        boxes: (g, 2*dim) ground truths; only their sides count.
    """
    low, high = boxes.chunk(2, -1)
    return _best(_at_origin(sides), _at_origin(high - low))


def anchor_recall(
    priors: Priors, boxes: Sequence[Float[Tensor, "_ coords"]], thresholds: Sequence[float] = (0.5,)
) -> Float[Tensor, "t"]:
    """The share of all images' ground truths whose best prior reaches each threshold: ``(t,)``.

    It is NaN without ground truths.

    Args:
        priors: the same for every image.
        boxes: ground truths per image, in the coordinates of the priors.
        thresholds: IoUs in 0..1; an IoU equal to the threshold reaches it.
    """
    best = torch.cat([best_iou(priors, image) for image in boxes]) if len(boxes) else torch.zeros(0)
    return (best[:, None] >= best.new_tensor(thresholds)).float().mean(0)


def _at_origin(sides: Tensor) -> Tensor:
    return torch.cat([torch.zeros_like(sides), sides], -1)


def _best(regions: Tensor, boxes: Tensor) -> Tensor:
    best = boxes.new_zeros(len(boxes))
    for block in regions.split(max(1, BLOCK // max(1, len(boxes)))):
        best = best.maximum(pairwise_iou(boxes, block).amax(1))
    return best
