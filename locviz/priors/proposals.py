"""Proposals that are made outside the detector: regions of an image that may hold an object.

Their class is not known yet. A proposer is a callable from a list of images to one ``(n, 4)`` tensor
per image, in the pixels of the image as it was given, most promising first: ``RegionGrouping``,
``SlidingWindows``, or your own. ``Remembered`` calls a proposer only once for each image.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import final

from jaxtyping import Float
from torch import Tensor

from locviz.priors.anchors import AnchorPriors

RegionFinder = Callable[[Sequence[Tensor]], list[Tensor]]


@final
class SlidingWindows:
    """Windows of fixed sizes and shapes at regular steps, as detectors had before proposals.

    They are the regions of ``AnchorPriors`` that lie inside the image, in their order; all images
    of one size have the same.

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
        low, high = regions.chunk(2, -1)
        inside = (low >= 0).all(-1) & (high <= regions.new_tensor([w, h])).all(-1)
        return regions[inside]


@final
class Remembered:
    """A proposer that computes the proposals of every image once and keeps them in memory.

    R-CNN and Fast R-CNN kept theirs on disk. Images are recognised by their pixels, so it only
    helps a training without augmentation. A proposal takes 16 bytes.
    """

    def __init__(self, proposer: RegionFinder):
        self.proposer = proposer
        self._known: dict[tuple, Tensor] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __call__(self, images: Sequence[Float[Tensor, "3 _ _"]]) -> list[Float[Tensor, "_ 4"]]:
        """The proposals of each image, one ``(n, 4)`` per image; only new images are computed."""
        keys = [_key(image) for image in images]
        new = {
            key: image for key, image in zip(keys, images, strict=True) if key not in self._known
        }
        if new:
            proposals = self.proposer(list(new.values()))
            for key, regions in zip(new, proposals, strict=True):
                self._known[key] = regions.cpu()  # a GPU's memory is for the model
        return [self._known[key].to(image.device) for key, image in zip(keys, images, strict=True)]


def _key(image: Tensor) -> tuple:
    raw = image.detach().cpu().contiguous().numpy().tobytes()
    return (tuple(image.shape), image.dtype, hashlib.blake2b(raw, digest_size=16).digest())
