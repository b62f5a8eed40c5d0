"""Between the frame that inputs are given in and the frame that the network sees."""

from collections.abc import Sequence
from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from locviz.boxes import check_batch
from locviz.inputs import Inputs, as_inputs
from locviz.types import (
    Targets,
)


def training_targets(
    inputs: Inputs | Sequence[Tensor],
    targets: Sequence[Targets],
    scales: Float[Tensor, "b dim"],
    *,
    num_classes: int | None,
) -> list[Targets]:
    """The targets of a batch, checked, in float32, on the network's device and in its frame.

    Args:
        inputs: images (3, h, w), clips (t, c) or an ``Inputs``.
        targets: one per input, in the frame of the inputs as given.
        scales: (b, dim) input pixels per given pixel.
        num_classes: of the model; None where labels do not matter.

    Raises:
        TypeError, ValueError: there is not one ``Targets`` per input, or one of them holds boxes or
            labels that no detector can learn from; see ``locviz.boxes.check_batch``.
    """
    asked = as_inputs(inputs)
    checked = check_batch(asked.images or asked.clips, targets, num_classes=num_classes)
    moved = [target.to(scales.device) for target in checked]
    return [in_input_frame(target, scale) for target, scale in zip(moved, scales, strict=True)]


def in_input_frame(targets: Targets, scale: Float[Tensor, "dim"]) -> Targets:
    """Targets with boxes and size in input pixels, before padding. The area stays that of the
    annotation, in the pixels of the image as it was given.

    Args:
        targets: of one image, in its own pixels.
        scale: (dim,) input pixels per given pixel, x first.
    """
    # A size is (h, w) and a scale (x, y), hence the reversed order.
    size = tuple(
        round(extent * factor)
        for extent, factor in zip(targets.size, scale.tolist()[::-1], strict=True)
    )
    return replace(targets, boxes=targets.boxes * scale.repeat(2), size=size)
