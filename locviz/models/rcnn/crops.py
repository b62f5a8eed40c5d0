"""R-CNN's way to features: cut every region out of the image, warp it to one size, run a network on
each cut-out.
"""

from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


@final
class AsLevel(nn.Module):
    """The pixels as the only feature map: the backbone of a detector whose network runs on crops."""

    def forward(self, pixels: Tensor) -> list[Tensor]:
        """Return ``[pixels]``."""
        return [pixels]


@final
class WarpedCrops(nn.Module):
    """Each region, with some of what surrounds it, warped to a square whatever its shape (R-CNN,
    appendix A).

    A stage in the place of RoIPool. The region fills the middle of the crop and a border of
    ``context`` of the crop's side on every side shows its surroundings: 16 of 227 pixels in the
    paper. What lies outside the image is the mean colour, 0 after ``Prepare``. Bilinear, without
    smoothing, as the released code; which rounds the enlarged region to whole pixels first, and we
    do not.

    Law: with ``context`` 0, a region of the crop's size on whole pixels is copied.

    Args:
        size: height and width of the crops.
        context: width of the border, as a part of ``size``.
    """

    def __init__(self, *, size: int, context: float = 16 / 227):
        super().__init__()
        if size < 1:
            raise ValueError(f"WarpedCrops.size must be at least one pixel, got {size}")
        if not 0 <= context < 0.5:
            raise ValueError(
                f"WarpedCrops.context is a part of the side, in 0..0.5 (excluded), got {context}"
            )
        self.size, self.context = size, context

    def enlarged(self, rois: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
        """What each crop shows: the region grown about its centre."""
        low, high = rois.chunk(2, -1)
        grown = (high - low) / (1 - 2 * self.context) / 2
        return torch.cat([(low + high) / 2 - grown, (low + high) / 2 + grown], -1)

    def forward(
        self, levels: Sequence[Tensor], rois: Sequence[Float[Tensor, "_ 4"]]
    ) -> Float[Tensor, "n c s s"]:
        """The crops of all images, one after the other.

        Args:
            levels: the pixels alone, (b, c, h, w).
            rois: one ``(n, 4)`` per image in input pixels.

        Raises:
            ValueError: there is not one level, or not one set of regions per image.
        """
        if len(levels) != 1:
            raise ValueError(
                f"WarpedCrops cuts from the pixels, given as [pixels], got {len(levels)} levels"
            )
        if len(rois) != len(levels[0]):
            raise ValueError(
                f"rois must be one (n, 4) per image, {len(levels[0])} in all, got {len(rois)}"
            )
        return torch.cat([self._crops(*item) for item in zip(levels[0], rois, strict=True)])

    def _crops(self, pixels: Tensor, rois: Tensor) -> Tensor:
        if not len(rois):
            return pixels.new_zeros(0, len(pixels), self.size, self.size)
        low, high = self.enlarged(rois.to(pixels)).chunk(2, -1)
        middles = (torch.arange(self.size, device=rois.device) + 0.5) / self.size
        points = low[:, None] + middles[:, None] * (high - low)[:, None]  # (n, size, 2), x then y
        # grid_sample wants the image to reach from -1 to 1.
        points = points / points.new_tensor([pixels.shape[2], pixels.shape[1]]) * 2 - 1
        grid = torch.stack(
            [
                points[:, None, :, 0].expand(-1, self.size, -1),
                points[:, :, None, 1].expand(-1, -1, self.size),
            ],
            -1,
        )
        return F.grid_sample(pixels.expand(len(rois), *pixels.shape), grid, align_corners=False)


@final
class CropNetwork(nn.Module):
    """A backbone and one fully connected layer on each crop: the paper's pool5 and fc7.

    Args:
        body: crops to a list of maps; the last is taken.
        in_features: numbers in that map.
        hidden: width of the fully connected layer.
    """

    def __init__(self, *, body: nn.Module, in_features: int, hidden: int):
        super().__init__()
        self.body, self.hidden = body, nn.Linear(in_features, hidden)

    def forward(
        self, crops: Float[Tensor, "n c s s"]
    ) -> tuple[Float[Tensor, "n p"], Float[Tensor, "n h"]]:
        """Return the last map, flattened, and the hidden layer."""
        if not len(crops):  # batch norm has no statistics of nothing
            return crops.new_zeros(0, self.hidden.in_features), crops.new_zeros(
                0, self.hidden.out_features
            )
        pooled = self.body(crops)[-1].flatten(1)
        return pooled, F.relu(self.hidden(pooled))


@final
class CropHead(nn.Module):
    """Classes from the hidden layer and boxes from the last map: what is linear in R-CNN, and
    trained apart.

    Args:
        network: crops to (pooled, hidden), such as ``CropNetwork``.
        scores: hidden to (n, 1 + k): the softmax layer of fine-tuning, or the SVMs of ``fit_svms``.
        boxes: pooled to deltas (n, (1 + k) * 4), the background's first: nothing at first, then
            ``fit_boxes``.
    """

    def __init__(self, *, network: nn.Module, scores: nn.Module, boxes: nn.Module):
        super().__init__()
        self.network, self.scores, self.boxes = network, scores, boxes

    @property
    def num_classes(self) -> int:
        """How many classes the scores tell apart, without the background."""
        return self.scores.out_features - 1  # type: ignore[union-attr, operator]

    def forward(self, crops: Float[Tensor, "n c s s"]) -> tuple[Tensor, Tensor]:
        """Return class scores and deltas of each crop."""
        pooled, hidden = self.network(crops)
        return self.scores(hidden), self.boxes(pooled)


def fixed_linear(weight: Float[Tensor, "o i"], bias: Float[Tensor, "o"]) -> nn.Linear:
    """A linear layer that no gradient changes: its numbers come from a solver."""
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer.requires_grad_(False)
