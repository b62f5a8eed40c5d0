"""What BoxLab's view gets beside the knobs: torch's values (``result``) and a race.

``src/boxlab/confirm.ts`` and ``src/boxlab/race.ts`` read them.
"""

from collections.abc import Sequence
from typing import Any

from jaxtyping import Float64
from torch import Tensor

from locviz.widgets.boxlab.reading import Race
from locviz.widgets.core.buffers import float32_bytes


def asked_message(
    seq: int, boxes: Sequence[float], setting: Sequence[str], losses: Sequence[str]
) -> dict[str, Any]:
    """Return the part of ``result`` that says what it answers.

    Args:
        seq: the view's count of its changes.
        boxes: target, prediction and anchor, twelve numbers in pixels.
        setting: the parametrisation and the units.
        losses: the names of the losses that show.
    """
    return {"seq": seq, "boxes": list(boxes), "setting": list(setting), "losses": list(losses)}


def losses_message(
    measures: Sequence[float],
    areas: Sequence[float],
    values: Float64[Tensor, "n"],
    gradients: Float64[Tensor, "n 4"],
) -> dict[str, Any]:
    """Return the part of ``result`` that torch computes.

    Args:
        measures: IoU, GIoU, DIoU, CIoU, EIoU, in the order of ``reading.MEASURES``.
        areas: of intersection and union, in square pixels.
        values: (n,) of the losses.
        gradients: (n, 4) of the losses.
    """
    return {
        "iou": measures[0],
        "measures": list(measures),
        "areas": list(areas),
        "values": values.tolist(),
        "gradients": gradients.tolist(),
    }


def race_message(race: Race) -> dict[str, Any]:
    """Return a race: the losses' names, and the IoU of each after every step as float32."""
    return {
        "losses": list(race.losses),
        "shape": list(race.ious.shape),
        "ious": float32_bytes(race.ious),
    }


def race_answer(race: Race) -> tuple[dict[str, Any], Sequence[bytes]]:
    """Return a race as the answer to the view, which knows the losses that it asked for."""
    message = race_message(race)
    return {"shape": message["shape"]}, [message["ious"]]
