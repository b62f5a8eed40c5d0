"""The candidates of one image before suppression, and its ground truth: what NMSLab suppresses.

They are the user's own (``given``), a detector's (``watch``), or a crowd made for the course
(``crowd.py``).
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.boxes import check_batch, check_pictures
from locviz.layers import check_images
from locviz.postprocess import AllLabels, Candidates, SelectBest, SelectDense, Survivors
from locviz.types import Detections, Targets
from locviz.widgets.core.words import letter

MOST = 60
"""Candidates that are shown: more do not fit a screen."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """Candidates ``(n, 4)`` with scores ``(n,)`` and labels ``(n,)``, and what is really there.

    ``quality`` (n,) is the localization confidence of a model that has one, or None. ``source``
    says in words where the candidates come from.

    Raises:
        ValueError: boxes, scores or labels are not valid, or are spans.
    """

    found: Detections
    truth: Targets
    class_names: tuple[str, ...]
    source: str
    image: Float[Tensor, "3 h w"] | None = None
    quality: Float[Tensor, "n"] | None = None

    def __post_init__(self):
        if self.found.boxes.shape[-1] != 4 or self.truth.dim != 2:
            raise ValueError("NMSLab shows boxes (n, 4), not spans: give boxes of an image")
        self.truth.check(len(self.class_names))
        Candidates(self.found.boxes, self.found.scores, self.quality)

    def __len__(self) -> int:
        return len(self.found)

    @property
    def boxes(self) -> list[list[float]]:
        """The candidates' boxes as the widget's trait holds them."""
        return [list(map(_shortest, box)) for box in self.found.boxes.float().numpy()]

    @property
    def scores(self) -> list[float]:
        """Their scores as the widget's trait holds them."""
        return list(map(_shortest, self.found.scores.float().numpy()))

    def candidates(self, boxes: list[list[float]], scores: list[float]) -> Detections:
        """The candidates where the user has dragged them, in float32 as a detector's are."""
        return Detections(
            boxes=torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
            scores=torch.tensor(scores, dtype=torch.float32),
            labels=self.found.labels,
        )

    def name_of(self, label: int) -> str:
        """A class in words."""
        return self.class_names[label]

    @property
    def objects(self) -> list[str]:
        """What each ground truth is called: its letter and its class."""
        labels = self.truth.labels.tolist()
        return [f"{letter(i)}, {self.name_of(label)}" for i, label in enumerate(labels)]


def _shortest(value: np.floating) -> float:
    """The shortest number that is the same in float32: 0.92, and not 0.9200000166893005."""
    return float(str(value))


def given(
    detections: Any,
    targets: Any,
    *,
    image: Tensor | None,
    class_names: Sequence[str] | None,
    quality: Any,
    source: str | None,
) -> Scene:
    """Return the user's own candidates, the best ``MOST`` of them, best score first.

    Args:
        detections, targets: of one image, or lists of one.
        image: (3, h, w) in 0..1, or None.
        class_names: in label order, or None for their numbers.
        quality: (n,) one localization confidence per detection, or None.
        source: where they come from, in words.

    Raises:
        TypeError: detections or targets are missing, or are those of several images.
        ValueError: they do not fit together.
    """
    found = _one("detections", detections, Detections)
    truth = _one("targets", targets, Targets)
    if image is not None:
        check_images([image])
        check_pictures([image])
    best = found.scores.argsort(descending=True, stable=True)[:MOST].cpu()
    total, source = len(found), source or "your candidates"
    if total > MOST:
        source = f"{source}, the best {MOST} of {total}"
    found = found.to("cpu")
    quality = None if quality is None else torch.as_tensor(quality).detach().cpu().float()
    if quality is not None and quality.shape != found.scores.shape:
        raise ValueError(
            f"quality must be ({total},), one number per detection, got {tuple(quality.shape)}"
        )
    return Scene(
        found=Detections(
            found.boxes[best].detach(), found.scores[best].detach(), found.labels[best]
        ),
        truth=truth.to("cpu"),
        class_names=_names(found, truth, class_names),
        source=source,
        image=None if image is None else image.detach().cpu(),
        quality=None if quality is None else quality[best],
    )


def _one(name: str, value: Any, kind: type) -> Any:
    if value is None:
        raise TypeError(
            f"{name} is missing: give detections and targets of one image, or neither for the "
            "crowd that ships"
        )
    if isinstance(value, Sequence) and len(value) == 1:
        value = value[0]
    if not isinstance(value, kind):
        raise TypeError(
            f"{name} must be the {kind.__name__} of one image, got {type(value).__name__}: give "
            f"{name}[0]"
        )
    return value


