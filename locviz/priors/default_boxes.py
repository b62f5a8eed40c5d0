"""SSD's default boxes: their sizes are shares of the input, and each feature map has its own."""

import math
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.priors.cell_grid import (
    Device,
    Sizes,
    check_maps,
    check_strides,
    grid,
    in_one_row,
)
from locviz.types import Priors


@final
class DefaultBoxes:
    """The priors of SSD (https://arxiv.org/abs/1512.02325, section 2.2), level by level.

    Every cell of level k has a square of scale s_k, a square of scale ``sqrt(s_k s_k+1)``, and for
    each ratio a the box ``s_k sqrt(a) x s_k / sqrt(a)`` and its transpose, in this order: 4 boxes
    with ratio 2, 6 boxes with ratios 2 and 3. Scales are shares of the input, so a wide input
    widens the boxes. Ratios are width over height, as the paper writes them. For spans there are
    the two durations alone and no ratios.

    Args:
        scales: s_1 .. s_m+1 for m levels: the last one only makes the last level's larger square.
        ratios: per level, the shapes besides the square.
        strides: input pixels per cell, as in the official release; the centres of the cells lie at
            (i + 0.5) strides. With None the cells tile the input, which is the paper's formula.
        clip: cut widths and heights to at most 1. The paper's code offers it (``clip``); it is off
            in the released models and on by default in torchvision's generator.

    Raises:
        TypeError: ``ratios`` is a flat list.
        ValueError: a number is not positive, or the counts of scales, ratios and strides differ.

    Laws: a level has cells x (2 + 2 x ratios) boxes; boxes double when the input doubles.
    """

    def __init__(
        self,
        *,
        scales: Sequence[float],
        ratios: Sequence[Sequence[float | int]],
        strides: Sequence[int] | None = None,
        clip: bool = False,
    ):
        if not all(isinstance(level, Sequence) for level in ratios):
            raise TypeError(
                f"DefaultBoxes.ratios holds the ratios of each level, got {ratios}: write (2,) for a level of one"
            )
        if len(scales) != len(ratios) + 1:
            raise ValueError(
                f"DefaultBoxes.scales has {len(scales)} entries for {len(ratios)} levels of ratios: give one per level "
                "and one more, for the last level's larger square"
            )
        if not all(scale > 0 for scale in scales) or not all(
            ratio > 0 for level in ratios for ratio in level
        ):
            raise ValueError(
                f"DefaultBoxes.scales and ratios must be positive, got {tuple(scales)} and {tuple(ratios)}"
            )
        if strides is not None and len(check_strides("DefaultBoxes", strides)) != len(ratios):
            raise ValueError(
                f"DefaultBoxes.strides has {len(strides)} entries for {len(ratios)} levels: one per level"
            )
        self.scales, self.ratios = tuple(scales), tuple(tuple(level) for level in ratios)
        self.strides, self.clip = None if strides is None else tuple(strides), clip

    @property
    def per_cell(self) -> tuple[int, ...]:
        """How many boxes a cell of each level has; the head makes one prediction for each."""
        return tuple(2 + 2 * len(level) for level in self.ratios)

    def shares(self, level: int, *, dim: int = 2) -> Float[Tensor, "n dim"]:
        """Width and height of each box of a cell, or the durations of spans: ``(n, dim)``.

        They are shares of the input's width and height, or of its length.

        Raises:
            ValueError: there are ratios for spans.
        """
        scale = self.scales[level]
        # The second square lies between this level's scale and the next one's.
        between = math.sqrt(scale * self.scales[level + 1])
        if dim == 1 and self.ratios[level]:
            raise ValueError(
                f"DefaultBoxes.ratios of level {level} is {self.ratios[level]}, but a span has no shape: ()"
            )
        sides = [(scale,) * dim, (between,) * dim]
        for ratio in self.ratios[level]:
            width, height = scale * math.sqrt(ratio), scale / math.sqrt(ratio)
            sides += [(width, height), (height, width)]
        shares = torch.tensor(sides)
        return shares.clamp(max=1) if self.clip else shares

    def __call__(
        self, feature_sizes: Sizes, *, input_size: Sequence[int], device: Device = "cpu"
    ) -> Priors:
        """Put the boxes in one row: by level, then by cell (row-major), then within a cell.

        The arguments are those of every ``PriorGenerator``.

        Raises:
            ValueError: there is not one feature map per level, or there are ratios for spans.
        """
        check_maps("DefaultBoxes", len(self.ratios), feature_sizes)
        extent = torch.tensor(tuple(input_size)[::-1])
        levels, strides = [], []
        for level, cells in enumerate(feature_sizes):
            # How many strides the input is long, rarely a whole number: the last cell may then end
            # outside the input or before its end.
            across = [size / self.strides[level] for size in input_size] if self.strides else cells
            centers = grid(
                (torch.arange(num) + 0.5) / fit for num, fit in zip(cells, across, strict=True)
            )
            half = 0.5 * self.shares(level, dim=len(cells))
            # (cells, 1, dim) and (per_cell, dim) broadcast to (cells, per_cell, dim).
            low, high = centers[:, None] - half, centers[:, None] + half
            boxes = torch.cat([low * extent, high * extent], -1)
            levels.append(boxes.flatten(0, 1))
            strides.append(
                float(self.strides[level]) if self.strides else input_size[-1] / cells[-1]
            )
        return in_one_row(levels, strides).to(device)


def ssd300_boxes() -> DefaultBoxes:
    """SSD300's 8,732 default boxes for Pascal VOC, with the scales of the official release.

    The maps are 38, 19, 10, 5, 3 and 1 cells wide.
    """
    return DefaultBoxes(
        scales=(0.1, 0.2, 0.37, 0.54, 0.71, 0.88, 1.05),
        ratios=((2,), (2, 3), (2, 3), (2, 3), (2,), (2,)),
        strides=(8, 16, 32, 64, 100, 300),
    )


def ssd512_boxes() -> DefaultBoxes:
    """SSD512's 24,564 default boxes for Pascal VOC, with the scales of the official release.

    The maps are 64, 32, 16, 8, 4, 2 and 1 cells wide.
    """
    return DefaultBoxes(
        scales=(0.07, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.05),
        ratios=((2,), (2, 3), (2, 3), (2, 3), (2, 3), (2,), (2,)),
        strides=(8, 16, 32, 64, 128, 256, 512),
    )
