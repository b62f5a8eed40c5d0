"""The dynamic coefficient: a positive whose box is right learns its class harder.

It is the loss of the poster "classification-localization balance" (equations 1 to 3; no code was
published). Each positive's classification loss is multiplied by a coefficient that falls with the
error of its predicted box, and the coefficients are scaled so that the sum of these losses stays the
same. Negatives and the regression stay as they are. Chapter 10.

The poster leaves open, and here is decided:

- **No gradient flows through the coefficient.** Through the coefficient of equation 1, a detector
  could lower its loss by making boxes *worse*. Through all of equation 2 the sum is the plain sum,
  whatever the coefficients are, so its gradient would be the plain gradient: the method would do
  nothing.
- **The unit of the centres' distance** is a keyword. In pixels, sigmoid is 1 at an error of three
  pixels already, whatever the size of the object. By default each axis is measured in sides of the
  true box, so the coefficient is the same at every scale of the image.
- **A span has no ratio of sides.** It is taken as a box that is as high as the true span is long: the
  ratio then compares the lengths.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.losses.checks import check_pair, widened
from locviz.types import check_tensors

# True regions (n, 2*dim) to the length that counts as 1, for each axis (n, dim) or for all (n, 1).
Unit = Callable[[Tensor], Tensor]


def in_pixels(gt: Float[Tensor, "n coords"]) -> Float[Tensor, "n one"]:
    """Measure in the units of the regions (n, 2*dim) themselves."""
    return torch.ones_like(gt[:, :1])


def in_sides(gt: Float[Tensor, "n coords"]) -> Float[Tensor, "n dim"]:
    """Measure each axis in sides of the true region (n, 2*dim), as box coders do."""
    low, high = gt.chunk(2, -1)
    return high - low


def in_diagonals(gt: Float[Tensor, "n coords"]) -> Float[Tensor, "n one"]:
    """Measure in diagonals of the true region (n, 2*dim)."""
    return in_sides(gt).square().sum(-1, keepdim=True).sqrt()


@torch.no_grad()
def dynamic_coefficient(
    pred: Float[Tensor, "n coords"],
    gt: Float[Tensor, "n coords"],
    losses: Float[Tensor, "n"],
    *,
    unit: Unit = in_sides,
    eps: float = 1e-6,
) -> Float[Tensor, "n"]:
    """What each positive's classification loss is multiplied by (eq. 1 and 2): ``DenseLoss(...,
    coefficient=dynamic_coefficient)``.

    Laws: the weighted losses have the sum of ``losses``; equal errors give 1 everywhere; the largest
    is at most four times the smallest, because equation 1 lies between 1/2 and 2.

    Args:
        pred: predicted regions, ``(n, 2*dim)``.
        gt: true regions, ``(n, 2*dim)``.
        losses: classification losses ``(n,)`` of the same positives.
        unit: see ``localization_coefficient``.
        eps: see ``localization_coefficient``.

    Raises:
        ValueError: the shapes differ, or ``eps`` is negative.
    """
    check_tensors(losses=losses)
    coefficient = localization_coefficient(pred, gt, unit=unit, eps=eps)
    if losses.shape != coefficient.shape:
        raise ValueError(
            f"losses must have one entry per region, {tuple(coefficient.shape)}, got {tuple(losses.shape)}: "
            "sum the losses of each positive over its classes"
        )
    return keeping_sum(coefficient, losses)


def localization_coefficient(
    pred: Float[Tensor, "n coords"],
    gt: Float[Tensor, "n coords"],
    *,
    unit: Unit = in_sides,
    eps: float = 1e-6,
) -> Float[Tensor, "n"]:
    """``1 / (sigmoid((c - c_gt)**2) + tanh(|w/h - w_gt/h_gt|) + eps)`` (n,) (eq. 1).

    A perfect box has 2, the worst 1/2. The square is that of the Euclidean distance of the centres.
    The size of a box plays no part beside its ratio: twice as large at the same place counts as
    perfect. Finite for every valid pair: a zero height or unit counts as a tiny one.

    Args:
        pred: predicted regions, ``(n, 2*dim)``.
        gt: true regions, ``(n, 2*dim)``.
        unit: what distances of centres are measured in: ``in_sides``, ``in_diagonals`` or ``in_pixels``.
        eps: keeps the denominator from 0, which the sigmoid does already.

    Raises:
        ValueError: the shapes are not alike, or ``eps`` is negative.
    """
    check_pair(pred, gt)
    if pred.ndim != 2:
        raise ValueError(
            f"pred must be (n, 4) boxes or (n, 2) spans, one row per positive, got shape {tuple(pred.shape)}: "
            "add an axis by pred[None]"
        )
    if not eps >= 0:
        raise ValueError(f"eps must be 0 or more, got {eps}")
    pred, gt = widened(pred), widened(gt)
    distance = _divided(_center(pred) - _center(gt), unit(gt))
    ratio = (_ratio(pred, gt) - _ratio(gt, gt)).abs()
    return 1 / (torch.sigmoid(distance.square().sum(-1)) + torch.tanh(ratio) + eps)


def keeping_sum(coefficient: Float[Tensor, "n"], losses: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Scale the coefficients (n,) so that ``(scaled * losses).sum() == losses.sum()`` (eq. 2).

    Losses of 0 keep their sum with any coefficient; where all are 0, every coefficient is 1.
    """
    weighted = (coefficient * losses).sum()
    scale = losses.sum() / torch.where(weighted == 0, 1.0, weighted)
    return torch.where(weighted == 0, torch.ones_like(coefficient), coefficient * scale)


def _center(regions: Tensor) -> Tensor:
    low, high = regions.chunk(2, -1)
    return (low + high) / 2


def _ratio(regions: Tensor, gt: Tensor) -> Tensor:
    """Width by height (n,); of spans, the length in lengths of the true span."""
    size = in_sides(regions)
    height = size[:, 1] if size.shape[-1] == 2 else in_sides(gt)[:, 0]
    return _divided(size[:, 0], height)


def _divided(numbers: Tensor, by: Tensor) -> Tensor:
    # Small enough for any box, and large enough that the quotient of pixels is finite.
    return numbers / by.clamp(min=1e-9)
