"""What a training run has shown so far: every step's losses, and every evaluation."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float

from locviz.evaluate import Evaluation
from locviz.train import Step
from locviz.widgets.core.matched_image import MatchedImage

MAX_POINTS = 300  # a curve as wide as the chart


class LossRecord:
    """Loss terms and their total, step by step.

    ``binned`` averages neighbouring steps, so that what is sent does not grow with the run.
    ``names`` are the terms in order, and ``"total"``.
    """

    def __init__(self):
        self.names: tuple[str, ...] = ()
        self._rows = np.zeros((256, 0))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, step: Step) -> None:
        """Note one step.

        Raises:
            ValueError: the terms are not those of the steps before.
        """
        if not self.names:
            self.names = (*step.losses, "total")
            self._rows = np.zeros((256, 1 + len(self.names)))
        if self.names[:-1] != tuple(step.losses):
            raise ValueError(
                f"step {step.index} has the loss terms {list(step.losses)}, earlier ones "
                f"{self.names[:-1]}"
            )
        if self._length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[self._length] = (step.index + 1, *step.losses.values(), step.total)
        self._length += 1

    def values(self) -> dict[str, Float[np.ndarray, "s"]]:
        """Return every value of every term, (s,), and of ``"step"``, how many steps were done."""
        columns = self._rows[: self._length].T
        return dict(zip(("step", *self.names), columns, strict=True)) if self.names else {}

    def binned(self, most: int = MAX_POINTS) -> Float[np.ndarray, "n series"]:
        """Return means over equally many neighbouring steps, in at most ``most`` rows.

        The columns are the step, every term, and the total.
        """
        rows = self._rows[: self._length]
        size = -(-len(rows) // most)
        if size <= 1:
            return rows
        starts = np.arange(0, len(rows), size)
        counts = np.diff(np.append(starts, len(rows)))
        return np.add.reduceat(rows, starts) / counts[:, None]


@dataclass(frozen=True, eq=False, kw_only=True)
class EvaluationPoint:
    """One evaluation during a run.

    ``step`` is how many steps had been done, ``figures`` what was measured, by name, and ``scenes``
    what was found on the fixed scenes.
    """

    step: int
    figures: dict[str, float]
    scenes: tuple[MatchedImage, ...] = field(repr=False)


def figures_of(result: Any) -> dict[str, float]:
    """Return the figures to draw of what an evaluation returned, by name.

    Args:
        result: an ``Evaluation``, a number, or a dict of numbers.

    Raises:
        TypeError: anything else.
    """
    if isinstance(result, Evaluation):
        return {"AP": result.ap, "AP50": result.ap50}
    if isinstance(result, dict):
        return {str(name): float(value) for name, value in result.items()}
    if isinstance(result, (int, float)):
        return {"AP": float(result)}
    raise TypeError(
        f"evaluate must return an Evaluation, a number or a dict of numbers, got "
        f"{type(result).__name__}: for example "
        "lambda detector: locviz.train.measure(detector, dataset)"
    )
