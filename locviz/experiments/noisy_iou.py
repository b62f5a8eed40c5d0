"""What is a predicted IoU worth, if it is wrong by so much? Nothing is trained: the true IoU of each
candidate, plus noise, stands in for what a branch would predict.

The detector, its boxes and its class scores stay as they are. Chapter 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.evaluate import evaluate, owners
from locviz.postprocess import GreedyNMS, IoUGuidedNMS, PerLabel, SuppressionMethod
from locviz.postprocess.by_label import survivors
from locviz.types import Detections, Targets

MOST = 100
"""Detections of an image that count."""


@dataclass(frozen=True, kw_only=True)
class NoisyIoU:
    """AP under one error of the predicted IoU.

    Attributes:
        noise: standard deviation of what is added to the true IoU, before it is kept in 0..1.
        guided: AP of IoU-guided NMS, which chooses by the predicted IoU alone.
        rescored: AP of NMS on score times predicted IoU. A false alarm has the true IoU 0, so this
            also lowers those.
    """

    noise: float
    guided: float
    rescored: float


def surest_and_best(
    candidates: Sequence[Detections], targets: Sequence[Targets], *, least: int = 3
) -> Float[Tensor, "objects two"]:
    """The IoU of each object's surest candidate and the highest IoU of all its candidates (objects, 2).

    Args:
        candidates: before suppression, one entry per image.
        targets: in the same order.
        least: objects with fewer candidates are left out.
    """
    pairs = []
    for found, truth in zip(candidates, targets, strict=True):
        owner, overlap = owners(found, truth)
        for index in range(len(truth)):
            own = owner == index
            if int(own.sum()) >= least:
                surest = overlap[own][found.scores[own].argmax()]
                pairs.append(torch.stack([surest, overlap[own].max()]))
    return torch.stack(pairs) if pairs else torch.zeros(0, 2, dtype=torch.float64)


def ap_by_class(
    candidates: Sequence[Detections], targets: Sequence[Targets], *, threshold: float = 0.6
) -> float:
    """AP of greedy NMS by the class score alone: what both remedies are compared with."""
    scores = [found.scores for found in candidates]
    return _ap(GreedyNMS(), candidates, scores, scores, targets, threshold)


def ap_by_noise(
    candidates: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    noise: float,
    threshold: float = 0.6,
    seed: int = 0,
) -> NoisyIoU:
    """AP of both ways to use a predicted IoU that is wrong by ``noise``.

    Args:
        candidates: before suppression, one entry per image, scored by the class alone.
        targets: in the same order.
        noise: standard deviation of the error.
        threshold: IoU above which NMS suppresses.
        seed: of the noise.

    Raises:
        ValueError: ``noise`` is negative.
    """
    if not noise >= 0:
        raise ValueError(f"noise must not be negative, got {noise}")
    generator = torch.Generator().manual_seed(seed)
    scores, known = [found.scores for found in candidates], []
    for found, truth in zip(candidates, targets, strict=True):
        overlap = owners(found, truth)[1].float()
        error = noise * torch.randn(overlap.shape, generator=generator)
        known.append((overlap + error).clamp(0, 1))
    products = [score * quality for score, quality in zip(scores, known, strict=True)]
    return NoisyIoU(
        noise=noise,
        guided=_ap(IoUGuidedNMS(), candidates, scores, known, targets, threshold),
        rescored=_ap(GreedyNMS(), candidates, products, known, targets, threshold),
    )


def _ap(
    method: SuppressionMethod,
    candidates: Sequence[Detections],
    scores: Sequence[Tensor],
    qualities: Sequence[Tensor],
    targets: Sequence[Targets],
    threshold: float,
) -> float:
    found = []
    for each, score, quality in zip(candidates, scores, qualities, strict=True):
        kept = survivors(
            PerLabel(method), each.boxes, score, each.labels, threshold=threshold, quality=quality
        )
        found.append(kept.detections(each.labels, MOST))
    labels = [each.labels for each in (*candidates, *targets) if len(each)]
    num_classes = 1 + max((int(label.max()) for label in labels), default=0)
    return evaluate(found, targets, num_classes=num_classes).ap
