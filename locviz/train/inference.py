"""Running a detector over a data set, without changing the state of its training."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from locviz.boxes import check_pictures
from locviz.evaluate import Evaluation, evaluate
from locviz.inputs import Inputs, as_inputs, batch_inputs, move_inputs
from locviz.train.device import home_of
from locviz.types import (
    Detections,
    Targets,
)

Detect = Callable[[Sequence[torch.Tensor]], list[Detections]]


@contextmanager
def evaluating(detector: nn.Module):
    """Evaluation mode without gradients; afterwards every module has its own mode again."""
    # Module by module and not ``detector.train()`` at the end: a frozen part may have been in
    # evaluation mode while the rest trained.
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
        detector: has ``detect(images) -> list[Detections]``; images are moved to the device of its
            weights, or to the CPU where it has none.
        dataset: has a length, and ``dataset[index]`` is an image ``(3, h, w)`` or a pair ``(image,
            Targets)``, whose targets are not used. A plain list of images will do.
        batch_size: images per call.
        detect: another method of the detector, such as ``detector.propose`` of a detector with two
            stages.

    Raises:
        TypeError: ``dataset`` has no length, or its items are neither images nor pairs.
        ValueError: ``batch_size`` is less than 1, or an image is not in 0..1 (it is in 0..255, or
            normalised already).
    """
    return [found for found, _ in _pairs(detector, dataset, batch_size, detect)]


def measure(
    detector: nn.Module, dataset: Any, *, num_classes: int | None = None, batch_size: int = 16
) -> Evaluation:
    """``predict`` and ``evaluate`` in one pass over ``dataset``.

    Raises:
        TypeError: ``dataset`` gives no ``(image, Targets)`` pairs.
        ValueError: ``dataset`` has no ``class_names`` and ``num_classes`` is not given either.
    """
    names: Sequence[str] | None = getattr(dataset, "class_names", None)
    if names is None and num_classes is None:
        raise ValueError("dataset has no class_names: give num_classes=, how many classes it has")
    found: list[Detections] = []
    truth: list[Targets] = []
    for index, (detections, targets) in enumerate(_pairs(detector, dataset, batch_size)):
        if not isinstance(targets, Targets):
            raise TypeError(
                f"dataset[{index}] must be (image, Targets) to measure against, got "
                f"{'an image alone' if targets is None else f'an image and a {type(targets).__name__}'}"
            )
        found.append(detections)
        truth.append(targets)
    return evaluate(found, truth, num_classes=num_classes or len(names or ()), class_names=names)


def _pairs(
    detector: nn.Module, dataset: Any, batch_size: int, detect: Detect | None = None
) -> Iterator[tuple[Detections, Any]]:
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
        raise TypeError(
            f"dataset must have a length and give images by index, got {type(dataset).__name__}: "
            "a list of images, or a data set of (image, Targets)"
        )
    home = home_of(detector)
    for first in range(0, len(dataset), batch_size):
        last = min(first + batch_size, len(dataset))
        items = [_image_and_rest(dataset[index], index) for index in range(first, last)]
        inputs = batch_inputs([example for example, _ in items])
        # Checked here and not in ``detect``: looking at values makes a program wait for the device,
        # which a model in another program should not have to.
        check_pictures(as_inputs(inputs).images)
        with evaluating(detector):
            found = (detect or detector.detect)(move_inputs(inputs, home))  # type: ignore[operator]
        yield from (
            (detections.to("cpu"), rest) for detections, (_, rest) in zip(found, items, strict=True)
        )


def _image_and_rest(item: Any, index: int) -> tuple[torch.Tensor | Inputs, Any]:
    """The image of an item, and what comes with it: None where the item is an image alone."""
    if isinstance(item, torch.Tensor | Inputs):
        return item, None
    pair = isinstance(item, tuple | list) and len(item) == 2
    if pair and isinstance(item[0], torch.Tensor | Inputs):
        return item[0], item[1]
    raise TypeError(
        f"dataset[{index}] must be an image (3, h, w) or a pair (image, Targets), got {type(item).__name__}"
    )
