"""The lab of lesson 07 runs the learner's rule if there is one, and says which rule it runs."""

import torch

from locviz.lessons import ch07
from locviz.widgets import AssignLab


def test_without_a_body_it_is_the_solution(capsys):
    def rpn_rule(iou): ...

    iou = torch.tensor([[0.8, 0.1], [0.5, 0.2], [0.1, 0.4]])
    shown = ch07.yours_or_ours(rpn_rule)
    assert shown(iou).tolist() == [0, -2, 1]  # by hand
    assert shown.__name__ == "solution"  # the lab shows the name
    assert "returns nothing yet" in capsys.readouterr().out


def test_a_rule_that_answers_is_the_learners_right_or_wrong(capsys):
    def rpn_rule(iou):
        return torch.full((len(iou),), -1)

    def broken(iou):
        raise RuntimeError("no")

    assert ch07.yours_or_ours(rpn_rule) is rpn_rule
    assert "your own rpn_rule" in capsys.readouterr().out
    assert ch07.yours_or_ours(broken) is broken


def test_the_solution_in_the_lab_is_the_packages_rule():
    lab = AssignLab.replay(
        "fcos_tiny-shapes-crowded",
        image=3,
        assigner="rpn",
        second="mine",
        assigners={"mine": ch07.yours_or_ours(lambda iou: None)},
    )
    assert lab.difference == {"count": 0, "first": 0, "second": 0, "other": 0}
