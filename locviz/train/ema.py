"""A moving average of the weights, which detects better than the weights of a single step; it costs
the memory of a second detector.
"""

from copy import deepcopy

import torch
from torch import nn


class Ema:
    """The exponential moving average of a detector's weights and buffers, ready to detect.

    After each step ``average = decay * average + (1 - decay) * weights`` (Polyak averaging, which
    EfficientDet and YOLOX use). In step n the decay is at most ``(1 + n) / (10 + n)``, as in
    TensorFlow's average, so that the random weights of the start soon lose their influence. Buffers
    of whole numbers are copied.
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
                # In place: these tensors are the averaged detector's own.
                average.lerp_(theirs[name], 1 - decay)
            else:
                average.copy_(theirs[name])

    def state_dict(self) -> dict:
        """What a checkpoint keeps."""
        return {"num_updates": self.num_updates, "detector": self.detector.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        """Restore what ``state_dict`` returned."""
        self.detector.load_state_dict(state["detector"])
        self.num_updates = state["num_updates"]
