"""From the second stage's class scores and boxes to detections."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from locviz.postprocess.nms import batched_nms
from locviz.types import Detections


def one_of_all(logits: Float[Tensor, "p n"]) -> Float[Tensor, "p k"]:
    """Softmax over the classes and the background, whose column 0 is dropped."""
    return logits.softmax(-1)[:, 1:]


def each_by_itself(logits: Float[Tensor, "p n"]) -> Float[Tensor, "p k"]:
    """The sigmoid of each class's logit or margin (R-CNN's SVMs); column 0, the background's, says
    nothing.
    """
    return logits[:, 1:].sigmoid()


@final
class SelectRegions:
    """Softmax, threshold, class-wise NMS, best n: what Fast R-CNN and everything built on it does
    with its regions.

    A region may become several detections, one per class that passes. Column 0, the background,
    never does.

    Args:
        threshold: a (region, class) pair passes with a probability above this.
        nms_threshold: an IoU above this suppresses within a class.
        max_detections: how many are returned per image.
        min_size: boxes with a side below this are dropped (torchvision's hundredth of a pixel).
        probability: logits (p, 1 + k) to class probabilities (p, k).
    """

    def __init__(
        self,
        *,
        threshold: float = 0.05,
        nms_threshold: float = 0.5,
        max_detections: int = 100,
        min_size: float = 1e-2,
        probability: Callable[[Tensor], Tensor] = one_of_all,
    ):
        self.threshold, self.nms_threshold = threshold, nms_threshold
        self.max_detections, self.min_size, self.probability = max_detections, min_size, probability

    def __call__(
        self, logits: Float[Tensor, "p k"], regions: Float[Tensor, "p sets coords"]
    ) -> Detections:
        """Select from one image.

        Args:
            logits: per proposal, the background's first.
            regions: decoded and clipped, in the units that detections are wanted in: one per class,
                the background's first, or one for all classes.
        """
        probability = self.probability(logits)
        row, label = (probability > self.threshold).nonzero(as_tuple=True)
        boxes = regions[row, label + 1] if regions.shape[1] > 1 else regions[row, 0]
        keep = large_enough(boxes, self.min_size)
        boxes, label, scores = boxes[keep], label[keep], probability[row, label][keep]
        best = batched_nms(boxes, scores, label, threshold=self.nms_threshold)[
            : self.max_detections
        ]
        return Detections(boxes[best], scores[best], label[best])


def large_enough(regions: Float[Tensor, "n coords"], min_size: float) -> Bool[Tensor, "n"]:
    """Which regions have every side at least ``min_size`` long."""
    low, high = regions.chunk(2, -1)
    return torch.all(high - low >= min_size, -1)
