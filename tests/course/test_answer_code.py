import math
from os import path as where

import torch

from locviz.course.answer_code import loops, printed


def _half(x):
    return math.pi / 2 + torch.as_tensor(x) + len(where.sep)


def test_a_printed_answer_runs_on_its_own_under_the_learners_name():
    text = printed(_half, "half")
    assert text.splitlines()[:2] == ["import math", "import posixpath as where"]
    assert "import torch" not in text, "every chapter has torch"
    space = {"torch": torch}
    exec(text, space)
    assert space["half"](1) == _half(1)


def test_what_loops():
    def over_rows(x):
        return [row.sum() for row in x]

    def until(x):
        while x > 1:
            x = x / 2
        return x

    def written_out(x):
        return [x.sum(axis) for axis in (0, 1)]

    assert loops(over_rows)
    assert loops(until)
    assert not loops(written_out)
    assert not loops(len), "no source to read"
