"""Measures of overlap: how well two regions agree.

IoU is 0 for all regions that do not overlap. GIoU, DIoU, CIoU and EIoU still tell near from far
there. IoF and IoA measure how much of *one* region the other covers.

Every measure comes twice: elementwise, ``(..., 2*dim) x (..., 2*dim) -> (...)``, and ``pairwise_``,
``(n, 2*dim) x (m, 2*dim) -> (n, m)``. The same code serves ``dim`` 1 and 2. The measures do
not change when both regions are moved or scaled together or the axes change places, and equal 1 for
two identical regions of positive measure. All but IoF and IoA, which divide by the measure of one
region, are symmetric.

Conventions where the formula alone leaves a case open (the losses and the widgets follow them):

- 0 / 0 = 0. Two regions of zero measure have IoU 0, identical or not; two identical points have
  GIoU, DIoU, CIoU and EIoU 0. Quantities below the smallest normal number of their type count as 0
  (``coordinates.quotient``).
- A point (no width, no height) has no aspect ratio, so CIoU's v is 0 where either region is one.
- Subgradients: a tie of ``minimum``/``maximum`` gives each side half, as in torch. An overlap of
  exactly 0 still has its gradient, so touching boxes are pulled together and a box without area can
  grow. At 0 / 0 the denominator counts as the constant 1.

Values and gradients are finite in float32 for coordinates up to 1e18 and lengths that are 0 or at
least 1e-30.

Papers: GIoU arXiv:1902.09630; DIoU and CIoU arXiv:1911.08287; EIoU arXiv:2101.08158. Chapters 01
and 02.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes.checks import check_rows, check_same_dim
from locviz.boxes.coordinates import Planes, nonnegative, planes, product, quotient, total

Alpha = Literal["detached", "differentiated"]


@dataclass(frozen=True, eq=False)
class _Pair:
    """The quantities that all measures are computed from. A list has one tensor per axis."""

    a: Planes
    b: Planes
    lengths_a: list[Tensor]
    lengths_b: list[Tensor]
    overlaps: list[Tensor]
    intersection: Tensor
    union: Tensor

    def hull_lengths(self) -> list[Tensor]:
        """Sides of the enclosing region, per axis.

        A side is ``max(high) - min(low)``. The maximum of two numbers is their sum minus their
        minimum, so the side is the sum of both lengths minus the (signed) overlap.
        """
        return [
            a + b - overlap
            for a, b, overlap in zip(self.lengths_a, self.lengths_b, self.overlaps, strict=True)
        ]

    def twice_offset(self) -> list[Tensor]:
        """Twice the distance of the centres along each axis."""
        axes = len(self.overlaps)
        return [
            (self.a[i] - self.b[i]) + (self.a[i + axes] - self.b[i + axes]) for i in range(axes)
        ]


def _compare(a: Planes, b: Planes) -> _Pair:
    axes = range(len(a) // 2)
    low_a, high_a, low_b, high_b = a[: len(axes)], a[len(axes) :], b[: len(axes)], b[len(axes) :]
    lengths_a = [high_a[i] - low_a[i] for i in axes]
    lengths_b = [high_b[i] - low_b[i] for i in axes]
    # The overlap keeps its sign: a negative one is the gap between the two. So it gives the
    # intersection, where gaps count as 0, and the hull, where they do not.
    overlaps = [
        torch.minimum(high_a[i], high_b[i]) - torch.maximum(low_a[i], low_b[i]) for i in axes
    ]
    intersection = product([nonnegative(overlap) for overlap in overlaps])
    union = product(lengths_a) + product(lengths_b) - intersection
    return _Pair(a, b, lengths_a, lengths_b, overlaps, intersection, union)


def _iou(pair: _Pair) -> Tensor:
    return quotient(pair.intersection, pair.union)


def _giou(pair: _Pair) -> Tensor:
    hull = product(pair.hull_lengths())
    return _iou(pair) - quotient(hull - pair.union, hull)


def _distance_term(pair: _Pair) -> Tensor:
    """Squared distance of the centres over the squared *diagonal* of the hull: DIoU eq. 7."""
    squared_distance = total([offset.square() for offset in pair.twice_offset()]) / 4
    return quotient(squared_distance, total([length.square() for length in pair.hull_lengths()]))


def _diou(pair: _Pair) -> Tensor:
    return _iou(pair) - _distance_term(pair)


def _angle(lengths: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Arctan of width over height of each box, and whether the box is a point, which has none."""
    width, height = lengths
    point = width.square() + height.square() < torch.finfo(width.dtype).tiny
    # At (0, 0) the slope of the arctangent is NaN, and NaN survives being masked afterwards. So a
    # point counts as having height 1 here, and its angle is not used.
    return torch.atan2(width, height.masked_fill(point, 1.0)), point


