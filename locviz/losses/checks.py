"""What every loss does before and after its formula: check the shapes, and average or sum.

Values are not checked, because reading them makes a GPU wait.
"""

from typing import Literal

from jaxtyping import Float
from torch import Tensor

from locviz.types import check_tensors

Reduction = Literal["none", "mean", "sum"]


def check_pair(pred: Tensor, gt: Tensor):
    """Raise for shapes that broadcasting would silently turn into a loss of all pairs.

    Raises:
        TypeError: one is not a tensor.
        ValueError: ``pred`` and ``gt`` are not both ``(n, 2*dim)``, or both one region
            ``(2*dim,)``, with the same n and dim.
    """
    check_tensors(pred=pred, gt=gt)
    if pred.ndim not in (1, 2) or pred.shape[-1] not in (2, 4):
        raise ValueError(
            f"pred must be (n, 4) boxes or (n, 2) spans, or one of them, got shape {tuple(pred.shape)}"
        )
    if gt.shape != pred.shape:
        raise ValueError(
            f"gt must have the shape of pred, {tuple(pred.shape)}, got {tuple(gt.shape)}: one gt per row"
        )


def reduced(losses: Float[Tensor, "*n"], reduction: Reduction) -> Float[Tensor, "..."]:
    """The losses ``(...)`` as they are (``"none"``), or their mean or sum, a scalar ``()``.

    The mean of no losses is 0, and back-propagates: an image without objects must not make the loss
    of the batch NaN.

    Raises:
        ValueError: another ``reduction``.
    """
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    if reduction == "mean":
        return losses.sum() / max(1, losses.numel())
    raise ValueError(f"reduction must be 'none', 'mean' or 'sum', got {reduction!r}")


def widened(numbers: Tensor) -> Tensor:
    """The numbers in float32 at least, any shape ``(...)``.

    Products overflow float16 early, and whole numbers have no gradient.
    """
    wide = numbers.is_floating_point() and numbers.dtype.itemsize >= 4
    return numbers if wide else numbers.float()
