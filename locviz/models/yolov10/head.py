"""The two heads of YOLOv10: one for training, whose objects take many places each, and one for
detection, where each takes one.
"""

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor, nn

from locviz.layers import ConvNorm, heads
from locviz.models.skeletons.outputs import HeadOutput
from locviz.models.yolov10.blocks import depthwise


@final
class YOLOv10Head(nn.Module):
    """Two towers per level: class logits are computed from one, the distributions of the four sides
    from the other. Nothing is shared between levels.

    The tower of the classes is the cheap one, two pairs of a depthwise 3x3 and a 1x1 convolution,
    because the boxes suffer more when their tower is small (section 3.2). There is no objectness.

    Args:
        in_channels: channels of each level, finest first.
        num_classes: how many class logits per prior.
        bins: logits per side of a box.
        least_class_channels: the towers of the classes are as wide as the finest level, and at
            least this wide. The released models have the number of classes, up to 100.
        least_box_channels: those of the boxes are a quarter as wide, and at least this wide.
    """

    def __init__(
        self,
        *,
        in_channels: Sequence[int],
        num_classes: int,
        bins: int = 16,
        least_class_channels: int = 0,
        least_box_channels: int = 64,
    ):
        super().__init__()
        self.num_classes, self.num_sides = num_classes, 4 * bins
        what = max(in_channels[0], least_class_channels)
        where = max(in_channels[0] // 4, least_box_channels)
        self.class_towers = nn.ModuleList(
            nn.Sequential(
                nn.Sequential(depthwise(inside), ConvNorm(inside, what)),
                nn.Sequential(depthwise(what), ConvNorm(what, what)),
            )
            for inside in in_channels
        )
        self.box_towers = nn.ModuleList(
            nn.Sequential(ConvNorm(inside, where, 3), ConvNorm(where, where, 3))
            for inside in in_channels
        )
        self.logits = nn.ModuleList(nn.Conv2d(what, num_classes, 1) for _ in in_channels)
        self.deltas = nn.ModuleList(nn.Conv2d(where, self.num_sides, 1) for _ in in_channels)
        for layer in self.logits:
            heads.start_at_probability(layer)

    def forward(self, levels: Sequence[Tensor]) -> HeadOutput:
        """Return class logits (b, p, k), the logits of the sides' bins (b, p, 4 * bins), and None."""
        logits, deltas = [], []
        for index, level in enumerate(levels):
            what, where = self.class_towers[index](level), self.box_towers[index](level)
            logits.append(heads.rows(self.logits[index](what), self.num_classes))
            deltas.append(heads.rows(self.deltas[index](where), self.num_sides))
        return torch.cat(logits, 1), torch.cat(deltas, 1), None


@final
class DualHead(nn.Module):
    """Two heads of one form over the same levels: ``one_to_many`` trains the network, ``one_to_one``
    detects.

    The second sees the levels detached: it learns to choose from features that the first one
    shapes, and does not shape them itself. So says the released code; the paper leaves it open.

    ``places`` (1, bins, 1, 1) are 0, 1 ... ``bins - 1``, what the bins of a side mean. They are not
    trained, and the coder has them by itself; they are here because the released weights hold them
    and published counts include them.

    Args:
        one_to_many: the head whose objects take several priors each; None when training is over.
        one_to_one: the head whose objects take one.
        bins: logits per side.
    """

    def __init__(self, *, one_to_many: nn.Module | None, one_to_one: nn.Module, bins: int = 16):
        super().__init__()
        self.one_to_many, self.one_to_one = one_to_many, one_to_one
        places = torch.arange(bins, dtype=torch.float32).view(1, -1, 1, 1)
        self.places = nn.Parameter(places, requires_grad=False)

    def forward(self, levels: Sequence[Tensor]) -> list[HeadOutput]:
        """What the heads predict from levels (b, c, h, w), the one that detects last."""
        many = [] if self.one_to_many is None else [self.one_to_many(levels)]
        return [*many, self.one_to_one([level.detach() for level in levels])]
