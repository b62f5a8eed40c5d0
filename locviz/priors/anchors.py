"""Anchors: boxes of fixed sizes and shapes around every cell.

They are the priors of Faster R-CNN and RetinaNet.
"""

from collections.abc import Callable, Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.priors.cell_grid import (
    Device,
    Sizes,
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
    """Width ``size / sqrt(ratio)``, height ``size * sqrt(ratio)``: the papers, and detectron2.

    The area is size^2. Shapes: ``(s,)`` sizes and ``(r,)`` ratios give ``(r, s, 2)``.
    """
    stretch = ratios.sqrt()[:, None]
    return torch.stack([1 / stretch * sizes, stretch * sizes], -1)


def rounded_halves(
    sizes: Float[Tensor, "s"], ratios: Float[Tensor, "r"], stride: int
) -> Float[Tensor, "r s 2"]:
    """Half of each side is rounded to a whole pixel, as in torchvision.

    Size 32 at ratio 0.5 is 46 x 22, not 45.25 x 22.63. Shapes: ``(s,)`` sizes and ``(r,)`` ratios
    give ``(r, s, 2)``.
    """
    return 2 * (exact_shape(sizes, ratios, stride) / 2).round()


def rounded_cell(
    sizes: Float[Tensor, "s"], ratios: Float[Tensor, "r"], stride: int
) -> Float[Tensor, "r s 2"]:
    """A cell of one stride is given each ratio, rounded to pixels, and then enlarged to each size.

    That is what the first Faster R-CNN did. At stride 16 the three cells are 23 x 12, 16 x 16 and
    11 x 22; size 128 makes 184 x 96 of the first. Shapes: ``(s,)`` sizes and ``(r,)`` ratios give
    ``(r, s, 2)``.
    """
    width = (stride**2 / ratios).sqrt().round()
    cell = torch.stack([width, (width * ratios).round()], -1)
    return cell[:, None] * (sizes / stride)[:, None]


def octaves(base: float, *, num: int = 3) -> tuple[float, ...]:
    """``num`` sizes from ``base`` to just below its double, each the same factor above the last.

    RetinaNet has three: ``base`` times 2^0, 2^(1/3) and 2^(2/3).
    """
    return tuple(base * 2 ** (step / num) for step in range(num))


@final
class AnchorPriors:
    """Every size in every shape around the centre of every cell, level by level.

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
        """How many anchors a cell of each level has; the head makes one prediction for each."""
        return tuple(len(level) * len(self.ratios) for level in self.sizes)

    @property
    def num_per_cell(self) -> int:
        """``per_cell`` as one number, for a head that all levels share.

        Raises:
            ValueError: the levels have different numbers of anchors per cell.
        """
        if len(set(self.per_cell)) != 1:
            raise ValueError(
                f"priors have {self.per_cell} anchors per cell on their levels, but one head serves "
                "all: give all as many"
            )
        return self.per_cell[0]

    def sides(self, level: int, *, dim: int = 2) -> Float[Tensor, "n dim"]:
        """Width and height of each anchor of a level, or the durations of spans: ``(n, dim)``.

        They are in the order of the anchors within a cell.

        Raises:
            ValueError: there are ratios for spans.
        """
        sizes = torch.tensor(self.sizes[level])
        if dim == 2:
            shapes = self.shape(sizes, torch.tensor(self.ratios), self.strides[level])
            return shapes.reshape(-1, 2)  # (ratios, sizes, 2): the sizes of one ratio together
        if self.ratios != (1.0,):
            raise ValueError(
                f"AnchorPriors.ratios is {self.ratios}, but a span has no shape: leave it (1.0,)"
            )
        return sizes[:, None]

    def __call__(
        self, feature_sizes: Sizes, *, input_size: Sequence[int], device: Device = "cpu"
    ) -> Priors:
        """Put the anchors in one row: by level, then by cell (row-major), then within a cell.

        The arguments are those of every ``PriorGenerator``.

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
            # (cells, 1, dim) and (per_cell, dim) broadcast to (cells, per_cell, dim) before the
            # first two axes become one row.
            low, high = centers[:, None] - half, centers[:, None] + half
            levels.append(torch.cat([low, high], -1).flatten(0, 1))
        return in_one_row(levels, self.strides).to(device)


def faster_rcnn_anchors() -> AnchorPriors:
    """The nine anchors of the first Faster R-CNN (py-faster-rcnn), on one map of stride 16.

    They have sizes 128, 256 and 512 in three shapes. In that code's inclusive pixels the first is
    -84 -40 99 55; in continuous coordinates it is -84 -40 100 56.
    """
    return AnchorPriors(
        sizes=((128, 256, 512),), strides=(16,), ratios=(0.5, 1, 2), shape=rounded_cell
    )


def fpn_rpn_anchors() -> AnchorPriors:
    """The anchors of Faster R-CNN with a feature pyramid, where torchvision puts them.

    There is one size per level, from 32 at stride 4 to 512 at stride 64, in three shapes.
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
    """The nine anchors per cell of RetinaNet's paper: three sizes per level in three shapes.

    The sizes begin at four strides: 32 at stride 8, 512 at stride 128. The authors' code rounds the
    cell first (``rounded_cell``). torchvision departs further: it cuts sizes to whole pixels and
    has ``rounded_halves``, offset 0 and ``fitted_spacing``.
    """
    strides = (8, 16, 32, 64, 128)
    return AnchorPriors(
        sizes=[octaves(4.0 * s) for s in strides], strides=strides, ratios=(0.5, 1, 2)
    )


def atss_anchors() -> AnchorPriors:
    """One square of eight strides per cell, which ATSS has in place of RetinaNet's nine anchors.

    Paper: https://arxiv.org/abs/1912.02424.
    """
    strides = (8, 16, 32, 64, 128)
    return AnchorPriors(sizes=[(8 * s,) for s in strides], strides=strides)
