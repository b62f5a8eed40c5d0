"""From scores per prior to the few detections of an image."""

from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.postprocess.levels import check_levels
from locviz.postprocess.nms import Suppress, batched_nms
from locviz.postprocess.scores import class_probability, geometric_mean
from locviz.types import Detections

Score = Callable[[Tensor, Tensor | None], Tensor]


@final
class SelectDense:
    """Threshold, top-k per level, NMS, best n: what every dense detector does with its
    predictions.

    Args:
        gate: the score that ``threshold`` looks at. FCOS asks the class probability, *before*
            centre-ness is multiplied in; torchvision's departure asks the final score.
        score: the score that ranks and is reported.
        threshold: a (prior, class) pair passes with a gate above this.
        top_k: of what passed, how many of each level go on.
        nms_threshold: an IoU above this suppresses.
        max_detections: how many are returned per image.
        probability: logits (p, n) to class probabilities (p, k): ``torch.sigmoid``, or ``one_of_all``
            where a softmax decides and column 0 is the background's (SSD).
        suppress: ``batched_nms``, within each class, or ``class_agnostic_nms``, or one of your own.
    """

    def __init__(
        self,
        *,
        gate: Score = class_probability,
        score: Score = geometric_mean,
        threshold: float = 0.05,
        top_k: int = 1000,
        nms_threshold: float = 0.6,
        max_detections: int = 100,
        probability: Callable[[Tensor], Tensor] = torch.sigmoid,
        suppress: Suppress = batched_nms,
    ):
        self.gate, self.score, self.threshold, self.suppress = gate, score, threshold, suppress
        self.top_k, self.nms_threshold, self.max_detections = top_k, nms_threshold, max_detections
        self.probability = probability

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
            logits: class logits per prior.
            regions: decoded and clipped regions, in the units that the detections are wanted in.
            levels: how many priors each level has; they sum to p.
            quality: quality logit per prior.

        Raises:
            ValueError: ``levels`` do not sum to p.
        """
        check_levels(levels, len(logits))
        probability = self.probability(logits)
        certainty = None if quality is None else quality.sigmoid()[:, None]
        passed = self.gate(probability, certainty) > self.threshold
        score = self.score(probability, certainty)
        prior, label, kept = self._best_of_levels(passed, score, levels)
        keep = self.suppress(regions[prior], kept, label, threshold=self.nms_threshold)
        keep = keep[: self.max_detections]
        return Detections(regions[prior[keep]], kept[keep], label[keep])

    def _best_of_levels(
        self, passed: Tensor, score: Tensor, levels: Sequence[int]
    ) -> tuple[Tensor, Tensor, Tensor]:
        priors, labels, scores = [], [], []
        start = 0
        for passed_here, score_here in zip(
            passed.split(tuple(levels)), score.split(tuple(levels)), strict=True
        ):
            prior, label = passed_here.nonzero(as_tuple=True)
            best, index = score_here[prior, label].topk(min(self.top_k, len(prior)))
            priors.append(prior[index] + start)
            labels.append(label[index])
            scores.append(best)
            start += len(score_here)
        return torch.cat(priors), torch.cat(labels), torch.cat(scores)
