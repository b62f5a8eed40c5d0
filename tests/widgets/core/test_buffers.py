import math
import struct

import numpy as np
import pytest
import torch

from locviz.widgets.core.buffers import (
    flag_bytes,
    float32_array,
    float32_bytes,
    int16_array,
    int16_bytes,
    number_or_nan,
    number_or_none,
)


def test_float32_bytes_are_little_endian_floats_row_by_row():
    """The views read them so, whatever machine the kernel runs on."""
    rows = torch.tensor([[1.0, 2.0], [3.0, -0.5]], dtype=torch.float64)
    assert float32_bytes(rows) == struct.pack("<4f", 1, 2, 3, -0.5)
    assert float32_bytes(rows.T) == struct.pack("<4f", 1, 3, 2, -0.5)


def test_int16_and_flags():
    assert int16_bytes([-2, -1, 300]) == struct.pack("<3h", -2, -1, 300)
    assert flag_bytes(np.array([[True, False], [True, True]])) == b"\x01\x00\x01\x01"


def test_what_is_written_is_read():
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(float32_array(float32_bytes(values), -1, 3), values)
    assert float32_array(float32_bytes(values)).shape == (6,)
    assert int16_array(int16_bytes([5, -2])).tolist() == [5, -2]
    assert float32_array(b"", -1, 4).shape == (0, 4)


def test_nan_travels_as_none():
    assert number_or_none(math.nan) is None
    assert math.isnan(number_or_nan(None))
    for value in (0.25, 0.0, -3.0):
        assert number_or_nan(number_or_none(value)) == value


@pytest.mark.parametrize("value", [math.nan, 0.5])
def test_both_ways_are_inverse(value):
    assert number_or_nan(number_or_none(value)) == pytest.approx(value, nan_ok=True)
