"""Soft-NMS against effdet's, and against hand and limit."""

import warnings

import pytest
import torch

from locviz.postprocess import Candidates, GaussianDecay, GreedyNMS, SoftNMS, linear_decay
from locviz.postprocess.candidates import NOBODY


@pytest.fixture(scope="module")
def effdet():
    """effdet's function, whose import warns of what torch deprecates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("effdet.soft_nms").soft_nms


@pytest.mark.parametrize(
    "decay", [GaussianDecay(sigma=0.5), GaussianDecay(sigma=0.1), linear_decay]
)
@pytest.mark.parametrize("seed", range(0, 100, 3))
def test_equals_effdet(effdet, anywhere, decay, seed):
    candidates = anywhere(seed, 2, 1 + seed)
    gaussian = decay is not linear_decay
    index, scores = effdet(
        candidates.regions,
        candidates.scores,
        method_gaussian=gaussian,
        sigma=decay.sigma if gaussian else 0.5,
        iou_threshold=0.3,
        score_threshold=0.005,
    )
    ours = SoftNMS(decay=decay, min_score=0.005)(candidates, threshold=0.3)
    assert torch.equal(ours.index, index)
    torch.testing.assert_close(ours.scores, scores, rtol=1e-5, atol=0)
    assert seed < 21 or (scores < candidates.scores[index]).any()


@pytest.mark.parametrize("dim", [1, 2])
def test_values_by_hand(dim):
    """IoU 1/2 of 1 with 0 and with 2; 0 and 2 apart. Twice halved is a quarter."""
    regions = torch.tensor([[0.0, 4], [0, 8], [4, 8]])
    regions = (
        regions
        if dim == 1
        else torch.stack([regions[:, 0], torch.zeros(3), regions[:, 1], torch.ones(3)], -1)
    )
    candidates = Candidates(regions, torch.tensor([0.8, 0.4, 0.6]))
    linear = SoftNMS(decay=linear_decay)(candidates, threshold=0.4)
    assert linear.index.tolist() == [0, 2, 1]
    torch.testing.assert_close(linear.scores, torch.tensor([0.8, 0.6, 0.1]))
    gaussian = SoftNMS(decay=GaussianDecay(sigma=0.25))(candidates, threshold=0.4)
    torch.testing.assert_close(gaussian.scores[2], 0.4 * torch.tensor(-2.0).exp())


def test_an_overlap_equal_to_the_threshold_does_not_decay():
    candidates = Candidates(torch.tensor([[0.0, 2], [0, 1]]), torch.tensor([0.9, 0.8]))
    soft = SoftNMS(decay=linear_decay)
    assert torch.equal(soft(candidates, threshold=0.5).scores, candidates.scores)
    assert soft(candidates, threshold=0.49).scores[1] == 0.4


@pytest.mark.parametrize("seed", range(30))
def test_a_decay_to_zero_is_greedy(on_grid, seed):
    candidates = on_grid(seed, 2, 30)
    hard = SoftNMS(decay=lambda overlap, threshold: (overlap <= threshold) * 1.0, min_score=0.0)
    ours, greedy = (method(candidates, threshold=0.45) for method in (hard, GreedyNMS()))
    assert torch.equal(ours.index, greedy.index)
    assert torch.equal(ours.scores, greedy.scores)


def test_the_order_of_picks_is_that_of_the_decayed_scores():
    """1 is second at first, and third after 0 has decayed it."""
    regions = torch.tensor([[0.0, 4], [1, 5], [20, 24]])
    candidates = Candidates(regions, torch.tensor([0.9, 0.8, 0.7]))
    steps = list(SoftNMS().steps(candidates, threshold=0.5))
    assert [now.picked for now in steps] == [0, 2, 1]
    assert [now.decayed.tolist() for now in steps] == [[1], [], []]


def test_what_is_too_low_from_the_beginning_is_dropped_by_nobody():
    candidates = Candidates(torch.tensor([[0.0, 1], [5, 6]]), torch.tensor([0.25, 0.5]))
    soft = SoftNMS(min_score=0.25)
    first, second = soft.steps(candidates, threshold=0.5)
    assert (first.picked, first.by, first.suppressed.tolist()) == (NOBODY, NOBODY, [0])
    assert second.picked == 1
    assert soft(candidates, threshold=0.5).index.tolist() == [1]
    assert len(SoftNMS(min_score=0.5)(candidates, threshold=0.5)) == 0


def test_bad_settings_are_named():
    for sigma in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="sigma must be above 0"):
            GaussianDecay(sigma=sigma)
    with pytest.raises(ValueError, match="min_score must not be negative"):
        SoftNMS(min_score=-0.1)
