"""Weighted boxes fusion: a cluster is not thinned out, its members are averaged."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float

from locviz.postprocess.candidates import Candidates, check_threshold
from locviz.postprocess.neighbours import Neighbours, best_first
from locviz.postprocess.suppression import SuppressionStep, Survivors, step, survivors_of

Confidence = Callable[[np.ndarray, int], float]
"""``(scores (k,) of a cluster, number of models) -> score`` of the fused region."""


def mean_confidence(scores: Float[np.ndarray, "k"], num_models: int) -> float:
    """The mean score, times the share of the models that agree (eq. 3 and 5): ``min(k, T) / T``.

    Scores ``(k,)``. What only one of three models has found keeps a third of its score.
    """
    return float(scores.mean()) * min(len(scores), num_models) / num_models


def largest_confidence(scores: Float[np.ndarray, "k"], num_models: int) -> float:
    """The largest score ``(k,)``, however many models agree."""
    return float(scores.max())


@final
@dataclass(frozen=True, kw_only=True)
class WeightedBoxesFusion:
    """Average the regions of a cluster, weighted by their scores (Solovyev et al., 2019).

    arXiv:1910.13302, section 3. Candidates come in the order of their scores; each joins the fused
    region that it overlaps most, if by an IoU *above* the threshold, or else founds a cluster. The
    fused region is recomputed at once, so that later candidates are compared with the average.

    It was made for the boxes of several models, concatenated into one list (scores multiplied by
    the models' weights if they have any). With one model it turns NMS' choice into an average.

    A region without measure overlaps nothing and stays by itself; in the authors' code it is
    dropped. A cluster whose scores are all 0 is averaged without weights.

    Laws: a fused region is a convex combination of its cluster's; its score is at most the largest
    of them; with a threshold that nothing exceeds, one model and ``mean_confidence``, nothing
    changes. It is not idempotent: fused regions may overlap each other more than their members did.

    Args:
        num_models: T, how many models the candidates come from.
        confidence: ``mean_confidence`` or ``largest_confidence``, or one of your own.

    Raises:
        ValueError: ``num_models`` is less than 1.
    """

    num_models: int = 1
    confidence: Confidence = mean_confidence

    def __post_init__(self):
        if self.num_models < 1:
            raise ValueError(f"num_models must be at least 1, got {self.num_models}")

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        """What is left after the last step."""
        return survivors_of(self.steps(candidates, threshold=threshold), candidates)

    def steps(self, candidates: Candidates, *, threshold: float) -> Iterator[SuppressionStep]:
        """One step per candidate, best first: ``by`` is the founder of the cluster that it joins.

        Raises:
            ValueError: ``threshold`` is not in 0..1.
        """
        check_threshold(threshold)
        own = candidates.scores.cpu().double().numpy()
        regions = candidates.regions.cpu().double().numpy()
        scores = candidates.scores.cpu().numpy().copy()
        fused, clusters = Neighbours(candidates.regions), {}
        founded = np.zeros(len(scores), dtype=bool)
        for picked in best_first(candidates.scores).tolist():
            by = _nearest(*fused.of(picked, founded), np.float64(threshold), otherwise=picked)
            members = clusters.setdefault(by, [])
            members.append(picked)
            founded[by], scores[picked] = True, 0
            scores[by] = self.confidence(own[members], self.num_models)
            region = _average(regions[members], own[members])
            fused.move(by, region)
            joined = np.array([picked]) if by != picked else None
            yield step(picked, by, scores, suppressed=joined, region=region)


def _nearest(rows: np.ndarray, overlap: np.ndarray, limit: np.float64, *, otherwise: int) -> int:
    """The row of the largest overlap, the first among equals, if that is above the limit."""
    if not len(rows) or not overlap.max() > limit:
        return otherwise
    return int(rows[overlap.argmax()])


def _average(regions: np.ndarray, scores: np.ndarray) -> np.ndarray:
    if len(regions) == 1:
        return regions[0]  # exactly: a product and a quotient by the score would round
    weights = scores if scores.sum() > 0 else np.ones_like(scores)
    return weights @ regions / weights.sum()
