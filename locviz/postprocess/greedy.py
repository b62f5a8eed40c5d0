"""Greedy non-maximum suppression, to be read: one pick at a time.

``nms`` is the same by torchvision's kernel, twenty and more times as fast; ``GreedyNMS`` calls it
unless it is asked for its steps.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Int

from locviz.postprocess.candidates import Candidates, check_threshold
from locviz.postprocess.neighbours import Neighbours, best_first
from locviz.postprocess.nms import nms
from locviz.postprocess.suppression import SuppressionStep, Survivors, step

Beyond = Callable[[int, np.ndarray], np.ndarray]
"""``(picked, playing (n,)) -> rows (k,)``: who still plays and overlaps the picked one too much."""


def picks(
    order: Int[np.ndarray, "n"], beyond: Beyond
) -> Iterator[tuple[int, Int[np.ndarray, "k"]]]:
    """Every pick and the rows ``(k,)`` that it suppresses: the loop of all greedy methods.

    Args:
        order: (n,) rows, the first to be picked first.
        beyond: who overlaps the picked one too much.
    """
    playing = np.ones(len(order), dtype=bool)
    for picked in order.tolist():
        if playing[picked]:
            playing[picked] = False
            suppressed = beyond(picked, playing)
            playing[suppressed] = False
            yield picked, suppressed


def overlaps_above(neighbours: Neighbours, threshold: float) -> Beyond:
    """Whoever overlaps the picked one by an IoU *above* the threshold."""
    # float64, as in torchvision's kernel: a float32 IoU of 1/10 is above 0.1.
    limit = np.float64(threshold)

    def beyond(picked: int, playing: np.ndarray) -> np.ndarray:
        rows, overlap = neighbours.of(picked, playing)
        return rows[overlap > limit]

    return beyond


@final
@dataclass(frozen=True)
class GreedyNMS:
    """Keep the best candidate, drop all that overlap it by an IoU *above* the threshold; repeat.

    Laws: those of ``nms``: applying it twice changes nothing, scores do not change, no two
    survivors overlap by more than the threshold. An IoU that equals the threshold is not above it.
    """

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        """What is left, by torchvision's kernel.

        Raises:
            ValueError: ``threshold`` is not in 0..1.
        """
        regions, scores = candidates.regions, candidates.scores
        index = nms(regions, scores, threshold=threshold)
        return Survivors(index, regions[index], scores[index])

    def steps(self, candidates: Candidates, *, threshold: float) -> Iterator[SuppressionStep]:
        """One step per candidate that is kept.

        Raises:
            ValueError: ``threshold`` is not in 0..1.
        """
        check_threshold(threshold)
        scores = candidates.scores.cpu().numpy().copy()
        beyond = overlaps_above(Neighbours(candidates.regions), threshold)
        for picked, suppressed in picks(best_first(candidates.scores), beyond):
            scores[suppressed] = 0
            yield step(picked, picked, scores, suppressed=suppressed)
