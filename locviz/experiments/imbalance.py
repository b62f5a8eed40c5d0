"""One detector under four losses of its classes, on scenes that are nearly all background.

What is compared, what is watched, and what was measured. ``benchmarks/imbalance.py`` trains the
runs and writes ``data/imbalance.json``; ``locviz.lessons.ch08`` shows it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from locviz.layers import heads
from locviz.losses import balanced_cross_entropy, hard_negatives, sigmoid_focal_loss
from locviz.models.retinanet.model import SMOOTH_L1, retinanet_tiny
from locviz.models.skeletons.dense import DenseDetector
from locviz.models.skeletons.dense_loss import DenseLoss, Mine, PairLoss, on_deltas
from locviz.models.skeletons.frames import training_targets
from locviz.models.skeletons.matched import Matched, match_rows
from locviz.train import evaluating
from locviz.types import BACKGROUND, Predictions, Targets

RESULTS = Path(__file__).parent / "data" / "imbalance.json"
EASY = 0.6
"""A negative prediction is easy where it gives its true answer, no, more than this probability."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One answer to many easy negatives.

    Attributes:
        title: its name in the table.
        classification: the loss of one prediction, ``(logits, targets)`` of one shape.
        mine: which priors are trained at all; None for all.
        prior: the probability of an object that the head predicts before any training.
    """

    title: str
    classification: PairLoss
    mine: Mine | None = None
    prior: float = 0.01

    def loss(self) -> DenseLoss:
        """RetinaNet's loss with this classification in place of its own."""
        return DenseLoss(
            classification=self.classification,
            regression=SMOOTH_L1,
            compared=on_deltas,
            mine=self.mine,
        )

    def detector(self, num_classes: int, *, seed: int = 0) -> DenseDetector:
        """``retinanet_tiny`` with this loss; one seed gives all remedies the same first weights."""
        torch.manual_seed(seed)
        detector = retinanet_tiny(num_classes, loss=self.loss())
        start_at(detector, self.prior)
        return detector


CROSS_ENTROPY = partial(sigmoid_focal_loss, alpha=None, gamma=0.0)
FOCAL = partial(sigmoid_focal_loss, alpha=0.25, gamma=2.0)

# The names are those of the stored results.
REMEDIES: Mapping[str, Remedy] = MappingProxyType(
    {
        "cross_entropy": Remedy(title="cross entropy", classification=CROSS_ENTROPY),
        "balanced": Remedy(
            title="balanced, alpha 0.75",
            classification=partial(balanced_cross_entropy, alpha=0.75),
        ),
        "hard_negatives": Remedy(
            title="hard negatives, 3 : 1",
            classification=CROSS_ENTROPY,
            mine=partial(hard_negatives, ratio=3.0),
        ),
        "focal": Remedy(title="focal, gamma 2, alpha 0.25", classification=FOCAL),
        "cross_entropy_half": Remedy(
            title="cross entropy, prior 0.5", classification=CROSS_ENTROPY, prior=0.5
        ),
        "focal_half": Remedy(title="focal, prior 0.5", classification=FOCAL, prior=0.5),
    }
)


def start_at(detector: DenseDetector, prior: float) -> None:
    """Let the head predict the probability ``prior`` everywhere at first, by the bias of its logits."""
    heads.start_at_probability(detector.head.get_submodule("logits"), prior)


class Counts(NamedTuple):
    """How many priors of a batch have an object, have background, and take part in nothing."""

    positive: int
    negative: int
    ignored: int

    @property
    def negatives_per_positive(self) -> float:
        """How many priors with background there are for each one with an object."""
        return self.negative / max(1, self.positive)


class Held(NamedTuple):
    """Who holds the gradient of the classification: three shares that sum to 1."""

    easy: float
    hard: float
    positive: float


def look(
    detector: DenseDetector, images: Sequence[Tensor], targets: Sequence[Targets]
) -> tuple[Predictions, Matched]:
    """What a detector predicts for a batch now, without gradients, and what it should have
    predicted by its own assigner. Images are (3, h, w).
    """
    with evaluating(detector):
        predicted = detector(images)
        classes = predicted.logits.shape[-1]
        truth = training_targets(images, targets, predicted.scales, num_classes=classes)
        found = detector.assign(predicted, detector.regions(predicted), truth)
        return predicted, match_rows(
            found, truth, predicted.priors, coder=detector.coder, num_classes=classes
        )


