"""What Monitor's view gets: ``progress``, ``losses``, ``figures``, ``scenes``, ``found``, ``past``.

``src/monitor/view.ts``, ``charts.ts`` and ``words.ts`` read them.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from locviz.train import Step
from locviz.types import Targets
from locviz.widgets.core.buffers import float32_bytes, number_or_none
from locviz.widgets.core.image import png
from locviz.widgets.core.matched_image import matched_image_message
from locviz.widgets.monitor.reading import EvaluationPoint, LossRecord


def scene_message(image: Tensor, truth: Targets) -> dict[str, Any]:
    """Return one of the fixed scenes: its (h, w), and its image (3, h, w) as PNG."""
    return {"size": list(map(float, truth.size)), "png": png(image)}


def progress_message(step: Step, *, seconds: float, done: int) -> dict[str, Any]:
    """Return how far the run is.

    Args:
        step: the last step.
        seconds: how long the run took so far, without pauses.
        done: how many steps that was; a resumed run does not begin at 0.
    """
    return {
        "step": step.index + 1,
        "num_steps": step.num_steps,
        "total": step.total,
        "lr": step.lr,
        "seconds": seconds,
        "left": seconds / done * (step.num_steps - step.index - 1),
    }


def losses_message(record: LossRecord) -> dict[str, Any]:
    """Return every loss term's curve: rows of the step, the terms and the total, as float32."""
    rows = record.binned()
    return {
        "names": list(record.names),
        "shape": list(rows.shape),
        "rows": float32_bytes(rows),
    }


def figures_message(step: int, figures: Mapping[str, float]) -> dict[str, Any]:
    """Return one evaluation's figures; None for what is not defined."""
    values = {name: number_or_none(value) for name, value in figures.items()}
    return {"step": step, "figures": values}


def found_message(point: EvaluationPoint) -> dict[str, Any]:
    """Return what was found on the fixed scenes at one evaluation."""
    return {"step": point.step, "scenes": list(map(matched_image_message, point.scenes))}
