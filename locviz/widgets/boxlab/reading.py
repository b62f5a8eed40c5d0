"""Losses and gradients of boxes in any parametrisation, descent and race, as BoxLab shows them.

The TypeScript twins are ``src/shared/parameters.ts`` and ``src/shared/descent.ts``: same names,
same order of operations. Everything is float64 and free of state, so any thread may call it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float64
from torch import Tensor

from locviz import boxes
from locviz.experiments import box_descent
from locviz.losses import FOCAL_LOSSES, LIVE_LOSSES

Parametrisation = Literal["corners", "center_size", "offsets"]

LOSSES = {**LIVE_LOSSES, **FOCAL_LOSSES}
"""Every loss that can be chosen: the eight that always show, then their focal variants."""

COORDINATE_LOSSES = frozenset({"l1", "smooth_l1", "l2", "focal_l1"})
"""Losses that compare numbers one by one: they compare *parameters*, the others the boxes."""

MEASURES = {
    "iou": boxes.iou,
    "giou": boxes.giou,
    "diou": boxes.diou,
    "ciou": boxes.ciou,
    "eiou": boxes.eiou,
}
"""What the overlap losses of the same names are 1 minus of."""

SYMBOLS = {
    "corners": ("x1", "y1", "x2", "y2"),
    "center_size": ("cx", "cy", "w", "h"),
    "offsets": ("tx", "ty", "tw", "th"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Setting:
    """What the predicted numbers mean.

    Attributes:
        parametrisation: corners; centre and size; or offsets from ``anchor`` (R-CNN's, all weights
            1).
        unit: (4,) what coordinates are divided by: ones for pixels, ``w h w h`` for normalised
            coordinates.
        anchor: (4,) pixels, positive size; only offsets use it.
    """

    parametrisation: Parametrisation
    unit: Float64[Tensor, "4"]
    anchor: Float64[Tensor, "4"]

    @property
    def space(self) -> box_descent.Parametrisation:
        """What turns regions (in units) into parameters and back."""
        if self.parametrisation == "offsets":
            return box_descent.Offsets((self.anchor / self.unit)[None])
        return (
            box_descent.Corners() if self.parametrisation == "corners" else box_descent.CenterSize()
        )

    def snapped(
        self, parameters: Float64[Tensor, "*n 4"], goals: Float64[Tensor, "*#n 4"]
    ) -> Float64[Tensor, "*n 4"]:
        """Return the parameters, with offsets that differ from their goals by rounding made equal.

        Logarithms are rounded differently from machine to machine (and in a browser), so without
        this L1 would pull a box of the right size by plus or minus 1 at random.
        """
        if self.parametrisation != "offsets":
            return parameters.clone()
        close = (parameters - goals).abs() < 1e-12 * goals.abs().clamp(min=1)
        return torch.where(close, goals, parameters)


def row(box: Sequence[float | int]) -> Float64[Tensor, "4"]:
    """Return a box as a float64 tensor, (4,)."""
    return torch.tensor(box, dtype=torch.float64)


def measures(
    prediction: Float64[Tensor, "4"], target: Float64[Tensor, "4"], setting: Setting
) -> list[float]:
    """Return every measure in ``MEASURES`` of two boxes, (4,) in pixels, in the setting's units."""
    a, b = prediction / setting.unit, target / setting.unit
    return [measure(a, b).item() for measure in MEASURES.values()]


def areas(prediction: Float64[Tensor, "4"], target: Float64[Tensor, "4"]) -> tuple[float, float]:
    """Return the areas of intersection and union of two boxes, (4,) in pixels, in square pixels."""
    shared = boxes.area(boxes.intersection(prediction, target)).item()
    each = boxes.area(prediction).item() + boxes.area(target).item()
    return shared, each - shared


