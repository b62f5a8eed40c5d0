import numpy as np
import pytest
import torch

from locviz.course.compare import agrees, brief, shape_of


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0),
        (torch.tensor(0.5), 0.5),
        (0.5, torch.tensor(0.5)),
        (np.float64(0.5), 0.5),
        ([1, 2], torch.tensor([1.0, 2.0])),
        ((1, 2), [1, 2]),
        (torch.tensor([1.0, 2.0]), (1.0, 2.0)),
        ("a", "a"),
        (torch.tensor(True), True),
        ({"a": 1.0}, {"a": torch.tensor(1.0)}),
        (None, None),
        (torch.zeros(0, 4), torch.zeros(0, 4)),
        (float("inf"), float("inf")),
        (torch.ones(2, requires_grad=True), [1.0, 1.0]),
    ],
)
def test_these_agree(got, expected):
    assert agrees(got, expected, 1e-6)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1.001, 1.0),
        (16_367, 16_368),
        (2.85, 2),
        (torch.tensor([7, 8]), torch.tensor([7, 9_000_000])),
        (float("nan"), 0.0),
        (float("nan"), float("nan")),
        ("1", 1),
        (1, "1"),
        (1, True),
        (None, 0.0),
        (torch.ones(1), 1.0),
        (torch.ones(2, 1), torch.ones(1, 2)),
        ([1, 2, 3], [1, 2]),
        (5, [5]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, [1]),
        (object(), 1.0),
        (torch.zeros(0), torch.zeros(0, 4)),
        # Lists of tensors of other lengths: no array can be made of them.
        ((torch.tensor([0, 1]), torch.tensor([2])), (torch.ones(3), torch.ones(3))),
        ([torch.ones(2), torch.ones(3)], [torch.ones(2), torch.ones(2)]),
        # Of several elements, where one truth value or word is expected.
        (torch.tensor([True, True]), True),
        (np.array([True, False]), True),
        (torch.ones(2), "a"),
        (torch.ones(2), None),
    ],
)
def test_these_do_not(got, expected):
    assert not agrees(got, expected, 1e-6)


def test_a_pair_of_tensors_of_two_lengths():
    ours, theirs = ([torch.tensor([0, 1]), torch.tensor([2])] for _ in range(2))
    assert agrees(ours, theirs, 1e-6)


def test_tolerance_is_relative_and_absolute():
    assert agrees(1000.05, 1000.0, 1e-4)
    assert agrees(0.00005, 0.0, 1e-4)
    assert not agrees(0.001, 0.0, 1e-4)


def test_brief_rounds_and_cuts():
    assert brief(torch.tensor([1.0, 1 / 3])) == "[1, 0.3333]"
    assert brief(torch.zeros(10, 10)) == "100 numbers, shape (10, 10)"
    assert len(brief("x" * 1000)) == 160
    assert brief(True) == "True"
    assert shape_of([[1, 2, 3]]) == (1, 3)
    assert shape_of("abc") is None
