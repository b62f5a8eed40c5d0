from dataclasses import replace

import pytest
import torch

from locviz.boxes import pairwise_iou
from locviz.postprocess import Candidates, GreedyNMS, IoUGuidedNMS


def test_place_from_one_and_score_from_another():
    """The best score belongs to a candidate that is badly placed."""
    candidates = Candidates(
        torch.tensor([[0.0, 10], [1, 11], [30, 40]]),
        torch.tensor([0.9, 0.6, 0.7]),
        quality=torch.tensor([0.5, 0.8, 0.3]),
    )
    kept = IoUGuidedNMS()(candidates, threshold=0.5)
    assert kept.index.tolist() == [1, 2]
    torch.testing.assert_close(kept.scores, torch.tensor([0.9, 0.7]))
    assert GreedyNMS()(candidates, threshold=0.5).index.tolist() == [0, 2]


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(30))
def test_equals_algorithm_1(anywhere, seed, dim):
    candidates = anywhere(seed, dim, 40)
    overlap = pairwise_iou(candidates.regions, candidates.regions)
    left, found = set(range(40)), {}
    while left:
        best = max(left, key=lambda i: float(candidates.quality[i]))
        cluster = {i for i in left if overlap[best, i] > 0.4} | {best}
        found[best] = max(float(candidates.scores[i]) for i in cluster)
        left -= cluster
    kept = IoUGuidedNMS()(candidates, threshold=0.4)
    assert kept.index.tolist() == sorted(found, key=lambda i: -found[i])
    torch.testing.assert_close(kept.scores, torch.tensor([found[i] for i in kept.index.tolist()]))


@pytest.mark.parametrize("seed", range(20))
def test_a_quality_in_the_order_of_the_scores_is_greedy(anywhere, seed):
    candidates = anywhere(seed, 2, 40)
    candidates = replace(candidates, quality=candidates.scores**2)
    ours, greedy = (method(candidates, threshold=0.4) for method in (IoUGuidedNMS(), GreedyNMS()))
    assert torch.equal(ours.index, greedy.index)
    assert torch.equal(ours.scores, greedy.scores)


def test_without_a_quality_it_says_so():
    candidates = Candidates(torch.zeros(1, 4), torch.ones(1))
    with pytest.raises(ValueError, match="IoUGuidedNMS ranks by quality, which is missing"):
        IoUGuidedNMS()(candidates, threshold=0.5)
