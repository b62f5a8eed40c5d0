"""From the second stage's class scores and boxes to detections."""

from collections.abc import Callable
from typing import final

from jaxtyping import Float
from torch import Tensor

from locviz.boxes import large_enough
from locviz.postprocess.by_label import AllLabels, PerLabel, check_suppress, survivors
from locviz.postprocess.candidates import check_threshold
from locviz.postprocess.known import check_known
from locviz.postprocess.nms import Suppress, batched_nms
from locviz.types import Detections, softmax_columns, without_background


def one_of_all(logits: Float[Tensor, "p n"]) -> Float[Tensor, "p k"]:
    """Softmax over the classes and the background, without the background's column 0.

    ``(p, 1 + k)`` gives ``(p, k)``.
    """
    return without_background(logits.softmax(-1))


def each_by_itself(logits: Float[Tensor, "p n"]) -> Float[Tensor, "p k"]:
    """The sigmoid of each class's logit, or of its margin (R-CNN's SVMs).

    Column 0, the background's, is not used. ``(p, 1 + k)`` gives ``(p, k)``.
    """
    return without_background(logits).sigmoid()


@final
class SelectRegions:
    """Fast R-CNN's selection: class probabilities, a threshold, NMS, and the best n of an image.

    A region may become several detections, one per class that passes. Column 0, the background,
    never does.

    Args:
        threshold: a (region, class) pair passes with a probability above this.
        nms_threshold: an IoU above this suppresses.
        max_detections: how many are returned per image.
        min_size: boxes with a side below this, in *input* pixels, are dropped (torchvision's
            hundredth of a pixel of the resized image).
        probability: logits (p, 1 + k) to class probabilities (p, k).
        suppress: as in ``SelectDense``; a region here has no quality to be ranked by.

    Raises:
        TypeError: ``suppress`` is a method without ``PerLabel`` or ``AllLabels``.
        ValueError: ``nms_threshold`` is not in 0..1.
    """

    def __init__(
        self,
        *,
        threshold: float = 0.05,
        nms_threshold: float = 0.5,
        max_detections: int = 100,
        min_size: float = 1e-2,
        probability: Callable[[Tensor], Tensor] = one_of_all,
        suppress: Suppress | PerLabel | AllLabels = batched_nms,
    ):
        check_threshold(nms_threshold, "nms_threshold")
        check_suppress("SelectRegions", suppress)
        self.suppress = suppress
        self.threshold, self.nms_threshold = threshold, nms_threshold
        self.max_detections, self.min_size, self.probability = max_detections, min_size, probability

    def __call__(
        self,
        logits: Float[Tensor, "p k"],
        regions: Float[Tensor, "p sets coords"],
        *,
        scale: Float[Tensor, "dim"] | None = None,
    ) -> Detections:
        """Select from one image.

        Args:
            logits: per proposal, the background's first.
            regions: decoded and clipped, in the units that detections are wanted in: one per class,
                the background's first, or one for all classes.
            scale: ``(dim,)`` input pixels per unit of ``regions``, x then y, a row of
                ``Predictions.scales``; None where regions are in input pixels already.

        Raises:
            ValueError: a number is NaN.
        """
        probability = self.probability(logits)
        check_known("the predictions of this image", scores=probability, regions=regions)
        # One row per (region, class) pair that passes: a region may come several times.
        row, label = (probability > self.threshold).nonzero(as_tuple=True)
        # Set 0 of the boxes is the background's.
        boxes = regions[row, softmax_columns(label)] if regions.shape[1] > 1 else regions[row, 0]
        in_input = boxes if scale is None else boxes * scale.repeat(2)
        keep = large_enough(in_input, self.min_size)
        boxes, label, scores = boxes[keep], label[keep], probability[row, label][keep]
        found = survivors(self.suppress, boxes, scores, label, threshold=self.nms_threshold)
        return found.detections(label, self.max_detections)
