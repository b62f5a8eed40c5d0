"""A convolution, batch norm and an activation: the unit that the YOLO family is made of."""

from collections.abc import Callable
from typing import final

from torch import Tensor, nn
from torch.nn import functional as F


@final
class ConvNorm(nn.Module):
    """Convolution without bias, batch norm, SiLU; the padding keeps the size at stride 1.

    Batch norm has the numbers of the YOLO family: ``eps`` 1e-3 and a momentum of 0.03, so that
    running statistics average over about 30 steps.

    Args:
        in_channels: of the map (b, c, h, w).
        out_channels: of what comes out.
        size: of the kernel, odd.
        stride: of the kernel.
        groups: ``in_channels`` for one filter per channel.
        activation: elementwise, the last step; None for a linear layer.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        size: int = 1,
        stride: int = 1,
        *,
        groups: int = 1,
        activation: Callable[[Tensor], Tensor] | None = F.silu,
    ):
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            size,
            stride=stride,
            padding=(size - 1) // 2,
            groups=groups,
            bias=False,
        )
        self.bn = nn.BatchNorm2d(out_channels, eps=1e-3, momentum=0.03)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        """From (b, c, h, w) to (b, out_channels, h / stride, w / stride)."""
        x = self.bn(self.conv(x))
        return x if self.activation is None else self.activation(x)
