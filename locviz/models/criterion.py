"""The loss interface of dense detectors: three callables and how they are normalised."""

from collections.abc import Callable, Mapping, Sequence
from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from locviz.types import BACKGROUND, Assignment, Losses, Predictions, Targets

PairLoss = Callable[[Tensor, Tensor], Tensor]


def by_quality(quality: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Weigh a positive by its target quality, so that central points count more: FCOS's code."""
    return quality


def equally(quality: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Weigh all positives alike: equation 2 of the FCOS paper read literally, and torchvision."""
    return torch.ones_like(quality)


@final
class DenseLoss:
    """Classification over all priors, regression and quality over the positive ones.

    With N the number of positives of the batch, at least 1::

        classification = sum over priors and classes / N
        regression     = sum of w * loss(predicted, ground truth) / sum of w
        quality        = sum of binary cross-entropy(quality logit, target) / N

    A prior that is ``IGNORE`` takes part in nothing; ``Assignment.weight`` multiplies all terms of
    its prior; an ``Assignment.quality`` replaces the quality target. Without positives the last two
    are zero and back-propagate.

    Args:
        classification: ``(logits, one_hot)`` (p, k) to losses (p, k).
        regression: ``(predicted, ground truth)`` regions (n, 2*dim) to losses (n,).
        quality: ``(points, ground-truth regions)`` to targets (n,) in 0..1, such as ``centerness``.
        weigh: target qualities to the weights w above, ``by_quality`` or ``equally``.
        weights: of the three terms, by name; 1 where not given.
    """

    def __init__(
        self,
        *,
        classification: PairLoss,
        regression: PairLoss,
        quality: PairLoss,
        weigh: Callable[[Tensor], Tensor] = by_quality,
        weights: Mapping[str, float] | None = None,
    ):
        self.classification, self.regression, self.quality = classification, regression, quality
        self.weigh, self.weights = weigh, dict(weights or {})

    def __call__(
        self,
        predictions: Predictions,
        regions: Float[Tensor, "b p coords"],
        targets: Sequence[Targets],
        assignments: Sequence[Assignment],
    ) -> Losses:
        """The losses of one batch; ``regions`` are the decoded deltas and ``targets`` are in the
        same frame.
        """
        gt_index = torch.stack([assignment.gt_index for assignment in assignments])
        num_positive = (gt_index >= 0).sum().clamp(min=1)
        prior_weight = stacked([assignment.weight for assignment in assignments], gt_index)
        image, prior = (gt_index >= 0).nonzero(as_tuple=True)
        gt_regions, one_hot = matched(
            targets, gt_index, image, prior, num_classes=predictions.logits.shape[-1]
        )
        quality = self.quality(predictions.priors.centers[prior], gt_regions)
        quality = with_own_quality(quality, assignments, image, prior)
        positive_weight = prior_weight[image, prior]
        class_targets = torch.zeros_like(predictions.logits)
        class_targets[image, prior] = one_hot
        class_losses = self.classification(predictions.logits, class_targets)
        taking_part = prior_weight * (gt_index >= BACKGROUND)
        terms = {
            "classification": (class_losses * taking_part[..., None]).sum() / num_positive,
            "regression": _weighted_mean(
                self.regression(regions[image, prior], gt_regions),
                self.weigh(quality) * positive_weight,
            ),
        }
        if predictions.quality is not None:
            entropy = F.binary_cross_entropy_with_logits(
                predictions.quality[image, prior], quality, reduction="none"
            )
            terms["quality"] = (entropy * positive_weight).sum() / num_positive
        return Losses(terms, self.weights)


def stacked(weights: Sequence[Tensor | None], like: Int64[Tensor, "b p"]) -> Float[Tensor, "b p"]:
    """The images' prior weights in one tensor; 1 where an assigner gave none."""
    ones = torch.ones(like.shape[1], device=like.device)
    return torch.stack([ones if weight is None else weight for weight in weights])


def matched(
    targets: Sequence[Targets], gt_index: Tensor, image: Tensor, prior: Tensor, *, num_classes: int
) -> tuple[Float[Tensor, "n coords"], Float[Tensor, "n k"]]:
    """Ground-truth regions and one-hot labels of the positive priors, all images in one row.

    Raises:
        ValueError: a positive's label is not one of the model's classes.
    """
    counts = torch.tensor([len(target) for target in targets], device=gt_index.device)
    row = gt_index[image, prior] + (counts.cumsum(0) - counts)[image]
    regions, labels = (
        torch.cat([getattr(t, name) for t in targets])[row] for name in ("boxes", "labels")
    )
    check_labels(labels, num_classes)
    return regions, F.one_hot(labels, num_classes).to(regions.dtype)


def check_labels(labels: Int64[Tensor, "n"], num_classes: int) -> None:
    """Raise unless every label is one of the model's classes: a negative one would quietly count
    from the end.
    """
    wrong = labels[(labels < 0) | (labels >= num_classes)]
    if wrong.numel():
        raise ValueError(
            f"targets hold label {int(wrong[0])} but the model has {num_classes} classes "
            f"(0..{num_classes - 1}): build it with num_classes of the data set"
        )


def with_own_quality(
    target: Float[Tensor, "n"], assignments: Sequence[Assignment], image: Tensor, prior: Tensor
) -> Float[Tensor, "n"]:
    """The quality targets of the positives, replaced where the assigner of their image gave its
    own.
    """
    for index, assignment in enumerate(assignments):
        if assignment.quality is not None:
            target = torch.where(image == index, assignment.quality[prior], target)
    return target


def _weighted_mean(losses: Float[Tensor, "n"], weights: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    # The clamp only matters where every weight is zero: all positives on a side of their box.
    return (losses * weights).sum() / weights.sum().clamp(min=1e-6)
