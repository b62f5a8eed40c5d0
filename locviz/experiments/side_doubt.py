"""How sure a detector with a distribution per side is of each side, and what a patch over one of
them does to it.

The detector is a GFL (https://arxiv.org/abs/2006.04388). Its loss asks for the probability at two
neighbouring bins, so what lies outside of the best two is doubt. Chapter 08 shows it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from locviz.boxes import DistributionCoder, pairwise_iou
from locviz.models.skeletons.dense import DenseDetector
from locviz.train import evaluating
from locviz.types import Targets

Hide = Callable[[Tensor, Tensor, Tensor], Tensor]
SIDES = ("left", "top", "right", "bottom")
INSIDE, BEYOND, AROUND = 0.3, 8, 4
"""What a patch covers: this part of the width, so many pixels to the right of the box, and so many
above and below it."""
BLUR, KERNEL = 2.0, 13
"""Of a blurred side: the standard deviation of the blur, and the pixels that it reads."""
SMALLEST = 16
"""Objects that are narrower, or whose patch would leave the image, are not asked about."""


def doubt(probabilities: Float[Tensor, "*n bins"]) -> Float[Tensor, "*n"]:
    """The probability outside the best two neighbouring bins, (...): 0 for a ``two_hot``."""
    return 1 - (probabilities[..., :-1] + probabilities[..., 1:]).amax(-1)


def cover_right_side(
    image: Float[Tensor, "3 h w"], box: Float[Tensor, "4"], colour: Float[Tensor, "3"]
) -> Float[Tensor, "3 h w"]:
    """A copy of the image (3, h, w) with a patch of one colour (3,) over the right side of a box."""
    covered = image.clone()
    covered[_right_side(box)] = colour[:, None, None]
    return covered


def blur_right_side(
    image: Float[Tensor, "3 h w"], box: Float[Tensor, "4"], colour: Float[Tensor, "3"] | None = None
) -> Float[Tensor, "3 h w"]:
    """A copy of the image (3, h, w) that is blurred where ``cover_right_side`` has its patch."""
    blurred, patch = image.clone(), _right_side(box)
    blurred[patch] = gaussian_blur(image, [KERNEL, KERNEL], [BLUR, BLUR])[patch]
    return blurred


def _right_side(box: Float[Tensor, "4"]) -> tuple[slice, slice, slice]:
    """Which values of an image (3, h, w) lie around the right side of a box."""
    x1, y1, x2, y2 = box.tolist()
    rows = slice(max(0, int(y1) - AROUND), int(y2) + AROUND)
    return slice(None), rows, slice(int(x2 - INSIDE * (x2 - x1)), int(x2) + BEYOND)


@dataclass(frozen=True, eq=False, kw_only=True)
class Sides:
    """What one prior predicts: ``probabilities`` (4, bins) of left, top, right and bottom, the width
    of a bin in pixels, and the score of its best class.
    """

    probabilities: Float[Tensor, "sides bins"]
    pixels: float
    score: float


def sides_at(detector: DenseDetector, image: Float[Tensor, "3 h w"], prior: int) -> Sides:
    """The four distributions of one prior in an image (3, h, w).

    Raises:
        TypeError: the detector predicts no distributions.
    """
    coder = detector.coder
    if not isinstance(coder, DistributionCoder):
        raise TypeError(
            f"detector must predict distributions, as gfl_tiny does, got a {type(coder).__name__}"
        )
    with evaluating(detector):
        found = detector([image])
    return Sides(
        probabilities=coder.distributions(found.deltas[0, prior]).softmax(-1),
        pixels=coder.bin * float(found.priors.strides[prior]),
        score=float(found.logits[0, prior].sigmoid().max()),
    )


def finder_of(
    detector: DenseDetector, image: Float[Tensor, "3 h w"], box: Float[Tensor, "4"], label: int
) -> int:
    """The prior that finds an object in an image (3, h, w): the highest score of its class among
    those whose predicted box overlaps it by more than 0.5.
    """
    with evaluating(detector):
        found = detector([image])
        overlap = pairwise_iou(detector.regions(found)[0], box[None])[:, 0]
    return int((found.logits[0, :, label].sigmoid() * (overlap > 0.5)).argmax())


@dataclass(frozen=True, eq=False, kw_only=True)
class Doubts:
    """The doubt (n, 4) about the sides of n objects, clear and with the right side covered or blurred,
    and the scores (n,) of both.
    """

    clear: Float[Tensor, "n sides"]
    hidden: Float[Tensor, "n sides"]
    clear_score: Float[Tensor, "n"]
    hidden_score: Float[Tensor, "n"]


def doubts(
    detector: DenseDetector,
    scenes: Sequence[tuple[Tensor, Targets]],
    *,
    hide: Hide = cover_right_side,
    seed: int = 0,
) -> Doubts:
    """Ask the prior that finds each object about its sides, before and after the right one is hidden.

    Args:
        detector: a GFL.
        scenes: (image (3, h, w), ``Targets``) pairs.
        hide: ``(image, box, colour)`` to an image with the right side hidden.
        seed: of the colours.
    """
    generator = torch.Generator().manual_seed(seed)
    pairs = []
    for image, targets in scenes:
        for box, label in zip(targets.boxes, targets.labels.tolist(), strict=True):
            if box[2] - box[0] < SMALLEST or box[2] + BEYOND > image.shape[-1]:
                continue
            changed = hide(image, box, torch.rand(3, generator=generator))
            prior = finder_of(detector, image, box, label)
            pairs.append([sides_at(detector, one, prior) for one in (image, changed)])
    clear, hidden = zip(*pairs, strict=True)
    return Doubts(
        clear=torch.stack([doubt(one.probabilities) for one in clear]),
        hidden=torch.stack([doubt(one.probabilities) for one in hidden]),
        clear_score=torch.tensor([one.score for one in clear]),
        hidden_score=torch.tensor([one.score for one in hidden]),
    )
