"""The check that a network's numbers are numbers, before anything is selected by them."""

import torch
from torch import Tensor

from locviz.types import check_tensors


def check_known(whose: str, **numbers: Tensor | None) -> None:
    """Raise if one of a network's numbers for an image is NaN or positive infinity.

    Every comparison with NaN is false, so a detector whose weights have diverged would find nothing
    and say nothing. A logit of negative infinity is a probability of 0 and stays allowed.

    Args:
        whose: what they belong to, in words: "image 2 of the batch".
        numbers: by name, ``(p,)`` or ``(p, ...)``, one row per prior; None where there are none.

    Raises:
        TypeError: one is not a tensor.
        ValueError: one of the numbers is not known. The message names ``whose`` and the numbers, and
            says what to look at.
    """
    given = {name: values for name, values in numbers.items() if values is not None}
    check_tensors(**given)
    # One question for all: each makes the program wait for the GPU.
    if not torch.stack([_unknown(values).any() for values in given.values()]).any():
        return
    name, rows = next((n, rows) for n, v in given.items() if (rows := _rows(v)).any())
    raise ValueError(
        f"{whose}: {name} are NaN or infinite in {int(rows.sum())} of {len(rows)} rows, first in row "
        f"{int(rows.nonzero()[0])}. Either the image holds NaN (torch.isfinite(image).all() tells), or the weights "
        "have diverged: then load an earlier checkpoint, or train again with a lower learning rate"
    )


def _unknown(values: Tensor) -> Tensor:
    return values.isnan() | values.isposinf()


def _rows(values: Tensor) -> Tensor:
    """Which rows (p,) hold such a number."""
    return _unknown(values).reshape(len(values), -1).any(1)
