"""What RoIPool and RoIAlign give on a map whose bins have known averages, bin by bin.

The maps are *known functions* of continuous coordinates, in cells of the map: the cell in row i and
column j holds the function at its centre, (j + 0.5, i + 0.5). So the average over any bin has a
closed form, and how far a layer's value is from it is the layer's error.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.layers import RoIAlign, RoIPool, SamplePoints, pool_bins, sample_points

_THIN = 1e-6  # cells: a bin narrower than this counts as a point


def mean_of_sine(low: Tensor, high: Tensor, *, period: float) -> Tensor:
    """Return the average of ``sin(2 pi x / period)`` over [low, high].

    It is the sine in the middle, damped by the width. All tensors have the same shape (...).
    """
    return torch.sin(math.pi * (low + high) / period) * torch.sinc((high - low) / period)


def mean_of_bell(low: Tensor, high: Tensor, *, center: float, width: float) -> Tensor:
    """Return the average of ``exp(-(x - center)^2 / (2 width^2))`` over [low, high], shape (...)."""
    a, b = ((end - center) / (width * math.sqrt(2)) for end in (low, high))
    area = (torch.erf(b) - torch.erf(a)) * width * math.sqrt(math.pi / 2)
    thin = high - low < _THIN
    return torch.where(
        thin,
        torch.exp(-(((a + b) / 2) ** 2)),
        area / (high - low).where(~thin, torch.ones_like(low)),
    )


def ramp(bins: Float[Tensor, "*n 4"], *, size: tuple[int, int]) -> Float[Tensor, "*n"]:
    """Return the mean over bins (..., 4) of the ramp column + width of the map * row, (...)."""
    x, y = ((bins[..., :2] + bins[..., 2:]) / 2 - 0.5).unbind(-1)
    return x + size[1] * y


def waves(bins: Float[Tensor, "*n 4"], *, size: tuple[int, int]) -> Float[Tensor, "*n"]:
    """Return the mean over bins (..., 4) of 5 + 4 sin(2 pi x / 6) sin(2 pi y / 5), (...).

    The function is smooth, and curved everywhere.
    """
    left, top, right, bottom = bins.unbind(-1)
    return 5 + 4 * mean_of_sine(left, right, period=6.0) * mean_of_sine(top, bottom, period=5.0)


def bump(bins: Float[Tensor, "*n 4"], *, size: tuple[int, int]) -> Float[Tensor, "*n"]:
    """Return the mean over bins (..., 4) of a bell of height 9, a cell and a half wide, (...).

    It is a small object, just off the middle of the map.
    """
    left, top, right, bottom = bins.unbind(-1)
    x = mean_of_bell(left, right, center=0.45 * size[1], width=1.5)
    return 9 * x * mean_of_bell(top, bottom, center=0.55 * size[0], width=1.5)


FUNCTIONS: Mapping[str, Callable[..., Tensor]] = {"ramp": ramp, "waves": waves, "bump": bump}
"""Name -> exact mean over bins (.., 4), in cells of a map of ``size`` (h, w)."""


def feature_map(function: str, size: tuple[int, int]) -> Float[Tensor, "h w"]:
    """Return the function at the cells' centres, (h, w)."""
    rows, columns = torch.meshgrid(*(torch.arange(n).double() + 0.5 for n in size), indexing="ij")
    points = torch.stack([columns, rows, columns, rows], -1)
    return FUNCTIONS[function](points, size=size).float()


