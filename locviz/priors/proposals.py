"""Proposals: regions of each image that may hold an object, from outside the detector. No class is known yet.

A proposer is a callable from a list of images to one ``(n, 4)`` per image, in the pixels of the image as it was given,
most promising first: ``RegionGrouping``, ``SlidingWindows``, or your own. ``Remembered`` asks one once per image.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes import pairwise_iou
from locviz.priors.anchors import AnchorPriors

RegionFinder = Callable[[Sequence[Tensor]], list[Tensor]]


@final
class SlidingWindows:
    """Windows of fixed sizes and shapes at regular steps: where detectors looked before there were proposals.

    The windows of ``AnchorPriors`` that lie inside the image, in their order; the same for all images of one size.

    Args:
        priors: sizes, shapes and steps (its strides). Its levels may share a stride.
    """

    def __init__(self, priors: AnchorPriors):
        self.priors = priors

    def __call__(self, images: Sequence[Float[Tensor, "3 _ _"]]) -> list[Float[Tensor, "_ 4"]]:
        """The windows of each image, (n, 4), on its device."""
        return [self._windows(*image.shape[-2:]).to(image.device) for image in images]

    def _windows(self, h: int, w: int) -> Float[Tensor, "n 4"]:
        cells = [(math.ceil(h / stride), math.ceil(w / stride)) for stride in self.priors.strides]
        regions = self.priors(cells, input_size=(h, w)).regions
        inside = (regions[:, :2] >= 0).all(-1) & (regions[:, 2:] <= regions.new_tensor([w, h])).all(-1)
        return regions[inside]


@final
class Remembered:
    """A proposer that looks at every image once: what R-CNN and Fast R-CNN did by keeping proposals on disk.

    Images are recognised by their pixels, so it serves training without augmentation; each takes 16 bytes a proposal.
    """

    def __init__(self, proposer: RegionFinder):
        self.proposer = proposer
        self._known: dict[tuple, Tensor] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __call__(self, images: Sequence[Float[Tensor, "3 _ _"]]) -> list[Float[Tensor, "_ 4"]]:
        """The proposals of each image, asking for those of new images only."""
        keys = [_key(image) for image in images]
        new = {key: image for key, image in zip(keys, images, strict=True) if key not in self._known}
        if new:
            self._known.update(zip(new, [found.cpu() for found in self.proposer(list(new.values()))], strict=True))
        return [self._known[key].to(image.device) for key, image in zip(keys, images, strict=True)]


def _key(image: Tensor) -> tuple:
    raw = image.detach().cpu().contiguous().numpy().tobytes()
    return (tuple(image.shape), image.dtype, hashlib.blake2b(raw, digest_size=16).digest())


def proposal_recall(
    proposals: Sequence[Float[Tensor, "_ coords"]],
    boxes: Sequence[Float[Tensor, "_ coords"]],
    *,
    thresholds: Sequence[float] = (0.5,),
    num: int | None = None,
) -> Float[Tensor, "t"]:
    """The share of all images' ground truths that some proposal overlaps by at least each IoU; NaN without any.

    What recall misses no detector of the second stage can find again.

    Args:
        proposals: per image, most promising first.
        boxes: ground truths per image, in the same frame.
        thresholds: IoUs in 0..1.
        num: look at the first so many of each image only.

    Raises:
        ValueError: there is not one set of proposals per image.
    """
    if len(proposals) != len(boxes):
        raise ValueError(f"got proposals of {len(proposals)} images and boxes of {len(boxes)}: give both per image")
    best = [
        # A column of zeros: an image without proposals recalls nothing.
        torch.cat([truth.new_zeros(len(truth), 1), pairwise_iou(truth, found[:num].to(truth))], 1).amax(1)
        for found, truth in zip(proposals, boxes, strict=True)
    ]
    overlaps = torch.cat(best) if best else torch.zeros(0)
    return (overlaps[:, None] >= overlaps.new_tensor(thresholds)).float().mean(0)
