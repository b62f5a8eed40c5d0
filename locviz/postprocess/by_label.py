"""Suppression methods for candidates of several classes: what a detector's selection takes."""

from dataclasses import dataclass, replace
from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.postprocess.candidates import Candidates, check_labels
from locviz.postprocess.nms import Suppress, rows_by_label
from locviz.postprocess.suppression import SuppressionMethod, Survivors


@final
@dataclass(frozen=True)
class PerLabel:
    """A method within each label: ``SelectDense(suppress=PerLabel(SoftNMS()))``.

    Candidates of different classes do not know each other. ``PerLabel(GreedyNMS())`` is
    ``batched_nms``.

    Args:
        method: how one class's candidates are suppressed.

    Raises:
        TypeError: ``method`` is a class, or a function that takes labels itself.
    """

    method: SuppressionMethod

    def __post_init__(self):
        _check_method("PerLabel", self.method)

    def __call__(
        self,
        regions: Float[Tensor, "n coords"],
        scores: Float[Tensor, "n"],
        labels: Int64[Tensor, "n"],
        *,
        threshold: float,
        quality: Float[Tensor, "n"] | None = None,
    ) -> Survivors:
        """The survivors of all labels, best score first.

        Args:
            regions: ``(n, 2*dim)``.
            scores: ``(n,)`` finite, not negative.
            labels: ``(n,)`` whole numbers, any.
            threshold: an IoU in 0..1, for methods that have one.
            quality: ``(n,)`` localization confidence, for methods that rank by it.

        Raises:
            ValueError: shapes or numbers do not fit, or the method misses something.
        """
        candidates = Candidates(regions, scores, quality)
        check_labels(labels, scores)
        found = [
            _of_rows(self.method, candidates, rows, threshold) for rows in rows_by_label(labels)
        ]
        if not found:
            return self.method(candidates, threshold=threshold)
        index = torch.cat([one.index for one in found])
        # By candidate first, so that equal scores keep the candidates' order.
        order = index.argsort()
        survivors = torch.cat([one.scores for one in found])
        order = order[survivors[order].argsort(descending=True, stable=True)]
        return Survivors(
            index[order], torch.cat([one.regions for one in found])[order], survivors[order]
        )


@final
@dataclass(frozen=True)
class AllLabels:
    """A method over all classes together: of overlapping candidates only one is kept.

    ``AllLabels(GreedyNMS())`` is ``class_agnostic_nms``. A fused region has the class of its
    cluster's best candidate.

    Args:
        method: how the candidates are suppressed.
    """

    method: SuppressionMethod

    def __post_init__(self):
        _check_method("AllLabels", self.method)

    def __call__(self, regions: Tensor, scores: Tensor, labels: Tensor, **options) -> Survivors:
        """The survivors, best score first. Shapes, options and errors are those of ``PerLabel``:
        ``(n, 2*dim)``, ``(n,)`` and ``(n,)``.
        """
        check_labels(labels, scores)
        return PerLabel(self.method)(regions, scores, torch.zeros_like(labels), **options)


def _check_method(owner: str, method: SuppressionMethod) -> None:
    if isinstance(method, type):
        raise TypeError(
            f"{owner}.method must be an object, got the class {method.__name__}: write {owner}({method.__name__}())"
        )
    if not isinstance(method, SuppressionMethod):
        name = getattr(method, "__name__", type(method).__name__)
        raise TypeError(
            f"{owner}.method must be a method of suppression such as SoftNMS(), got {name}: what takes labels, such "
            f"as batched_nms, is given without {owner}"
        )


def check_suppress(owner: str, suppress: Suppress | PerLabel | AllLabels) -> None:
    """Raise unless a selection can call this.

    Raises:
        TypeError: it is a method for one class, or a class.
    """
    if isinstance(suppress, type):
        raise TypeError(
            f"{owner}.suppress must be a function or an object, got the class {suppress.__name__}: write "
            f"PerLabel({suppress.__name__}())"
        )
    if isinstance(suppress, SuppressionMethod):
        name = type(suppress).__name__
        raise TypeError(
            f"{owner}.suppress must know of labels, but {name} takes the candidates of one class: write "
            f"PerLabel({name}()) or AllLabels({name}())"
        )


def _of_rows(
    method: SuppressionMethod, candidates: Candidates, rows: Tensor, threshold: float
) -> Survivors:
    quality = None if candidates.quality is None else candidates.quality[rows]
    some = Candidates(candidates.regions[rows], candidates.scores[rows], quality)
    survivors = method(some, threshold=threshold)
    return replace(survivors, index=rows[survivors.index])


def survivors(
    suppress: Suppress | PerLabel | AllLabels,
    regions: Tensor,
    scores: Tensor,
    labels: Tensor,
    *,
    threshold: float,
    quality: Tensor | None = None,
) -> Survivors:
    """What is left, whichever form of suppression a selection was given.

    A function of the older and simpler form, such as ``batched_nms``, chooses among the candidates
    and never sees the quality; a method in ``PerLabel`` or ``AllLabels`` may rank by it, lower
    scores and move regions. Shapes: ``(n, 2*dim)`` and ``(n,)``.

    Raises:
        ValueError: those of the suppression.
    """
    if isinstance(suppress, PerLabel | AllLabels):
        return suppress(regions, scores, labels, threshold=threshold, quality=quality)
    index = suppress(regions, scores, labels, threshold=threshold)
    return Survivors(index, regions[index], scores[index])
