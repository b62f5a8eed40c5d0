"""Whether two answers are equal: numbers, tensors, arrays, texts, and lists and dicts of them."""

import math
from collections.abc import Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np
import torch
from torch import Tensor

_ROUNDING = 1e-9  # a whole number that was computed as a float64


def agrees(got: Any, expected: Any, tolerance: float | int) -> bool:
    """Whether ``got`` equals ``expected`` up to ``tolerance`` times (1 + |expected|), shapes and
    lengths included.

    Whole numbers (an ``int``, an integer tensor) are exact, because a count is right or wrong. A plain
    number, a 0-d tensor and a 0-d array are the same thing; so are a list and a tuple. NaN equals
    nothing.
    """
    if isinstance(expected, str | bool | None):
        # The type first: a tensor of several elements is neither equal nor unequal.
        return isinstance(_plain(got), type(expected)) and _plain(got) == expected
    if _is_numeric(expected):
        return _numbers_agree(got, expected, tolerance)
    if isinstance(expected, Mapping):
        return (
            isinstance(got, Mapping)
            and got.keys() == expected.keys()
            and all(agrees(got[key], expected[key], tolerance) for key in expected)
        )
    if isinstance(expected, Sequence):
        return (
            _is_series(got)
            and len(got) == len(expected)
            and all(map(agrees, got, expected, [tolerance] * len(got)))
        )
    return bool(got == expected)


def as_numbers(value: Any) -> Tensor | None:
    """``value`` as a float64 tensor of its own shape (...), or None where it is not made of
    numbers.
    """
    if isinstance(value, str) or value is None:
        return None
    try:
        if isinstance(value, Tensor):
            return value.detach().double().cpu()
        return torch.from_numpy(np.asarray(value, dtype=np.float64).copy())
    except (TypeError, ValueError, RuntimeError):
        return None


def brief(value: Any) -> str:
    """``value`` in at most about 160 characters, numbers to four digits."""
    numbers = as_numbers(value) if not isinstance(value, bool) else None
    if numbers is not None and numbers.numel() > 24:
        return f"{numbers.numel()} numbers, shape {tuple(numbers.shape)}"
    text = str(_rounded(numbers.tolist())) if numbers is not None else repr(value)
    return text if len(text) <= 160 else text[:157] + "..."


def shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape of something made of numbers, else None."""
    numbers = as_numbers(value)
    return None if numbers is None else tuple(numbers.shape)


def _numbers_agree(got: Any, expected: Any, tolerance: float | int) -> bool:
    ours, theirs = as_numbers(got), as_numbers(expected)
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return False
    allowed = _ROUNDING if _is_whole(expected) else tolerance
    return torch.allclose(ours, theirs, rtol=allowed, atol=allowed)


def _is_whole(value: Any) -> bool:
    if isinstance(value, Tensor):
        return not (value.is_floating_point() or value.is_complex())
    return np.issubdtype(np.asarray(value).dtype, np.integer)


def _is_numeric(value: Any) -> bool:
    return isinstance(value, Number | Tensor | np.ndarray | np.generic)


def _is_series(value: Any) -> bool:
    return (
        isinstance(value, Sequence | Tensor | np.ndarray)
        and not isinstance(value, str)
        and getattr(value, "ndim", 1) != 0
    )


def _plain(value: Any) -> Any:
    """A 0-d tensor or array as the Python value in it."""
    if isinstance(value, Tensor | np.ndarray | np.generic) and np.ndim(value) == 0:
        return value.item()
    return value


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if not math.isfinite(value):
        return value
    return int(value) if value == int(value) and abs(value) < 1e6 else float(f"{value:.4g}")
