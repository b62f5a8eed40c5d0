"""Where RoIPool and RoIAlign look: the numbers behind both layers, and what RoILab draws. Chapter
04.

Everything here is in *index units* of the feature map: the value of row 3 lies at y = 3. The
package's coordinates are continuous (``locviz.types``) and have that value at 3.5 cells. This half
cell is the difference between RoIAlign's two versions.

Both layers treat the two axes separately. So a bin is a range of rows times a range of columns, and
RoIAlign of a map F is ``A_y F A_x^T`` with one small matrix per axis (``AxisSamples.matrix``).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor


@dataclass(frozen=True, eq=False)
class PoolBins:
    """RoIPool's bins: cell ``(i, j)`` of the output is the maximum over ``rows[i]`` times
    ``columns[j]``.

    ``rounded`` (n, 4) are the regions after the first rounding: the first and the *last* column and
    row that they touch. ``rows`` (n, oh, 2) and ``columns`` (n, ow, 2) are half-open ranges after
    the second rounding, cut to the map. Neighbouring bins may share a row, and a bin outside the
    map is empty.
    """

    rounded: Int64[Tensor, "n 4"]
    rows: Int64[Tensor, "n oh 2"]
    columns: Int64[Tensor, "n ow 2"]


@dataclass(frozen=True, eq=False)
class AxisSamples:
    """RoIAlign's samples on one axis, each (bins, samples).

    ``position`` is where a sample lies. Linear interpolation takes ``low_weight`` of the value at
    ``low`` and ``high_weight`` of the value at ``high``. The two weights sum to 1; more than one
    cell outside the map both are 0.
    """

    position: Float[Tensor, "bins samples"]
    low: Int64[Tensor, "bins samples"]
    high: Int64[Tensor, "bins samples"]
    low_weight: Float[Tensor, "bins samples"]
    high_weight: Float[Tensor, "bins samples"]

    def matrix(self, extent: int) -> Float[Tensor, "bins extent"]:
        """How much every cell of the axis counts in every bin: the mean of the bin's
        interpolations. The shape is ``(bins, extent)``.
        """
        weights = self.low_weight.new_zeros(len(self.position), extent)
        # scatter_add and not scatter: two samples of a bin may use the same cell.
        weights = weights.scatter_add(1, self.low, self.low_weight)
        weights = weights.scatter_add(1, self.high, self.high_weight)
        return weights / max(self.position.shape[1], 1)


@dataclass(frozen=True, eq=False)
class SamplePoints:
    """RoIAlign's sample points in one region: ``rows`` times ``columns``.

    The grids below have one entry per bin row, bin column, sample row and sample column.
    """

    rows: AxisSamples
    columns: AxisSamples

    @property
    def points(self) -> Float[Tensor, "oh ow sy sx 2"]:
        """Every sample point as x, y. The shape is ``(oh, ow, sy, sx, 2)``."""
        return _grid(self.columns.position, self.rows.position)

    @property
    def neighbours(self) -> Int64[Tensor, "oh ow sy sx 4 2"]:
        """The four cells, as x, y, that each point interpolates: top left, top right, bottom left,
        bottom right. The shape is ``(oh, ow, sy, sx, 4, 2)``.
        """
        corners = [
            (x, y)
            for y in (self.rows.low, self.rows.high)
            for x in (self.columns.low, self.columns.high)
        ]
        return torch.stack([_grid(x, y) for x, y in corners], -2)

    @property
    def weights(self) -> Float[Tensor, "oh ow sy sx 4"]:
        """How much each of the four cells counts; the four sum to 1, or to 0 outside the map. The
        shape is ``(oh, ow, sy, sx, 4)``.
        """
        along_y = (self.rows.low_weight, self.rows.high_weight)
        along_x = (self.columns.low_weight, self.columns.high_weight)
        return torch.stack([_grid(x, y).prod(-1) for y in along_y for x in along_x], -1)


def _grid(x: Tensor, y: Tensor) -> Tensor:
    """Every (bin, sample) of x with every one of y: (oh, ow, sy, sx, 2)."""
    shape = (len(y), len(x), y.shape[1], x.shape[1])
    return torch.stack([x[None, :, None, :].expand(shape), y[:, None, :, None].expand(shape)], -1)


def pool_bins(
    rois: Float[Tensor, "n 4"],
    *,
    output_size: tuple[int, int],
    stride: int | float,
    map_size: tuple[int, int],
) -> PoolBins:
    """RoIPool's bins (Fast R-CNN, arXiv:1504.08083, section 2.1), rounded twice as in its released
    code.

    First every side is rounded to the nearest column or row (halves away from zero), and the last
    column and row belong to the region, so that it is at least one cell wide. Then every bin's
    edges are rounded outwards to whole cells.

    Args:
        rois: (n, 4) in input pixels.
        output_size: bins, (rows, columns).
        stride: input pixels per cell of the map.
        map_size: cells of the map, (h, w).
    """
    scaled = rois * (1 / stride)
    # Rounds halves away from zero, as C does; torch.round would take them to the even neighbour.
    rounded = (scaled.trunc() + scaled.sign() * (scaled.frac().abs() >= 0.5)).long()
    (left, top), (right, bottom) = rounded[:, :2].unbind(-1), rounded[:, 2:].unbind(-1)
    rows = _ranges(top, bottom, output_size[0], map_size[0])
    return PoolBins(rounded, rows, _ranges(left, right, output_size[1], map_size[1]))


def _ranges(first: Tensor, last: Tensor, num_bins: int, extent: int) -> Int64[Tensor, "n bins 2"]:
    # The last cell belongs to the region, hence + 1. A region whose last cell comes before its
    # first one counts as one cell.
    length = (last - first + 1).clamp(min=1)
    step = length[:, None].float() / num_bins
    index = torch.arange(num_bins, device=first.device)
    edges = torch.stack([(index * step).floor(), ((index + 1) * step).ceil()], -1).long()
    return (first[:, None, None] + edges).clamp(0, extent)


def sample_points(
    roi: Float[Tensor, "4"],
    *,
    output_size: tuple[int, int],
    stride: int | float,
    map_size: tuple[int, int],
    sampling_ratio: int = 2,
    aligned: bool = False,
) -> SamplePoints:
    """RoIAlign's sample points in one region (Mask R-CNN, arXiv:1703.06870, section 3): nothing is
    rounded.

    Args:
        roi: one region x1 y1 x2 y2 in input pixels.
        output_size: bins, (rows, columns).
        stride: input pixels per cell of the map.
        map_size: cells of the map, (h, w).
        sampling_ratio: samples per bin and axis; 0 takes one per cell that a bin spans, rounded up.
        aligned: whether continuous coordinates are turned into index units by subtracting half a
            cell. False is the first release, which samples half a cell too far to the right and
            below, and makes regions at least one cell wide; torchvision's detectors keep it.

    Returns:
        rows and columns of samples, each (bins, samples).
    """
    # The whole difference between the two versions: half a cell, and a region of at least one cell.
    low, high = (roi * (1 / stride) - (0.5 if aligned else 0.0)).chunk(2)
    size = high - low if aligned else (high - low).clamp(min=1)
    # x comes first in a region, rows come first in a size.
    rows = _axis(low[1], size[1], output_size[0], sampling_ratio, map_size[0])
    return SamplePoints(rows, _axis(low[0], size[0], output_size[1], sampling_ratio, map_size[1]))


def _axis(
    start: Tensor, length: Tensor, num_bins: int, sampling_ratio: int, extent: int
) -> AxisSamples:
    step = length / num_bins
    samples = sampling_ratio if sampling_ratio > 0 else int(step.ceil())
    # Samples lie in the middle of equal parts of a bin, not at its edges.
    within = (torch.arange(samples, device=start.device, dtype=start.dtype) + 0.5) / max(samples, 1)
    bins = torch.arange(num_bins, device=start.device)[:, None]
    return _interpolation(start + (bins + within) * step, extent)


def _interpolation(position: Tensor, extent: int) -> AxisSamples:
    """The two neighbours of each position. Up to one cell outside the map the value at the edge
    continues; further outside the value is 0.
    """
    inside = ((position >= -1) & (position <= extent)).to(position)
    clamped = position.clamp(0, extent - 1)
    low = clamped.floor().long()
    high = (low + 1).clamp(max=extent - 1)
    high_weight = (clamped - low) * inside
    return AxisSamples(position, low, high, inside - high_weight, high_weight)
