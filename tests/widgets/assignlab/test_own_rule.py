"""A learner's own rule in AssignLab: accepted as chapter 07 defines it, refused with the fix."""

import pytest
import torch

from locviz.assign import ATSS, MaxIoU, OnSquareAnchors, force_best_ties
from locviz.lessons.ch07.exercises.rpn_rule import rpn_rule
from locviz.types import Targets
from locviz.widgets import AssignLab


@pytest.fixture
def two():
    boxes = torch.tensor([[8.0, 8, 24, 24], [36, 8, 60, 40]])
    return Targets(boxes=boxes, labels=torch.tensor([0, 1]), size=(64, 64))


def test_the_exercises_solution_is_the_packages_rule(two):
    lab = AssignLab(targets=two, assigners={"mine": rpn_rule.answer}, assigner="mine", second="rpn")
    reference = OnSquareAnchors(MaxIoU(positive=0.7, negative=0.3, force=force_best_ties), side=4.0)
    assert torch.equal(lab.assignment.gt_index, reference(lab.priors, lab.targets).gt_index)
    assert lab.difference == {"count": 0, "first": 0, "second": 0, "other": 0}
    lab.settings = {"mine": {"side": 6.0}}  # its anchors are squares whose side can be turned
    assert lab.difference["count"] > 0


def test_lists_and_arrays_are_taken(two):
    lab = AssignLab(targets=two, assigners={"mine": lambda iou: [0] + [-1] * (len(iou) - 1)})
    lab.assigner = "mine"
    assert lab.positives == (1, 0)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (7, "cannot be called"),
        (lambda: 0, r"takes \(\)"),
        (lambda a, b, c, d: 0, r"takes \(a, b, c, d\)"),
        (ATSS, "is a class"),
    ],
)
def test_what_cannot_be_called_as_a_rule_is_refused(two, rule, message):
    with pytest.raises(TypeError, match=message):
        AssignLab(targets=two, assigners={"mine": rule})


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda iou: iou, r"returned shape \(336, 2\): give one whole number for each of the 336"),
        (lambda iou: iou.argmax(0), r"returned shape \(2,\)"),
        (lambda iou: iou.max(1).values, "float32 numbers"),
        (lambda iou: torch.full((len(iou),), 2), "returned 2 for prior 0: with 2 objects"),
        (lambda iou: iou.nothing, "failed on overlaps of shape .336, 2.: AttributeError"),
        (lambda iou: None, "returned a NoneType"),
        (lambda priors, targets, predicted: 3, "returned a int: an assigner"),
    ],
)
def test_a_wrong_answer_shows_in_the_widget(two, rule, message, fake_comm):
    lab = AssignLab(targets=two, assigners={"mine": rule})
    fake_comm(lab)
    for seq in (1, 2):  # asked again, it says so again
        asked = {"kind": "ask", "seq": seq, "name": "knobs", "assigner": "mine", "at": seq}
        lab._handle_custom_msg(asked, None)
        assert lab.last_error
        with pytest.raises((ValueError, TypeError, RuntimeError), match=message):
            lab.reading(0)


def test_without_objects_it_is_not_asked():
    empty = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (32, 32))
    lab = AssignLab(targets=empty, assigners={"mine": rpn_rule.answer}, assigner="mine")
    assert lab.positives == ()
