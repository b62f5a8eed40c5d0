"""Anchors: boxes of fixed sizes and shapes round every cell, the priors of Faster R-CNN and
RetinaNet.
"""

from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.priors.cell_grid import (
    Spacing,
    check_maps,
    check_strides,
    fitted_spacing,
    in_one_row,
    lattice,
    nominal_spacing,
)
from locviz.types import Priors

Shape = Callable[[Tensor, Tensor, int], Tensor]


def exact_shape(
    sizes: Float[Tensor, "s"], ratios: Float[Tensor, "r"], stride: int
) -> Float[Tensor, "r s 2"]:
    """Width ``size / sqrt(ratio)``, height ``size * sqrt(ratio)``: the papers, and detectron2. The
    area is size^2. Shapes: ``(s,)`` sizes and ``(r,)`` ratios give ``(r, s, 2)``.
    """
    stretch = ratios.sqrt()[:, None]
    return torch.stack([1 / stretch * sizes, stretch * sizes], -1)


def rounded_halves(
    sizes: Float[Tensor, "s"], ratios: Float[Tensor, "r"], stride: int
) -> Float[Tensor, "r s 2"]:
    """Half of each side rounded to a pixel: torchvision. Size 32 at ratio 0.5 is 46 x 22, not 45.25
    x 22.63. Shapes: ``(s,)`` sizes and ``(r,)`` ratios give ``(r, s, 2)``.
    """
    return 2 * (exact_shape(sizes, ratios, stride) / 2).round()


def rounded_cell(
    sizes: Float[Tensor, "s"], ratios: Float[Tensor, "r"], stride: int
) -> Float[Tensor, "r s 2"]:
    """A stride-sized cell of each ratio rounded to pixels, then enlarged: the first Faster R-CNN.
    Shapes: ``(s,)`` sizes and ``(r,)`` ratios give ``(r, s, 2)``.

    At stride 16 the three cells are 23 x 12, 16 x 16 and 11 x 22; size 128 makes 184 x 96 of the
    first.
    """
    width = (stride**2 / ratios).sqrt().round()
    cell = torch.stack([width, (width * ratios).round()], -1)
    return cell[:, None] * (sizes / stride)[:, None]


def octaves(base: float, *, num: int = 3) -> tuple[float, ...]:
    """``num`` sizes from ``base`` to just below its double, evenly spaced by factors: RetinaNet's
    2^0, 2^1/3, 2^2/3.
    """
    return tuple(base * 2 ** (step / num) for step in range(num))


