"""The gradients of IoU, GIoU, DIoU and CIoU written by hand, with the mistakes of the released
gradients as options.

The published regression curves (arXiv:1911.08287, figure 3) were made in Matlab with derivatives
written by hand. They differ from the derivatives of the losses in five things. Each of the five is
a switch here: with all of them off, the gradients are those of autograd; with all on, they are the
released ones (github.com/Zzh-tju/DIoU, "simulation experiment"). This file was written from the
mathematics. Chapter 02 shows which mistakes change which curve.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

CenterSizes = Float[Tensor, "n 4"]


@dataclass(frozen=True, kw_only=True)
class Mistakes:
    """What differs from the derivative. With all switches off the gradients are exact.

    Attributes:
        unguarded_overlap: GIoU takes the product of the signed overlaps as intersection, and its
            slope, even where the two boxes are apart and there is none (``dGIOU``: ``I``, ``dU``).
        hull_sign: in DIoU and CIoU, the slope of the hull's diagonal by the centre has the wrong
            sign, and so has the slope by a side that reaches beyond the target at both ends
            (``s.dx``, ``s.dy``; ``Cw.dw=-1``, ``Ch.dh=-1``).
        hull_cross_terms: DIoU and CIoU let the hull's width depend on the box's y and height, and
            the hull's height on its x and width (``Cw.dy``, ``Cw.dh``, ``Ch.dx``, ``Ch.dw``).
        doubled_size: the slopes by width and height of the IoU (in GIoU of the whole loss) are
            twice too large, because each side moves by only half of what the width grows (``dw = dr
            - dl``).
        unscaled_aspect: CIoU leaves out the ``1 / (w**2 + h**2)`` of the slope of v. This one is
            intended: the paper says so.
    """

    unguarded_overlap: bool = False
    hull_sign: bool = False
    hull_cross_terms: bool = False
    doubled_size: bool = False
    unscaled_aspect: bool = False


EXACT = Mistakes()
RELEASED = Mistakes(
    unguarded_overlap=True,
    hull_sign=True,
    hull_cross_terms=True,
    doubled_size=True,
    unscaled_aspect=True,
)


@dataclass(frozen=True, eq=False)
class _Axis:
    """One axis of all pairs: lengths, and their slopes by the prediction's centre and size."""

    size: Tensor
    gt_size: Tensor
    offset: Tensor
    overlap: Tensor
    overlap_by_center: Tensor
    overlap_by_size: Tensor
    hull: Tensor
    hull_by_center: Tensor
    hull_by_size: Tensor


def _axis(center: Tensor, size: Tensor, gt_center: Tensor, gt_size: Tensor) -> _Axis:
    low, high = center - size / 2, center + size / 2
    gt_low, gt_high = gt_center - gt_size / 2, gt_center + gt_size / 2
    inner_low, inner_high = (low > gt_low).to(low), (high < gt_high).to(low)
    outer_low, outer_high = (low < gt_low).to(low), (high > gt_high).to(low)
    return _Axis(
        size=size,
        gt_size=gt_size,
        offset=center - gt_center,
        overlap=torch.minimum(high, gt_high) - torch.maximum(low, gt_low),
        overlap_by_center=inner_high - inner_low,
        overlap_by_size=(inner_high + inner_low) / 2,
        hull=torch.maximum(high, gt_high) - torch.minimum(low, gt_low),
        hull_by_center=outer_high - outer_low,
        hull_by_size=(outer_high + outer_low) / 2,
    )


def _axes(pred: CenterSizes, gt: CenterSizes) -> tuple[_Axis, _Axis]:
    (cx, cy, w, h), (gt_cx, gt_cy, gt_w, gt_h) = pred.unbind(-1), gt.unbind(-1)
    return _axis(cx, w, gt_cx, gt_w), _axis(cy, h, gt_cy, gt_h)


