"""Fusion against its authors' ensemble-boxes, and by hand."""

import warnings

import pytest
import torch

from locviz.postprocess import (
    Candidates,
    PerLabel,
    WeightedBoxesFusion,
    largest_confidence,
    mean_confidence,
)


@pytest.fixture(scope="module")
def ensemble():
    """The authors' function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("ensemble_boxes").weighted_boxes_fusion


@pytest.mark.parametrize(
    ("confidence", "conf_type"), [(mean_confidence, "avg"), (largest_confidence, "max")]
)
@pytest.mark.parametrize("num_models", [1, 2, 3])
@pytest.mark.parametrize("seed", range(8))
def test_equals_the_authors(ensemble, anywhere, seed, num_models, confidence, conf_type):
    """Their boxes are shares of the image, their averages float32; nothing ties."""
    candidates = anywhere(seed, 2, 20 * num_models)
    boxes, scores = (candidates.regions + 10) / 70, candidates.scores
    labels = torch.randint(2, (len(scores),), generator=torch.Generator().manual_seed(seed))
    parts = [part.chunk(num_models) for part in (boxes, scores, labels)]
    found = ensemble(
        *([one.numpy() for one in part] for part in parts), iou_thr=0.55, conf_type=conf_type
    )
    fusion = WeightedBoxesFusion(num_models=num_models, confidence=confidence)
    ours = PerLabel(fusion)(boxes, scores, labels, threshold=0.55)
    assert len(ours) == len(found[0]) < len(scores)
    torch.testing.assert_close(ours.scores.double(), torch.tensor(found[1]), rtol=1e-6, atol=0)
    torch.testing.assert_close(ours.regions.double(), torch.tensor(found[0]), rtol=0, atol=1e-6)
    assert labels[ours.index].tolist() == found[2].tolist()


@pytest.mark.parametrize("seed", range(20))
def test_spans_fuse_as_the_authors_in_one_dimension(anywhere, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fuse = pytest.importorskip("ensemble_boxes").weighted_boxes_fusion_1d
    candidates = anywhere(seed, 1, 30)
    spans = (candidates.regions + 10) / 70
    found = fuse([spans.numpy()], [candidates.scores.numpy()], [[0] * 30], iou_thr=0.55)
    ours = WeightedBoxesFusion()(Candidates(spans, candidates.scores), threshold=0.55)
    torch.testing.assert_close(ours.scores.double(), torch.tensor(found[1]).double())
    torch.testing.assert_close(ours.regions.double(), torch.tensor(found[0]).double())


def test_values_by_hand():
    """IoU 8/12 = 2/3. Weights .8 and .4: a third of the way. Two models agree, of two or of four."""
    candidates = Candidates(torch.tensor([[0.0, 10], [2, 12]]), torch.tensor([0.8, 0.4]))
    fused = WeightedBoxesFusion(num_models=2)(candidates, threshold=0.5)
    torch.testing.assert_close(fused.regions, torch.tensor([[2 / 3, 10 + 2 / 3]]))
    torch.testing.assert_close(fused.scores, torch.tensor([0.6]))
    torch.testing.assert_close(
        WeightedBoxesFusion(num_models=4)(candidates, threshold=0.5).scores, torch.tensor([0.3])
    )
    largest = WeightedBoxesFusion(confidence=largest_confidence)(candidates, threshold=0.5)
    torch.testing.assert_close(largest.scores, torch.tensor([0.8]))


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(10))
def test_a_fused_region_is_a_convex_combination_of_its_cluster(anywhere, seed, dim):
    """Weights that are the scores' shares give each survivor, and no score is above the best."""
    candidates = anywhere(seed, dim, 40)
    clusters: dict[int, list[int]] = {}
    for now in WeightedBoxesFusion().steps(candidates, threshold=0.4):
        clusters.setdefault(now.by, []).append(now.picked)
    kept = WeightedBoxesFusion()(candidates, threshold=0.4)
    assert sorted(clusters) == sorted(kept.index.tolist())
    assert max(map(len, clusters.values())) > 3
    for row, founder in enumerate(kept.index.tolist()):
        members = clusters[founder]
        weights = candidates.scores[members] / candidates.scores[members].sum()
        torch.testing.assert_close(kept.regions[row], weights @ candidates.regions[members])
        torch.testing.assert_close(kept.scores[row], candidates.scores[members].mean())
        assert founder == members[0]


def test_later_candidates_meet_the_average():
    """The third overlaps the first by 6/14 = .43, but the average of the first two, 1..11, by 7/13."""
    candidates = Candidates(
        torch.tensor([[0.0, 10], [2, 12], [4, 14]]), torch.tensor([0.8, 0.8, 0.1])
    )
    first, second, third = WeightedBoxesFusion().steps(candidates, threshold=0.5)
    assert [now.by for now in (first, second, third)] == [0, 0, 0]
    torch.testing.assert_close(second.region, torch.tensor([1.0, 11], dtype=torch.float64))
    assert third.suppressed.tolist() == [2]
    assert len(WeightedBoxesFusion()(candidates, threshold=0.6)) == 2


def test_an_overlap_equal_to_the_threshold_founds_a_cluster():
    candidates = Candidates(torch.tensor([[0.0, 2], [0, 1]]), torch.tensor([0.9, 0.8]))
    assert len(WeightedBoxesFusion()(candidates, threshold=0.5)) == 2
    assert len(WeightedBoxesFusion()(candidates, threshold=0.49)) == 1


def test_scores_of_zero_are_averaged_without_weights():
    candidates = Candidates(torch.tensor([[0.0, 10], [2, 12]]), torch.zeros(2))
    fused = WeightedBoxesFusion()(candidates, threshold=0.5)
    torch.testing.assert_close(fused.regions, torch.tensor([[1.0, 11]]))


def test_a_region_without_measure_stays_by_itself():
    candidates = Candidates(torch.tensor([[3.0, 3], [3, 3], [0, 6]]), torch.tensor([0.9, 0.8, 0.7]))
    assert WeightedBoxesFusion()(candidates, threshold=0.0).index.tolist() == [0, 1, 2]


def test_no_model_is_refused():
    with pytest.raises(ValueError, match="num_models must be at least 1"):
        WeightedBoxesFusion(num_models=0)