@dataclass(frozen=True, eq=False, kw_only=True)
class PooledRegion:
    """Both layers on one region of one map; n bins on each axis, row by row.

    Shapes: ``exact`` (n, n) what the bins average to, ``pool`` and ``align`` (n, n) what the layers
    return for them; ``rounded_mean`` (n, n) the exact average over RoIPool's *rounded* bins, so
    what rounding alone does, without the maximum. ``bins`` and ``rounded`` (n, n, 4) in cells;
    ``argmax`` (n, n, 2) column and row of RoIPool's cells, -1 where a bin is empty; ``samples`` are
    RoIAlign's points, in index units.
    """

    exact: Float[Tensor, "n n"]
    pool: Float[Tensor, "n n"]
    align: Float[Tensor, "n n"]
    rounded_mean: Float[Tensor, "n n"]
    bins: Float[Tensor, "n n 4"]
    rounded: Float[Tensor, "n n 4"]
    argmax: Int64[Tensor, "n n 2"]
    samples: SamplePoints
    stride: float

    @property
    def errors(self) -> dict[str, float]:
        """Mean absolute error over the bins, of both layers and of rounding alone.

        It is in units of the map.
        """
        found = {"pool": self.pool, "align": self.align, "rounding": self.rounded_mean}
        return {name: float((value - self.exact).abs().mean()) for name, value in found.items()}

    @property
    def misalignment(self) -> dict[str, float]:
        """How far the middle of what a layer reads lies from its bin's middle, in image pixels.

        It is the largest distance of all bins. Bins that read nothing do not count; it is 0 where
        no bin reads anything.
        """
        middle = (self.bins[..., :2] + self.bins[..., 2:]) / 2
        rounded = (self.rounded[..., :2] + self.rounded[..., 2:]) / 2
        # Continuous coordinates have the value of index 3 at 3.5: hence the half.
        looked = self.samples.points.double().mean((2, 3)) + 0.5
        full = (self.rounded[..., 2:] > self.rounded[..., :2]).all(-1)
        far = {
            "pool": (rounded - middle)[full],
            "align": (looked - middle)[looked.isfinite().all(-1)],
        }
        return {
            name: self.stride * float(gap.norm(dim=-1).max()) if len(gap) else 0.0
            for name, gap in far.items()
        }


def pool_region(
    region: list[float],
    features: Float[Tensor, "h w"],
    *,
    function: str,
    output_size: int,
    stride: float,
    sampling_ratio: int,
    aligned: bool,
) -> PooledRegion:
    """Pool one region with the layers that detectors use, beside what is exact.

    Args:
        region: ``x1 y1 x2 y2`` in pixels of the image.
        features: (h, w), the map.
        function: what the map holds, a name in ``FUNCTIONS``.
        output_size: bins on each axis.
        stride: pixels per cell.
        sampling_ratio, aligned: RoIAlign's.
    """
    h, w = features.shape
    how = {"output_size": (output_size, output_size), "stride": stride}
    sampling = {"sampling_ratio": sampling_ratio, "aligned": aligned}
    roi = torch.tensor(region, dtype=torch.float32)
    levels, rois = [features[None, None]], [roi[None]]
    bins = true_bins(region, output_size, stride)
    rounded, argmax = _rounded_bins(roi, features, how)
    return PooledRegion(
        exact=FUNCTIONS[function](bins, size=(h, w)),
        pool=RoIPool(**how)(levels, rois)[0, 0].double(),
        align=RoIAlign(**how, **sampling)(levels, rois)[0, 0].double(),
        rounded_mean=FUNCTIONS[function](rounded, size=(h, w)),
        bins=bins,
        rounded=rounded,
        argmax=argmax,
        samples=sample_points(roi, **how, map_size=(h, w), **sampling),
        stride=stride,
    )


def true_bins(region: list[float], n: int, stride: float) -> Float[Tensor, "n n 4"]:
    """Return the region, in pixels, cut into n x n equal parts, in cells, (n, n, 4)."""
    left, top, right, bottom = (value / stride for value in region)
    share = torch.arange(n + 1, dtype=torch.float64) / n
    return _grid(left + share * (right - left), top + share * (bottom - top))


def _grid(x: Tensor, y: Tensor) -> Tensor:
    """Return the boxes between neighbouring columns and neighbouring rows, (n, n, 4)."""
    low, high = (
        torch.meshgrid(y[part], x[part], indexing="ij") for part in (slice(-1), slice(1, None))
    )
    return torch.stack([low[1], low[0], high[1], high[0]], -1)


def _rounded_bins(roi: Tensor, features: Tensor, how: dict) -> tuple[Tensor, Tensor]:
    """Return RoIPool's bins (n, n, 4), and the column and row of each one's maximum (n, n, 2)."""
    found = pool_bins(roi[None], **how, map_size=(features.shape[0], features.shape[1]))
    rows, columns = found.rows[0], found.columns[0]
    (top, left), (bottom, right) = (
        torch.meshgrid(rows[:, i], columns[:, i], indexing="ij") for i in range(2)
    )
    bins = torch.stack([left, top, right, bottom], -1)
    argmax = torch.tensor([[_argmax(features, *box) for box in line] for line in bins.tolist()])
    return bins.double(), argmax


def _argmax(features: Tensor, left: int, top: int, right: int, bottom: int) -> tuple[int, int]:
    window = features[top:bottom, left:right]
    if not window.numel():
        return -1, -1
    row, column = divmod(int(window.argmax()), window.shape[1])
    return left + column, top + row
