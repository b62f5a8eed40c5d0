"""What the assigners that use predictions share.

The class costs, which priors are near an object, and how many priors an object claims.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.comparable import comparable
from locviz.types import ImagePredictions, Priors, Targets, check_tensors

ElementLoss = Callable[[Tensor, Tensor], Tensor]
"""``(scores, targets) -> losses``, elementwise, targets 0 or 1."""


def required(owner: str, priors: Priors, predicted: ImagePredictions | None, name: str) -> Tensor:
    """One field of what the network predicts, with one row per prior.

    Args:
        owner: the assigner that needs it, for the message.
        priors: the p priors of one image.
        predicted: the network's predictions for that image.
        name: ``logits`` (p, k), ``regions`` (p, 2*dim) or ``quality`` (p,).

    Raises:
        ValueError: the predictions or this field of them are missing, or the field does not have
            one row per prior.
    """
    values = None if predicted is None else getattr(predicted, name)
    if values is None:
        raise ValueError(
            f"{owner} looks at predictions: give ImagePredictions({name}=...), one row per prior"
        )
    check_tensors(**{name: values})
    if values.ndim != (1 if name == "quality" else 2):
        raise ValueError(
            f"{name} must have one row per prior, got shape {tuple(values.shape)}: {owner} looks at one image at a time"
        )
    if len(values) != len(priors):
        raise ValueError(
            f"{name} has {len(values)} rows for {len(priors)} priors: {owner} needs one per prior"
        )
    return values


def classes_and_regions(
    owner: str, priors: Priors, targets: Targets, predicted: ImagePredictions | None
) -> tuple[Tensor, Tensor, Targets]:
    """Predicted logits (p, k) and regions (p, 2*dim), and targets that can be compared with them.

    Raises:
        ValueError: either is missing, or boxes and spans are mixed.
    """
    logits = required(owner, priors, predicted, "logits")
    regions = required(owner, priors, predicted, "regions")
    return logits, regions, comparable(targets, regions, "regions")


def check_labels(labels: Int64[Tensor, "*n"], num_classes: int) -> Int64[Tensor, "*n"]:
    """Return the labels if each is a class. Any shape ``(...)``.

    Raises:
        ValueError: one is not. A negative label would be an index from the end: background, written
            as -1, would be the last class.
    """
    wrong = labels[(labels < 0) | (labels >= num_classes)]
    if wrong.numel():
        raise ValueError(
            f"targets hold label {int(wrong[0])} but the logits have {num_classes} classes (0..{num_classes - 1}): "
            "build the model with num_classes of the data set"
        )
    return labels


def class_probabilities(
    probability: Callable[[Tensor], Tensor],
    logits: Float[Tensor, "p n"],
    labels: Int64[Tensor, "g"],
) -> Float[Tensor, "p g"]:
    """What each prior gives to the class of each ground truth.

    Args:
        probability: logits (p, n) to probabilities (p, k). It sees whole rows, because in a softmax
            every logit counts.
        logits: (p, n) of all priors.
        labels: (g,) of the ground truths.

    Raises:
        ValueError: a label is not one of the k classes.
    """
    classes = probability(logits)
    return classes[:, check_labels(labels, classes.shape[-1])]


def class_losses(
    loss: ElementLoss, scores: Float[Tensor, "p k"], labels: Int64[Tensor, "g"]
) -> tuple[Float[Tensor, "p g"], Float[Tensor, "p"]]:
    """Each prior's summed loss for each ground truth's class, and for background: (p, g), (p,).

    The two differ in the target of one class only, so p k + 2 p g evaluations of the loss do what
    p g k would.

    Raises:
        ValueError: a label is not a class of the scores.
    """
    background = loss(scores, torch.zeros_like(scores)).sum(-1)
    own = scores.index_select(-1, check_labels(labels, scores.shape[-1]))
    change = loss(own, torch.ones_like(own)) - loss(own, torch.zeros_like(own))
    return background[:, None] + change, background


def near_centers(
    points: Float[Tensor, "p dim"], reach: Float[Tensor, "p"], regions: Float[Tensor, "g coords"]
) -> Bool[Tensor, "g p"]:
    """Whether a point is closer than its ``reach`` to a region's centre along every axis.

    Points ``(p, dim)`` and regions ``(g, 2*dim)`` give ``(g, p)``.
    """
    low, high = regions.chunk(2, -1)
    near = torch.ones(len(regions), len(points), dtype=torch.bool, device=points.device)
    for point, center in zip(points.unbind(-1), ((low + high) / 2).unbind(-1), strict=True):
        near &= (point - center[:, None]).abs_() < reach
    return near


def strictly_inside(
    points: Float[Tensor, "p dim"], regions: Float[Tensor, "g coords"]
) -> Bool[Tensor, "g p"]:
    """Whether a point lies inside a region, its sides excluded.

    Points ``(p, dim)`` and regions ``(g, 2*dim)`` give ``(g, p)``.
    """
    low, high = (corner.unbind(-1) for corner in regions.chunk(2, -1))
    inside = torch.ones(len(regions), len(points), dtype=torch.bool, device=points.device)
    for point, before, after in zip(points.unbind(-1), low, high, strict=True):
        inside &= (point > before[:, None]) & (point < after[:, None])
    return inside


def dynamic_k(iou: Float[Tensor, "g n"], candidates: int) -> Int64[Tensor, "g"]:
    """How many priors each ground truth claims: the sum of its best IoUs, rounded down, at least 1.

    The better the predictions for an object are, the more priors it claims (OTA, arXiv:2103.14259,
    section 3.3). IoUs ``(g, n)`` give ``(g,)``.
    """
    return iou.topk(min(candidates, iou.shape[1]), dim=1).values.sum(1).long().clamp(min=1)