def values_and_gradients(
    losses: Sequence[str],
    regions: Float64[Tensor, "n 4"],
    target: Float64[Tensor, "4"],
    setting: Setting,
) -> tuple[Float64[Tensor, "n"], Float64[Tensor, "n 4"]]:
    """Return the value of ``losses[i]`` for ``regions[i]`` and its gradient by the parameters.

    Overlap losses read the region exactly as it is, and the chain rule takes their gradient to the
    parameters: encoding and decoding first would round, and rounding breaks the ties at which
    subgradients are split.

    Args:
        losses: names in ``LOSSES``, one per row.
        regions: (n, 4) in pixels.
        target: (4,) in pixels.
        setting: what the parameters are and in which units.

    Returns:
        The values (n,) and the gradients (n, 4).
    """
    corners = (regions / setting.unit).requires_grad_()
    goal = (target / setting.unit)[None]
    goals = setting.space.encode(goal)
    parameters = setting.snapped(setting.space.encode(corners.detach()), goals).requires_grad_()
    values = torch.cat(
        [
            LOSSES[name](parameters[i : i + 1], goals)
            if name in COORDINATE_LOSSES
            else LOSSES[name](corners[i : i + 1], goal)
            for i, name in enumerate(losses)
        ]
    )
    direct, by_corners = torch.autograd.grad(
        values.sum(), (parameters, corners), materialize_grads=True
    )
    (through,) = torch.autograd.grad(setting.space.decode(parameters), parameters, by_corners)
    return values.detach(), direct + through


def target_unit(target: Float64[Tensor, "4"]) -> float:
    """Return the length in which steps are measured: the square root of the target's area.

    So it is in the experiment of the DIoU paper (arXiv:1911.08287). One learning rate then suits
    every loss and every picture. A flat target counts with its longer side, a point as 1. The
    target ``x1 y1 x2 y2`` has the shape (4,).
    """
    low, high = target.chunk(2)
    lengths = (high - low).tolist()
    size = math.sqrt(lengths[0] * lengths[1])
    return size if size > 0 else max(lengths) or 1.0


def descend(
    losses: Sequence[str],
    regions: Float64[Tensor, "n 4"],
    target: Float64[Tensor, "4"],
    setting: Setting,
    *,
    rate: float,
) -> Float64[Tensor, "n 4"]:
    """Move ``regions[i]``, (n, 4) in pixels, one step against the gradient of ``losses[i]``.

    Corners that passed each other change places, so a step never turns a box inside out.
    """
    unit = target_unit(target)
    scaled = Setting(
        parametrisation=setting.parametrisation,
        unit=torch.full_like(target, unit),
        anchor=setting.anchor,
    )
    gradients = values_and_gradients(losses, regions, target, scaled)[1]
    low, high = (
        scaled.space.decode(scaled.space.encode(regions / unit) - rate * gradients) * unit
    ).chunk(2, -1)
    return torch.cat([torch.minimum(low, high), torch.maximum(low, high)], -1)


def race_rate(rate: float, index: int, steps: int) -> float:
    """Return the learning rate of step ``index``, which falls linearly to nothing.

    At a constant rate most losses never settle.
    """
    return rate * (1 - index / steps)


@dataclass(frozen=True, eq=False)
class Race:
    """Several losses from one start, in the order of ``losses``.

    Shapes: ``boxes`` (losses, steps + 1, 4) in pixels, ``ious`` (losses, steps + 1) with the
    target.
    """

    losses: tuple[str, ...]
    boxes: Float64[Tensor, "losses frames 4"]
    ious: Float64[Tensor, "losses frames"]

    def final(self) -> dict[str, float]:
        """Return the IoU with the target after the last step, by loss."""
        return dict(zip(self.losses, self.ious[:, -1].tolist(), strict=True))


def race(
    start: Float64[Tensor, "4"],
    target: Float64[Tensor, "4"],
    setting: Setting,
    *,
    steps: int,
    rate: float,
    losses: Sequence[str] = tuple(LIVE_LOSSES),
) -> Race:
    """Let each of ``losses`` descend from ``start``, (4,) in pixels, for ``steps`` steps."""
    names = tuple(losses)
    frames = [start.expand(len(names), 4)]
    for index in range(steps):
        frames.append(
            descend(names, frames[-1], target, setting, rate=race_rate(rate, index, steps))
        )
    path = torch.stack(frames, 1)
    return Race(names, path, boxes.iou(path, target))
