"""RoIPool and RoIAlign: from regions of any size on a feature map to small maps of one size.

Each comes twice: as a readable reference, which is differentiable and slow, and as a module on
torchvision's kernels, which is what detectors use. ``locviz.layers.roi_geometry`` has the geometry
that the references share with RoILab.

Regions come as one ``(n, 4)`` per image, in pixels of the padded input. Results have one row per
region, ``(n, c, rows, columns)``, image after image, in the order given. A batch without regions is
valid, and so is one without images: the result is ``(0, c, rows, columns)``.
"""

import math
from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from locviz.layers.roi_geometry import pool_bins, sample_points

Rois = Sequence[Float[Tensor, "_ 4"]]
Pooled = Float[Tensor, "n c oh ow"]


def roi_pool_reference(
    features: Float[Tensor, "b c h w"],
    rois: Rois,
    *,
    output_size: int | tuple[int, int],
    stride: int | float,
) -> Pooled:
    """The maximum over every bin of ``pool_bins`` (Fast R-CNN, arXiv:1504.08083, section 2.1), and
    0 where a bin is empty.

    Law: every value is a value of the map, or 0.

    Args:
        features: (b, c, h, w), one map for the batch.
        rois: one ``(n, 4)`` per image.
        output_size: bins, (rows, columns), or one number for both.
        stride: input pixels per cell.
    """
    _check(features, rois)
    size = _pair(output_size)
    pooled = [features.new_zeros(0, features.shape[1], *size)]
    for feature, regions in zip(features, rois, strict=True):
        bins = pool_bins(regions, output_size=size, stride=stride, map_size=_size(feature))
        for rows, columns in zip(bins.rows.tolist(), bins.columns.tolist(), strict=True):
            cells = [
                _maximum(feature[:, top:bottom, left:right])
                for top, bottom in rows
                for left, right in columns
            ]
            pooled.append(torch.stack(cells, -1).unflatten(-1, size)[None])
    return torch.cat(pooled)


def _maximum(window: Float[Tensor, "c _ _"]) -> Float[Tensor, "c"]:
    # max and not amax: where values are equal, the gradient goes to one of them, as in the kernels,
    # and is not shared among all.
    return window.flatten(1).max(1).values if window.numel() else window.new_zeros(len(window))


def roi_align_reference(
    features: Float[Tensor, "b c h w"],
    rois: Rois,
    *,
    output_size: int | tuple[int, int],
    stride: int | float,
    sampling_ratio: int = 2,
    aligned: bool = False,
) -> Pooled:
    """The mean of the bilinear samples of every bin, ``sample_points`` (Mask R-CNN,
    arXiv:1703.06870, section 3).

    Laws: linear in the map; on a linear ramp the result is the ramp's value at the bins' centres
    (inside the map).

    Args:
        features: (b, c, h, w), one map for the batch.
        rois: one ``(n, 4)`` per image.
        output_size: bins, (rows, columns), or one number for both.
        stride: input pixels per cell.
        sampling_ratio: samples per bin and axis; 0 adapts to each region.
        aligned: whether the half pixel is subtracted, see ``sample_points``.
    """
    _check(features, rois)
    size = _pair(output_size)
    pooled = [features.new_zeros(0, features.shape[1], *size)]
    for feature, regions in zip(features, rois, strict=True):
        h, w = _size(feature)
        for roi in regions.to(feature):
            samples = sample_points(
                roi,
                output_size=size,
                stride=stride,
                map_size=(h, w),
                sampling_ratio=sampling_ratio,
                aligned=aligned,
            )
            # (rows, h) @ (c, h, w) @ (w, columns): interpolation and mean of every bin at once.
            pooled.append((samples.rows.matrix(h) @ feature @ samples.columns.matrix(w).T)[None])
    return torch.cat(pooled)


