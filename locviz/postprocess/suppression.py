"""The protocol of a suppression method: what goes in, what it does step by step, what is left.

A method is a small object. It is called with the ``Candidates`` of one class and a threshold and
returns the ``Survivors``; its ``steps`` do the same one decision at a time, for a widget or a
reader. The laws that bind both, for every method: a candidate survives if no step suppressed it;
its score is the one after the last step.

``PerLabel`` and ``AllLabels`` (``by_label.py``) make of a method what a detector's selection takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.postprocess.candidates import Candidates
from locviz.types import Detections


@dataclass(frozen=True, eq=False)
class Survivors:
    """What is left of n candidates, best score first.

    Shapes: ``index`` (m,) which candidate each was, a fused region's being its cluster's best;
    ``regions`` (m, 2*dim), the candidates' own except after fusion; ``scores`` (m,). Equal scores
    keep the candidates' order.
    """

    index: Int64[Tensor, "m"]
    regions: Float[Tensor, "m coords"]
    scores: Float[Tensor, "m"]

    def __len__(self) -> int:
        return len(self.index)

    def detections(self, labels: Int64[Tensor, "n"], num: int) -> Detections:
        """The best ``num`` as detections, with the labels ``(n,)`` of the candidates."""
        best = slice(num)
        return Detections(self.regions[best], self.scores[best], labels[self.index[best]])


@dataclass(frozen=True, eq=False)
class SuppressionStep:
    """One decision of a suppression method, and the scores after it.

    Candidates are named by their row. Shapes: ``suppressed`` (s,) what this step drops; ``decayed``
    (d,) what it leaves with a lower score; ``scores`` (n,) of all candidates after the step, 0 for
    those that are suppressed.

    Attributes:
        picked: the candidate that the step is about, or ``NOBODY``.
        by: the candidate that suppresses or decays the others, or ``NOBODY``. In most methods it is
            ``picked`` itself.
        suppressed: the candidates that are out after this step, and were not before.
        decayed: the candidates whose score has fallen, and that are still in.
        scores: all scores.
        region: (2*dim,) where ``by`` lies after the step, if the method moves regions.
        center: (dim,) where the method believes the object's centre to be, if it does.
    """

    picked: int
    by: int
    suppressed: Int64[Tensor, "s"]
    decayed: Int64[Tensor, "d"]
    scores: Float[Tensor, "n"]
    region: Float[Tensor, "coords"] | None = None
    center: Float[Tensor, "dim"] | None = None


@runtime_checkable
class SuppressionMethod(Protocol):
    """One class's candidates to its survivors, at once or step by step."""

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        """What is left after the last step."""
        ...

    def steps(self, candidates: Candidates, *, threshold: float) -> Iterator[SuppressionStep]:
        """The same, one decision at a time."""
        ...


def step(
    picked: int,
    by: int,
    scores: np.ndarray,
    *,
    suppressed: np.ndarray | None = None,
    decayed: np.ndarray | None = None,
    region: np.ndarray | None = None,
    center: np.ndarray | None = None,
) -> SuppressionStep:
    """A step from arrays: scores ``(n,)``, which are copied, and indices ``(s,)`` and ``(d,)``."""
    return SuppressionStep(
        picked=picked,
        by=by,
        suppressed=_NONE if suppressed is None else torch.from_numpy(suppressed),
        decayed=_NONE if decayed is None else torch.from_numpy(decayed),
        scores=torch.from_numpy(scores.copy()),
        region=None if region is None else torch.from_numpy(region.copy()),
        center=None if center is None else torch.from_numpy(center),
    )


_NONE = torch.zeros(0, dtype=torch.int64)


def survivors_of(steps: Iterator[SuppressionStep], candidates: Candidates) -> Survivors:
    """What is left of the candidates after the last of the steps.

    Laws: a candidate survives if no step has suppressed it; its score is the last step's, its
    region the last one that a step gave it.
    """
    out, scores, regions = [_NONE], candidates.scores.cpu(), candidates.regions
    moved = {}
    for now in steps:
        out.append(now.suppressed)
        scores = now.scores
        if now.region is not None:
            moved[now.by] = now.region
    left = torch.ones(len(candidates), dtype=torch.bool)
    left[torch.cat(out)] = False
    index = left.nonzero()[:, 0]
    index = index[scores[index].argsort(descending=True, stable=True)]
    if moved:
        regions = regions.clone()
        rows = torch.tensor(list(moved), device=regions.device)
        regions[rows] = torch.stack(list(moved.values())).to(regions)
    here = index.to(regions.device)
    return Survivors(here, regions[here], scores[index].to(candidates.scores))