def _names(found: Detections, truth: Targets, class_names: Sequence[str] | None) -> tuple[str, ...]:
    num = 1 + max((int(item.labels.max()) for item in (found, truth) if len(item)), default=0)
    names = tuple(map(str, range(num) if class_names is None else class_names))
    if len(names) < num:
        raise ValueError(
            f"class_names has {len(names)} names, but labels go up to {num - 1}: give {num} names"
        )
    return names


def watch(
    detector: nn.Module, image: Tensor, *, output: int
) -> tuple[Detections, Float[Tensor, "n"] | None, int]:
    """Return what a dense detector predicts for an image before suppression, its quality, and how
    many classes it tells apart.

    Its own score threshold, top-k and scores apply; nothing is suppressed.

    Args:
        detector: a ``DenseDetector``.
        image: (3, h, w) in 0..1.
        output: which of its predictions decide, as in ``detect``.

    Raises:
        TypeError: it is no dense detector, or selects in a way of its own.
        IndexError: there are not that many predictions.
    """
    from locviz.models import DenseDetector
    from locviz.models.skeletons.outputs import output_at
    from locviz.train.device import home_of
    from locviz.train.inference import evaluating

    if not isinstance(detector, DenseDetector):
        raise TypeError(
            f"detector must be a DenseDetector, such as retinanet_tiny(3), got "
            f"{type(detector).__name__}: of any other, give detections= and targets= yourself"
        )
    kept = _KeptAll()
    with evaluating(detector):
        select = _without_suppression(detector.postprocess, kept)
        predictions = output_at(detector([image.to(home_of(detector))]), output)
        found = detector.decide(predictions, postprocess=select)[0].to("cpu")
    quality = None if kept.quality is None else kept.quality.cpu()[: len(found)]
    return found, quality, detector.num_classes(predictions)


class _KeptAll:
    """A suppression method that keeps every candidate, best first, and remembers the quality."""

    quality: Tensor | None = None

    def __call__(self, candidates: Candidates, *, threshold: float) -> Survivors:
        order = candidates.scores.argsort(descending=True, stable=True)
        self.quality = None if candidates.quality is None else candidates.quality[order]
        return Survivors(order, candidates.regions[order], candidates.scores[order])

    def steps(self, candidates: Candidates, *, threshold: float):
        return iter(())


def _without_suppression(select: Any, kept: _KeptAll) -> Any:
    # Copies: the detector keeps its own selection.
    select = copy(select)
    if isinstance(select, SelectDense):
        select.suppress, select.max_detections = AllLabels(kept), select.top_k
    elif not isinstance(select, SelectBest):
        raise TypeError(
            f"the detector selects by {type(select).__name__}: NMSLab knows how to leave out the "
            "suppression of SelectDense and SelectBest; give detections= and targets= yourself"
        )
    return select


def of_detector(
    detector: nn.Module,
    images: Tensor | Sequence[Tensor],
    targets: Targets | Sequence[Targets],
    *,
    output: int,
    index: int,
    class_names: Sequence[str] | None,
    source: str | None,
) -> Scene:
    """Return the candidates of one image of a list.

    Args:
        detector: a ``DenseDetector``.
        images: (3, h, w) in 0..1, one or several.
        targets: one per image.
        output: which of its predictions decide.
        index: which image.
        class_names, source: in words, or None.

    Raises:
        TypeError: those of ``watch``.
        ValueError: images and targets do not fit, there is no image ``index``, or its labels or
            the names go beyond the detector's classes.
    """
    pictures = [images] if isinstance(images, Tensor) and images.ndim == 3 else list(images)
    truths = [targets] if isinstance(targets, Targets) else list(targets)
    if len(pictures) != len(truths):
        raise ValueError(
            f"images has {len(pictures)} entries and targets {len(truths)}: give one target per image"
        )
    check_images(pictures)
    check_batch(pictures, truths, num_classes=None)
    if not 0 <= index < len(pictures):
        raise ValueError(f"index must be in 0..{len(pictures) - 1}, got {index}")
    image = pictures[index]
    found, quality, num_classes = watch(detector, image, output=output)
    check_batch(pictures, truths, num_classes=num_classes)
    if class_names is not None and len(class_names) != num_classes:
        raise ValueError(
            f"class_names has {len(class_names)} names, but the detector has {num_classes} classes: "
            "give one name per class of the detector"
        )
    scene = given(
        found,
        truths[index],
        image=image,
        class_names=class_names,
        quality=quality,
        source=source or "your detector before suppression",
    )
    return replace(scene, image=image.detach().cpu())
