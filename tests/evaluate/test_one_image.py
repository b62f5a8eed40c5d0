import numpy as np
import pytest
import torch

from locviz.evaluate import (
    BELOW_THRESHOLD,
    FALSE_POSITIVE,
    IGNORED,
    TRUE_POSITIVE,
    evaluate,
    match,
    ranking,
)
from locviz.evaluate import hundred_one_points as area
from locviz.types import Detections, Targets

A, B, FAR = [0.0, 0.0, 10.0, 10.0], [50.0, 0.0, 60.0, 10.0], [80.0, 80.0, 90.0, 90.0]
HALF = [0.0, 0.0, 10.0, 6.0]


@pytest.fixture
def image():
    targets = Targets(
        torch.tensor([A, B, FAR]),
        torch.tensor([0, 1, 1]),
        (99, 99),
        crowd=torch.tensor([False, False, True]),
    )
    detections = Detections(
        torch.tensor([A, HALF, B, B, FAR]),
        torch.tensor([0.9, 0.8, 0.7, 0.6, 0.2]),
        torch.tensor([0, 0, 0, 1, 1]),
    )
    return detections, targets


def test_match_by_hand(image):
    result = match(*image)
    # Right; a duplicate; the wrong class; right; on a crowd.
    assert result.outcome.tolist() == [
        TRUE_POSITIVE,
        FALSE_POSITIVE,
        FALSE_POSITIVE,
        TRUE_POSITIVE,
        IGNORED,
    ]
    assert result.gt_index.tolist() == [0, -1, -1, 1, 2]
    assert result.overlap.tolist() == pytest.approx([1.0, 0.6, 0.0, 1.0, 1.0])
    assert result.found.tolist() == [True, True, True]
    assert result.missed.tolist() == [False, False, False]
    assert (result.precision, result.recall) == (0.5, 1.0)


def test_thresholds_move_detections_and_ground_truths(image):
    result = match(*image, score_threshold=0.65)
    assert result.outcome.tolist() == [1, 0, 0, BELOW_THRESHOLD, BELOW_THRESHOLD]
    assert result.missed.tolist() == [
        False,
        True,
        False,
    ]  # the crowd is not missed: it need not be found
    assert result.num_false_negatives == 1
    strict = match(*image, iou_threshold=0.95)
    assert strict.num_true_positives == 2


def test_a_score_at_the_threshold_is_said(image):
    found = Detections(torch.tensor([A]), torch.tensor([0.5]), torch.tensor([0]))
    assert match(found, image[1], score_threshold=0.5).outcome.tolist() == [TRUE_POSITIVE]


def test_the_better_scored_takes_the_ground_truth_even_if_it_fits_worse():
    targets = Targets(torch.tensor([A]), torch.tensor([0]), (99, 99))
    found = Detections(torch.tensor([A, HALF]), torch.tensor([0.5, 0.9]), torch.tensor([0, 0]))
    assert match(found, targets).outcome.tolist() == [FALSE_POSITIVE, TRUE_POSITIVE]


def test_empty_sides_are_valid(image):
    nothing = Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0, dtype=torch.int64))
    result = match(nothing, image[1])
    assert result.num_false_negatives == 2
    assert np.isnan(result.precision)
    empty = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (9, 9))
    assert match(image[0], empty).num_false_positives == 5
    assert np.isnan(match(nothing, empty).recall)


def test_spans():
    targets = Targets(torch.tensor([[0.0, 10.0]]), torch.tensor([0]), (60,))
    found = Detections(torch.tensor([[2.0, 12.0]]), torch.tensor([0.9]), torch.tensor([0]))
    assert match(found, targets, iou_threshold=0.6).overlap.tolist() == pytest.approx([8 / 12])


@pytest.mark.parametrize("seed", range(3))
def test_the_ranking_gives_the_average_precision_of_evaluate(oracle, seed):
    detections, targets = oracle.random_scene(
        np.random.default_rng(seed), num_images=20, num_classes=3
    )
    ours = evaluate(detections, targets, num_classes=3)
    for label in (0, 1):
        ranked = ranking(detections, targets, label=label, iou_threshold=0.75)
        assert area(*ranked.curve()) == pytest.approx(
            ours.average_precision(iou=0.75, label=label), abs=1e-12
        )
        assert ranked.num_gt == ours.per_class[label].num_gt
        first = detections[ranked.image[0]]
        assert first.scores[ranked.index[0]] == ranked.score[0] == ranked.score.max()


@pytest.mark.parametrize("seed", range(3))
def test_match_counts_what_ranking_counts(oracle, seed):
    detections, targets = oracle.random_scene(
        np.random.default_rng(seed), num_images=10, num_classes=2
    )
    matches = [match(d, t) for d, t in zip(detections, targets, strict=True)]
    ranked = [ranking(detections, targets, label=label) for label in range(2)]
    assert sum(m.num_true_positives for m in matches) == sum((r.outcome == 1).sum() for r in ranked)
    assert sum(m.num_false_positives for m in matches) == sum(
        (r.outcome == 0).sum() for r in ranked
    )


def test_bad_input_is_named(image):
    with pytest.raises(ValueError, match="iou_threshold must be in"):
        match(*image, iou_threshold=0.0)
    with pytest.raises(ValueError, match="label must be 0 or more"):
        ranking([image[0]], [image[1]], label=-1)


def test_overlap_is_with_the_one_it_took_not_the_best():
    """The better one is taken by a higher score; the second detection takes what is left, at a
    lower overlap.
    """
    truth = Targets(
        boxes=torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 6]]),
        labels=torch.zeros(2, dtype=torch.int64),
        size=(10, 10),
    )
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9]])
    found = Detections(
        boxes=boxes, scores=torch.tensor([0.9, 0.8]), labels=torch.zeros(2, dtype=torch.int64)
    )
    result = match(found, truth, iou_threshold=0.5)
    assert result.gt_index.tolist() == [0, 1]
    assert result.overlap.tolist() == pytest.approx([1.0, 6 / 9])


def test_a_threshold_must_be_a_number():
    truth = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(9, 9))
    found = Detections(
        boxes=torch.zeros(0, 4), scores=torch.zeros(0), labels=torch.zeros(0, dtype=torch.int64)
    )
    with pytest.raises(ValueError, match="score_threshold must be a number"):
        match(found, truth, score_threshold=float("nan"))


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_image_is_named():
    found = Detections(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0, dtype=torch.int64))
    truth = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (4, 4))
    with pytest.raises(TypeError, match=r"detections\[0\] must be Detections, got list"):
        match([found], [truth])
    with pytest.raises(TypeError, match=r"targets must be a list .* a single Targets"):
        ranking([found], truth, label=0)
