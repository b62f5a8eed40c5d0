"""What RoIPool and RoIAlign give on a map whose bins have known averages, bin by bin. RoILab shows
it.

The maps are *known functions* of continuous coordinates, in cells of the map: the cell in row i and
column j holds the function at its centre, (j + 0.5, i + 0.5). So the average over any bin has a
closed form, and what a layer says instead is its error.
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
    """Average of ``sin(2 pi x / period)`` over [low, high]: the sine in the middle, damped by the
    width.
    """
    return torch.sin(math.pi * (low + high) / period) * torch.sinc((high - low) / period)


def mean_of_bell(low: Tensor, high: Tensor, *, center: float, width: float) -> Tensor:
    """Average of ``exp(-(x - center)^2 / (2 width^2))`` over [low, high]."""
    a, b = ((end - center) / (width * math.sqrt(2)) for end in (low, high))
    area = (torch.erf(b) - torch.erf(a)) * width * math.sqrt(math.pi / 2)
    thin = high - low < _THIN
    return torch.where(
        thin,
        torch.exp(-(((a + b) / 2) ** 2)),
        area / (high - low).where(~thin, torch.ones_like(low)),
    )


def ramp(bins: Float[Tensor, "*n 4"], *, size: tuple[int, int]) -> Float[Tensor, "*n"]:
    """Mean of the ramp that counts the cells row by row: column + width of the map * row."""
    x, y = ((bins[..., :2] + bins[..., 2:]) / 2 - 0.5).unbind(-1)
    return x + size[1] * y


def waves(bins: Float[Tensor, "*n 4"], *, size: tuple[int, int]) -> Float[Tensor, "*n"]:
    """Mean of 5 + 4 sin(2 pi x / 6) sin(2 pi y / 5): smooth, and curved everywhere."""
    left, top, right, bottom = bins.unbind(-1)
    return 5 + 4 * mean_of_sine(left, right, period=6.0) * mean_of_sine(top, bottom, period=5.0)


def bump(bins: Float[Tensor, "*n 4"], *, size: tuple[int, int]) -> Float[Tensor, "*n"]:
    """Mean of one bell of height 9, a cell and a half wide, just off the middle of the map: a small
    object.
    """
    left, top, right, bottom = bins.unbind(-1)
    x = mean_of_bell(left, right, center=0.45 * size[1], width=1.5)
    return 9 * x * mean_of_bell(top, bottom, center=0.55 * size[0], width=1.5)


FUNCTIONS: Mapping[str, Callable[..., Tensor]] = {"ramp": ramp, "waves": waves, "bump": bump}
"""Name -> exact mean over bins ``x1 y1 x2 y2`` in cells of a map of ``size`` (h, w); over a point, its value."""


def feature_map(function: str, size: tuple[int, int]) -> Float[Tensor, "h w"]:
    """The function at the cells' centres."""
    rows, columns = torch.meshgrid(*(torch.arange(n).double() + 0.5 for n in size), indexing="ij")
    points = torch.stack([columns, rows, columns, rows], -1)
    return FUNCTIONS[function](points, size=size).float()


@dataclass(frozen=True, eq=False, kw_only=True)
class Reading:
    """Both layers on one region of one map; n bins on each axis, row by row.

    Shapes: ``exact``, ``pool``, ``align`` (n, n) what the bins average to and what the layers say;
    ``rounded_mean`` (n, n) the exact average over RoIPool's *rounded* bins, so what rounding alone
    does, without the maximum. ``bins`` and ``rounded`` (n, n, 4) in cells; ``argmax`` (n, n, 2)
    column and row of RoIPool's cells, -1 where a bin is empty; ``samples`` are RoIAlign's points,
    in index units.
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
        """Mean absolute error of the bins, in units of the map: of both layers, and of rounding
        alone.
        """
        said = {"pool": self.pool, "align": self.align, "rounding": self.rounded_mean}
        return {name: float((value - self.exact).abs().mean()) for name, value in said.items()}

    @property
    def misalignment(self) -> dict[str, float]:
        """How far, in pixels of the image, the middle of what a layer looks at lies from the middle
        of its bin.

        The largest of the bins. Bins that look at nothing do not count; 0 where all of them do.
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


def read(
    region: list[float],
    features: Float[Tensor, "h w"],
    *,
    function: str,
    output_size: int,
    stride: float,
    sampling_ratio: int,
    aligned: bool,
) -> Reading:
    """Pool one region (input pixels) with the layers that detectors use, and say what is exact."""
    h, w = features.shape
    how = {"output_size": (output_size, output_size), "stride": stride}
    roi = torch.tensor(region, dtype=torch.float32)
    levels, rois = [features[None, None]], [roi[None]]
    align = RoIAlign(**how, sampling_ratio=sampling_ratio, aligned=aligned)
    sampling = {"sampling_ratio": sampling_ratio, "aligned": aligned}
    bins, (rounded, argmax) = (
        _true_bins(region, output_size, stride),
        _rounded_bins(roi, features, how),
    )
    exact_mean = FUNCTIONS[function]
    return Reading(
        exact=exact_mean(bins, size=(h, w)),
        pool=RoIPool(**how)(levels, rois)[0, 0].double(),
        align=align(levels, rois)[0, 0].double(),
        rounded_mean=exact_mean(rounded, size=(h, w)),
        bins=bins,
        rounded=rounded,
        argmax=argmax,
        samples=sample_points(roi, **how, map_size=(h, w), **sampling),
        stride=stride,
    )


def _true_bins(region: list[float], n: int, stride: float) -> Float[Tensor, "n n 4"]:
    """The region cut into n x n equal parts, in cells."""
    left, top, right, bottom = (value / stride for value in region)
    share = torch.arange(n + 1, dtype=torch.float64) / n
    return _grid(left + share * (right - left), top + share * (bottom - top))


def _grid(x: Tensor, y: Tensor) -> Tensor:
    """Boxes between neighbouring columns and neighbouring rows."""
    n = len(x) - 1
    sides = (
        x[:-1].expand(n, n),
        y[:-1, None].expand(n, n),
        x[1:].expand(n, n),
        y[1:, None].expand(n, n),
    )
    return torch.stack(sides, -1)


def _rounded_bins(roi: Tensor, features: Tensor, how: dict) -> tuple[Tensor, Tensor]:
    """RoIPool's bins, and the cell of each that has the maximum."""
    found = pool_bins(roi[None], **how, map_size=(features.shape[0], features.shape[1]))
    rows, columns = found.rows[0], found.columns[0]
    n = len(rows)
    bins = torch.stack(
        [
            columns[:, 0].expand(n, n), rows[:, :1].expand(n, n), columns[:, 1].expand(n, n), rows[:, 1:].expand(n, n),
        ],
        -1,
    )  # fmt: skip
    argmax = torch.tensor([[_argmax(features, *box) for box in line] for line in bins.tolist()])
    return bins.double(), argmax


def _argmax(features: Tensor, left: int, top: int, right: int, bottom: int) -> tuple[int, int]:
    window = features[top:bottom, left:right]
    if not window.numel():
        return -1, -1
    row, column = divmod(int(window.argmax()), window.shape[1])
    return left + column, top + row
