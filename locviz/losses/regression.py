"""Losses of each coordinate alone: L1, L2, Smooth L1, self-adjusting Smooth L1 and Focal-L1.

They work on regions, in their units, or on a coder's deltas, and compute in float32 at least. All
sum over the ``2*dim`` coordinates and give one loss per pair, ``(n,)``, or ``()`` for one pair
``(2*dim,)``; averaging is left to the caller, or to ``reduction="mean"`` or ``"sum"``. None of them
takes into account that four numbers are one box: that is the subject of chapter 02.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.losses.checks import Reduction, check_pair, reduced, widened

Regions = Float[Tensor, "*n coords"]
LossValues = Float[Tensor, "..."]


def _difference(pred: Tensor, gt: Tensor) -> Tensor:
    """``pred - gt``, in float32 at least.

    Squares overflow float16 from 256 pixels on, and uint8 has no negative numbers.
    """
    return widened(pred) - widened(gt)


def l1_loss(pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
    """Sum of ``|d|`` of each pair, ``(n,)``.

    Its slope is 1 however small the error is, and 0 at ``d = 0``, as that of torch's ``abs``.
    """
    check_pair(pred, gt)
    return reduced(_difference(pred, gt).abs().sum(-1), reduction)


def l2_loss(pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
    """Sum of ``d**2`` of each pair, ``(n,)``, without a factor of one half.

    Its slope, ``2 d``, grows with the error, so outliers dominate.
    """
    check_pair(pred, gt)
    return reduced(_difference(pred, gt).square().sum(-1), reduction)


def smooth_l1(
    error: Float[Tensor, "*n coords"], beta: float | Tensor
) -> Float[Tensor, "*n coords"]:
    """``d**2 / (2 beta)`` for ``d`` below ``beta``, and ``d - beta / 2`` from there on.

    It is computed for each of the absolute errors ``d``, ``(..., 2*dim)``. The division by beta
    makes value and slope continuous. (Huber's loss is beta times this.) A ``beta`` of 0 gives L1.
    """
    if not isinstance(beta, Tensor) and beta == 0:
        return error
    return torch.where(error < beta, error.square() / (2 * beta), error - beta / 2)


def smooth_l1_loss(
    pred: Regions, gt: Regions, *, beta: float = 1.0, reduction: Reduction = "none"
) -> LossValues:
    """Smooth L1 (Fast R-CNN, arXiv:1504.08083, eq. 3, there with beta 1).

    Args:
        pred: ``(n, 2*dim)`` or ``(2*dim,)``.
        gt: of the same shape.
        beta: where the parabola meets the line, in the units of the coordinates; 0 gives L1.
        reduction: ``"none"`` gives one loss per pair, ``(n,)``; ``"mean"`` and ``"sum"`` a scalar.

    Raises:
        ValueError: ``beta`` is negative, or the shapes differ.
    """
    if not beta >= 0:
        raise ValueError(f"beta must be 0 or more, got {beta}")
    check_pair(pred, gt)
    return reduced(smooth_l1(_difference(pred, gt).abs(), beta).sum(-1), reduction)


class SelfAdjustingSmoothL1(nn.Module):
    """Smooth L1 whose beta shrinks with the errors, per coordinate (RetinaMask, arXiv:1901.03353).

    Running mean and variance of ``|d|`` are kept per coordinate; ``beta = clamp(mean - variance,
    1e-3, max_beta)``. It is the variance that is subtracted, not its square root, unbiased, as in
    the authors' code. The statistics are updated before beta is computed and carry no gradient.
    Departures from that code: the statistics do not change in ``eval()`` mode, nor for a batch of
    fewer than two boxes, which has no variance.

    Args:
        num_coords: ``2 * dim``.
        max_beta: the upper limit, and where the running mean starts (1/9 in the paper).
        momentum: weight of the new batch in the running statistics.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, *, num_coords: int = 4, max_beta: float = 1 / 9, momentum: float = 0.1):
        super().__init__()
        if not max_beta >= 1e-3:
            raise ValueError(
                f"max_beta must be at least 1e-3, the paper's lower limit of beta, got {max_beta}"
            )
        if not 0 <= momentum <= 1:
            raise ValueError(f"momentum must lie in 0..1, got {momentum}")
        self.max_beta = max_beta
        self.momentum = momentum
        self.register_buffer("running_mean", torch.full((num_coords,), max_beta))
        self.register_buffer("running_var", torch.zeros(num_coords))

    @property
    def beta(self) -> Float[Tensor, "coords"]:
        """Where each coordinate's parabola meets its line at present, ``(2*dim,)``."""
        return (self.running_mean - self.running_var).clamp(1e-3, self.max_beta)

    def forward(self, pred: Regions, gt: Regions, *, reduction: Reduction = "none") -> LossValues:
        """Update the statistics (in training mode), then return the loss of each pair, ``(n,)``."""
        check_pair(pred, gt)
        if pred.shape[-1] != len(self.running_mean):
            raise ValueError(
                f"pred has {pred.shape[-1]} numbers per region, but num_coords is {len(self.running_mean)}: "
                "build the loss with num_coords=2 for spans, 4 for boxes"
            )
        error = _difference(pred, gt).abs()
        if self.training and error.ndim == 2 and len(error) > 1:
            self._update(error.detach())
        return reduced(smooth_l1(error, self.beta).sum(-1), reduction)

    def _update(self, error: Tensor):
        self.running_mean.lerp_(error.mean(0).to(self.running_mean), self.momentum)
        self.running_var.lerp_(error.var(0).to(self.running_var), self.momentum)


def focal_l1_loss(
    pred: Regions, gt: Regions, *, beta: float = 0.8, reduction: Reduction = "none"
) -> LossValues:
    """Focal-L1 (EIoU paper, arXiv:2101.08158): an L1 whose *gradient* was designed first.

    The slope is ``-a d ln(beta d)`` up to ``d = 1``, constant beyond: small for boxes that are
    nearly right, largest at ``d = 1 / (e beta)``, where ``a = e beta`` makes it 1. So errors should
    be of the order of 1: normalise the boxes.

    Args:
        pred: ``(n, 2*dim)`` or ``(2*dim,)``.
        gt: of the same shape.
        beta: in ``[1/e, 1]``; a larger one gives large errors a smaller slope.
        reduction: ``"none"`` gives one loss per pair, ``(n,)``; ``"mean"`` and ``"sum"`` a scalar.

    Raises:
        ValueError: ``beta`` outside its interval, or the shapes differ.
    """
    if not 1 / math.e <= beta <= 1:
        raise ValueError(f"beta must lie in [1/e, 1] for the slope to stay positive, got {beta}")
    check_pair(pred, gt)
    error = _difference(pred, gt).abs()
    scale = math.e * beta  # the paper's a, which makes the largest slope 1
    # The branch that is not taken must not overflow: 0 times infinity is a NaN gradient.
    small = error.clamp(max=1)
    # x**2 ln x and its slope are 0 at 0, but the logarithm alone is infinite there, and also where
    # beta times x rounds to 0: the smallest normal number stands in.
    logarithm = (beta * small.clamp(min=torch.finfo(small.dtype).tiny)).log()
    curve = -scale / 4 * small.square() * (2 * logarithm - 1)
    line = -scale * math.log(beta) * error + scale * (2 * math.log(beta) + 1) / 4
    return reduced(torch.where(error < 1, curve, line).sum(-1), reduction)
