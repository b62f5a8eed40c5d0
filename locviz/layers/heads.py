"""What every dense head repeats: convolutions over one or two axes, towers of them, where the last
layers start, and how a map becomes one row per prior.
"""

import math
from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

CONVOLUTIONS = {1: nn.Conv1d, 2: nn.Conv2d}
BATCH_NORMS = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d}


def convolution(
    dim: int, in_channels: int, out_channels: int, *, size: int = 3, **more
) -> nn.Conv1d | nn.Conv2d:
    """A convolution that keeps the size of its map at stride 1.

    Args:
        dim: 2 for images, 1 for clips.
        in_channels: of the map (b, in, *space).
        out_channels: of what comes out.
        size: of the kernel, odd.
        more: what ``nn.Conv2d`` takes by keyword: ``stride``, ``groups``, ``bias``.

    Raises:
        ValueError: ``dim`` is neither 1 nor 2.
    """
    if dim not in CONVOLUTIONS:
        raise ValueError(f"dim must be 2 (boxes in images) or 1 (spans in clips), got {dim!r}")
    # Half an odd kernel of padding on each side keeps the size of the map.
    return CONVOLUTIONS[dim](in_channels, out_channels, size, padding=size // 2, **more)


def tower(
    channels: int,
    depth: int,
    *,
    dim: int = 2,
    norm: Callable[[int], nn.Module] | None = None,
    **more,
) -> nn.Sequential:
    """``depth`` times a 3x3 convolution, a norm where one is given, and ReLU, all at one width.

    Args:
        channels: the width.
        depth: how many convolutions.
        dim: 2 for images, 1 for clips.
        norm: makes the norm of a width.
        more: what ``nn.Conv2d`` takes by keyword, such as ``bias=False`` before a norm.
    """
    layers: list[nn.Module] = []
    for _ in range(depth):
        normed = [] if norm is None else [norm(channels)]
        layers += [convolution(dim, channels, channels, **more), *normed, nn.ReLU()]
    return nn.Sequential(*layers)


def start_near_zero(layer: nn.Module, *, std: float = 0.01) -> None:
    """Small normal weights and a bias of 0, where there is one: at first a head predicts almost the same everywhere.

    0.01 is what Faster R-CNN (arXiv:1506.01497, section 3.1.3) and RetinaNet (arXiv:1708.02002,
    section 4.1) start new layers with.
    """
    nn.init.normal_(layer.weight, std=std)  # type: ignore[arg-type]
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]


def start_at_probability(layer: nn.Module, probability: float = 0.01) -> None:
    """Set the bias of class logits so that a sigmoid starts at ``probability``.

    Every prior then starts by predicting background almost surely. Otherwise the losses of the many
    negatives would outweigh all others in the first steps (RetinaNet, arXiv:1708.02002, section
    4.1).
    """
    # The inverse of the sigmoid: with weights near zero, the bias alone decides.
    nn.init.constant_(layer.bias, -math.log((1 - probability) / probability))  # type: ignore[arg-type]


def quality(dim: int, in_channels: int, num_anchors: int) -> nn.Conv1d | nn.Conv2d:
    """A 3x3 convolution to one quality logit per anchor, near zero at first, when all are 0.5.

    Args:
        dim: 2 for images, 1 for clips.
        in_channels: of the map.
        num_anchors: per place.
    """
    layer = convolution(dim, in_channels, num_anchors)
    start_near_zero(layer)
    return layer


def rows(level: Float[Tensor, "b channels *space"], width: int) -> Float[Tensor, "b p width"]:
    """One row per prior, in the order of the priors: place by place, and prior by prior at each
    place.

    Args:
        level: (b, n * width, *space) a map with n priors per place.
        width: numbers per prior: (b, p, width) comes out.
    """
    # One row per place: (b, places, n * width). A map has its channels before its places.
    places = level.flatten(2).transpose(1, 2)
    # One row per prior: (b, places * n, width).
    return places.reshape(len(level), -1, width)
