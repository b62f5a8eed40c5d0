"""The one check every regression loss makes: of shapes, never of values, so it costs nothing on a
GPU.
"""

from torch import Tensor


def check_pair(pred: Tensor, gt: Tensor):
    """Refuse what broadcasting would quietly turn into a loss of everything with everything.

    Raises:
        TypeError: one is not a tensor.
        ValueError: ``pred`` and ``gt`` are not both ``(n, 2*dim)`` with the same n and dim.
    """
    for name, regions in (("pred", pred), ("gt", gt)):
        if not isinstance(regions, Tensor):
            raise TypeError(
                f"{name} must be a tensor, got {type(regions).__name__}: wrap it in torch.tensor(...)"
            )
    if pred.ndim != 2 or pred.shape[-1] not in (2, 4):
        raise ValueError(
            f"pred must be (n, 4) boxes or (n, 2) spans, got shape {tuple(pred.shape)}"
        )
    if gt.shape != pred.shape:
        raise ValueError(
            f"gt must have the shape of pred, {tuple(pred.shape)}, got {tuple(gt.shape)}: one gt per row"
        )
