"""What an answer does: it works on copies, cannot move the random state, and its error is located."""

import math

import pytest
import torch

from locviz.course.exercise import call
from locviz.course.outcome import run


def test_the_answer_gets_a_copy_and_writing_into_it_is_noticed():
    given = torch.zeros(2)
    outcome = run(call, lambda x: x.add_(1), (given,))
    assert outcome.mutated
    assert torch.equal(given, torch.zeros(2))
    assert not run(call, lambda x: x + 1, (given,)).mutated


def test_an_answer_that_draws_leaves_the_random_state_alone():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    run(call, lambda: torch.rand(100), ())
    assert torch.equal(torch.rand(1), expected)


def test_two_outcomes_are_the_same_by_value_or_by_kind_of_exception():
    def fails(x):
        raise ValueError("here")

    def fails_elsewhere(x):
        raise ValueError("there")

    one, close = run(call, lambda x: x, (1.0,)), run(call, lambda x: x + 1e-6, (1.0,))
    assert one.same(close, 1e-4)
    assert not one.same(close, 1e-9)
    assert run(call, fails, (1,)).same(run(call, fails_elsewhere, (1,)), 0.0)
    assert not run(call, fails, (1,)).same(one, 0.0)


def test_the_learners_line_is_named_and_not_the_librarys():
    def answer(x):
        return torch.ones(2) @ torch.ones(3)

    raised = run(call, answer, (1,)).raised
    assert raised is not None
    assert raised.kind == "RuntimeError"
    assert raised.where == "return torch.ones(2) @ torch.ones(3)"
    shown = " ".join(block.content for block in raised.explain())
    assert "whose shapes do not fit" in shown


def test_an_interrupt_is_not_an_outcome():
    def answer():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(call, answer, ())


def test_an_if_over_a_tensor_is_said_to_want_where():
    outcome = run(call, lambda d: d if d.abs() < 1 else -d, (torch.tensor([0.5, 2.0]),))
    assert outcome.raised
    assert any("torch.where" in block.text() for block in outcome.raised.explain())


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (lambda x: math.log(x - x), "logarithm of 0"),
        (lambda x: math.exp(1000 * x), "too large"),
        (lambda x: torch.ones(2, 2) @ torch.arange(2), "whole numbers"),
        (lambda x: torch.ones(2, 2) @ torch.ones(2, 2, dtype=torch.long), "whole numbers"),
        (lambda x: torch.log(x), "plain number"),
        (lambda x: torch.ones(2).topk(3), "`topk`"),
    ],
)
def test_what_a_message_means_is_said_more_narrowly_than_by_its_kind(answer, advice):
    raised = run(call, answer, (1.0,)).raised
    assert raised is not None
    assert advice in " ".join(block.content for block in raised.explain())
