"""Soft-NMS: what overlaps a better candidate is not dropped, its score decays."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from jaxtyping import Float

from locviz.postprocess.candidates import NOBODY, Candidates, check_min_score, check_threshold
from locviz.postprocess.neighbours import Neighbours
from locviz.postprocess.suppression import SuppressionStep, Survivors, step, survivors_of

Decay = Callable[[np.ndarray, float], np.ndarray]
"""``(IoUs (k,), threshold) -> factors (k,)`` in 0..1, not rising with the IoU."""


def linear_decay(overlap: Float[np.ndarray, "k"], threshold: float) -> Float[np.ndarray, "k"]:
    """``1 - IoU`` above the threshold, else 1 (Soft-NMS, section 3): it jumps at the threshold.

    IoUs ``(k,)`` give factors ``(k,)``.
    """
    return np.where(overlap > np.float64(threshold), 1 - overlap, 1).astype(overlap.dtype)


@final
@dataclass(frozen=True, kw_only=True)
class GaussianDecay:
    """``exp(-IoU ** 2 / sigma)`` (Soft-NMS, eq. 3): it has no threshold.

    Args:
        sigma: above 0; 0.5 in the paper. The smaller it is, the harder the suppression.

    Raises:
        ValueError: ``sigma`` is not above 0.
    """

    sigma: float = 0.5

    def __post_init__(self):
        if not self.sigma > 0:
            raise ValueError(f"sigma must be above 0, got {self.sigma}")

    def __call__(self, overlap: Float[np.ndarray, "k"], threshold: float) -> Float[np.ndarray, "k"]:
        """IoUs ``(k,)`` give factors ``(k,)``; the threshold plays no part."""
        return np.exp(-overlap * overlap / overlap.dtype.type(self.sigma))


PAPER_DECAY = GaussianDecay(sigma=0.5)
"""Soft-NMS's own, and SOLOv2's."""


@final
@dataclass(frozen=True, kw_only=True)
class SoftNMS:
    """Pick the best score, decay the scores of what overlaps it, repeat (Bodla et al., 2017).

    arXiv:1704.04503, figure 2. Scores decay at every pick, so the order of the picks is that of the
    *decayed* scores, and two objects that hide each other both survive, one with a lower score.

    A candidate is dropped when its score is ``min_score`` or less, also if it was so from the
    beginning; the paper's code and effdet's drop the rest at the end, or never the first.

    Laws: scores never rise; every survivor's score is above ``min_score``; the best candidate keeps
    its score; a decay of 0 above the threshold is ``GreedyNMS``. Applying it twice decays twice.

    Args:
        decay: ``GaussianDecay(sigma=...)`` or ``linear_decay``, or one of your own.
        min_score: the paper's 0.001; the lower, the more candidates are left.

    Raises:
        ValueError: ``min_score`` is negative.
    """

    decay: Decay = PAPER_DECAY
    min_score: float = 0.001

    def __post_init__(self):
        check_min_score(self.min_score)

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        """What is left after the last step."""
        return survivors_of(self.steps(candidates, threshold=threshold), candidates)

    def steps(self, candidates: Candidates, *, threshold: float) -> Iterator[SuppressionStep]:
        """One step per candidate that is kept, and one before them if scores are too low already.

        Raises:
            ValueError: ``threshold`` is not in 0..1.
        """
        check_threshold(threshold)
        scores = candidates.scores.cpu().numpy().copy()
        low = (scores <= self.min_score).nonzero()[0]
        if len(low):
            scores[low] = 0
            yield step(NOBODY, NOBODY, scores, suppressed=low)
        neighbours, playing = Neighbours(candidates.regions), scores > 0
        for _ in range(len(scores) - len(low)):
            picked = int(np.where(playing, scores, -1).argmax())
            if not playing[picked]:
                return
            playing[picked] = False
            rows, overlap = neighbours.of(picked, playing)
            faded = scores[rows] * self.decay(overlap, threshold)
            gone = faded <= self.min_score
            decayed = rows[~gone & (faded < scores[rows])]
            scores[rows] = np.where(gone, 0, faded)
            playing[rows[gone]] = False
            yield step(picked, picked, scores, suppressed=rows[gone], decayed=decayed)
