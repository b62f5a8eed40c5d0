"""Running a detector over a dataset, without touching its training."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from locviz.evaluate import Evaluation, evaluate
from locviz.types import Detections, Targets

Detect = Callable[[Sequence[torch.Tensor]], list[Detections]]


@contextmanager
def evaluating(detector: nn.Module):
    """Evaluation mode without gradients; every module gets its own mode back, frozen parts
    included.
    """
    modes = {module: module.training for module in detector.modules()}
    detector.eval()
    try:
        with torch.no_grad():
            yield detector
    finally:
        for module, mode in modes.items():
            module.training = mode


def predict(
    detector: nn.Module, dataset: Any, *, batch_size: int = 16, detect: Detect | None = None
) -> list[Detections]:
    """Detect in every image of ``dataset``, in its order; the detections come back on the CPU.

    Args:
        detector: has ``detect(images) -> list[Detections]``; images go to the device of its
            weights.
        dataset: has a length and gives ``(image, Targets)`` for an index; the targets are not
            looked at.
        batch_size: images per call.
        detect: another method of the detector, such as ``detector.propose`` of one with two stages.
    """
    return [found for found, _ in _pairs(detector, dataset, batch_size, detect)]


def measure(
    detector: nn.Module, dataset: Any, *, num_classes: int | None = None, batch_size: int = 16
) -> Evaluation:
    """``predict`` and ``evaluate`` in one pass over ``dataset``.

    Raises:
        ValueError: ``dataset`` has no ``class_names`` and ``num_classes`` is not given either.
    """
    names: Sequence[str] | None = getattr(dataset, "class_names", None)
    if names is None and num_classes is None:
        raise ValueError("dataset has no class_names: give num_classes")
    found: list[Detections] = []
    truth: list[Targets] = []
    for detections, targets in _pairs(detector, dataset, batch_size):
        found.append(detections)
        truth.append(targets)
    return evaluate(found, truth, num_classes=num_classes or len(names or ()), class_names=names)


def _pairs(
    detector: nn.Module, dataset: Any, batch_size: int, detect: Detect | None = None
) -> Iterator[tuple[Detections, Targets]]:
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    home = next(detector.parameters()).device
    for first in range(0, len(dataset), batch_size):
        items = [dataset[index] for index in range(first, min(first + batch_size, len(dataset)))]
        with evaluating(detector):
            found = (detect or detector.detect)([image.to(home) for image, _ in items])  # type: ignore[operator]
        yield from (
            (detections.to("cpu"), targets)
            for detections, (_, targets) in zip(found, items, strict=True)
        )
