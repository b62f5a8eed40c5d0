"""What is done to ground truths before a decoder is asked to restore them."""

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.boxes import center_size_to_corners, corners_to_center_size


@runtime_checkable
class BoxNoise(Protocol):
    """How boxes are moved. ``finds`` says for each copy that is made of a box whether it should find
    its object again; one that should not learns the background.
    """

    @property
    def finds(self) -> tuple[bool, ...]:
        """One entry per copy."""
        ...

    def __call__(self, boxes: Tensor) -> Tensor:
        """From boxes (..., g, 2*dim), centre and size in shares of the image, to copies (...,
        copies, g, 2*dim), all of them in 0..1.
        """
        ...


@runtime_checkable
class LabelNoise(Protocol):
    """How labels are changed."""

    def __call__(self, labels: Tensor, num_classes: int) -> Tensor:
        """From labels (...) to labels (...) in ``0..num_classes - 1``."""
        ...


@final
@dataclass(frozen=True)
class BoxJitter:
    """DN-DETR's noise (https://arxiv.org/abs/2203.01305, section 4.3): centres move by less than
    ``amount`` half sides, so that they stay in their boxes, and sides change by less than ``amount``
    of themselves, each axis for itself.

    Attributes:
        amount: 0 changes nothing; at most 1.

    Raises:
        ValueError: it does not lie in 0..1.
    """

    amount: float = 0.4

    def __post_init__(self):
        if not 0 <= self.amount <= 1:
            raise ValueError(f"amount must lie in 0..1, got {self.amount}")

    @property
    def finds(self) -> tuple[bool, ...]:
        """A single copy, which should find its object."""
        return (True,)

    def __call__(self, boxes: Float[Tensor, "*n g coords"]) -> Float[Tensor, "*n copies g coords"]:
        """One copy of boxes (..., g, 2*dim), centre and size in shares: (..., 1, g, 2*dim)."""
        size = boxes.chunk(2, -1)[1]
        reach = torch.cat([size / 2, size], -1)
        moved = boxes + (2 * torch.rand_like(boxes) - 1) * self.amount * reach
        return moved.clamp(0, 1)[..., None, :, :]


@final
@dataclass(frozen=True)
class ContrastivePairs:
    """DINO's noise (https://arxiv.org/abs/2203.03605, section 3.3): each object has a near copy, which
    should find it, and a farther one, which should learn the background.

    In units of ``amount`` half sides, each coordinate of a corner moves by 0 to 1 in the first copy
    and by 1 to 2 in the second one, up or down. Where two corners have passed each other, they
    change their names (in the released code such a box has no size).

    Attributes:
        amount: 0 changes nothing.

    Raises:
        ValueError: it is negative.
    """

    amount: float = 1.0

    def __post_init__(self):
        if not self.amount >= 0:
            raise ValueError(f"amount must not be negative, got {self.amount}")

    @property
    def finds(self) -> tuple[bool, ...]:
        """Two copies, of which the first should find its object."""
        return (True, False)

    def __call__(self, boxes: Float[Tensor, "*n g coords"]) -> Float[Tensor, "*n copies g coords"]:
        """Two copies of boxes (..., g, 2*dim), centre and size in shares: (..., 2, g, 2*dim)."""
        pairs = torch.stack([boxes, boxes], -3)
        half = pairs.chunk(2, -1)[1] / 2
        least = torch.tensor([0.0, 1.0]).to(pairs)[:, None, None]
        steps = least + torch.rand_like(pairs)
        sign = torch.where(torch.rand_like(pairs) < 0.5, -1.0, 1.0)
        moves = sign * steps * self.amount * torch.cat([half, half], -1)
        corners = center_size_to_corners(pairs) + moves
        low, high = corners.clamp(0, 1).chunk(2, -1)
        return corners_to_center_size(torch.cat([low.minimum(high), low.maximum(high)], -1))


@final
@dataclass(frozen=True)
class LabelFlips:
    """Each label is drawn anew with a probability of ``share``, from all classes, its own included
    (DN-DETR, https://arxiv.org/abs/2203.01305, section 4.3).

    Attributes:
        share: 0.2 in DN-DETR's code, 0.25 in DINO's, which calls it 0.5 and halves it.

    Raises:
        ValueError: it does not lie in 0..1.
    """

    share: float = 0.2

    def __post_init__(self):
        if not 0 <= self.share <= 1:
            raise ValueError(f"share must lie in 0..1, got {self.share}")

    def __call__(self, labels: Int64[Tensor, "*n"], num_classes: int) -> Int64[Tensor, "*n"]:
        """Labels (...) of the same shape."""
        drawn = torch.rand(labels.shape, device=labels.device) < self.share
        return torch.where(drawn, torch.randint_like(labels, num_classes), labels)