def _aspect_term(pair: _Pair, iou: Tensor, alpha: Alpha) -> Tensor:
    """Alpha times v: DIoU paper eq. 8, 9 and 11."""
    (angle_a, point_a), (angle_b, point_b) = _angle(pair.lengths_a), _angle(pair.lengths_b)
    # Whatever angle a point had, it would favour either wide or tall boxes. The measure must not
    # change when x and y change places, so v is 0.
    v = 4 / math.pi**2 * (angle_b - angle_a).masked_fill(point_a | point_b, 0.0).square()
    weight = quotient(v, 1 - iou + v)
    return (weight.detach() if alpha == "detached" else weight) * v


def _ciou(pair: _Pair, alpha: Alpha = "detached") -> Tensor:
    if len(pair.lengths_a) == 1:  # a span has no aspect ratio
        return _diou(pair)
    iou = _iou(pair)
    return iou - _distance_term(pair) - _aspect_term(pair, iou, alpha)


def _eiou(pair: _Pair) -> Tensor:
    lengths = zip(pair.lengths_a, pair.lengths_b, pair.hull_lengths(), strict=True)
    return _diou(pair) - total([quotient(a - b, hull).square() for a, b, hull in lengths])


def _iof(pair: _Pair) -> Tensor:
    return quotient(pair.intersection, product(pair.lengths_a))


def _ioa(pair: _Pair) -> Tensor:
    return quotient(pair.intersection, product(pair.lengths_b))


def _elementwise(measure: Callable[..., Tensor], a: Tensor, b: Tensor, **options) -> Tensor:
    check_same_dim(a, b, "a", "b")
    return measure(_compare(planes(a), planes(b)), **options)


_BLOCK = 2**17
"""Pairs computed at a time on a CPU: the intermediate planes then stay in its cache, which makes
the measures two to three times as fast."""


