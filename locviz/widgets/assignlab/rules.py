"""The assigners that AssignLab offers, with their knobs and what the widget shows of them.

Rules that compare overlaps look at one square anchor per prior, ``side`` strides wide
(``locviz.assign.OnSquareAnchors``), so that the same place can be held against the same place under
every rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.assign import (
    ATSS,
    CenterSampling,
    GridCell,
    MaxIoU,
    OnSquareAnchors,
    SSDRule,
    centerness,
    force_best_ties,
    no_force,
)
from locviz.boxes import pairwise_iou
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets
from locviz.widgets.core.picture import Number

INF = float("inf")


@dataclass(frozen=True, kw_only=True)
class Knob:
    """A number of an assigner, ``low <= value <= high``, in steps of ``step``.

    It is a whole number if both the step and the default are.
    """

    name: str
    label: str
    low: Number
    high: Number
    step: Number
    default: Number

    def checked(self, value: Any, owner: str) -> float | int:
        """Return the value, or raise a ValueError that says what is allowed."""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not self.low <= value <= self.high
        ):
            raise ValueError(
                f"{owner}.{self.name} must be in {self.low:g}..{self.high:g}, got {value!r}"
            )
        return int(value) if self.whole else float(value)

    @property
    def whole(self) -> bool:
        """Whether it counts something."""
        return float(self.step).is_integer() and float(self.default).is_integer() and self.step >= 1

    def message(self) -> dict[str, Any]:
        """As the view reads it."""
        names = ("name", "label", "low", "high", "step", "default")
        return {name: getattr(self, name) for name in names} | {"whole": self.whole}


Values = Callable[[Priors, Targets, ImagePredictions, Mapping[str, Any]], Tensor]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One assigner on offer.

    Attributes:
        name, title, says: what it is called in code and on screen, and its rule in a sentence.
        build: knobs by name to the assigner.
        knobs: what can be turned.
        dynamic: whether it looks at predictions.
        measure: what its matrix shows, ``"cost"`` where the assigner says so itself.
        values: ``(priors, targets, predicted, knobs) -> (p, g)`` where the assigner gives no cost.
        film: ``"sinkhorn"``, ``"auction"`` or ``""``: what can be played.
    """

    name: str
    title: str
    says: str
    build: Callable[..., Any]
    knobs: tuple[Knob, ...] = ()
    dynamic: bool = False
    measure: str = "cost"
    values: Values | None = field(default=None, repr=False)
    film: str = ""

    @property
    def defaults(self) -> dict[str, float | int]:
        """Every knob where it stands at first."""
        return {
            knob.name: int(knob.default) if knob.whole else float(knob.default)
            for knob in self.knobs
        }

    def settings(self, turned: Mapping[str, Any]) -> dict[str, float | int]:
        """All knobs: their defaults, and the values of those that are ``turned``.

        Raises:
            ValueError: an unknown knob, or a value out of its range; the message says what there
                is.
        """
        import difflib

        known = {knob.name: knob for knob in self.knobs}
        for name in turned:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.0)
                hint = (
                    f"did you mean {near[0]!r}? It has {', '.join(known)}"
                    if near
                    else "it has none"
                )
                raise ValueError(f"{self.name} has no knob {name!r}: {hint}")
        return self.defaults | {
            name: known[name].checked(value, self.name) for name, value in turned.items()
        }

    def message(self) -> dict[str, Any]:
        """As the view reads it."""
        words = {
            name: getattr(self, name)
            for name in ("name", "title", "says", "dynamic", "measure", "film")
        }
        return words | {"knobs": [knob.message() for knob in self.knobs]}


# What static rules compare


def squares_iou(
    priors: Priors, targets: Targets, predicted: Any, knobs: Mapping[str, Any]
) -> Tensor:
    """IoU of each prior's square with each object."""
    half = priors.strides[:, None] * (knobs["side"] / 2)
    return pairwise_iou(
        torch.cat([priors.centers - half, priors.centers + half], -1), targets.boxes
    )


def all_centerness(
    priors: Priors, targets: Targets, predicted: Any, knobs: Mapping[str, Any]
) -> Tensor:
    """Centre-ness of each prior in each object: 0 outside."""
    p, g = len(priors), len(targets)
    points = priors.centers[:, None].expand(p, g, -1).flatten(0, 1)
    return centerness(points, targets.boxes.repeat(p, 1)).reshape(p, g)


def level_ranges(num_levels: int, finest: float, reach: float) -> list[tuple[float, float]]:
    """Ranges of side distances: level i is responsible up to ``reach`` of its own strides.

    The last level is responsible for all that is larger.
    """
    ends = [finest * reach * 2**i for i in range(num_levels - 1)]
    return list(zip([-1.0, *ends], [*ends, INF], strict=True))


