"""Matrix-NMS: all decays at once, from the matrix of overlaps, with no picks that wait for others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from locviz.postprocess.candidates import NOBODY, Candidates, check_min_score, check_threshold
from locviz.postprocess.neighbours import Neighbours, best_first
from locviz.postprocess.soft import PAPER_DECAY, Decay
from locviz.postprocess.suppression import SuppressionStep, Survivors, step, survivors_of


def one_minus_overlap(overlap: np.ndarray, threshold: float) -> np.ndarray:
    """``1 - IoU``, Matrix-NMS' linear decay; the threshold plays no part. ``(k,)`` gives ``(k,)``."""
    return 1 - overlap


@final
@dataclass(frozen=True, kw_only=True)
class MatrixNMS:
    """Decay by the worst better rival, less if it is suppressed itself (SOLOv2, arXiv:2003.10152).

    With f the decay, i over all candidates with a better score than j, and c_i the largest IoU of i
    with a candidate better than itself, the score of j is multiplied by (eq. 4 and 5)::

        min over i of  f(IoU(i, j)) / f(c_i)

    Soft-NMS asks the rivals one after another; here i is *probably* suppressed if c_i is large, and
    then decays j less. A rival with ``f(c_i) = 0``, a copy of a better one, decays nobody. Every
    factor depends on overlaps alone, so SOLOv2 computes all at once; the steps go through the
    candidates in the order of their scores, and stand for the columns of that matrix.

    Laws: scores never rise; the best candidate keeps its score; of identical candidates all but the
    first have score 0 under ``one_minus_overlap``. Its survivors' scores are all above ``min_score``.

    Args:
        decay: ``GaussianDecay(sigma=0.5)``, SOLOv2's ``exp(-2 IoU ** 2)``, or ``one_minus_overlap``, or one
            of your own that looks at no threshold.
        min_score: a candidate is dropped if its decayed score is this or less; SOLOv2 has 0.05.

    Raises:
        ValueError: ``min_score`` is negative.
    """

    decay: Decay = PAPER_DECAY
    min_score: float = 0.05

    def __post_init__(self):
        check_min_score(self.min_score)

    def steps(self, candidates: Candidates, *, threshold: float) -> Iterator[SuppressionStep]:
        """One step per candidate, best first: ``by`` is the rival that decays it most.

        Raises:
            ValueError: ``threshold`` is not in 0..1. It plays no part otherwise.
        """
        check_threshold(threshold)
        scores = candidates.scores.cpu().numpy().copy()
        neighbours, better = Neighbours(candidates.regions), np.zeros(len(scores), dtype=bool)
        hidden = np.zeros_like(scores)  # c: the largest IoU with a better candidate
        for picked in best_first(candidates.scores).tolist():
            rivals, overlap = neighbours.of(picked, better)
            factor, by = self._strongest(rivals, overlap, hidden[rivals])
            better[picked], hidden[picked] = True, overlap.max(initial=0)
            before = scores[picked]
            scores[picked] = before * factor
            yield self._step(picked, by, scores, fell=bool(scores[picked] < before))

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        """What is left after the last step."""
        return survivors_of(self.steps(candidates, threshold=threshold), candidates)

    def _strongest(
        self, rivals: np.ndarray, overlap: np.ndarray, hidden: np.ndarray
    ) -> tuple[float, int]:
        """The lowest factor, at most 1, and the rival that it comes from."""
        with np.errstate(divide="ignore", invalid="ignore"):
            factors = self.decay(overlap, 0.0) / self.decay(hidden, 0.0)
        # A rival without any weight of its own (0 / 0, or x / 0) decays nobody.
        factors[~np.isfinite(factors)] = np.inf
        if not len(factors) or factors.min() >= 1:
            return 1.0, NOBODY
        return float(factors.min()), int(rivals[factors.argmin()])

    def _step(self, picked: int, by: int, scores: np.ndarray, *, fell: bool) -> SuppressionStep:
        this = np.array([picked])
        if scores[picked] <= self.min_score:
            scores[picked] = 0
            return step(picked, by, scores, suppressed=this)
        return step(picked, by, scores, decayed=this if fell else None)
