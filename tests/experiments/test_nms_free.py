"""By hand on two scenes, and the four rows of a small detector."""

import pytest
import torch

from locviz.data import Shapes
from locviz.experiments.nms_free import HEADS, boxes_per_object, compare_heads
from locviz.models import yolov10_tiny
from locviz.types import Detections, Targets

BOX = [0.0, 0, 10, 10]
NOTHING = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (20, 20))


def test_boxes_are_counted_that_overlap_their_object_and_have_its_class():
    """Of five boxes two count: one is elsewhere, one of another class, one of too low a score."""
    found = Detections(
        torch.tensor([BOX, [0, 0, 10, 8], [12, 12, 20, 20], BOX, BOX]),
        torch.tensor([0.9, 0.5, 0.4, 0.4, 0.1]),
        torch.tensor([1, 1, 1, 0, 1]),
    )
    one = Targets(torch.tensor([BOX]), torch.tensor([1]), (20, 20))
    two = Targets(torch.tensor([BOX, [12.0, 0, 20, 8]]), torch.tensor([1, 1]), (20, 20))
    assert boxes_per_object([found], [one]) == 2
    assert boxes_per_object([found], [two]) == 1
    assert boxes_per_object([found], [NOTHING]) == 0
    assert boxes_per_object([found], [one], score=0.0) == 3
    assert boxes_per_object([found], [one], iou=0.9) == 1


def test_each_head_is_asked_without_and_with_suppression():
    torch.manual_seed(0)
    detector = yolov10_tiny(3)
    with torch.no_grad():
        for layer in detector.head.one_to_many.logits:
            layer.bias.fill_(3.0)
    rows = compare_heads(detector, Shapes(num_scenes=3), nms_threshold=0.3)
    assert [(row.head, row.suppressed) for row in rows] == [
        (head, suppressed) for head in HEADS for suppressed in (False, True)
    ]
    assert all(0 <= row.ap <= row.ap50 <= 1 for row in rows)
    loud, suppressed, quiet, _ = (row.boxes_per_object for row in rows)
    assert loud > suppressed >= 0
    assert quiet == pytest.approx(0)
