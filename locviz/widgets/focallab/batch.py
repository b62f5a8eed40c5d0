"""A batch of predictions, one per prior and class, at one or more training steps.

It comes from the file that ships (``Batch.shipped``), from a detector (``watch``), or from logits
and targets of your own (``given``).
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.types import IGNORE, Targets

FILE = Path(__file__).parents[2] / "checkpoints" / "batches" / "retinanet_tiny-shapes.npz"
GRAIN = 32
"""Logits are written in steps of 1 / 32: that changes a probability by at most 1.6 % of itself."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """Scores before the sigmoid, and whether each should be 1.

    Shapes: ``logits`` (s, n) at each of ``steps``; ``targets`` (n,), True for a positive. ``source``
    says in words where they come from.

    Raises:
        ValueError: the shapes do not fit, there is no prediction, or one is not finite.
    """

    steps: tuple[int, ...]
    logits: Float[Tensor, "s n"]
    targets: Bool[Tensor, "n"]
    source: str

    def __post_init__(self):
        if not self.logits.numel():
            raise ValueError("logits is empty: FocalLab needs at least one prediction")
        if not torch.isfinite(self.logits).all():
            raise ValueError("logits holds NaN or infinity: drop these predictions first")

    @property
    def num_positive(self) -> int:
        """How many predictions should be 1."""
        return int(self.targets.sum())

    @property
    def num_negative(self) -> int:
        """How many should be 0."""
        return len(self.targets) - self.num_positive

    @classmethod
    def of_priors(
        cls,
        logits: Float[Tensor, "s b p k"],
        labels: Int[Tensor, "b p"],
        *,
        steps: Sequence[int],
        source: str,
    ) -> "Batch":
        """Return one prediction per prior and class, of logits (s, b, p, k) and labels (b, p).

        A prior is negative for every class but its own label's; one that is ``IGNORE`` is left out,
        as in the loss.
        """
        classes = logits.shape[-1]
        own = F.one_hot(labels.long().clamp(min=0), classes).bool() & (labels >= 0)[..., None]
        kept = labels != IGNORE
        return cls(
            steps=tuple(steps),
            logits=logits[:, kept].flatten(1).double(),
            targets=own[kept].flatten(),
            source=source,
        )

    @classmethod
    def shipped(cls) -> "Batch":
        """Return what ``retinanet_tiny`` predicts for 16 held-out scenes while it is trained."""
        logits, labels, card = read(FILE)
        return cls.of_priors(logits, labels, steps=card["steps"], source=card["source"])


def given(logits: Any, targets: Any, *, source: str | None = None) -> Batch:
    """Return the user's own batch.

    Args:
        logits: scores before the sigmoid, any shape; or ``{training step: scores}``.
        targets: 0 or 1 (or booleans), of the same shape, the same at all steps.
        source: where they come from, in words.

    Raises:
        TypeError: one of them is missing, or a training step is no whole number.
        ValueError: shapes differ, a target is neither 0 nor 1, or no prediction is there.
    """
    if logits is None or targets is None:
        raise TypeError(
            f"{'logits' if logits is None else 'targets'} is missing: give logits and targets "
            "together, or neither for the batch that ships"
        )
    by_step = dict(logits) if isinstance(logits, Mapping) else {0: logits}
    if not all(isinstance(step, int) for step in by_step):
        raise TypeError(f"logits by training step need whole numbers, got {list(by_step)}")
    truth = torch.as_tensor(targets).detach().cpu()
    rows = [torch.as_tensor(by_step[step]).detach().cpu() for step in sorted(by_step)]
    for row in rows:
        if row.shape != truth.shape:
            raise ValueError(
                f"targets must have the shape of logits, {tuple(row.shape)}, got "
                f"{tuple(truth.shape)}: one 0 or 1 per logit; F.one_hot(labels, k) makes them from "
                "labels (n,)"
            )
    if not ((truth == 0) | (truth == 1)).all():
        raise ValueError("targets must be 0 or 1: a prediction is a negative or a positive")
    flat = [row.double().flatten() for row in rows]
    return Batch(
        steps=tuple(sorted(by_step)),
        logits=torch.stack(flat) if flat else truth.new_zeros(0, truth.numel()).double(),
        targets=truth.bool().flatten(),
        source="your own predictions" if source is None else source,
    )


def watch(
    detector: nn.Module, images: Sequence[Tensor], targets: Sequence[Targets]
) -> tuple[Float[Tensor, "b p k"], Int[Tensor, "b p"]]:
    """Return what a dense detector predicts now, and what its own assigner wants.

    Args:
        detector: a ``DenseDetector`` whose classes are yes or no each; its mode is left as it is.
        images: (3, h, w) in 0..1.
        targets: one per image.

    Returns:
        Logits (b, p, k), and labels (b, p): a class, ``BACKGROUND``, or ``IGNORE`` where a prior
        takes part in no loss.

    Raises:
        TypeError: it is no dense detector.
        ValueError: it decides by a softmax, or images and targets do not fit.
    """
    from locviz.layers import check_images
    from locviz.models import DenseDetector, match_rows
    from locviz.models.skeletons.frames import training_targets
    from locviz.train.device import home_of
    from locviz.train.inference import evaluating

    if not isinstance(detector, DenseDetector):
        raise TypeError(
            f"detector must be a DenseDetector, such as retinanet_tiny(3), got "
            f"{type(detector).__name__}: of any other, give logits= and targets= yourself"
        )
    check_images(images)
    home = home_of(detector)
    with evaluating(detector):
        inputs = [image.to(home) for image in images]
        predicted = detector(inputs)
        classes = predicted.logits.shape[-1]
        if getattr(detector.head, "num_classes", classes) != classes:
            raise ValueError(
                "this detector decides between classes by a softmax: FocalLab shows the sigmoid's "
                "focal loss, one yes or no per class"
            )
        truth = training_targets(inputs, targets, predicted.scales, num_classes=classes)
        found = detector.assign(predicted, detector.regions(predicted), truth)
        matched = match_rows(
            found, truth, predicted.priors, coder=detector.coder, num_classes=classes
        )
    labels = matched.all_labels.masked_fill(matched.prior_weight == 0, IGNORE)
    return predicted.logits.cpu(), labels.cpu()


def save(
    path: Path,
    logits: Float[Tensor, "s b p k"],
    labels: Int[Tensor, "b p"],
    card: Mapping[str, Any],
) -> None:
    """Write logits (s, b, p, k) in steps of 1 / 32, and labels (b, p).

    Class by class, high and low bytes apart, they pack best.
    """
    grains = (logits * GRAIN).floor().to(torch.int16).permute(0, 3, 1, 2).numpy()
    parts = {
        "high": (grains >> 8).astype(np.int8),
        "low": (grains & 255).astype(np.uint8),
        "labels": labels.numpy().astype(np.int8),
        "card": np.frombuffer(json.dumps(dict(card)).encode(), np.uint8),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".partial.npz")
    np.savez_compressed(aside, **parts)
    os.replace(aside, path)


def read(path: Path) -> tuple[Float[Tensor, "s b p k"], Int[Tensor, "b p"], dict[str, Any]]:
    """Return logits (s, b, p, k), labels (b, p) and the card of a file that ``save`` wrote.

    A logit lies in the middle of its step: rounded values would pile up on one side of a border.
    """
    with np.load(path) as parts:
        grains = (parts["high"].astype(np.int16) << 8) | parts["low"]
        labels = torch.from_numpy(parts["labels"].astype(np.int64))
        card = json.loads(parts["card"].tobytes())
    logits = torch.from_numpy((grains.astype(np.float32) + 0.5) / GRAIN)
    return logits.permute(0, 2, 3, 1), labels, card
