"""The regression experiment of the DIoU paper (arXiv:1911.08287, figure 3): 1,715,000 boxes race to
their targets.

The seven targets have area 1, lie at (10, 10) and have aspect ratios from 1:4 to 4:1. The anchors
have 7 scales and 7 ratios, at 5,000 points spread evenly over a disc of radius 3 around the targets.
Gradient descent on centre and size has 200 steps with a learning rate of .1, .01 after 160 steps
and .001 after 180, and each step is multiplied by ``2 - IoU``. The result is the L1 distance of
``cx cy w h``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from locviz import boxes
from locviz.experiments.box_descent import CenterSize, gradient, two_minus_iou

CenterSizes = Float[Tensor, "n 4"]
Pull = Callable[[CenterSizes, CenterSizes], CenterSizes]
"""Gradient (n, 4) of a loss with respect to the predicted ``cx cy w h``, from predictions and targets as
``cx cy w h``, (n, 4) each."""

RATIOS = (1 / 4, 1 / 3, 1 / 2, 1.0, 2.0, 3.0, 4.0)
SCALES = (0.5, 0.67, 0.75, 1.0, 1.33, 1.5, 2.0)
CENTER, RADIUS = 10.0, 3.0
CASES_PER_POINT = len(RATIOS) * len(SCALES) * len(RATIOS)
PAPER_POINTS, PAPER_STEPS = 5000, 200

_BATCH_POINTS = 150
"""About 50,000 cases at a time, which stay in the cache of a CPU. A GPU takes 100 times as many."""


def exact(loss: Callable[[Tensor, Tensor], Tensor]) -> Pull:
    """Return the gradient that autograd computes for a loss of corners, (n, 4) and (n, 4) to (n,)."""

    def pull(pred: CenterSizes, gt: CenterSizes) -> CenterSizes:
        return gradient(loss, pred, boxes.center_size_to_corners(gt), CenterSize())

    return pull


def learning_rate(step: int) -> float:
    """Return the paper's schedule: .1, .01 from step 160, .001 from step 180."""
    return 0.1 if step < 160 else 0.01 if step < 180 else 0.001


def disc(num_points: int, *, seed: int) -> Float[Tensor, "points 2"]:
    """Draw points (points, 2) spread evenly over the disc, in float64."""
    generator = torch.Generator().manual_seed(seed)
    # The square root of a uniform number: half of the radius encloses a quarter of the area, so it
    # must enclose a quarter of the points.
    radius = RADIUS * torch.rand(num_points, generator=generator, dtype=torch.float64).sqrt()
    angle = 2 * torch.pi * torch.rand(num_points, generator=generator, dtype=torch.float64)
    return CENTER + torch.stack([radius * angle.cos(), radius * angle.sin()], -1)


def cases(points: Float[Tensor, "points 2"]) -> tuple[Float[Tensor, "n 4"], Float[Tensor, "n 4"]]:
    """Pair every anchor of every point with every target.

    Returns:
        Starts and targets as ``cx cy w h``, (n, 4) each, with ``n = 343 * points``.
    """
    ratios, scales = points.new_tensor(RATIOS), points.new_tensor(SCALES)
    targets = torch.stack([ratios.sqrt(), 1 / ratios.sqrt()], -1)  # w, h; area 1
    anchors = (scales.sqrt()[:, None, None] * targets).flatten(0, 1)
    shape = (len(points), len(targets), len(anchors), 2)
    start = torch.cat([points[:, None, None].expand(shape), anchors.expand(shape)], -1)
    goal = torch.cat([torch.full_like(start[..., :2], CENTER), targets[:, None].expand(shape)], -1)
    return start.flatten(0, 2), goal.flatten(0, 2)


@dataclass(frozen=True, eq=False)
class RaceResult:
    """The result of one gradient. All errors are L1 distances of ``cx cy w h``.

    Attributes:
        errors: ``(steps + 1,)`` summed over all cases and scaled to the paper's 1,715,000, before
            the first step and after each.
        error_by_point: ``(points,)`` after the last step, summed over the point's 343 cases.
        mean_iou: after the last step.
        apart: share of the cases whose IoU with the target is 0 after the last step.
    """

    errors: Float[Tensor, "frames"]
    error_by_point: Float[Tensor, "points"]
    mean_iou: float
    apart: float


def regression_race(
    pulls: Mapping[str, Pull],
    *,
    num_points: int = PAPER_POINTS,
    steps: int = PAPER_STEPS,
    seed: int = 0,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float64,
) -> dict[str, RaceResult]:
    """Run the experiment for every pull, from the same points.

    Memory is bounded, because points are treated in batches and only sums are kept.

    Args:
        pulls: name to slope: ``exact(loss)``, or one of ``released_gradients``.
        num_points: how many; the paper has 5,000. The sums are scaled to 5,000 points; they vary
            with the points that are drawn.
        steps: how many; the paper has 200.
        seed: of the points.
        device: where to compute.
        dtype: float32 gives the same curves, but an error of up to 4 % in the small sums that
            remain at the end.

    Raises:
        ValueError: ``num_points`` is less than 1, or ``steps`` is negative.
    """
    if num_points < 1 or steps < 0:
        raise ValueError(
            f"num_points must be 1 or more and steps 0 or more, got {num_points} and {steps}"
        )
    points = disc(num_points, seed=seed)
    batch = _BATCH_POINTS * (1 if torch.device(device).type == "cpu" else 100)
    return {
        name: _result([_run(pull, chunk.to(device, dtype), steps) for chunk in points.split(batch)])
        for name, pull in pulls.items()
    }


@dataclass(frozen=True, eq=False)
class _Run:
    errors: Tensor
    error_by_point: Tensor
    ious: Tensor


def _run(pull: Pull, points: Tensor, steps: int) -> _Run:
    start, gt = cases(points)
    pred, errors = start, [_error(start, gt).sum()]
    for pred in trajectory(pull, start, gt, steps=steps):  # the last one is used below
        errors.append(_error(pred, gt).sum())
    return _Run(
        errors=torch.stack(errors),
        error_by_point=_error(pred, gt).view(len(points), CASES_PER_POINT).sum(-1),
        ious=boxes.iou(boxes.center_size_to_corners(pred), boxes.center_size_to_corners(gt)),
    )


def _error(pred: Tensor, gt: Tensor) -> Tensor:
    # A sum of millions of errors needs more than the seven digits of float32.
    return (pred - gt).abs().sum(-1).double()


def _result(runs: list[_Run]) -> RaceResult:
    errors = torch.stack([run.errors for run in runs]).sum(0)
    by_point = torch.cat([run.error_by_point for run in runs])
    ious = torch.cat([run.ious for run in runs])
    return RaceResult(
        errors=(errors * (PAPER_POINTS / len(by_point))).cpu(),
        error_by_point=by_point.cpu(),
        mean_iou=ious.mean().item(),
        apart=(ious == 0).double().mean().item(),
    )


def trajectory(
    pull: Pull, start: CenterSizes, target: CenterSizes, *, steps: int = PAPER_STEPS
) -> Iterator[CenterSizes]:
    """Yield the boxes (n, 4), as ``cx cy w h``, after each step of the experiment."""
    pred, goal = start, boxes.center_size_to_corners(target)
    for step in range(steps):
        factor = learning_rate(step) * two_minus_iou(boxes.center_size_to_corners(pred), goal)
        pred = pred - factor[:, None] * pull(pred, target)
        yield pred