@dataclass(frozen=True, kw_only=True)
class OnLevels:
    """FCOS's rule with ranges that follow the strides, as ``fcos_tiny`` has them (``reach`` 3)."""

    radius: float
    reach: float

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign one image."""
        ranges = level_ranges(len(priors.levels), float(priors.strides.min()), self.reach)
        return CenterSampling(ranges=ranges, radius=self.radius or None)(priors, targets, predicted)


SIDE = Knob(name="side", label="anchor side (strides)", low=1.0, high=10.0, step=0.5, default=4.0)


def _center_sampling(radius: float, reach: float):
    return OnLevels(radius=radius, reach=reach)


def _max_iou(positive: float, negative: float, side: float):
    return OnSquareAnchors(
        MaxIoU(positive=positive, negative=min(negative, positive), force=no_force), side=side
    )


def _rpn(positive: float, negative: float, side: float):
    return OnSquareAnchors(
        MaxIoU(positive=positive, negative=min(negative, positive), force=force_best_ties),
        side=side,
    )


def _ssd(threshold: float, side: float):
    return OnSquareAnchors(SSDRule(threshold=threshold), side=side)


@dataclass(frozen=True, kw_only=True)
class OneLevel:
    """An assigner for a single grid on priors of several levels: all but one level stay background."""

    assigner: Callable[..., Assignment]
    level: int

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign one image."""
        level = min(self.level, len(priors.levels) - 1)
        rows = slice(sum(priors.levels[:level]), sum(priors.levels[: level + 1]))
        grid = Priors(priors.regions[rows], priors.strides[rows], (priors.levels[level],))
        predicted_there = None if predicted is None else predicted.rows(rows)
        assignment = self.assigner(grid, targets, predicted_there)
        gt_index = torch.full((len(priors),), BACKGROUND)
        gt_index[rows] = assignment.gt_index
        cost = torch.full((len(priors), len(targets)), INF)
        if assignment.cost is not None:
            cost[rows] = assignment.cost
        return Assignment(gt_index, cost=cost)


def _grid_cell(level: int):
    return OneLevel(assigner=GridCell(), level=level)


def _atss(top_k: int, side: float):
    return OnSquareAnchors(ATSS(top_k=top_k), side=side)


def _positive(default: float) -> Knob:
    return Knob(
        name="positive", label="positive from IoU", low=0.05, high=0.95, step=0.05, default=default
    )


def _negative(default: float) -> Knob:
    return Knob(
        name="negative",
        label="background below IoU",
        low=0.05,
        high=0.95,
        step=0.05,
        default=default,
    )


STATIC: tuple[Rule, ...] = (
    Rule(
        name="max_iou",
        title="Max IoU",
        says="An anchor answers for the object it overlaps most, if by enough; in between it is ignored.",
        build=_max_iou,
        knobs=(_positive(0.5), _negative(0.4), SIDE),
        measure="IoU",
        values=squares_iou,
    ),
    Rule(
        name="rpn",
        title="RPN rule",
        says="As max IoU, and every object's best anchors answer for it whatever their overlap.",
        build=_rpn,
        knobs=(_positive(0.7), _negative(0.3), SIDE),
        measure="IoU",
        values=squares_iou,
    ),
    Rule(
        name="ssd",
        title="SSD rule",
        says="Every object first gets its best anchor; then anchors above the threshold join in.",
        build=_ssd,
        knobs=(
            Knob(
                name="threshold",
                label="positive from IoU",
                low=0.05,
                high=0.95,
                step=0.05,
                default=0.5,
            ),
            SIDE,
        ),
        measure="IoU",
        values=squares_iou,
    ),
    Rule(
        name="grid_cell",
        title="Grid cell (YOLOv1)",
        says="The cell that holds an object's centre answers for it, with its predictor that overlaps best.",
        build=_grid_cell,
        knobs=(
            Knob(name="level", label="grid (0: finest level)", low=0, high=4, step=1, default=2),
        ),
        dynamic=True,
    ),
    Rule(
        name="center_sampling",
        title="Centre sampling (FCOS)",
        says="A point answers for the smallest box that it is central in and whose size suits its level.",
        build=_center_sampling,
        knobs=(
            Knob(
                name="radius",
                label="radius (strides; 0: whole box)",
                low=0.0,
                high=5.0,
                step=0.25,
                default=1.5,
            ),
            Knob(
                name="reach",
                label="level reach (strides)",
                low=1.0,
                high=8.0,
                step=0.5,
                default=3.0,
            ),
        ),
        measure="centre-ness",
        values=all_centerness,
    ),
    Rule(
        name="atss",
        title="ATSS",
        says="Of each object's nearest anchors, those above mean plus deviation of their IoU answer for it.",
        build=_atss,
        knobs=(
            Knob(name="top_k", label="nearest per level (k)", low=1, high=30, step=1, default=9),
            SIDE,
        ),
        measure="IoU",
        values=squares_iou,
    ),
)


def checked_values(values: Float[Tensor, "p g"]) -> Float[Tensor, "p g"]:
    """A matrix that can travel: no NaN."""
    return torch.nan_to_num(values.detach().float(), nan=INF, posinf=INF)