@final
class RoIPool(nn.Module):
    """``roi_pool_reference`` on torchvision's kernel, as a stage: it takes the levels of a neck
    that makes exactly one level.

    Args:
        output_size: bins, (rows, columns), or one number for both; Fast R-CNN has 7 (VGG16).
        stride: input pixels per cell of the map.
    """

    def __init__(self, *, output_size: int | tuple[int, int], stride: int | float):
        super().__init__()
        self.output_size, self.stride = _pair(output_size), _positive(stride)

    def forward(self, levels: Sequence[Tensor], rois: Rois) -> Pooled:
        """Pool from the one map in ``levels``.

        Raises:
            ValueError: there is not one map, or not one (n, 4) of regions per image.
        """
        from torchvision.ops import roi_pool

        features, boxes = _for_kernel(_only_level(levels, "RoIPool"), rois)
        return roi_pool(features, boxes, self.output_size, 1 / self.stride)


@final
class RoIAlign(nn.Module):
    """``roi_align_reference`` on torchvision's kernel, as a stage: it takes the levels of a neck
    that makes exactly one level.

    Args:
        output_size: bins, (rows, columns), or one number for both.
        stride: input pixels per cell of the map.
        sampling_ratio: samples per bin and axis; 0 adapts to each region.
        aligned: whether the half pixel is subtracted, see ``sample_points``.
    """

    def __init__(
        self,
        *,
        output_size: int | tuple[int, int],
        stride: int | float,
        sampling_ratio: int = 2,
        aligned: bool = False,
    ):
        super().__init__()
        self.output_size, self.stride = _pair(output_size), _positive(stride)
        self.sampling_ratio, self.aligned = sampling_ratio, aligned

    def forward(self, levels: Sequence[Tensor], rois: Rois) -> Pooled:
        """Pool from the one map in ``levels``.

        Raises:
            ValueError: there is not one map, or not one (n, 4) of regions per image.
        """
        from torchvision.ops import roi_align

        features, boxes = _for_kernel(_only_level(levels, "RoIAlign"), rois)
        return roi_align(
            features, boxes, self.output_size, 1 / self.stride, self.sampling_ratio, self.aligned
        )


@final
class LevelRoIAlign(nn.Module):
    """RoIAlign on the pyramid level that fits a region's size (FPN, arXiv:1612.03144, eq. 1).

    Level ``k = floor(k0 + log2(sqrt(w h) / canonical_size))``, limited to the levels of the
    pyramid, where level k has stride ``2 ** k``: a region twice as large is pooled from a map half
    as fine. Rows come back in the order of the regions, whatever their levels.

    Args:
        output_size: bins, (rows, columns), or one number for both.
        strides: input pixels per cell of each level, finest first: powers of two, each twice the
            one before.
        sampling_ratio: samples per bin and axis; 0 adapts to each region.
        aligned: whether the half pixel is subtracted, see ``sample_points``.
        canonical_level: k0, the level of a region of ``canonical_size``.
        canonical_size: pixels; 224 is ImageNet's image size.
    """

    def __init__(
        self,
        *,
        output_size: int | tuple[int, int],
        strides: Sequence[int],
        sampling_ratio: int = 2,
        aligned: bool = False,
        canonical_level: int = 4,
        canonical_size: int = 224,
    ):
        super().__init__()
        if not strides or any(stride != strides[0] * 2**i for i, stride in enumerate(strides)):
            raise ValueError(
                f"strides must double from level to level, finest first, got {tuple(strides)}"
            )
        if strides[0] < 1 or strides[0] & (strides[0] - 1):
            raise ValueError(
                f"strides must be powers of two, because level k has stride 2 ** k; got {tuple(strides)}"
            )
        self.finest = int(math.log2(strides[0]))
        self.canonical_level, self.canonical_size = canonical_level, canonical_size
        self.output_size = _pair(output_size)
        self.poolers = nn.ModuleList(
            RoIAlign(
                output_size=output_size,
                stride=stride,
                sampling_ratio=sampling_ratio,
                aligned=aligned,
            )
            for stride in strides
        )

    def level_of(self, rois: Float[Tensor, "n 4"]) -> Int64[Tensor, "n"]:
        """Which of the levels, 0 the finest, each region is pooled from. Shapes: ``(n, 4)`` gives
        ``(n,)``.
        """
        low, high = rois.chunk(2, -1)
        side = (high - low).prod(-1).sqrt()
        # The millionth is torchvision's: rounding must not bring a region of exactly
        # canonical_size / 2 one level down.
        level = self.canonical_level + (side / self.canonical_size).log2() + 1e-6
        coarsest = self.finest + len(self.poolers) - 1
        return level.floor().clamp(self.finest, coarsest).long() - self.finest

    def forward(self, levels: Sequence[Tensor], rois: Rois) -> Pooled:
        """Pool every region from its level; levels beyond the number of strides are not used.

        Raises:
            ValueError: there are fewer maps than strides, or not one (n, 4) of regions per image.
        """
        if len(levels) < len(self.poolers):
            raise ValueError(
                f"LevelRoIAlign has {len(self.poolers)} strides but got {len(levels)} levels: give one stride per level"
            )
        _check(levels[0], rois)
        chosen = [self.level_of(regions) for regions in rois]
        pooled = [
            pooler(
                [level],
                [regions[which == index] for regions, which in zip(rois, chosen, strict=True)],
            )
            for index, (level, pooler) in enumerate(zip(levels, self.poolers, strict=False))
        ]
        # The rows are in the order of the levels now. A stable sort of the levels gives the place
        # that each row came from, and its inverse (argsort) puts every row back there.
        nothing = torch.zeros(0, dtype=torch.int64, device=levels[0].device)
        came_from = torch.cat([nothing, *chosen]).sort(stable=True).indices
        return torch.cat(pooled)[came_from.argsort()]