def count_priors(
    detector: DenseDetector, images: Sequence[Tensor], targets: Sequence[Targets]
) -> Counts:
    """Count the priors of a batch of images (3, h, w), by what the detector's assigner gives them."""
    gt_index = look(detector, images, targets)[1].gt_index
    positive, negative = int((gt_index >= 0).sum()), int((gt_index == BACKGROUND).sum())
    return Counts(positive, negative, gt_index.numel() - positive - negative)


def held_gradient(
    detector: DenseDetector,
    images: Sequence[Tensor],
    targets: Sequence[Targets],
    *,
    easy: float = EASY,
) -> Held:
    """Who holds the gradient of the detector's own classification loss, in one batch.

    The gradient of a prediction is that by its logit; sizes are summed. A detector that mines hard
    negatives gives none to those that it leaves out.

    Args:
        detector: its mode is the same afterwards, and so are its gradients.
        images: (3, h, w) in 0..1.
        targets: one per image.
        easy: a negative prediction with a ``p_t`` above this is easy.

    Raises:
        TypeError: the loss of the detector is no ``DenseLoss``.
    """
    criterion = detector.criterion
    if not isinstance(criterion, DenseLoss):
        raise TypeError(
            f"detector must have a DenseLoss, as retinanet_tiny has, got {type(criterion).__name__}"
        )
    predicted, matched = look(detector, images, targets)
    gradient = _gradient(criterion, predicted.logits, matched)
    wanted = torch.zeros_like(predicted.logits, dtype=torch.bool)
    wanted[matched.image, matched.prior, matched.labels] = True
    sure = ~wanted & (torch.sigmoid(-predicted.logits) > easy)
    sums = [float(gradient[part].sum()) for part in (sure, ~wanted & ~sure, wanted)]
    return Held(*(part / sum(sums) for part in sums))


def _gradient(criterion: DenseLoss, logits: Tensor, matched: Matched) -> Tensor:
    """The size of the gradient by each logit (b, p, k), in double precision."""
    scores = logits.double().requires_grad_()
    targets = torch.zeros_like(scores)
    targets[matched.image, matched.prior] = matched.one_hot(scores.shape[-1]).to(targets)
    with torch.enable_grad():
        losses = criterion.classification(scores, targets).sum(2) * matched.prior_weight
        if criterion.mine is not None:
            parts = matched.gt_index >= 0, matched.gt_index == BACKGROUND
            losses = losses * criterion.mine(losses.detach(), *parts)
        return torch.autograd.grad(losses.sum(), scores)[0].abs()


def results(path: Path = RESULTS) -> dict[str, Any]:
    """Read what the benchmark wrote: the protocol and every run."""
    return json.loads(path.read_text(encoding="utf-8"))


def seeds_of(found: Mapping[str, Any]) -> list[int]:
    """The seeds that every remedy was trained with."""
    runs = found["runs"].values()
    each = [{run["seed"] for run in runs if run["remedy"] == name} for name in REMEDIES]
    return sorted(set.intersection(*each))


def by_seed(found: Mapping[str, Any], name: str, figure: Callable[[dict], float]) -> list[float]:
    """One figure of the runs of one remedy, in the order of ``seeds_of``."""
    return [figure(found["runs"][f"{name}/{seed}"]) for seed in seeds_of(found)]


def average(found: Mapping[str, Any], name: str, figure: Callable[[dict], float]) -> float:
    """The mean of ``by_seed``."""
    return mean(by_seed(found, name, figure))


def ap50_after(step: int) -> Callable[[dict], float]:
    """Reads the AP50 of a run after so many steps."""
    return lambda run: run["curve"][str(step)]["ap50"]


def ap_after(step: int) -> Callable[[dict], float]:
    """Reads the AP of a run after so many steps."""
    return lambda run: run["curve"][str(step)]["ap"]


def easy_at(step: int) -> Callable[[dict], float]:
    """Reads the share of the gradient that easy negatives held after so many steps."""
    return lambda run: Held(*run["held"][str(step)]).easy
