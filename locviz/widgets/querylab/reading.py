"""What is read off the looks at one image: matches that flip, where attention lies, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes import check_pictures, pairwise_iou
from locviz.layers import check_images
from locviz.types import Targets
from locviz.widgets.core.words import letter
from locviz.widgets.querylab.looking import Look, flips


@dataclass(frozen=True, eq=False, kw_only=True)
class Watched:
    """One image with its ground truths, and the looks of a detector at it, in the order of training.

    ``source`` says in words which detector looks.

    Raises:
        ValueError: there is no look, looks differ in their queries, layers or heads, steps do not
            rise, or image, targets and class names do not fit.
    """

    looks: tuple[Look, ...]
    image: Float[Tensor, "3 h w"]
    targets: Targets
    class_names: tuple[str, ...]
    source: str

    def __post_init__(self):
        if not self.looks:
            raise ValueError("looks is empty: give at least one look_at(detector, image, targets)")
        check_images([self.image])
        check_pictures([self.image])
        if self.targets.dim != 2:
            raise ValueError("QueryLab shows boxes (n, 4), not spans: give boxes of an image")
        self.targets.check(len(self.class_names))
        kinds = {(one.num_layers, one.num_queries, one.num_heads) for one in self.looks}
        if len(kinds) > 1:
            raise ValueError(
                f"looks have different numbers of layers, queries and heads, {sorted(kinds)}: they "
                "must be of one detector"
            )
        steps = [one.step for one in self.looks]
        if steps != sorted(set(steps)):
            raise ValueError(
                f"looks must be in the order of training, got the steps {steps}: give each its own "
                "step=, as in look_at(detector, image, targets, step=100)"
            )
        if self.looks[0].scores.shape[-1] != len(self.class_names):
            raise ValueError(
                f"the detector has {self.looks[0].scores.shape[-1]} classes and class_names "
                f"{len(self.class_names)}: give one name per class"
            )

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
    heat: Float[Tensor, "h w"], extent: tuple[float, float], box: Sequence[float]
) -> float:
    """The share of a map's weight in the cells whose centres lie in a box.

    Args:
        heat: weights (h, w) that sum to 1.
        extent: the width and height that the map covers.
        box: x1 y1 x2 y2 in the same units.
    """
    height, width = heat.shape
    x = (torch.arange(width) + 0.5) * extent[0] / width
    y = (torch.arange(height) + 0.5) * extent[1] / height
    x1, y1, x2, y2 = box
    inside = ((y >= y1) & (y <= y2))[:, None] & ((x >= x1) & (x <= x2))
    return float(heat[inside].sum())


def strongest(heat: Float[Tensor, "h w"], extent: tuple[float, float]) -> tuple[float, float]:
    """The centre x, y of the cell with the greatest weight of a map (h, w) that covers ``extent``."""
    height, width = heat.shape
    row, column = divmod(int(heat.argmax()), width)
    return (column + 0.5) * extent[0] / width, (row + 0.5) * extent[1] / height
