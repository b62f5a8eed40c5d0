"""From a list of images in 0..1 to one padded batch, and the numbers that map boxes back."""

import math
from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.inputs import Inputs, PreparedBatch, as_inputs

RGB, BGR = (0, 1, 2), (2, 1, 0)
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@final
class Prepare(nn.Module):
    """Normalise, resize and pad: the first stage of every detector.

    Padding happens *after* normalisation (0 is the mean colour) and goes to the right and the
    bottom. So a box keeps its coordinates, and mapping it back is a division by ``scales``.

    Each side of the resized image is a whole number of pixels, so ``scales`` are the true ratios of
    the two axes, which differ a little. This is a departure from Megvii's YOLOX, which divides both
    axes by the factor from before rounding: its boxes lie up to one input pixel away at the far
    side, 1.6 pixels of a photograph 1024 wide.

    Args:
        mean, std: per input channel, of images in 0..1; ImageNet's by default.
        shorter: resize so that the shorter side has this many pixels; None leaves images as they
            are.
        longer: the longer side may not exceed this; the image is then resized to less.
        divisor: pad height and width to a multiple of this, the coarsest backbone stride.
        least: pad height and width to at least this; with ``shorter = longer = least`` every image
            is letterboxed into the same square, as YOLO's are.
        padding: the value to pad with, on the normalised scale.
        channels: which of red, green, blue each input channel is. ``BGR`` is for weights that were
            trained on images read by OpenCV.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        *,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        shorter: int | None = None,
        longer: int = 1333,
        divisor: int = 32,
        least: int = 1,
        padding: float = 0.0,
        channels: Sequence[int] = RGB,
    ):
        super().__init__()
        if sorted(channels) != [0, 1, 2]:
            raise ValueError(
                f"Prepare.channels must be an order of 0, 1, 2 (red, green, blue), got {tuple(channels)}"
            )
        # Not persistent: these are constants of the recipe, not weights of the checkpoint.
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1), persistent=False)
        self.shorter, self.longer, self.divisor, self.least = shorter, longer, divisor, least
        self.padding, self.channels = padding, tuple(channels)

    def forward(self, inputs: Inputs | Sequence[Tensor]) -> PreparedBatch:
        """Return the batch of the images (3, h, w) on the device of this module; texts are passed
        on.

        Raises:
            ValueError: the list is empty, or an image is not a non-empty (3, h, w).
            TypeError: an image is no tensor, or not floating point (a uint8 image must be divided
                by 255 first).
        """
        inputs = as_inputs(inputs)
        if inputs.clips and not inputs.images:
            raise ValueError(
                f"inputs are of shape {tuple(inputs.clips[0].shape)}, but this model looks at images: "
                "give a list of (3, h, w), also for a single one"
            )
        images = inputs.images
        check_images(images)
        sizes = tuple((image.shape[-2], image.shape[-1]) for image in images)
        resized = [self._resize(image.to(self.mean)) for image in images]
        # x before y, as in a box; sizes are (h, w), as in a tensor.
        scales = [
            (r.shape[-1] / w, r.shape[-2] / h) for r, (h, w) in zip(resized, sizes, strict=True)
        ]
        pixels = self._pad([(self._ordered(image) - self.mean) / self.std for image in resized])
        return PreparedBatch(
            pixels, sizes, torch.tensor(scales, device=pixels.device), texts=inputs.texts
        )

    def _ordered(self, image: Tensor) -> Tensor:
        return image if self.channels == RGB else image[list(self.channels)]

    def _resize(self, image: Tensor) -> Tensor:
        if self.shorter is None:
            return image
        h, w = image.shape[-2:]
        # One factor for both sides keeps the shape of things: the smaller of what brings the
        # shorter side to its length and what keeps the longer side within its bound.
        factor = min(self.shorter / min(h, w), self.longer / max(h, w))
        # Rounded down, as in torchvision and YOLOX; a very long image still keeps one row.
        size = (max(1, math.floor(h * factor)), max(1, math.floor(w * factor)))
        # align_corners=False puts pixel centres at .5, as the package's coordinates do.
        return F.interpolate(image[None], size=size, mode="bilinear", align_corners=False)[0]

    def _pad(self, images: list[Tensor]) -> Tensor:
        h, w = (self._side(max(image.shape[axis] for image in images)) for axis in (-2, -1))
        # F.pad counts from the last axis: left, right, top, bottom.
        return torch.stack(
            [
                F.pad(image, (0, w - image.shape[-1], 0, h - image.shape[-2]), value=self.padding)
                for image in images
            ]
        )

    def _side(self, pixels: int) -> int:
        return math.ceil(max(pixels, self.least) / self.divisor) * self.divisor


def check_images(images: Sequence[Tensor]) -> None:
    """Raise unless ``images`` is a non-empty sequence of non-empty float (3, h, w) tensors. Values
    are not looked at.

    Raises:
        TypeError: an image is no tensor, or not floating point.
        ValueError: there is no image, or one has another shape.
    """
    if not len(images):
        raise ValueError("images is empty: a detector needs at least one (3, h, w) image")
    for index, image in enumerate(images):
        if not isinstance(image, Tensor):
            raise TypeError(
                f"images[{index}] must be a tensor (3, h, w), got {type(image).__name__}: give floats in 0..1"
            )
        if image.ndim != 3 or image.shape[0] != 3 or 0 in image.shape:
            raise ValueError(
                f"images[{index}] must be a non-empty (3, h, w) tensor, got shape {tuple(image.shape)}"
            )
        if not image.is_floating_point():
            raise TypeError(
                f"images[{index}] is {image.dtype}: images are floats in 0..1, divide by 255 first"
            )
