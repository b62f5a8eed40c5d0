"""What ``locviz.losses`` gives for single predictions and for a batch, as FocalLab shows it.

Everywhere three losses stand in one order: cross entropy, cross entropy balanced by alpha, and
focal loss. ``p_t`` is the probability that a prediction gives to the true answer.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from locviz.losses import sigmoid_focal_loss
from locviz.widgets.focallab.batch import Batch

NAMES = ("cross entropy", "balanced", "focal loss")
BINS = 20
CURVE = torch.linspace(0.01, 0.99, 197, dtype=torch.float64)
"""Where the curves are drawn."""
THRESHOLDS = torch.linspace(0, 1, 101, dtype=torch.float64)
"""Where the share of the easy negatives is drawn."""


class Setting(NamedTuple):
    """The two numbers of a focal loss; without alpha no class is weighted."""

    alpha: float | None
    gamma: float


def settings_of(alpha: float | None, gamma: float) -> tuple[Setting, Setting, Setting]:
    """Return cross entropy, balanced cross entropy and focal loss, all as a focal loss."""
    return Setting(None, 0.0), Setting(alpha, 0.0), Setting(alpha, gamma)


def loss_and_gradient(
    logits: Float[Tensor, "n"], targets: Float[Tensor, "n"], setting: Setting
) -> tuple[Float[Tensor, "n"], Float[Tensor, "n"]]:
    """Return each prediction's loss (n,), and the size of its gradient by its own logit (n,)."""
    with torch.enable_grad():
        scores = logits.detach().clone().requires_grad_()
        loss = sigmoid_focal_loss(scores, targets, alpha=setting.alpha, gamma=setting.gamma)
        (slope,) = torch.autograd.grad(loss.sum(), scores)
    return loss.detach(), slope.abs()


@dataclass(frozen=True, eq=False, kw_only=True)
class Curves:
    """Loss and size of its gradient, (3, n) each, of predictions with ``p_t`` (n,)."""

    p_t: Float[Tensor, "n"]
    loss: Float[Tensor, "losses n"]
    gradient: Float[Tensor, "losses n"]

    @property
    def times(self) -> Float[Tensor, "losses n"]:
        """How many times less than cross entropy each loss is; infinite where it is 0."""
        return self.loss[0] / self.loss


def curves(p_t: Float[Tensor, "n"], *, positive: bool, alpha: float | None, gamma: float) -> Curves:
    """Return what the three losses say of predictions for positives, or negatives, with ``p_t`` (n,)."""
    sign = 1.0 if positive else -1.0
    logits, targets = sign * torch.logit(p_t), torch.full_like(p_t, float(positive))
    found = [loss_and_gradient(logits, targets, one) for one in settings_of(alpha, gamma)]
    loss, gradient = (torch.stack(rows) for rows in zip(*found, strict=True))
    return Curves(p_t=p_t, loss=loss, gradient=gradient)


class Share(NamedTuple):
    """Who holds the gradient: three shares that sum to 1, or NaN where there is no gradient."""

    easy: float
    hard: float
    positive: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Gradient:
    """The sizes of a batch's gradients, summed.

    ``tail`` (m + 1,) is the sum over the negatives from each rank of ``p_t`` on, the easiest last,
    so that its first is the sum of all and its last is 0; ``positive`` is the sum over the
    positives.
    """

    tail: Float[Tensor, "ranks"]
    positive: float

    @property
    def total(self) -> float:
        """The sum over all predictions."""
        return float(self.tail[0]) + self.positive


@dataclass(frozen=True, eq=False, kw_only=True)
class Kept:
    """The predictions of one training step that are kept, as scores.

    ``negative`` (m,) with their ``p_t``, the hardest first, and ``positive`` (n,).
    """

    negative: Float[Tensor, "m"]
    p_t: Float[Tensor, "m"]
    positive: Float[Tensor, "n"]

    def num_easy(self, threshold: float) -> int:
        """How many negatives have a ``p_t`` above the threshold."""
        return len(self.p_t) - int(self.ranks(torch.tensor([threshold], dtype=torch.float64)))

    def ranks(self, thresholds: Float[Tensor, "n"]) -> Int[Tensor, "n"]:
        """Return the rank of the first negative above each threshold (n,)."""
        return torch.searchsorted(self.p_t, thresholds, right=True)

    def histogram(self) -> tuple[Int[Tensor, "bins"], Int[Tensor, "bins"]]:
        """Count positives and negatives, (20,) each, in equal parts of 0..1."""
        return _counts(torch.sigmoid(self.positive)), _counts(self.p_t)


