"""DIoU-NMS: a box nearby is a duplicate only if its centre is near, too."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
import torch

from locviz.boxes import diou
from locviz.postprocess.candidates import Candidates, check_threshold
from locviz.postprocess.greedy import Beyond, picks
from locviz.postprocess.neighbours import Neighbours, best_first
from locviz.postprocess.suppression import SuppressionStep, Survivors, step, survivors_of


@final
@dataclass(frozen=True, kw_only=True)
class DIoUNMS:
    """Greedy suppression by ``IoU - R ** beta`` (Zheng et al., arXiv:1911.08287, eq. 13).

    R is DIoU's penalty, the squared distance of the centres over the squared diagonal of the hull.
    Two objects that stand one in front of the other overlap much, but their centres differ; their
    duplicates' centres hardly do. With ``beta`` 1 the measure is the DIoU, as in the paper; the
    authors' release for YOLO (darknet) has 0.6, which widens small distances.

    The paper drops a candidate from the threshold on (>=). Here it must be *above* it, as in every
    other method.

    Laws: scores do not change; applying it twice changes nothing; candidates of one centre are
    treated as by ``GreedyNMS``.

    Args:
        beta: the power of R, above 0.

    Raises:
        ValueError: ``beta`` is not above 0.
    """

    beta: float = 1.0

    def __post_init__(self):
        if not self.beta > 0:
            raise ValueError(f"beta must be above 0, got {self.beta}")

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        """What is left after the last step."""
        return survivors_of(self.steps(candidates, threshold=threshold), candidates)

    def steps(self, candidates: Candidates, *, threshold: float) -> Iterator[SuppressionStep]:
        """One step per candidate that is kept.

        Raises:
            ValueError: ``threshold`` is not in 0..1.
        """
        check_threshold(threshold)
        scores = candidates.scores.cpu().numpy().copy()
        beyond = self._beyond(candidates, np.float64(threshold))
        for picked, suppressed in picks(best_first(candidates.scores), beyond):
            scores[suppressed] = 0
            yield step(picked, picked, scores, suppressed=suppressed)

    def _beyond(self, candidates: Candidates, limit: np.float64) -> Beyond:
        regions = candidates.regions.cpu()
        neighbours = Neighbours(regions)

        def beyond(picked: int, playing: np.ndarray) -> np.ndarray:
            # The measure is at most the IoU, so whoever is above the threshold is a neighbour.
            rows, overlap = neighbours.of(picked, playing)
            apart = diou(regions[picked], regions[torch.from_numpy(rows)]).numpy()
            penalty = np.maximum(overlap - apart, 0)
            return rows[overlap - penalty**self.beta > limit]

        return beyond