def _intersection_union(
    x: _Axis, y: _Axis, *, guarded: bool
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Intersection and union ``(n,)`` and their slopes ``(n, 4)`` by cx, cy, w, h."""
    intersection = x.overlap * y.overlap
    slope = torch.stack(
        [
            x.overlap_by_center * y.overlap,
            y.overlap_by_center * x.overlap,
            x.overlap_by_size * y.overlap,
            y.overlap_by_size * x.overlap,
        ],
        -1,
    )
    if guarded:
        overlapping = (x.overlap > 0) & (y.overlap > 0)
        intersection, slope = intersection * overlapping, slope * overlapping[:, None]
    area_slope = torch.stack(
        [torch.zeros_like(x.size), torch.zeros_like(x.size), y.size, x.size], -1
    )
    return (
        intersection,
        x.size * y.size + x.gt_size * y.gt_size - intersection,
        slope,
        area_slope - slope,
    )


def _ratio_slope(top: Tensor, bottom: Tensor, top_slope: Tensor, bottom_slope: Tensor) -> Tensor:
    return (top_slope * bottom[:, None] - top[:, None] * bottom_slope) / bottom.square()[:, None]


def _doubled(slope: Tensor, mistakes: Mistakes) -> Tensor:
    return slope * slope.new_tensor([1.0, 1.0, 2.0, 2.0]) if mistakes.doubled_size else slope


def iou_gradient(pred: CenterSizes, gt: CenterSizes, mistakes: Mistakes = EXACT) -> CenterSizes:
    """Slope (n, 4) of the IoU loss by the prediction's ``cx cy w h``, from predictions and targets
    as ``cx cy w h`` (n, 4); 0 where boxes are apart.
    """
    return -_doubled(_ratio_slope(*_intersection_union(*_axes(pred, gt), guarded=True)), mistakes)


def giou_gradient(pred: CenterSizes, gt: CenterSizes, mistakes: Mistakes = EXACT) -> CenterSizes:
    """Slope (n, 4) of the GIoU loss: that of the IoU loss plus that of the empty part of the hull,
    ``1 - U / C``.
    """
    x, y = _axes(pred, gt)
    _, union, _, union_slope = _intersection_union(x, y, guarded=not mistakes.unguarded_overlap)
    hull_slope = torch.stack(
        [
            x.hull_by_center * y.hull,
            y.hull_by_center * x.hull,
            x.hull_by_size * y.hull,
            y.hull_by_size * x.hull,
        ],
        -1,
    )
    filled_slope = _ratio_slope(union, x.hull * y.hull, union_slope, hull_slope)
    return iou_gradient(pred, gt, mistakes) - _doubled(filled_slope, mistakes)


def _diagonal_slope(x: _Axis, y: _Axis, mistakes: Mistakes) -> Tensor:
    """Slope ``(n, 4)`` of the hull's squared diagonal, ``Cw**2 + Ch**2``."""
    w_by_size, h_by_size = (
        torch.where(axis.hull_by_size == 1, -1.0, axis.hull_by_size)
        if mistakes.hull_sign
        else axis.hull_by_size
        for axis in (x, y)  # 1: it sticks out at both ends
    )
    slope = [
        x.hull * x.hull_by_center,
        y.hull * y.hull_by_center,
        x.hull * w_by_size,
        y.hull * h_by_size,
    ]
    if mistakes.hull_cross_terms:
        cross = [
            y.hull * x.hull_by_center,
            x.hull * y.hull_by_center,
            y.hull * x.hull_by_size,
            x.hull * y.hull_by_size,
        ]
        slope = [own + other for own, other in zip(slope, cross, strict=True)]
    return 2 * torch.stack(slope, -1)


def _distance_slope(x: _Axis, y: _Axis, mistakes: Mistakes) -> Tensor:
    """Slope ``(n, 4)`` of squared centre distance over squared diagonal."""
    distance, diagonal = x.offset.square() + y.offset.square(), x.hull.square() + y.hull.square()
    zero = torch.zeros_like(x.offset)
    distance_slope = 2 * torch.stack([x.offset, y.offset, zero, zero], -1)
    diagonal_slope = _diagonal_slope(x, y, mistakes)
    if mistakes.hull_sign:
        diagonal_slope = diagonal_slope * diagonal_slope.new_tensor([-1.0, -1.0, 1.0, 1.0])
    return _ratio_slope(distance, diagonal, distance_slope, diagonal_slope)


def diou_gradient(pred: CenterSizes, gt: CenterSizes, mistakes: Mistakes = EXACT) -> CenterSizes:
    """Slope (n, 4) of the DIoU loss."""
    return iou_gradient(pred, gt, mistakes) + _distance_slope(*_axes(pred, gt), mistakes)


def ciou_gradient(pred: CenterSizes, gt: CenterSizes, mistakes: Mistakes = EXACT) -> CenterSizes:
    """Slope (n, 4) of the CIoU loss with alpha held constant."""
    x, y = _axes(pred, gt)
    difference = torch.atan2(x.gt_size, y.gt_size) - torch.atan2(x.size, y.size)
    v = 4 / math.pi**2 * difference.square()
    intersection, union, _, _ = _intersection_union(x, y, guarded=True)
    # 1e-7 is the released code's guard against 0 / 0; the boxes here never coincide exactly.
    alpha = v / (1 - intersection / union + v + 1e-7)
    pull = -8 / math.pi**2 * difference * alpha
    if not mistakes.unscaled_aspect:
        pull = pull / (x.size.square() + y.size.square())
    zero = torch.zeros_like(pull)
    return diou_gradient(pred, gt, mistakes) + torch.stack(
        [zero, zero, pull * y.size, -pull * x.size], -1
    )
