import pytest
import torch

from locviz.boxes import pairwise_diou, pairwise_iou
from locviz.postprocess import Candidates, DIoUNMS, GreedyNMS


@pytest.mark.parametrize("beta", [1.0, 0.6])
@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(30))
def test_equals_the_textbook_loop(anywhere, seed, dim, beta):
    candidates = anywhere(seed, dim, 40)
    regions = candidates.regions
    overlap = pairwise_iou(regions, regions)
    measure = overlap - (overlap - pairwise_diou(regions, regions)).clamp(min=0) ** beta
    kept: list[int] = []
    for i in candidates.scores.argsort(descending=True).tolist():
        if all(measure[j, i] <= 0.3 for j in kept):
            kept.append(i)
    assert DIoUNMS(beta=beta)(candidates, threshold=0.3).index.tolist() == kept
    assert len(kept) < 40


def test_two_objects_side_by_side_both_stay():
    """IoU 2/3; the centres are 2 apart, the hull is 12 long: DIoU 2/3 - 1/36 = .639."""
    spans = Candidates(torch.tensor([[0.0, 10], [2, 12]]), torch.tensor([0.9, 0.8]))
    assert GreedyNMS()(spans, threshold=0.65).index.tolist() == [0]
    assert DIoUNMS()(spans, threshold=0.65).index.tolist() == [0, 1]
    assert DIoUNMS()(spans, threshold=0.63).index.tolist() == [0]
    # (1/36) ** 0.6 = .1165
    assert DIoUNMS(beta=0.6)(spans, threshold=0.56).index.tolist() == [0, 1]
    assert DIoUNMS(beta=0.6)(spans, threshold=0.54).index.tolist() == [0]


@pytest.mark.parametrize("seed", range(20))
def test_with_one_centre_it_is_greedy(seed):
    half = torch.rand(30, 2, generator=torch.Generator().manual_seed(seed)) * 64 // 1 + 1
    scores = torch.rand(30, generator=torch.Generator().manual_seed(seed + 1))
    candidates = Candidates(torch.cat([64 - half, 64 + half], -1), scores)
    ours, greedy = (method(candidates, threshold=0.4) for method in (DIoUNMS(), GreedyNMS()))
    assert torch.equal(ours.index, greedy.index)


def test_a_measure_equal_to_the_threshold_stays():
    """The same centre, IoU exactly one half."""
    spans = Candidates(torch.tensor([[0.0, 8], [2, 6]]), torch.tensor([0.9, 0.8]))
    assert DIoUNMS()(spans, threshold=0.5).index.tolist() == [0, 1]


@pytest.mark.parametrize("beta", [0.0, -1.0, float("nan")])
def test_a_power_of_zero_is_refused(beta):
    with pytest.raises(ValueError, match="beta must be above 0"):
        DIoUNMS(beta=beta)
