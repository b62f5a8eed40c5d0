"""A learned number: how a head that all levels share gets a unit of length for each of them."""

from typing import final

import torch
from torch import Tensor, nn


@final
class Scale(nn.Module):
    """Multiply by one learned number: each level finds its own unit of length.

    FCOS, https://arxiv.org/abs/1904.01355, section 3.2.
    """

    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        """Multiply ``x``, a map (b, c, *space), by the learned number."""
        return x * self.value
