"""By hand on two scenes, and the four rows of a small detector."""

import pytest
import torch

from locviz.data import Shapes
from locviz.experiments import nms_free
from locviz.experiments.nms_free import HEADS, boxes_per_object, compare_heads
from locviz.models import YOLOV10, yolov10_tiny
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
    assert rows[0].duplicates_per_object > 0
    # At 0.3 nothing is left that overlaps by more than 0.7.
    assert rows[1].duplicates_per_object == rows[3].duplicates_per_object == 0


@pytest.fixture(scope="module")
def found():
    return nms_free.results()


def test_the_stored_runs_are_the_recipes_own(found):
    recipe = YOLOV10.recipes["shapes"].as_dict()
    assert found["recipe"] == {name: value for name, value in recipe.items() if name != "seed"}
    assert list(found["runs"]) == ["0", "1", "2"]
    for run in found["runs"].values():
        assert [look["step"] for look in run["looks"]][-1] == recipe["steps"]


def test_both_bars_are_met_by_every_seed(found):
    ap50 = nms_free.final_figures(found, "ap50")
    for many, with_nms, one in zip(
        ap50["one-to-many", False],
        ap50["one-to-many", True],
        ap50["one-to-one", False],
        strict=True,
    ):
        assert with_nms - one <= 0.02
        assert with_nms - many >= 0.20


def test_only_the_one_to_many_head_repeats_itself(found):
    """What the chapter says: silence, then eight of each; less than 0.2 of the other head."""
    curve = nms_free.figure_at_steps(found, "duplicates_per_object")
    for at_50, at_end in zip(
        *(curve["one-to-many", False][step] for step in (50, 800)), strict=True
    ):
        assert at_50 == 0
        assert at_end == pytest.approx(8.2, abs=0.3)
    assert max(max(values) for values in curve["one-to-one", False].values()) < 0.2
