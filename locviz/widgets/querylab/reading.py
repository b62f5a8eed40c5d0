"""What is read off the looks at one image: matches that flip, where attention lies, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes import pairwise_iou
from locviz.types import Targets
from locviz.widgets.core.words import letter
from locviz.widgets.querylab.checks import check_looks
from locviz.widgets.querylab.looking import Look, flips


@dataclass(frozen=True, eq=False, kw_only=True)
class Watched:
    """One image with its ground truths, and the looks of a detector at it, in the order of training.

    ``source`` says in words which detector looks.

    Raises:
        ValueError: there is no look, looks differ in their queries, layers or heads, steps do not
            rise, or image, targets and class names do not fit; see ``check_looks``.
    """

    looks: tuple[Look, ...]
    image: Float[Tensor, "3 h w"] | Float[Tensor, "t c"]
    targets: Targets
    class_names: tuple[str, ...]
    source: str

    def __post_init__(self):
        if not self.looks:
            raise ValueError("looks is empty: give at least one look_at(detector, image, targets)")
        check_looks(self.looks, self.image, self.targets, self.class_names)

    @property
    def objects(self) -> list[str]:
        """What each ground truth is called: its letter and its class."""
        labels = self.targets.labels.tolist()
        return [f"{letter(i)}, {self.class_names[label]}" for i, label in enumerate(labels)]

    @cached_property
    def owners(self) -> list[list[list[list[int]]]]:
        """By step, layer and object: the queries that are responsible for it."""
        num = len(self.targets)
        return [
            [look.owners(layer, num) for layer in range(look.num_layers)] for look in self.looks
        ]

    def flipped(self, step: int, layer: int) -> list[int]:
        """The objects whose queries differ from those of the layer before; none in the first."""
        rows = self.owners[step]
        return flips(rows[layer - 1], rows[layer]) if layer else []

    def since(self, step: int, layer: int) -> list[int]:
        """The objects whose queries differ from those at the step before; none at the first."""
        if not step:
            return []
        return flips(self.owners[step - 1][layer], self.owners[step][layer])

    @cached_property
    def colours(self) -> list[int]:
        """A number per query for its colour: those that are responsible for an object in the last
        layer, the last look first; -1 for all others.
        """
        order: list[int] = []
        for rows in reversed(self.owners):
            order += [q for queries in rows[-1] for q in queries if q not in order]
        num = self.looks[0].num_queries
        return [order.index(query) if query in order else -1 for query in range(num)]

    def overlap(self, step: int, layer: int) -> Float[Tensor, "q g"]:
        """The IoU of every query's box with every object, (q, g)."""
        return pairwise_iou(self.looks[step].regions[layer], self.targets.boxes.float())


def effective(weights: Float[Tensor, "..."]) -> float:
    """How many equal places have the entropy of these weights: 1 where one place has all, n where n
    have the same.

    Args:
        weights: ``(...)``, such as a map (h, w), at least 0; they sum to 1.
    """
    return float(torch.special.entr(weights.double()).sum().exp())


def share_inside(
    heat: Float[Tensor, "h w"], extent: Sequence[float], box: Sequence[float]
) -> float:
    """The share of a map's weight in the cells whose centres lie in a box.

    Args:
        heat: weights (h, w) that sum to 1.
        extent: the width and height that the map covers, or its length in time.
        box: x1 y1 x2 y2, or start and end, in the same units.
    """
    extent, box = _flat(extent, box)
    height, width = heat.shape
    x = (torch.arange(width) + 0.5) * extent[0] / width
    y = (torch.arange(height) + 0.5) * extent[1] / height
    x1, y1, x2, y2 = box
    inside = ((y >= y1) & (y <= y2))[:, None] & ((x >= x1) & (x <= x2))
    return float(heat[inside].sum())


def inside(dots: Float[Tensor, "n k"], region: Sequence[float]) -> float:
    """The share of the weight of places that lie in a region, edges included.

    Args:
        dots: x, y and weight (n, 3), or time and weight (n, 2); the weights sum to 1.
        region: x1 y1 x2 y2, or start and end.
    """
    places, weights = dots[:, :-1], dots[:, -1]
    low, high = places.new_tensor(list(region)).chunk(2)
    return float(weights[((places >= low) & (places <= high)).all(-1)].sum())


def _flat(
    extent: Sequence[float], box: Sequence[float]
) -> tuple[tuple[float, float], Sequence[float]]:
    """A length in time and a span as the extent and a box of a map of one row."""
    if len(extent) == 1:
        return (extent[0], 1.0), (box[0], 0.0, box[1], 1.0)
    return (extent[0], extent[1]), box


def strongest(heat: Float[Tensor, "h w"], extent: Sequence[float]) -> tuple[float, float]:
    """The centre x, y of the cell with the greatest weight of a map (h, w) that covers ``extent``."""
    extent, _ = _flat(extent, (0.0, 0.0))
    height, width = heat.shape
    row, column = divmod(int(heat.argmax()), width)
    return (column + 0.5) * extent[0] / width, (row + 0.5) * extent[1] / height
