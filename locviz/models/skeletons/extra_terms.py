"""Terms that can be added to any loss: learn the IoU of the predicted box beside it (IoU rescoring),
or pull the class score and that IoU together (prediction alignment).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.boxes import iou
from locviz.models.skeletons.dense import Criterion
from locviz.models.skeletons.matched import Matched, mean_over_processes
from locviz.types import Losses, Predictions

# (predictions, regions, matched) to a scalar: ``IoURescoring`` or ``PredictionAlignment``.
Term = Callable[[Predictions, Tensor, Matched], Tensor]
# (score, IoU) (n,) each to what is compared: some of it detached, so that no gradient flows there.
Hold = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@final
class WithTerms:
    """A loss, and other terms beside it.

    ``WithTerms(fcos_loss(quality=None), {"iou": IoURescoring()}, weights={"iou": 0.5})``.

    Law: the terms of the loss itself are those that it has alone.

    Args:
        loss: of any skeleton with one region per prior, or of a proposal network.
        terms: what is added, by name.
        weights: of the added terms, by name; 1 where not given.

    Raises:
        TypeError: ``terms`` is no dictionary, or a term is a class.
        ValueError: a weight belongs to no term or is not finite; on the first call, a name is one of the loss's own.
    """

    def __init__(
        self,
        loss: Criterion,
        terms: Mapping[str, Term],
        *,
        weights: Mapping[str, float] | None = None,
    ):
        if not isinstance(terms, Mapping):
            raise TypeError(
                f"WithTerms.terms must be a dictionary, got {type(terms).__name__}: write {{'iou': IoURescoring()}}"
            )
        for name, term in terms.items():
            if isinstance(term, type):
                raise TypeError(
                    f"WithTerms.terms[{name!r}] must be an object, got a class: write {term.__name__}()"
                )
        self.loss, self.terms, self.weights = loss, dict(terms), dict(weights or {})
        for name, weight in self.weights.items():
            if not math.isfinite(weight):
                raise ValueError(f"WithTerms.weights[{name!r}] must be finite, got {weight}")
        if unknown := set(self.weights) - set(self.terms):
            raise ValueError(
                f"WithTerms.weights names {sorted(unknown)}, but the added terms are {sorted(self.terms)}: rename or "
                "drop these weights"
            )

    def __call__(self, predictions: Predictions, regions: Tensor, matched: Matched) -> Losses:
        """The losses of one batch; ``regions`` (b, p, 2*dim) are the decoded deltas."""
        own = self.loss(predictions, regions, matched)
        if taken := set(own.terms) & set(self.terms):
            raise ValueError(
                f"the loss has a term called {sorted(taken)[0]!r} itself: give the added one another name"
            )
        added = {name: term(predictions, regions, matched) for name, term in self.terms.items()}
        return Losses({**own.terms, **added}, {**own.weights, **self.weights})


def hold_boxes(score: Tensor, overlap: Tensor) -> tuple[Tensor, Tensor]:
    """Only the score (n,) learns: the IoU (n,) is a constant."""
    return score, overlap.detach()


def hold_scores(score: Tensor, overlap: Tensor) -> tuple[Tensor, Tensor]:
    """Only the box learns, through its IoU (n,): the score (n,) is a constant."""
    return score.detach(), overlap


def hold_nothing(score: Tensor, overlap: Tensor) -> tuple[Tensor, Tensor]:
    """Both learn: the score (n,), and the box through its IoU (n,)."""
    return score, overlap


@dataclass(frozen=True, eq=False)
class Rows:
    """Priors of a batch and the box that each should have predicted.

    Shapes: ``image`` (n,) and ``prior`` (n,) are indices, ``gt_regions`` (n, 2*dim).
    """

    image: Int64[Tensor, "n"]
    prior: Int64[Tensor, "n"]
    gt_regions: Float[Tensor, "n coords"]


def either_task(matched: Matched) -> Rows:
    """The positives of the classification and those of the localization, each prior once.

    Where the two tasks have one prior learn different objects, the localization's counts.
    """
    owned = torch.zeros_like(matched.gt_index, dtype=torch.bool)
    num_coords = matched.gt_regions.shape[-1]
    boxes = matched.gt_regions.new_zeros(*owned.shape, num_coords)
    for rows in (matched, matched.places):
        owned[rows.image, rows.prior] = True
        boxes[rows.image, rows.prior] = rows.gt_regions
    image, prior = owned.nonzero(as_tuple=True)
    return Rows(image, prior, boxes[image, prior])


def classified(matched: Matched) -> Rows:
    """The positives of the classification alone."""
    return Rows(matched.image, matched.prior, matched.gt_regions)


@final
class IoURescoring:
    """Equation 10 of "Modulating localization and classification" (arXiv:2103.08958).

    The quality output of the head learns the IoU of the box that is predicted beside it::

        mean over A of (sigmoid(quality logit) - IoU(predicted box, its ground truth)) ** 2

    A is the union of the positives of both tasks (equation 11), on all processes, at least 1. To
    detect, multiply: ``SelectDense(score=product)``. A proposal network whose head predicts a
    quality multiplies by itself.

    The paper leaves open what squashes the logit (here a sigmoid, as for the centre-ness) and
    whether the IoU learns, too (here it is a constant: no box should become worse to fit its
    prediction). The weights of ignored samples (equations 7 and 8) play no part: equation 10 has
    none. ``Assignment.quality`` plays none either.

    Args:
        rows: who learns: ``either_task``, or ``classified``, as an ablation.
        hold: where no gradient flows: ``hold_boxes``, or ``hold_nothing``, as an ablation.
    """

    def __init__(self, *, rows: Callable[[Matched], Rows] = either_task, hold: Hold = hold_boxes):
        self.rows, self.hold = rows, hold

    def __call__(
        self, predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
    ) -> Float[Tensor, ""]:
        """The term of one batch; ``regions`` (b, p, 2*dim) are the decoded deltas.

        Raises:
            ValueError: the head predicts no quality.
        """
        if predictions.quality is None:
            raise ValueError(
                "IoURescoring needs a head that predicts a quality: FCOSHead(quality_tower=1), "
                "RetinaNetHead(predicts_quality=True) or RPNHead(predicts_quality=True)"
            )
        rows = self.rows(matched)
        overlap = iou(regions[rows.image, rows.prior], rows.gt_regions)
        logits = predictions.quality[rows.image, rows.prior]
        return mean_square(*self.hold(logits.sigmoid(), overlap))


@final
class PredictionAlignment:
    """Mutual learning by an exact match, which the same paper compares with (its table 1)::

        mean over positives of (probability of the right class - IoU(predicted box, its object)) ** 2

    The positives are those of the classification. The paper gives no equation and says only that
    the constraint "limits the learning of classification and localization". So gradient flows into
    both here: the score moves to the IoU, and the box to the score.

    Args:
        hold: where no gradient flows: ``hold_nothing``, ``hold_boxes`` or ``hold_scores``.
        probability: logits (n, columns) to class probabilities (n, k): ``torch.sigmoid``, or
            ``one_of_all`` of ``locviz.postprocess`` where a softmax decides and column 0 is the
            background's.
    """

    def __init__(
        self,
        *,
        hold: Hold = hold_nothing,
        probability: Callable[[Tensor], Tensor] = torch.sigmoid,
    ):
        self.hold, self.probability = hold, probability

    def __call__(
        self, predictions: Predictions, regions: Float[Tensor, "b p coords"], matched: Matched
    ) -> Float[Tensor, ""]:
        """The term of one batch; ``regions`` (b, p, 2*dim) are the decoded deltas."""
        image, prior = matched.image, matched.prior
        overlap = iou(regions[image, prior], matched.gt_regions)
        classes = self.probability(predictions.logits[image, prior])
        score = classes.gather(1, matched.labels[:, None])[:, 0]
        return mean_square(*self.hold(score, overlap))


def mean_square(a: Float[Tensor, "n"], b: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    """The mean squared difference of ``a`` and ``b``, (n,), over all processes; 0 without rows."""
    return (a - b).square().sum() / mean_over_processes(a.new_tensor(len(a)), least=1.0)
