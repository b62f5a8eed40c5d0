"""By hand on one scene, the stored figures' protocol, and what chapter 09 says of them."""

import pytest
import torch

from locviz.data import Shapes
from locviz.experiments import suppression_survey as survey
from locviz.models import fcos_tiny
from locviz.postprocess import GreedyNMS
from locviz.types import Detections, Targets

A, B = [0.0, 0, 10, 10], [3.0, 0, 13, 10]  # IoU 7 / 13 = 0.54
TRUTH = Targets(torch.tensor([A, B]), torch.tensor([0, 0]), (20, 20))
FOUND = Detections(
    torch.tensor([A, B, A, B]), torch.tensor([0.9, 0.8, 0.7, 0.2]), torch.zeros(4).long()
)


def figures(threshold):
    kept = survey.suppressed([FOUND], GreedyNMS(), threshold)
    return survey.judged([FOUND], kept, [TRUTH], num_classes=1)


def test_a_victim_and_a_duplicate_by_hand():
    """At 0.5 the first box drops all others, also the only shown one that fits B better. It still
    overlaps B by 0.54, so it finds both: no victim. Boxes per object count every pair.
    """
    assert figures(0.5).boxes_per_object == 1.0
    assert figures(0.5).victims == 0
    assert figures(0.9).boxes_per_object == 2.0  # A and B, each for both objects
    assert figures(1.0).boxes_per_object == 3.0  # the fourth scores too little
    apart = Targets(torch.tensor([A, [5.0, 0, 15, 10]]), torch.tensor([0, 0]), (20, 20))
    kept = survey.suppressed([FOUND], GreedyNMS(), 0.5)
    assert survey.judged([FOUND], kept, [apart], num_classes=1).victims == 0.5


def test_nothing_suppresses_the_raw_candidates():
    torch.manual_seed(0)
    detector = fcos_tiny(6)
    with torch.no_grad():
        for layer in detector.modules():
            if (
                isinstance(layer, torch.nn.Conv2d)
                and layer.out_channels == 6
                and layer.bias is not None
            ):
                layer.bias.fill_(0.0)
    before = detector.postprocess.nms_threshold
    [raw] = survey.raw_candidates(detector, Shapes(level="packed", split="test", num_scenes=1))
    assert len(raw) > 100
    assert detector.postprocess.nms_threshold == before


@pytest.fixture(scope="module")
def packed():
    found = survey.results()
    return {
        name: survey.rows_of(found, f"{name}-shapes-crowded", "packed")
        for name in ("yolox_tiny_course", "fcos_tiny")
    }


def test_the_stored_figures_are_of_every_method(packed):
    for rows in packed.values():
        assert {name: tuple(at) for name, at in rows.items()} == {
            name: entry.thresholds for name, entry in survey.METHODS.items()
        }


def test_the_threshold_trades_victims_for_duplicates(packed):
    for rows in packed.values():
        greedy = list(rows["greedy"].values())
        victims = [row["victims"] for row in greedy]
        boxes = [row["boxes_per_object"] for row in greedy]
        assert victims == sorted(victims, reverse=True)
        assert boxes == sorted(boxes)


def test_linear_soft_nms_is_better_than_greedy_at_each_threshold(packed):
    for rows in packed.values():
        for threshold, row in rows["soft_linear"].items():
            assert row["ap"] > rows["greedy"][threshold]["ap"]


def test_fusion_of_one_model_is_worse(packed):
    for rows in packed.values():
        for threshold, row in rows["fusion"].items():
            assert row["ap"] < rows["greedy"][threshold]["ap"]
