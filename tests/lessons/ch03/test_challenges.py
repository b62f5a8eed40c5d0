import pytest
import torch

from locviz.course.challenge import read_state
from locviz.lessons.ch03.challenges import two_in_one
from locviz.types import Detections, Targets
from locviz.widgets import APLab


@pytest.mark.parametrize(
    ("box", "label", "iou_threshold", "proved"),
    [
        ([15.0, 10, 35, 30], 1, 0.9, True),  # IoU 300 / 500 with the digit that it misses
        ([15.0, 10, 35, 30], 1, 0.5, False),  # right
        ([15.0, 10, 35, 30], 0, 0.9, False),  # of another class
        ([60.0, 60, 80, 80], 1, 0.9, False),  # wrong and missed, but far apart
        ([21.0, 10, 41, 30], 1, 0.9, False),  # IoU 180 / 620: it hardly lies on the digit
    ],
)
def test_any_wrong_box_and_any_missed_digit_are_not_one_slip(box, label, iou_threshold, proved):
    found = Detections(
        boxes=torch.tensor([box]), scores=torch.tensor([0.9]), labels=torch.tensor([label])
    )
    truth = Targets(
        boxes=torch.tensor([[10.0, 10, 30, 30]]), labels=torch.tensor([1]), size=(96, 96)
    )
    lab = APLab(
        detections=[found],
        targets=[truth],
        class_names=("a", "b"),
        label=None,
        iou_threshold=iou_threshold,
    )
    state = read_state(lab, two_in_one.reads)
    assert all(goal.met(state) for goal in two_in_one.goals) == proved
