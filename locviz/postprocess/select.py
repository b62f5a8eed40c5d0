"""From scores per prior to the few detections of an image."""

from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.postprocess.by_label import AllLabels, PerLabel, check_suppress, survivors
from locviz.postprocess.candidates import check_threshold
from locviz.postprocess.known import check_known
from locviz.postprocess.levels import check_predictions
from locviz.postprocess.nms import Suppress, batched_nms
from locviz.postprocess.scores import class_probability, geometric_mean
from locviz.types import Detections

CombineScores = Callable[[Tensor, Tensor | None], Tensor]


@final
class SelectDense:
    """A dense detector's selection: threshold, top-k per level, NMS, and the best n of an image.

    Args:
        gate: the score that is compared with ``threshold``. FCOS compares the class probability,
            *before* it is multiplied by the centre-ness; torchvision departs and compares the final
            score.
        score: the score that ranks the detections and is reported.
        threshold: a (prior, class) pair passes with a gate above this.
        top_k: how many of the pairs that passed are kept on each level.
        nms_threshold: an IoU above this suppresses.
        max_detections: how many are returned per image.
        probability: logits (p, n) to class probabilities (p, k): ``torch.sigmoid``, or ``one_of_all``
            where a softmax decides and column 0 is the background's (SSD).
        suppress: ``batched_nms``, within each class, or ``class_agnostic_nms``, or one of your own;
            or a method in ``PerLabel`` or ``AllLabels``, such as ``PerLabel(SoftNMS())``.

    Raises:
        TypeError: ``suppress`` is a method without ``PerLabel`` or ``AllLabels``.
        ValueError: a number is out of its range.
    """

    def __init__(
        self,
        *,
        gate: CombineScores = class_probability,
        score: CombineScores = geometric_mean,
        threshold: float = 0.05,
        top_k: int = 1000,
        nms_threshold: float = 0.6,
        max_detections: int = 100,
        probability: Callable[[Tensor], Tensor] = torch.sigmoid,
        suppress: Suppress | PerLabel | AllLabels = batched_nms,
    ):
        check_threshold(nms_threshold, "nms_threshold")
        if threshold != threshold or top_k < 1 or max_detections < 1:
            raise ValueError(
                "SelectDense wants a number as threshold, and top_k and max_detections of at least 1, got "
                f"{threshold}, {top_k} and {max_detections}"
            )
        check_suppress("SelectDense", suppress)
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
            logits: (p, k) class logits per prior.
            regions: (p, 2*dim) decoded and clipped, in the units that the detections should have.
            levels: how many priors each level has; they sum to p.
            quality: quality logit per prior.

        Raises:
            TypeError: one is not a tensor.
            ValueError: a shape does not fit, ``levels`` do not sum to p, or a number is NaN.
        """
        check_predictions(logits, regions, quality, levels)
        probability = self.probability(logits)
        # (p,) becomes (p, 1), so that it multiplies the probability of every class.
        quality = None if quality is None else quality.sigmoid()[:, None]
        gate, score = self.gate(probability, quality), self.score(probability, quality)
        check_known("the predictions of this image", scores=score, gates=gate, regions=regions)
        prior, label, kept = self._best_of_levels(gate > self.threshold, score, levels)
        found = survivors(
            self.suppress,
            regions[prior],
            kept,
            label,
            threshold=self.nms_threshold,
            quality=None if quality is None else quality[prior, 0],
        )
        return found.detections(label, self.max_detections)

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
