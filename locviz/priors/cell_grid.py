"""What all priors on feature maps share: where cells lie, and how levels are put in one row."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.types import Priors

Spacing = Callable[[int, int, int], int]
Sizes = Sequence[Sequence[int]]
Device = torch.device | str


@runtime_checkable
class PriorGenerator(Protocol):
    """What lays priors on feature maps: ``AnchorPriors``, ``PointPriors``, ``DefaultBoxes``,
    ``GridCells``.
    """

    def __call__(
        self, feature_sizes: Sizes, *, input_size: Sequence[int], device: Device = "cpu"
    ) -> Priors:
        """Put the priors of all levels in one row.

        Args:
            feature_sizes: ``(h, w)`` of each level's map, or ``(t,)`` for spans, finest first.
            input_size: ``(h, w)`` or ``(t,)`` of the padded input.
            device: where the priors are wanted.
        """
        ...


def nominal_spacing(stride: int, num_cells: int, input_size: int) -> int:
    """The distance between neighbouring points is the stride, as in nearly every detector."""
    return stride


def fitted_spacing(stride: int, num_cells: int, input_size: int) -> int:
    """The distance is the input size over the number of cells, rounded down, as in torchvision.

    It differs from the stride where the input is not a multiple of it: 160 pixels at stride 64 are
    3 cells, which torchvision's anchor generator puts 53 pixels apart.
    """
    return input_size // num_cells


def pyramid_sizes(input_size: Sequence[int], strides: Sequence[int]) -> list[tuple[int, ...]]:
    """The sizes of the feature maps of an input, one per stride.

    Every halving rounds up, as a padded convolution of stride 2 does.
    """
    # -(-a // b) divides whole numbers and rounds up.
    return [tuple(-(-extent // stride) for extent in input_size) for stride in strides]


def lattice(
    cells: Sequence[int], input_size: Sequence[int], *, stride: int, offset: float, spacing: Spacing
) -> Float[Tensor, "p dim"]:
    """The points of one feature map, ``(p, dim)``, x first.

    They are row-major, the order of a flattened map. ``offset`` is in strides.
    """
    return grid(
        (torch.arange(num) * spacing(stride, num, extent) + offset * stride).float()
        for num, extent in zip(cells, input_size, strict=True)
    )


def grid(axes) -> Float[Tensor, "p dim"]:
    """All points with these coordinates per axis, row-major: ``(p, dim)``.

    The axes are given y first, as ``(h, w)`` is; the points are returned x first, as regions are.
    """
    crossed = torch.meshgrid(*axes, indexing="ij")
    return torch.stack([axis.reshape(-1) for axis in reversed(crossed)], -1)


def in_one_row(
    levels: Sequence[Float[Tensor, "_ coords"]], strides: Sequence[int | float]
) -> Priors:
    """Put the regions of all levels, each ``(n, 2*dim)``, in one row, finest level first."""
    counts = tuple(len(level) for level in levels)
    per_level = torch.tensor(strides, dtype=torch.float32)
    per_prior = per_level.repeat_interleave(torch.tensor(counts))
    return Priors(torch.cat(list(levels)), per_prior, counts)


def check_strides(owner: str, strides: Sequence[int]) -> tuple[int, ...]:
    """Return the strides as a tuple.

    Raises:
        ValueError: there are none, or one that is not positive.
    """
    if not strides or any(stride < 1 for stride in strides):
        raise ValueError(f"{owner}.strides must be positive pixels per cell, got {tuple(strides)}")
    return tuple(strides)


def check_maps(owner: str, num_levels: int, feature_sizes: Sequence[Sequence[int]]) -> None:
    """Raise unless there is one feature map per level.

    Raises:
        ValueError: the numbers differ.
    """
    if len(feature_sizes) != num_levels:
        raise ValueError(
            f"{owner} has {num_levels} levels but got {len(feature_sizes)} feature maps: "
            "give one stride per level that the neck returns"
        )