def _counts(p_t: Float[Tensor, "n"]) -> Int[Tensor, "bins"]:
    place = (p_t * BINS).long().clamp(max=BINS - 1)
    return torch.bincount(place, minlength=BINS)


class BatchReader:
    """The gradients of a batch under any loss, on demand and remembered for a while.

    Args:
        batch: the predictions, logits (s, n) and targets (n,).
        seed: of the order in which negatives are left out.
    """

    def __init__(self, batch: Batch, *, seed: int = 0):
        self.batch = batch
        # One order for all: with more kept, those kept before stay, at every training step.
        negatives = (~batch.targets).nonzero()[:, 0]
        order = torch.randperm(len(negatives), generator=torch.Generator().manual_seed(seed))
        self._negatives = negatives[order]
        self.kept = lru_cache(maxsize=8)(self._kept)
        self._gradient = lru_cache(maxsize=16)(self._summed)

    @property
    def imbalances(self) -> list[int | None]:
        """Return round numbers of negatives per positive, as far as they leave some out."""
        batch = self.batch
        if not batch.num_positive:
            return [None]
        highest = batch.num_negative / batch.num_positive
        decades = range(1 + max(0, math.ceil(math.log10(max(highest, 1)))))
        rounded = (digit * 10**decade for decade in decades for digit in (1, 2, 5))
        return [*(number for number in rounded if number < highest), None]

    def rows(self, imbalance: int | None) -> Int[Tensor, "m"]:
        """Return which negatives (m,) are kept: so many per positive; all without positives."""
        num = self.batch.num_positive
        return self._negatives[: imbalance * num if imbalance and num else None]

    def _kept(self, step: int, imbalance: int | None) -> Kept:
        logits = self.batch.logits[self.batch.steps.index(step)]
        negative = logits[self.rows(imbalance)].sort(descending=True).values
        p_t = torch.sigmoid(-negative)
        return Kept(negative=negative, p_t=p_t, positive=logits[self.batch.targets])

    def _summed(self, step: int, imbalance: int | None, setting: Setting) -> Gradient:
        kept = self.kept(step, imbalance)
        of_negatives = loss_and_gradient(kept.negative, torch.zeros_like(kept.negative), setting)[1]
        of_positives = loss_and_gradient(kept.positive, torch.ones_like(kept.positive), setting)[1]
        tail = torch.cat([of_negatives.flip(0).cumsum(0).flip(0), of_negatives.new_zeros(1)])
        return Gradient(tail=tail, positive=float(of_positives.sum()))

    def shares(
        self,
        step: int,
        threshold: float,
        *,
        imbalance: int | None,
        alpha: float | None,
        gamma: float,
    ) -> list[Share]:
        """Return who holds the gradient under each of the three losses.

        A negative is easy where its ``p_t`` is above the threshold.
        """
        kept = self.kept(step, imbalance)
        rank = len(kept.p_t) - kept.num_easy(threshold)
        found = [self._gradient(step, imbalance, one) for one in settings_of(alpha, gamma)]
        return [_share(one, rank) for one in found]

    def above(
        self, step: int, *, imbalance: int | None, alpha: float | None, gamma: float
    ) -> Float[Tensor, "losses n"]:
        """Return the share (3, 101) of negatives with a ``p_t`` above each of ``THRESHOLDS``."""
        ranks = self.kept(step, imbalance).ranks(THRESHOLDS)
        found = [self._gradient(step, imbalance, one) for one in settings_of(alpha, gamma)]
        return torch.stack([one.tail[ranks] / one.total for one in found])


def _share(gradient: Gradient, rank: int) -> Share:
    if not gradient.total > 0:
        return Share(math.nan, math.nan, math.nan)
    easy = float(gradient.tail[rank])
    hard = float(gradient.tail[0]) - easy
    return Share(*(part / gradient.total for part in (easy, hard, gradient.positive)))
