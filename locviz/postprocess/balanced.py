"""Classification-localization balanced NMS: of a cluster, the one near its estimated centre stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from locviz.postprocess.candidates import Candidates, check_threshold
from locviz.postprocess.greedy import overlaps_above
from locviz.postprocess.neighbours import Neighbours, best_first
from locviz.postprocess.suppression import SuppressionStep, Survivors, step, survivors_of


@final
@dataclass(frozen=True, kw_only=True)
class BalancedNMS:
    """Select by score plus closeness to the cluster's centre ("CL-balanced NMS", eq. 6 and 7).

    A cluster is the best candidate still in play and all that overlap it by more than the
    threshold. Its estimated centre is the mean of their centres, weighted by the softmax of their
    scores (eq. 6). The member with the largest ``score + weight * closeness`` is kept. It reports its own
    score, which the paper leaves open.

    Equation 7 as printed *adds the distance* to that centre, so that of two candidates with one
    score the farther would be kept. The text wants the opposite: a candidate near the centre is
    well placed. So closeness is ``1 - distance / diagonal``, where the diagonal is the cluster's
    hull's: 1 at the centre, never below 0, and the same at every scale of the image.

    The rest of the cluster is dropped, and so is whatever else overlaps the kept one by more than
    the threshold.

    Laws: no two survivors overlap by more than the threshold; scores do not change; a ``weight`` of
    0 is ``GreedyNMS``; of a cluster with equal scores the one nearest to its mean centre is kept.

    Args:
        weight: of the closeness against the score; 1 in the paper. With -1 it is equation 7 as
            printed, which adds the distance (in diagonals, so that it can be compared).

    Raises:
        ValueError: ``weight`` is not a finite number.
    """

    weight: float = 1.0

    def __post_init__(self):
        if not np.isfinite(self.weight):
            raise ValueError(f"weight must be a finite number, got {self.weight}")

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        """What is left after the last step."""
        return survivors_of(self.steps(candidates, threshold=threshold), candidates)

    def steps(self, candidates: Candidates, *, threshold: float) -> Iterator[SuppressionStep]:
        """One step per candidate that is kept, with the ``center`` of its cluster.

        Raises:
            ValueError: ``threshold`` is not in 0..1.
        """
        check_threshold(threshold)
        scores = candidates.scores.cpu().numpy().copy()
        regions = candidates.regions.cpu().double().numpy()
        beyond = overlaps_above(Neighbours(candidates.regions), threshold)
        playing = np.ones(len(scores), dtype=bool)
        for best in best_first(candidates.scores).tolist():
            if not playing[best]:
                continue
            playing[best] = False
            # The best one stands first: among equals it is kept.
            cluster = np.concatenate([[best], beyond(best, playing)])
            center, closeness = closeness_to_center(regions[cluster], scores[cluster])
            picked = int(cluster[(scores[cluster] + self.weight * closeness).argmax()])
            playing[cluster] = False
            suppressed = np.union1d(cluster[cluster != picked], beyond(picked, playing))
            playing[suppressed] = False
            scores[suppressed] = 0
            yield step(picked, picked, scores, suppressed=suppressed, center=center)


def closeness_to_center(regions: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The softmax-weighted mean ``(dim,)`` of the centres, and how close each is to it, ``(k,)``.

    Regions ``(k, 2*dim)`` in float64, scores ``(k,)``. Closeness is in 0..1, and 1 where all centres
    are the same.
    """
    low, high = np.split(regions, 2, axis=1)
    centers = (low + high) / 2
    weights = np.exp(scores.astype(np.float64) - scores.max())
    center = weights @ centers / weights.sum()
    with np.errstate(all="ignore"):
        distance = np.sqrt(((centers - center) ** 2).sum(1))
        diagonal = np.sqrt(((high.max(0) - low.min(0)) ** 2).sum())
    # A cluster of points or of one infinite region has no diagonal to measure by.
    if not (np.isfinite(diagonal) and diagonal > 0):
        return center, np.ones(len(regions))
    return center, 1 - distance / diagonal
