"""Selection without suppression: the best scores of an image, whatever they overlap."""

from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.postprocess.known import check_known
from locviz.postprocess.levels import check_predictions
from locviz.postprocess.scores import class_probability
from locviz.postprocess.select import CombineScores
from locviz.types import Detections


@final
class SelectBest:
    """The best (prior, class) pairs of an image; duplicates are not looked for.

    For detectors whose objects take one prior each in training, so that a single prior of an object
    has a high score: YOLOv10 (300 of an image), Deformable DETR (100). A prior may give several
    detections of different classes.

    Args:
        max_detections: how many are returned per image.
        threshold: a pair is returned with a score above this.
        score: from class probability and quality to the score that ranks the detections.
        probability: logits (p, n) to class probabilities (p, k).
    """

    def __init__(
        self,
        *,
        max_detections: int = 300,
        threshold: float = 0.0,
        score: CombineScores = class_probability,
        probability: Callable[[Tensor], Tensor] = torch.sigmoid,
    ):
        if max_detections < 1:
            raise ValueError(f"SelectBest returns at least one detection, got {max_detections}")
        self.max_detections, self.threshold = max_detections, threshold
        self.score, self.probability = score, probability

    def __call__(
        self,
        logits: Float[Tensor, "p k"],
        regions: Float[Tensor, "p coords"],
        *,
        levels: Sequence[int],
        quality: Float[Tensor, "p"] | None = None,
    ) -> Detections:
        """Select from one image.

        Args:
            logits: (p, k) class logits per prior.
            regions: (p, 2*dim) decoded and clipped, in the units that the detections should have.
            levels: how many priors each level has; they sum to p.
            quality: (p,) quality logit per prior.

        Raises:
            TypeError: one is not a tensor.
            ValueError: a shape does not fit, ``levels`` do not sum to p, or a number is NaN.
        """
        check_predictions(logits, regions, quality, levels)
        quality = None if quality is None else quality.sigmoid()[:, None]
        scores = self.score(self.probability(logits), quality)
        check_known("the predictions of this image", scores=scores, regions=regions)
        # One row of all pairs: (p, k) to (p * k,), class by class within each prior.
        best, index = scores.flatten().topk(min(self.max_detections, scores.numel()))
        index, best = index[best > self.threshold], best[best > self.threshold]
        return Detections(regions[index // scores.shape[1]], best, index % scores.shape[1])
