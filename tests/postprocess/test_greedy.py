"""The readable form against torchvision's kernel."""

import pytest
import torch
import torchvision

from locviz.boxes import area, pairwise_iou
from locviz.postprocess import Candidates, GreedyNMS
from locviz.postprocess.suppression import survivors_of

THRESHOLDS = (0.0, 0.1, 0.2, 1 / 4, 0.3, 1 / 3, 0.4, 1 / 2, 0.6, 2 / 3, 0.7, 3 / 4, 0.9, 1.0)


def read(candidates, threshold):
    return survivors_of(GreedyNMS().steps(candidates, threshold=threshold), candidates).index


def special(candidates, threshold) -> dict[str, bool]:
    """Which of the cases that implementations differ in this set holds."""
    regions, scores = candidates.regions, candidates.scores
    overlap = pairwise_iou(regions, regions).triu(1)
    same = (regions[:, None] == regions).all(-1).triu(1)
    return {
        "empty": len(candidates) == 0,
        "ties": len(scores.unique()) < len(scores),
        "identical": bool(same.any()),
        "no area": bool((area(regions) == 0).any()),
        "identical without area": bool(same[area(regions) == 0].any()),
        "at the threshold": bool(((overlap == torch.tensor(threshold)) & (overlap > 0)).any()),
    }


def test_index_equal_to_torchvision_on_a_thousand_sets(on_grid):
    seen = dict.fromkeys(special(on_grid(0, 2, 1), 0.5), 0)
    dropped = 0
    for seed in range(1000):
        candidates, threshold = on_grid(seed, 2, seed % 41), THRESHOLDS[seed % len(THRESHOLDS)]
        kernel = torchvision.ops.nms(candidates.regions, candidates.scores, threshold)
        assert torch.equal(read(candidates, threshold), kernel), seed
        assert torch.equal(GreedyNMS()(candidates, threshold=threshold).index, kernel)
        dropped += len(candidates) - len(kernel)
        for name, holds in special(candidates, threshold).items():
            seen[name] += holds
    assert min(seen.values()) >= 20, seen
    assert dropped > 4000


def test_a_float32_tenth_is_above_the_threshold_of_a_tenth():
    """The kernel compares in float64. One part in ten in common: 1 / 10 rounds up in float32."""
    regions = torch.tensor([[0.0, 0, 11, 1], [9, 0, 18, 1], [30, 0, 40, 1], [30, 0, 31, 1]])
    candidates = Candidates(regions, torch.tensor([0.9, 0.8, 0.7, 0.6]))
    kernel = torchvision.ops.nms(regions, candidates.scores, 0.1).tolist()
    assert read(candidates, 0.1).tolist() == kernel == [0, 2]
    assert read(candidates, 0.2).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("seed", range(20))
def test_spans_are_boxes_of_height_one(on_grid, seed):
    spans = on_grid(seed, 1, 30)
    start, end = spans.regions.unbind(-1)
    boxes = torch.stack([start, torch.zeros_like(start), end, torch.ones_like(end)], -1)
    kernel = torchvision.ops.nms(boxes, spans.scores, 0.5)
    assert torch.equal(read(spans, 0.5), kernel)
    assert torch.equal(GreedyNMS()(spans, threshold=0.5).index, kernel)


def test_the_steps_say_who_suppresses_whom():
    """0 and 1 overlap by 2/3, 1 and 2 too, 0 and 2 by 3/7: 2 goes on, for 1 is gone before it picks."""
    regions = torch.tensor([[0.0, 10], [2, 12], [4, 14]])
    candidates = Candidates(regions, torch.tensor([0.9, 0.8, 0.7]))
    first, second = GreedyNMS().steps(candidates, threshold=0.5)
    assert (first.picked, first.by, first.suppressed.tolist()) == (0, 0, [1])
    torch.testing.assert_close(first.scores, torch.tensor([0.9, 0.0, 0.7]))
    assert (second.picked, second.suppressed.tolist()) == (2, [])


@pytest.mark.parametrize("end", [float("inf"), float("nan"), 3e38])
def test_a_region_without_end_is_kept_and_suppresses_nothing(end):
    regions = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 4], [0, 0, 4, end], [0, 0, end, end]])
    candidates = Candidates(regions, torch.tensor([0.5, 0.9, 0.8, 0.7]))
    assert read(candidates, 0.5).tolist() == [1, 2, 3]
