"""Gradient descent on boxes themselves: there is no network, and the box is what is learned.

How a loss moves a box depends on which numbers are learned, so the parametrisation is an object
that is passed in. Chapter 02 shows the experiment, and BoxLab runs it in the browser.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from locviz import boxes

Regions = Float[Tensor, "n coords"]
Schedule = Callable[[int], float]
"""Learning rate of step 0, 1, ..."""


@runtime_checkable
class Parametrisation(Protocol):
    """Which numbers are learned, and which region they describe."""

    def encode(self, regions: Regions) -> Regions:
        """Regions (n, 2*dim) to the numbers that are learned, (n, 2*dim)."""
        ...

    def decode(self, parameters: Regions) -> Regions:
        """Learned numbers (n, 2*dim) to regions (n, 2*dim): the inverse of ``encode``."""
        ...


@dataclass(frozen=True)
class Corners:
    """Learn the corners."""

    def encode(self, regions: Regions) -> Regions:
        """Return the corners (n, 2*dim) as they are."""
        return regions

    def decode(self, parameters: Regions) -> Regions:
        """Return the corners (n, 2*dim) as they are."""
        return parameters


@dataclass(frozen=True)
class CenterSize:
    """Learn the centre and the size, as the DIoU paper's experiment does."""

    def encode(self, regions: Regions) -> Regions:
        """``low high -> center size``, (n, 2*dim) to (n, 2*dim)."""
        return boxes.corners_to_center_size(regions)

    def decode(self, parameters: Regions) -> Regions:
        """``center size -> low high``, (n, 2*dim) to (n, 2*dim)."""
        return boxes.center_size_to_corners(parameters)


@dataclass(frozen=True, eq=False)
class Offsets:
    """Learn a coder's deltas relative to anchors, as a detector with anchors does.

    Attributes:
        anchors: ``(n, 2*dim)``, or ``(1, 2*dim)`` for one that all share; of positive size.
        coder: turns deltas into regions.
    """

    anchors: Float[Tensor, "#n coords"]
    coder: boxes.Coder = field(default_factory=boxes.CenterSizeCoder)

    def encode(self, regions: Regions) -> Regions:
        """Regions (n, 2*dim) to deltas (n, 2*dim)."""
        return self.coder.encode(regions, self.anchors.expand_as(regions))

    def decode(self, parameters: Regions) -> Regions:
        """Deltas (n, 2*dim) to regions (n, 2*dim)."""
        return self.coder.decode(parameters, self.anchors.expand_as(parameters))


def gradient(
    loss: Callable[[Tensor, Tensor], Tensor],
    parameters: Regions,
    target: Regions,
    parametrisation: Parametrisation,
) -> Regions:
    """Gradient (n, 2*dim) of the loss of each region with respect to its own parameters.

    Args:
        loss: maps predicted and target regions, (n, 2*dim) each, to (n,).
        parameters: (n, 2*dim), the numbers that are learned.
        target: (n, 2*dim) regions.
        parametrisation: which region the parameters describe.
    """
    parameters = parameters.detach().requires_grad_()
    # The loss of a region depends on its own parameters alone, so the gradient of the sum has each
    # region's own gradient in its row.
    total = loss(parametrisation.decode(parameters), target).sum()
    return torch.autograd.grad(total, parameters)[0]


def descend(
    start: Regions,
    target: Regions,
    loss: Callable[[Tensor, Tensor], Tensor],
    *,
    steps: int,
    lr: float | Schedule,
    parametrisation: Parametrisation | None = None,
    scale: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> Float[Tensor, "frames n coords"]:
    """Follow the negative gradient of ``loss`` from ``start`` towards ``target``, each region on
    its own.

    Args:
        start: ``(n, 2*dim)``, valid regions.
        target: ``(n, 2*dim)``, valid regions.
        loss: maps ``(n, 2*dim)`` predictions and targets to ``(n,)``.
        steps: how many steps, 0 or more.
        lr: a learning rate, or the learning rate of each step.
        parametrisation: which numbers are learned; corners if not given.
        scale: maps regions and targets to a factor ``(n,)`` of each step, as ``two_minus_iou``.

    Returns:
        ``(steps + 1, n, 2*dim)``: the regions before the first step and after each step. A step
        that is too long may make high less than low; this is not prevented here.

    Raises:
        ValueError: ``steps`` is negative, ``start`` or ``target`` hold invalid regions, or their
            shapes differ.
    """
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, got {steps}")
    if start.shape != target.shape:
        raise ValueError(
            f"target must have the shape of start, {tuple(start.shape)}, got {tuple(target.shape)}"
        )
    boxes.check_regions(start, "start")
    boxes.check_regions(target, "target")
    space = parametrisation or Corners()
    rate = lr if callable(lr) else lambda _: lr
    frames, parameters = [start.detach()], space.encode(start.detach())
    for step in range(steps):
        move = rate(step) * gradient(loss, parameters, target, space)
        parameters = parameters - (
            move if scale is None else move * scale(frames[-1], target)[:, None]
        )
        frames.append(space.decode(parameters))
    return torch.stack(frames)


def two_minus_iou(regions: Regions, target: Regions) -> Float[Tensor, "n"]:
    """``2 - IoU`` of regions (n, 2*dim) with their targets, (n,).

    It is the step factor of the DIoU paper's experiment: boxes that overlap little move faster.
    """
    return 2 - boxes.iou(regions, target)
