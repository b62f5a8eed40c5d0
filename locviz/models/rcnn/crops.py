"""How R-CNN gets its features: it cuts every region out of the image, warps it to one size and runs
a network on each crop.
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
        """Return ``[pixels]``, (b, 3, h, w)."""
        return [pixels]


@final
class WarpedCrops(nn.Module):
    """Each region, with some of what surrounds it, warped to a square whatever its shape (R-CNN,
    appendix A).

    This stage takes the place of RoIPool. The region fills the middle of the crop, and a border
    shows its surroundings: ``context`` of the crop's side on every side, 16 of 227 pixels in the
    paper. What lies outside the image is the mean colour, 0 after ``Prepare``. The interpolation is
    bilinear without smoothing, as in the released code. A departure: the released code rounds the
    enlarged region to whole pixels first.

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
                f"WarpedCrops.context is a part of the side and must be in 0..0.5 (0.5 excluded), got {context}"
            )
        self.size, self.context = size, context

    def enlarged(self, rois: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
        """What each crop shows: the regions (n, 4) enlarged about their centres."""
        low, high = rois.chunk(2, -1)
        center = (low + high) / 2
        # The region is what a border on both sides leaves of the crop.
        half = (high - low) / (1 - 2 * self.context) / 2
        return torch.cat([center - half, center + half], -1)

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
        # In grid_sample's units the image reaches from -1 to 1.
        points = points / points.new_tensor([pixels.shape[2], pixels.shape[1]]) * 2 - 1
        # (n, size, size, 2): every row has the same columns, every column the same rows.
        columns = points[:, None, :, 0].expand(-1, self.size, -1)
        rows = points[:, :, None, 1].expand(-1, -1, self.size)
        grid = torch.stack([columns, rows], -1)
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
        """From crops (n, c, s, s), return the last map, flattened (n, p), and the hidden layer
        (n, h).
        """
        # Batch norm raises where there is no crop to take statistics of.
        if not len(crops):
            widths = self.hidden.in_features, self.hidden.out_features
            return crops.new_zeros(0, widths[0]), crops.new_zeros(0, widths[1])
        pooled = self.body(crops)[-1].flatten(1)
        return pooled, F.relu(self.hidden(pooled))


@final
class CropHead(nn.Module):
    """Classes from the hidden layer and boxes from the last map: the linear parts of R-CNN, which
    are trained separately.

    Args:
        network: crops to (pooled, hidden), such as ``CropNetwork``.
        scores: hidden to (n, 1 + k): the softmax layer of fine-tuning, or the SVMs of ``fit_svms``.
        boxes: pooled to deltas (n, (1 + k) * 4), the background's first: zeros at first, later the
            result of ``fit_boxes``.
    """

    def __init__(self, *, network: nn.Module, scores: nn.Module, boxes: nn.Module):
        super().__init__()
        self.network, self.scores, self.boxes = network, scores, boxes

    @property
    def num_classes(self) -> int:
        """How many classes the scores tell apart, without the background."""
        return self.scores.out_features - 1  # type: ignore[union-attr, operator]

    def forward(self, crops: Float[Tensor, "n c s s"]) -> tuple[Tensor, Tensor]:
        """Return class scores (n, 1 + k) and deltas (n, (1 + k) * 4) of crops (n, c, s, s)."""
        pooled, hidden = self.network(crops)
        return self.scores(hidden), self.boxes(pooled)


def fixed_linear(weight: Float[Tensor, "o i"], bias: Float[Tensor, "o"]) -> nn.Linear:
    """A linear layer with a given weight (o, i) and bias (o,). It does not train, because a solver
    has found its numbers.
    """
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.load_state_dict({"weight": weight, "bias": bias})
    return layer.requires_grad_(False)
