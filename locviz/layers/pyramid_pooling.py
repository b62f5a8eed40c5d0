"""Spatial pyramid pooling (https://arxiv.org/abs/1406.4729) as the YOLO family uses it."""

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.layers.conv_norm import ConvNorm


@final
class PyramidPooling(nn.Module):
    """The map, and beside it its maxima over windows of 5, 9 and 13 cells: context of three sizes,
    with no other weights than those of two 1x1 convolutions.

    Newer YOLOs take the maximum over 5 cells three times in a row ("SPPF"), which is the same: the
    maximum over 5 cells of maxima over 5 cells is that over 9.
    """

    windows = (5, 9, 13)

    def __init__(self, channels: int):
        super().__init__()
        half = channels // 2
        self.reduce = ConvNorm(channels, half)
        self.join = ConvNorm(half * (1 + len(self.windows)), channels)

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to the same shape."""
        x = self.reduce(x)
        # Stride 1 and half a window of padding keep the size, so that the maxima fit beside x.
        maxima = [F.max_pool2d(x, n, stride=1, padding=n // 2) for n in self.windows]
        return self.join(torch.cat([x, *maxima], 1))
