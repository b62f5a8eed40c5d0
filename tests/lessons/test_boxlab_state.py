"""What is measured of BoxLab's two boxes, by hand."""

from types import SimpleNamespace

import pytest

from locviz.lessons.boxlab_state import centre_distance, iou, prediction_and_target


@pytest.mark.parametrize("kind", [list, tuple])
def test_two_boxes_by_hand(kind):
    state = SimpleNamespace(prediction=kind((3, 4, 5, 6)), target=kind((0.0, 0.0, 2.0, 2.0)))
    prediction, target = prediction_and_target(state)
    assert prediction.tolist() == [[3, 4, 5, 6]]
    assert target.tolist() == [[0, 0, 2, 2]]
    assert iou(state) == 0
    assert centre_distance(state) == 5  # 3, 4, 5


def test_half_aside_is_a_third():
    state = SimpleNamespace(prediction=(5, 0, 15, 10), target=(0, 0, 10, 10))
    assert iou(state) == pytest.approx(1 / 3, rel=1e-12)