def _pairwise(measure: Callable[[_Pair], Tensor], a: Tensor, b: Tensor) -> Tensor:
    check_rows(a, b, "a", "b")
    columns = planes(b)
    rows = max(1, _BLOCK // max(1, len(b))) if a.device.type == "cpu" else max(1, len(a))
    # (rows, 1) against (m,): every operation on the planes broadcasts to (rows, m).
    blocks = [[plane[:, None] for plane in planes(block)] for block in a.split(rows)]
    return torch.cat([measure(_compare(block, columns)) for block in blocks])


Regions = Float[Tensor, "*#n coords"]
Rows = Float[Tensor, "n coords"]
Columns = Float[Tensor, "m coords"]


def iou(a: Regions, b: Regions) -> Float[Tensor, "*#n"]:
    """Intersection over union, in 0..1: the Jaccard index.

    It is 0 for all regions that do not overlap, however far apart they are. Regions
    ``(..., 2*dim)`` give ``(...)``, as in all elementwise measures.
    """
    return _elementwise(_iou, a, b)


def giou(a: Regions, b: Regions) -> Float[Tensor, "*#n"]:
    """IoU minus the share of the hull that belongs to neither region, in -1..1.

    GIoU paper, algorithm 1. Regions ``(..., 2*dim)`` give ``(...)``.
    """
    return _elementwise(_giou, a, b)


def diou(a: Regions, b: Regions) -> Float[Tensor, "*#n"]:
    """IoU minus the squared centre distance over the squared hull diagonal, in -1..1.

    DIoU paper, eq. 7. Regions ``(..., 2*dim)`` give ``(...)``.
    """
    return _elementwise(_diou, a, b)


def ciou(a: Regions, b: Regions, *, alpha: Alpha = "detached") -> Float[Tensor, "*#n"]:
    """DIoU minus alpha v, where v compares the aspect ratios (DIoU paper, eq. 8-11).

    Spans have no aspect ratio: their CIoU is their DIoU.

    Args:
        a: ``(..., 2*dim)``.
        b: ``(..., 2*dim)``.
        alpha: whether the weight ``alpha = v / (1 - IoU + v)`` is a constant for the gradient
            (``"detached"``: the paper and torchvision) or part of it (``"differentiated"``). The
            values are the same.

    Raises:
        ValueError: ``alpha`` is another word, or the shapes are not those of regions.
    """
    if alpha not in ("detached", "differentiated"):
        raise ValueError(f"alpha must be 'detached' or 'differentiated', got {alpha!r}")
    return _elementwise(_ciou, a, b, alpha=alpha)


def eiou(a: Regions, b: Regions) -> Float[Tensor, "*#n"]:
    """DIoU minus the squared differences of the sides over the hull's squared sides, in -1-dim..1.

    The sides are compared directly, so the term is 0 only for equal sides; CIoU's term is 0 for all
    sides of equal ratio. A span keeps the term of its one length. Regions ``(..., 2*dim)`` give
    ``(...)``.
    """
    return _elementwise(_eiou, a, b)


def iof(a: Regions, b: Regions) -> Float[Tensor, "*#n"]:
    """Intersection over the measure of ``a``, in 0..1: the share of ``a`` that lies in ``b``.

    It is "intersection over foreground" in mmdetection, and how COCO measures the overlap of a
    detection ``a`` with a crowd region ``b``. It is 0 where ``a`` has measure 0.

    Args:
        a: ``(..., 2*dim)``.
        b: ``(..., 2*dim)``.

    Returns:
        ``(...)``, the leading shapes broadcast.
    """
    return _elementwise(_iof, a, b)


def ioa(a: Regions, b: Regions) -> Float[Tensor, "*#n"]:
    """Intersection over the measure of ``b``, in 0..1: the share of ``b`` that lies in ``a``.

    It is "intersection over area" in detectron2 (``pairwise_ioa``), where ``b`` are the ground
    truths: ``ioa(a, b) = iof(b, a)``. It is 0 where ``b`` has measure 0.

    Args:
        a: ``(..., 2*dim)``.
        b: ``(..., 2*dim)``.

    Returns:
        ``(...)``, the leading shapes broadcast.
    """
    return _elementwise(_ioa, a, b)


def pairwise_iou(a: Rows, b: Columns) -> Float[Tensor, "n m"]:
    """``iou`` of every region of ``a`` (n, 2*dim) with each of ``b`` (m, 2*dim): (n, m)."""
    return _pairwise(_iou, a, b)


def pairwise_giou(a: Rows, b: Columns) -> Float[Tensor, "n m"]:
    """``giou`` of every region of ``a`` (n, 2*dim) with each of ``b`` (m, 2*dim): (n, m)."""
    return _pairwise(_giou, a, b)


def pairwise_diou(a: Rows, b: Columns) -> Float[Tensor, "n m"]:
    """``diou`` of every region of ``a`` (n, 2*dim) with each of ``b`` (m, 2*dim): (n, m)."""
    return _pairwise(_diou, a, b)


def pairwise_ciou(a: Rows, b: Columns) -> Float[Tensor, "n m"]:
    """``ciou`` of every region of ``a`` (n, 2*dim) with each of ``b`` (m, 2*dim): (n, m).

    Alpha is detached.
    """
    return _pairwise(_ciou, a, b)


def pairwise_eiou(a: Rows, b: Columns) -> Float[Tensor, "n m"]:
    """``eiou`` of every region of ``a`` (n, 2*dim) with each of ``b`` (m, 2*dim): (n, m)."""
    return _pairwise(_eiou, a, b)


def pairwise_iof(a: Rows, b: Columns) -> Float[Tensor, "n m"]:
    """``iof`` of every region of ``a`` (n, 2*dim) with each of ``b`` (m, 2*dim): (n, m).

    It divides by the measures of the rows, ``a``.
    """
    return _pairwise(_iof, a, b)


def pairwise_ioa(a: Rows, b: Columns) -> Float[Tensor, "n m"]:
    """``ioa`` of every region of ``a`` (n, 2*dim) with each of ``b`` (m, 2*dim): (n, m).

    It divides by the measures of the columns, ``b``.
    """
    return _pairwise(_ioa, a, b)
