"""A moving average of the weights: a smoother detector for the price of a copy."""

from copy import deepcopy

import torch
from torch import nn


class Ema:
    """The exponential moving average of a detector's weights and buffers, ready to detect.

    After each step ``average = decay * average + (1 - decay) * weights`` (Polyak averaging, as
    EfficientDet and YOLOX train with it). The decay itself warms up as ``(1 + n) / (10 + n)``, as
    in TensorFlow's average, so that a short run is not still remembering its random start. Integer
    buffers are copied.
    """

    def __init__(self, *, detector: nn.Module, decay: float):
        self.detector = deepcopy(detector).eval().requires_grad_(False)
        self.decay = decay
        self.num_updates = 0

    @torch.no_grad()
    def update(self, detector: nn.Module) -> None:
        """Take one step towards the weights of ``detector``."""
        self.num_updates += 1
        decay = min(self.decay, (1 + self.num_updates) / (10 + self.num_updates))
        ours, theirs = self.detector.state_dict(), detector.state_dict()
        for name, average in ours.items():
            if average.is_floating_point():
                average.lerp_(theirs[name], 1 - decay)
            else:
                average.copy_(theirs[name])

    def state_dict(self) -> dict:
        """What a checkpoint keeps."""
        return {"num_updates": self.num_updates, "detector": self.detector.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        """Take up where ``state_dict`` left off."""
        self.detector.load_state_dict(state["detector"])
        self.num_updates = state["num_updates"]
