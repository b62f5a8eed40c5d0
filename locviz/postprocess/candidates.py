"""What a method of suppression chooses from: the candidate regions of one class of one image."""

from dataclasses import dataclass
from numbers import Real

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.types import check_tensors

NOBODY = -1
"""In place of a candidate's number where no candidate is meant."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """The n candidates of one class: regions, their scores and how well they seem to be placed.

    Shapes: ``regions`` (n, 2*dim); ``scores`` (n,) finite, not negative; ``quality`` (n,) the
    predicted localization confidence (IoU-Net's IoU, FCOS's centre-ness) where the model has one.
    What is not float32 or float64 is made float32: bfloat16 has steps of 4 near 1000 pixels.

    A region with an infinite or NaN coordinate, or a measure beyond the largest float, overlaps
    nothing.

    Raises:
        TypeError: something is not a tensor.
        ValueError: a shape does not fit, or a score or a quality is negative, infinite or NaN. The
            message names the argument.
    """

    regions: Float[Tensor, "n coords"]
    scores: Float[Tensor, "n"]
    quality: Float[Tensor, "n"] | None = None

    def __post_init__(self):
        check_regions_and_scores(self.regions, self.scores)
        if self.quality is not None:
            check_tensors(quality=self.quality)
        for name in ("regions", "scores", "quality"):
            if (values := getattr(self, name)) is not None:
                object.__setattr__(self, name, wide(values.detach()))
        _check_numbers("scores", self.scores)
        if self.quality is not None:
            if self.quality.shape != self.scores.shape:
                raise ValueError(
                    f"quality must be (n,), one per score, {tuple(self.scores.shape)}, got "
                    f"{tuple(self.quality.shape)}"
                )
            _check_numbers("quality", self.quality)

    def __len__(self) -> int:
        return len(self.scores)


def wide(values: Tensor) -> Tensor:
    """The numbers as they are if they are float32 or float64, else as float32. Any shape (...)."""
    if values.is_floating_point() and values.dtype.itemsize >= 4:
        return values
    return values.float()


def check_regions_and_scores(regions: Tensor, scores: Tensor) -> None:
    """Raise unless these are regions ``(n, 2*dim)`` and scores ``(n,)``.

    Raises:
        TypeError: one is not a tensor.
        ValueError: their shapes are others.
    """
    check_tensors(regions=regions, scores=scores)
    if regions.ndim != 2 or regions.shape[-1] not in (2, 4) or scores.shape != regions.shape[:1]:
        raise ValueError(
            f"regions must be (n, 4) boxes or (n, 2) spans and scores (n,), got {tuple(regions.shape)} and "
            f"{tuple(scores.shape)}"
        )


def check_threshold(threshold: float, name: str = "threshold") -> None:
    """Raise unless this is an IoU.

    Raises:
        ValueError: ``threshold`` is not a number in 0..1.
    """
    if not isinstance(threshold, Real | Tensor) or not 0 <= threshold <= 1:
        raise ValueError(f"{name} is an IoU and must be in 0..1, got {threshold!r}")


def check_min_score(min_score: float) -> None:
    """Raise unless this is a score that candidates can fall to.

    Raises:
        ValueError: ``min_score`` is negative or NaN.
    """
    if not min_score >= 0:
        raise ValueError(f"min_score must not be negative, got {min_score}")


def check_labels(labels: Tensor, scores: Tensor) -> None:
    """Raise unless there is one whole number ``(n,)`` per score ``(n,)``.

    Raises:
        TypeError: one is not a tensor.
        ValueError: ``labels`` is something else.
    """
    check_tensors(labels=labels, scores=scores)
    if labels.shape != scores.shape or labels.is_floating_point():
        raise ValueError(
            f"labels must be whole numbers (n,), one per score, {tuple(scores.shape)}; got "
            f"{tuple(labels.shape)} of {labels.dtype}"
        )


def check_order(scores: Tensor) -> None:
    """Raise unless scores ``(n,)`` have an order: sorting takes NaN for the best of all.

    Raises:
        ValueError: one is NaN.
    """
    if (unordered := scores.isnan()).any():
        raise ValueError(
            f"scores hold NaN in row {int(unordered.nonzero()[0])}, which is neither better nor worse than "
            "another: drop these rows, or look for where the model's numbers became NaN"
        )


def _check_numbers(name: str, values: Tensor) -> None:
    wrong = ~(torch.isfinite(values) & (values >= 0))
    if wrong.any():
        row = int(wrong.nonzero()[0])
        raise ValueError(
            f"{name} must be finite and not negative, such as probabilities: row {row} is {float(values[row])}"
        )
