"""What several lessons measure of BoxLab's two boxes, from the state that a challenge reads."""

from types import SimpleNamespace

import torch
from jaxtyping import Float64
from torch import Tensor

from locviz import boxes


def prediction_and_target(
    state: SimpleNamespace,
) -> tuple[Float64[Tensor, "1 4"], Float64[Tensor, "1 4"]]:
    """The two boxes as ``x1 y1 x2 y2`` in pixels, (1, 4) each."""
    both = (torch.tensor([list(box)]) for box in (state.prediction, state.target))
    prediction, target = (box.double() for box in both)
    return prediction, target


def iou(state: SimpleNamespace) -> float:
    """IoU of the two boxes."""
    return boxes.iou(*prediction_and_target(state)).item()


def centre_distance(state: SimpleNamespace) -> float:
    """How many pixels the two centres are apart."""
    centres = (boxes.corners_to_center_size(box)[0, :2] for box in prediction_and_target(state))
    prediction, target = centres
    return (prediction - target).norm().item()
