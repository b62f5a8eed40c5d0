import pytest
import torch

from locviz.postprocess import BalancedNMS, Candidates, GreedyNMS

# Three candidates of one object whose centres are 0, 1 and 5; the first two agree.
REGIONS = torch.tensor([[-10.0, 10], [-9, 11], [-5, 15]])


def test_of_equal_scores_the_one_nearest_to_the_centre_is_kept():
    """The mean centre is 2. As printed, equation 7 would keep the farthest, the last."""
    candidates = Candidates(REGIONS, torch.full((3,), 0.8))
    [only] = BalancedNMS().steps(candidates, threshold=0.4)
    assert only.picked == 1
    assert only.suppressed.tolist() == [0, 2]
    torch.testing.assert_close(only.center, torch.tensor([2.0], dtype=torch.float64))
    assert GreedyNMS()(candidates, threshold=0.4).index.tolist() == [0]


def test_the_rank_changes_where_the_best_score_is_far_from_the_others():
    """By hand: softmax(.9, .8, .8) = .356, .322, .322 at the centres 5, 0 and 1 gives 2.1. The hull
    is 25 long, so the closenesses are 1 - 2.9 / 25, 1 - 2.1 / 25 and 1 - 1.1 / 25.
    """
    candidates = Candidates(REGIONS[[2, 0, 1]], torch.tensor([0.9, 0.8, 0.8]))
    weights = torch.tensor([0.9, 0.8, 0.8], dtype=torch.float64).softmax(0)
    center = float(weights[0] * 5 + weights[2])
    # 0.9 + 1 - (5 - center) / 25 against 0.8 + 1 - (center - 1) / 25: 1.784 against 1.756.
    kept = BalancedNMS()(candidates, threshold=0.4)
    assert kept.index.tolist() == [0]
    # The closeness counts twice: 2.668 against 2.712.
    kept = BalancedNMS(weight=2.0)(candidates, threshold=0.4)
    assert kept.index.tolist() == [2]
    torch.testing.assert_close(kept.scores, torch.tensor([0.8]))
    [step] = BalancedNMS().steps(candidates, threshold=0.4)
    assert float(step.center) == pytest.approx(center)


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(30))
def test_without_weight_it_is_greedy(on_grid, seed, dim):
    candidates = on_grid(seed, dim, 30)
    ours = BalancedNMS(weight=0.0)(candidates, threshold=0.45)
    assert torch.equal(ours.index, GreedyNMS()(candidates, threshold=0.45).index)


def test_what_only_the_kept_one_overlaps_goes_too():
    """The last does not overlap the best, but the one that is kept in its place."""
    regions = torch.tensor([[0.0, 10], [3, 13], [3, 13], [6, 16]])
    candidates = Candidates(regions, torch.tensor([0.7, 0.69, 0.69, 0.3]))
    [only] = BalancedNMS(weight=10.0).steps(candidates, threshold=0.5)
    assert only.picked == 1
    assert only.suppressed.tolist() == [0, 2, 3]
    assert GreedyNMS()(candidates, threshold=0.5).index.tolist() == [0, 3]


def test_as_printed_the_farthest_of_equal_scores_is_kept():
    candidates = Candidates(REGIONS, torch.full((3,), 0.8))
    assert BalancedNMS(weight=-1.0)(candidates, threshold=0.4).index.tolist() == [2]


@pytest.mark.parametrize("weight", [float("inf"), float("nan")])
def test_an_endless_weight_is_refused(weight):
    with pytest.raises(ValueError, match="weight must be a finite number"):
        BalancedNMS(weight=weight)


@pytest.mark.filterwarnings("error")
def test_an_infinite_region_makes_no_noise():
    regions = torch.tensor([[0.0, 0, 10, 10], [0, 0, float("inf"), float("inf")]])
    left = BalancedNMS()(Candidates(regions, torch.tensor([0.9, 0.8])), threshold=0.5)
    assert left.index.tolist() == [0, 1]
