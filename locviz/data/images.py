"""Reading image files, and the errors that name them."""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def read_image(path: Path, *, size: tuple[int, int] | None = None) -> Float[Tensor, "3 h w"]:
    """Return an image file as float32 RGB (3, h, w) in 0..1. An orientation tag is not applied, as
    in COCO's own tools.

    Args:
        path: any format that Pillow reads. Grey and palette images become RGB; of 16 bits the upper
            eight are kept.
        size: the (h, w) that the annotations were made for; where given, the image must have it.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not an image, is truncated, has another size, or its pixels have no
            known range (32 bits, floating point). The message names the file.
    """
    pixels = open_pixels(path, mode="RGB")
    if size is not None and pixels.shape[:2] != tuple(size):
        raise ValueError(
            f"image {path} is {pixels.shape[1]} x {pixels.shape[0]} pixels, but its annotation says "
            f"{size[1]} x {size[0]}: the boxes would not fit{_turned(path, pixels.shape[:2] == tuple(size)[::-1])}"
        )
    # (h, w, 3) to (3, h, w).
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous().float() / 255


def open_pixels(path: Path, *, mode: str) -> NDArray[np.uint8]:
    """Return the pixels of an image file, (h, w, 3) of mode "RGB" or (h, w) of mode "L"; for
    palettes, their numbers.

    Raises:
        FileNotFoundError, ValueError: as ``read_image``.
    """
    from PIL import Image

    if not path.is_file():
        raise FileNotFoundError(
            f"image {path} does not exist: check the images folder of the data set"
        )
    try:
        with Image.open(path) as file:
            # In a mask stored with a palette the numbers are the data; the colours are only for
            # viewing.
            if file.mode == "P" and mode == "L":
                return np.array(file)
            return np.array(_eight_bits(file).convert(mode))
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"image {path} is corrupt, truncated or no image ({error}): replace or remove it"
        ) from error


def _eight_bits(file):
    """Return an image whose pixels Pillow can convert. Of 16 bits, Pillow itself would cut every
    value above 255 to 255, so that nearly all pixels were white.
    """
    from PIL import Image

    # Older versions of Pillow call the pixels of a 16-bit PNG "I".
    if file.mode.startswith("I;16") or (file.mode == "I" and file.format == "PNG"):
        return Image.fromarray((np.asarray(file).astype(np.int64) >> 8).astype(np.uint8))
    if file.mode in ("I", "F"):
        raise ValueError("its pixels have 32 bits and no known range; save it with 8 or 16 bits")
    return file


def _turned(path: Path, swapped: bool) -> str:
    """Return a hint where a camera's orientation tag explains why width and height are the other
    way round.
    """
    from PIL import ExifTags, Image

    with Image.open(path) as file:
        turned = swapped and file.getexif().get(ExifTags.Base.Orientation, 1) > 4
    return (
        " (the file is stored lying down with an orientation tag: save it upright)"
        if turned
        else ""
    )


def write_image(path: Path, image: Float[Tensor, "3 h w"]) -> None:
    """Write an image in 0..1 as eight-bit RGB; the format follows the suffix, and PNG is lossless.
    The shape is ``(3, h, w)``.
    """
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = (image.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    Image.fromarray(pixels).save(path, optimize=True)
