"""Numbers on their way to the browser and back: binary buffers, and NaN where JSON has none."""

import math

import numpy as np
from jaxtyping import Float32, Int16
from numpy.typing import ArrayLike


def float32_bytes(values: ArrayLike) -> bytes:
    """Return numbers of any shape as the float32 buffer that ``floats`` of the views reads."""
    return np.ascontiguousarray(values, dtype=np.float32).tobytes()


def int16_bytes(values: ArrayLike) -> bytes:
    """Return whole numbers of any shape as the int16 buffer that ``shorts`` of the views reads."""
    return np.ascontiguousarray(values, dtype=np.int16).tobytes()


def flag_bytes(values: ArrayLike) -> bytes:
    """Return truth values, or small whole numbers, as a buffer of one byte each."""
    return np.ascontiguousarray(values, dtype=np.uint8).tobytes()


def float32_array(content: bytes, *shape: int) -> Float32[np.ndarray, "..."]:
    """Return the numbers of a float32 buffer in ``shape``; one row if no shape is given."""
    return np.frombuffer(content, np.float32).reshape(shape or -1)


def int16_array(content: bytes) -> Int16[np.ndarray, "n"]:
    """Return the numbers of an int16 buffer, (n,)."""
    return np.frombuffer(content, np.int16)


def number_or_none(value: float | int) -> float | None:
    """Return a number as a message holds it: JSON has no NaN, so that becomes None."""
    return None if math.isnan(value) else float(value)


def number_or_nan(value: float | int | None) -> float | int:
    """Return the number that a message holds; the inverse of ``number_or_none``."""
    return math.nan if value is None else value
