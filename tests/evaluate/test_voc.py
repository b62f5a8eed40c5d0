import math

import pytest
import torch

from locviz.evaluate import eleven_points, evaluate, evaluate_voc
from locviz.types import Detections, Targets


def scene(boxes, scores, gts, difficult=None):
    found = Detections(
        torch.tensor(boxes), torch.tensor(scores), torch.zeros(len(boxes), dtype=torch.int64)
    )
    ignore = None if difficult is None else torch.tensor(difficult)
    return [found], [
        Targets(
            torch.tensor(gts), torch.zeros(len(gts), dtype=torch.int64), (99, 99), ignore=ignore
        )
    ]


A, B, FAR = [0.0, 0.0, 10.0, 10.0], [50.0, 0.0, 60.0, 10.0], [80.0, 80.0, 90.0, 90.0]


def test_by_hand():
    detections, targets = scene([A, FAR, B], [0.9, 0.8, 0.7], [A, B])
    # Right, wrong, right: precision 1 up to recall 1/2, then 2/3.
    assert evaluate_voc(detections, targets, num_classes=1).mean_ap == pytest.approx(
        0.5 + 0.5 * 2 / 3
    )
    seven = evaluate_voc(detections, targets, num_classes=1, area=eleven_points)
    assert seven.mean_ap == pytest.approx((6 + 5 * 2 / 3) / 11)


def test_all_detections_of_a_difficult_object_are_forgiven_and_it_need_not_be_found():
    detections, targets = scene([A, A, B], [0.9, 0.8, 0.7], [A, B], difficult=[True, False])
    assert evaluate_voc(detections, targets, num_classes=1).mean_ap == 1.0
    # COCO forgives only the first: ignored, wrong, right.
    assert evaluate(detections, targets, num_classes=1).ap50 == pytest.approx(0.5)


def test_a_difficult_object_that_nobody_found_costs_nothing():
    detections, targets = scene([B], [0.7], [A, B], difficult=[True, False])
    assert evaluate_voc(detections, targets, num_classes=1).mean_ap == 1.0


def test_a_detection_wants_its_best_overlap_even_if_that_is_taken():
    near, nearer = [0.0, 0.0, 10.0, 14.0], [0.0, 0.0, 10.0, 11.0]
    # Both detections overlap A most; the second would also do for `near` (IoU 11/14).
    detections, targets = scene([A, nearer], [0.9, 0.8], [A, near])
    assert evaluate_voc(detections, targets, num_classes=1).ap == (0.5,)
    assert evaluate(detections, targets, num_classes=1).ap50 == 1.0


def test_ignored_and_missing_classes():
    detections, targets = scene([A], [0.9], [A])
    ours = evaluate_voc(detections, targets, num_classes=3)
    assert ours.ap[0] == 1.0
    assert math.isnan(ours.ap[1])
    assert ours.mean_ap == 1.0
    empty = evaluate_voc([], [], num_classes=1)
    assert math.isnan(empty.mean_ap)


def test_threshold_is_inclusive():
    half = [0.0, 0.0, 5.0, 10.0]
    detections, targets = scene([half], [0.9], [A])
    assert evaluate_voc(detections, targets, num_classes=1).mean_ap == 1.0
    assert evaluate_voc(detections, targets, num_classes=1, iou_threshold=0.51).mean_ap == 0.0
    with pytest.raises(ValueError, match="iou_threshold"):
        evaluate_voc(detections, targets, num_classes=1, iou_threshold=0.0)


def test_spans():
    found = [
        Detections(
            torch.tensor([[0.0, 10.0], [20.0, 30.0]]),
            torch.tensor([0.9, 0.8]),
            torch.tensor([0, 0]),
        )
    ]
    truth = [Targets(torch.tensor([[0.0, 12.0], [40.0, 50.0]]), torch.tensor([0, 0]), (60,))]
    assert evaluate_voc(found, truth, num_classes=1).mean_ap == 0.5


def test_of_two_equal_overlaps_the_first_is_wanted():
    """As the kit's strict comparison has it: the second detection wants the first one, too, and is
    a duplicate.
    """
    detections, targets = scene([A, A], [0.9, 0.8], [A, A], difficult=[False, True])
    assert evaluate_voc(detections, targets, num_classes=1).mean_ap == 1.0
    detections, targets = scene([A, A], [0.9, 0.8], [A, A], difficult=[True, False])
    assert evaluate_voc(detections, targets, num_classes=1).mean_ap == 0.0
