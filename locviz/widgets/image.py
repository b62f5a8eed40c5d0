"""Images and arrays on their way to the browser."""

import base64
import io

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

_LONGEST = 640  # pixels: more than a widget shows; a photograph should not weigh megabytes


def png(image: Float[Tensor, "3 h w"], *, longest: int = _LONGEST) -> bytes:
    """Encode an image with values in 0..1 as PNG, its longer side at most ``longest`` pixels.

    Raises:
        ValueError: not (3, h, w).
    """
    from PIL import Image

    if image.ndim != 3 or image.shape[0] != 3:
        raise ValueError(
            f"an image must be (3, h, w) with values in 0..1, got {tuple(image.shape)}"
        )
    levels = (image.detach().cpu().float().clamp(0, 1) * 255).round().to(torch.uint8)
    picture = Image.fromarray(levels.permute(1, 2, 0).contiguous().numpy())
    picture.thumbnail((longest, longest))
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def data_url(content: bytes) -> str:
    """A PNG as an address that an SVG can hold."""
    return "data:image/png;base64," + base64.b64encode(content).decode()


def wire(values) -> bytes:
    """Numbers as the float32 buffer that the views read."""
    return np.ascontiguousarray(values, dtype=np.float32).tobytes()