def _pair(output_size: int | tuple[int, int]) -> tuple[int, int]:
    rows, columns = (output_size, output_size) if isinstance(output_size, int) else output_size
    if rows < 1 or columns < 1:
        raise ValueError(
            f"output_size must be (rows, columns) of at least one bin each, got {(rows, columns)}"
        )
    return rows, columns


def _positive(stride: int | float) -> int | float:
    if not stride > 0:
        raise ValueError(
            f"stride must be positive, the input pixels per cell of the map, got {stride}"
        )
    return stride


def _size(feature: Tensor) -> tuple[int, int]:
    return feature.shape[-2], feature.shape[-1]


def _only_level(levels: Sequence[Tensor], owner: str) -> Tensor:
    if isinstance(levels, Tensor) or len(levels) != 1:
        given = "a tensor" if isinstance(levels, Tensor) else f"{len(levels)} levels"
        raise ValueError(
            f"{owner} pools from one map, given as [map], got {given}; LevelRoIAlign takes a pyramid"
        )
    return levels[0]


def _check(features: Tensor, rois: Rois) -> None:
    if isinstance(rois, Tensor) or len(rois) != len(features):
        given = (
            f"one tensor {tuple(rois.shape)}"
            if isinstance(rois, Tensor)
            else f"{len(rois)} of them"
        )
        raise ValueError(
            f"rois must be a list with one (n, 4) per image, {len(features)} in all; got {given}"
        )
    for index, regions in enumerate(rois):
        if regions.ndim != 2 or regions.shape[-1] != 4:
            raise ValueError(
                f"rois[{index}] must be (n, 4) boxes in input pixels, got shape {tuple(regions.shape)}"
            )


def _for_kernel(features: Tensor, rois: Rois) -> tuple[Tensor, Float[Tensor, "n 5"]]:
    """The map and the regions, each after the number of its image, as the kernels want them.

    The kernels need both in one floating-point type. It is at least float32, because bfloat16 has
    steps of 4 near 1000 pixels.
    """
    _check(features, rois)
    features = features if features.dtype.itemsize >= 4 else features.float()
    counts = torch.tensor([len(regions) for regions in rois], dtype=torch.int64)
    image = torch.arange(len(rois)).repeat_interleave(counts).to(features)
    # Not torchvision's list of boxes: a batch without images has none to join.
    boxes = torch.cat([features.new_zeros(0, 4), *(regions.to(features) for regions in rois)])
    return features, torch.cat([image[:, None], boxes], -1)
