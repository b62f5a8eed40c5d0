import numpy as np
import pytest

from locviz.evaluate import matching
from locviz.evaluate.flatten import flatten_lists, rank_in_group
from locviz.evaluate.matching import (
    Pairs,
    checked_thresholds,
    greedy_match,
    outcomes,
    overlapping_pairs,
    overlaps,
)


def brute_force(overlap, ignored, crowd, threshold):
    """The rule in words, one detection after another: overlap is (detections by score, ground
    truths).
    """
    taken, result = set(), []
    for row in overlap:
        choices = [
            (not ignored[g], row[g], g)
            for g in range(len(row))
            if row[g] >= threshold and (g not in taken or crowd[g])
        ]
        result.append(max(choices)[2] if choices else -1)
        taken.add(result[-1])
    return result


@pytest.mark.parametrize("seed", range(30))
def test_greedy_matching_equals_the_rule_in_words(seed):
    rng = np.random.default_rng(seed)
    num, num_gts = rng.integers(1, 12), rng.integers(1, 8)
    overlap = np.round(rng.random((num, num_gts)), 1)  # many ties
    crowd = rng.random(num_gts) < 0.2
    ignored = crowd | (rng.random(num_gts) < 0.3)
    thresholds = np.array([0.3, 0.5, 0.8])
    detection, gt = np.nonzero(overlap >= 0.3)
    shuffled = rng.permutation(len(detection))
    pairs = Pairs(detection[shuffled], gt[shuffled], overlap[detection, gt][shuffled])
    matched = greedy_match(pairs, np.arange(num), ignored, crowd, thresholds)
    for row, threshold in zip(matched, thresholds, strict=True):
        assert row.tolist() == brute_force(overlap, ignored, crowd, threshold)


def test_overlap_by_hand():
    boxes = np.array([[0.0, 0.0, 2.0, 2.0]]).repeat(4, axis=0)
    gts = np.array(
        [[1.0, 0.0, 3.0, 2.0], [1.0, 0.0, 3.0, 2.0], [2.0, 0.0, 3.0, 2.0], [0.0, 0.0, 2.0, 2.0]]
    )
    crowd = np.array([False, True, False, False])
    assert overlaps(boxes, gts, crowd).tolist() == [2 / 6, 0.5, 0.0, 1.0]
    assert overlaps(boxes[:, [0, 2]], gts[:, [0, 2]], crowd).tolist() == [1 / 3, 0.5, 0.0, 1.0]


def test_two_empty_boxes_do_not_overlap():
    empty = np.array([[1.0, 1.0, 1.0, 1.0]])
    assert overlaps(empty, empty, np.array([False])).tolist() == [0.0]


def test_pairs_in_chunks_are_the_same_pairs(oracle, monkeypatch):
    scene = oracle.random_scene(np.random.default_rng(0), num_images=10, num_classes=2)
    found, truth = flatten_lists(*scene, 2)
    whole = overlapping_pairs(found, truth, 0.2)
    assert len(whole.gt) > 30
    assert (found.group[whole.detection] == truth.group[whole.gt]).all()
    for at_a_time in (1, 7):
        monkeypatch.setattr(matching, "PAIRS_AT_A_TIME", at_a_time)
        chunked = overlapping_pairs(found, truth, 0.2)
        for name, value in vars(whole).items():
            assert np.array_equal(getattr(chunked, name), value)


def test_every_overlapping_pair_of_a_group_is_found(oracle):
    scene = oracle.random_scene(np.random.default_rng(1), num_images=6, num_classes=2)
    found, truth = flatten_lists(*scene, 2)
    pairs = overlapping_pairs(found, truth, 0.1)
    everything = {
        (d, g)
        for d in range(len(found))
        for g in range(len(truth))
        if found.group[d] == truth.group[g]
        and overlaps(found.boxes[[d]], truth.boxes[[g]], truth.crowd[[g]])[0] >= 0.1
    }
    assert set(zip(pairs.detection.tolist(), pairs.gt.tolist(), strict=True)) == everything


def test_rank_keeps_the_order_of_equal_scores(oracle):
    detections, targets = oracle.random_scene(
        np.random.default_rng(2), num_images=5, num_classes=2, ties=True
    )
    found, _ = flatten_lists(detections, targets, 2)
    rank = rank_in_group(found)
    for group in np.unique(found.group):
        rows = np.flatnonzero(found.group == group)
        assert rows[np.argsort(rank[rows])].tolist() == sorted(
            rows, key=lambda row: (-found.score[row], row)
        )


def test_outcomes_by_hand():
    matched = np.array([[-1, 0, 1, -1]])
    ignored, outside = np.array([False, True]), np.array([False, True, False, True])
    # Wrong; right whatever its own size; forgiven with its ground truth; forgiven for its size.
    assert outcomes(matched, ignored, outside).tolist() == [[0, 1, -1, -1]]


def test_no_ground_truth_at_all():
    assert outcomes(np.array([[-1]]), np.zeros(0, bool), np.array([False])).tolist() == [[0]]


@pytest.mark.parametrize("bad", [0.0, 1.1, np.nan, -0.5])
def test_thresholds_are_checked(bad):
    with pytest.raises(ValueError, match="iou_threshold must be in"):
        checked_thresholds("iou_threshold", bad)