@final
class AnchorPriors:
    """Every size in every shape round the centre of every cell, level by level.

    Sizes are square roots of areas and ratios are height over width. Within a cell the anchors run
    over the ratios first: all sizes of the first ratio, then those of the second (torchvision's
    order; detectron2 runs over the sizes first). Spans have no shape: their sizes are durations and
    there is the one ratio 1.

    Laws: a level has cells x sizes x ratios anchors; with ``exact_shape`` each has area size^2 and
    shape ``ratio``; those of one cell share its centre, offset by ``offset`` strides.

    Args:
        sizes: per level, the sizes in input pixels (or durations).
        strides: input pixels per cell, finest level first.
        ratios: height over width, the same for all levels.
        shape: how size and ratio become width and height: ``exact_shape``, ``rounded_halves``,
            ``rounded_cell``.
        offset: where in its cell the centre lies, in strides: 0 in FPN's, torchvision's and
            detectron2's, 0.5 in the first Faster R-CNN's and RetinaNet's.
        spacing: distance between cells, ``nominal_spacing`` or ``fitted_spacing`` (torchvision).

    Raises:
        TypeError: ``sizes`` is a flat list.
        ValueError: a number is not positive, or there are not sizes for every stride.

    Papers: Faster R-CNN, https://arxiv.org/abs/1506.01497, section 3.1.1; RetinaNet, arXiv
    1708.02002, section 4. Chapter 04 draws them.
    """

    def __init__(
        self,
        *,
        sizes: Sequence[Sequence[float | int]],
        strides: Sequence[int],
        ratios: Sequence[float | int] = (1.0,),
        shape: Shape = exact_shape,
        offset: float = 0.5,
        spacing: Spacing = nominal_spacing,
    ):
        self.strides = check_strides("AnchorPriors", strides)
        if not all(isinstance(level, Sequence) for level in sizes):
            nested = ", ".join(f"({size:g},)" for size in sizes if isinstance(size, int | float))
            raise TypeError(
                f"AnchorPriors.sizes holds the sizes of each level, got {sizes}: for one size per level write "
                f"({nested}), for several on one level ({tuple(sizes)},)"
            )
        if len(sizes) != len(strides):
            raise ValueError(
                f"AnchorPriors.sizes has {len(sizes)} levels for {len(strides)} strides: give sizes per level"
            )
        for name, values in (
            ("sizes", [size for level in sizes for size in level]),
            ("ratios", ratios),
        ):
            if not values or not all(0 < value < float("inf") for value in values):
                raise ValueError(
                    f"AnchorPriors.{name} must be positive numbers, got {tuple(values)}"
                )
        self.sizes = tuple(tuple(map(float, level)) for level in sizes)
        self.ratios = tuple(map(float, ratios))
        self.shape, self.offset, self.spacing = shape, offset, spacing

    @property
    def per_cell(self) -> tuple[int, ...]:
        """How many anchors a cell of each level has: what a detector's head must predict."""
        return tuple(len(level) * len(self.ratios) for level in self.sizes)

    @property
    def num_per_cell(self) -> int:
        """The same as one number, for a head that all levels share.

        Raises:
            ValueError: the levels differ.
        """
        if len(set(self.per_cell)) != 1:
            raise ValueError(
                f"priors have {self.per_cell} anchors per cell on their levels, but one head serves "
                "all: give all as many"
            )
        return self.per_cell[0]

    def sides(self, level: int, *, dim: int = 2) -> Float[Tensor, "n dim"]:
        """Width and height of each anchor of a level, in their order within a cell; or the
        durations of spans. The shape is ``(n, dim)``.

        Raises:
            ValueError: ratios for spans.
        """
        sizes = torch.tensor(self.sizes[level])
        if dim == 2:
            return self.shape(sizes, torch.tensor(self.ratios), self.strides[level]).reshape(-1, 2)
        if self.ratios != (1.0,):
            raise ValueError(
                f"AnchorPriors.ratios is {self.ratios}, but a span has no shape: leave it (1.0,)"
            )
        return sizes[:, None]

    def __call__(
        self,
        feature_sizes: Sequence[Sequence[int]],
        *,
        input_size: Sequence[int],
        device: torch.device | str = "cpu",
    ) -> Priors:
        """Lay the anchors in one row: level by level, row-major cells, then the anchors of a cell.

        Args:
            feature_sizes: ``(h, w)`` of each level's map, or ``(t,)`` for spans.
            input_size: ``(h, w)`` or ``(t,)`` of the padded input.
            device: where the anchors are wanted.

        Raises:
            ValueError: there is not one feature map per stride, or there are ratios for spans.
        """
        check_maps("AnchorPriors", len(self.strides), feature_sizes)
        levels = []
        for level, (stride, cells) in enumerate(zip(self.strides, feature_sizes, strict=True)):
            centers = lattice(
                cells, input_size, stride=stride, offset=self.offset, spacing=self.spacing
            )
            half = self.sides(level, dim=len(cells)) / 2
            levels.append(
                (centers[:, None].repeat(1, 1, 2) + torch.cat([-half, half], -1)).flatten(0, 1)
            )
        return in_one_row(levels, self.strides).to(device)


def faster_rcnn_anchors() -> AnchorPriors:
    """The nine of the first Faster R-CNN (py-faster-rcnn): 128, 256 and 512 in three shapes on one
    map of stride 16.

    In its inclusive pixels the first is -84 -40 99 55; in continuous coordinates -84 -40 100 56.
    """
    return AnchorPriors(
        sizes=((128, 256, 512),), strides=(16,), ratios=(0.5, 1, 2), shape=rounded_cell
    )


def fpn_rpn_anchors() -> AnchorPriors:
    """Faster R-CNN's with a pyramid, as torchvision lays them: one size per level, 32 at stride 4
    to 512 at 64.
    """
    return AnchorPriors(
        sizes=((32,), (64,), (128,), (256,), (512,)),
        strides=(4, 8, 16, 32, 64),
        ratios=(0.5, 1, 2),
        shape=rounded_halves,
        offset=0.0,
        spacing=fitted_spacing,
    )


def retinanet_anchors() -> AnchorPriors:
    """The nine of RetinaNet's paper: three sizes an octave, from 32 at stride 8 to 512 at 128, in
    three shapes.

    torchvision departs: sizes cut to whole pixels, ``rounded_halves``, offset 0 and
    ``fitted_spacing``.
    """
    strides = (8, 16, 32, 64, 128)
    return AnchorPriors(
        sizes=[octaves(4.0 * s) for s in strides], strides=strides, ratios=(0.5, 1, 2)
    )


def atss_anchors() -> AnchorPriors:
    """One square of eight strides per cell: what ATSS makes of RetinaNet's nine
    (https://arxiv.org/abs/1912.02424).
    """
    strides = (8, 16, 32, 64, 128)
    return AnchorPriors(sizes=[(8 * s,) for s in strides], strides=strides)
