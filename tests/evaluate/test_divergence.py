import math

import pytest
import torch

from locviz.boxes import pairwise_iou
from locviz.evaluate import divergence, spearman
from locviz.types import Detections, Targets


def spans(*rows, labels=None, crowd=None):
    boxes = torch.tensor(rows).reshape(-1, 2)
    labels = torch.zeros(len(rows)).long() if labels is None else torch.tensor(labels)
    flags = None if crowd is None else torch.tensor(crowd)
    return Targets(boxes, labels, (100,), crowd=flags)


def found(rows, scores, labels=None):
    labels = torch.zeros(len(rows)).long() if labels is None else torch.tensor(labels)
    return Detections(torch.tensor(rows).reshape(-1, 2), torch.tensor(scores), labels)


# Of an object 0..10 these three cover 9, 8 and 7 tenths: IoU .9, .8, .7.
NEAR = [[0.0, 9], [0.0, 8], [0.0, 7]]


def test_agreement_is_1_and_contradiction_minus_1():
    target = [spans([0.0, 10])]
    assert divergence([found(NEAR, [0.9, 0.5, 0.1])], target).mean == 1
    assert divergence([found(NEAR, [0.1, 0.5, 0.9])], target).mean == -1
    assert divergence([found(NEAR, [0.5, 0.9, 0.1])], target).mean == pytest.approx(0.5)


def test_pooled_and_per_object_are_not_the_same():
    """Within each object the surest lies best. But the second object's are sure and lie badly."""
    far = [[50.0, 54], [50.0, 53], [50.0, 52]]
    both = found(NEAR + far, [0.3, 0.2, 0.1, 0.9, 0.8, 0.7])
    figures = divergence([both], [spans([0.0, 10], [50.0, 60])])
    assert figures.per_object.tolist() == [1, 1]
    assert figures.num_candidates.tolist() == [3, 3]
    # Ranks of the scores 3 2 1 6 5 4, of the IoUs 6 5 4 3 2 1: d is 3, six times.
    assert figures.pooled == pytest.approx(1 - 6 * 54 / 210)


def test_a_candidate_belongs_to_the_object_that_it_overlaps_most():
    """The second image's objects are 0..10 and 4..14: 0..8 belongs to the first, 5..14 to the second."""
    detections = [found([], []), found([*NEAR, [5.0, 14], [4.0, 14]], [0.9, 0.8, 0.7, 0.1, 0.2])]
    figures = divergence(detections, [spans([0.0, 10]), spans([0.0, 10], [4.0, 14])])
    assert figures.num_candidates.tolist() == [0, 3, 2]
    assert math.isnan(figures.per_object[0])
    assert figures.per_object[1] == 1
    assert math.isnan(figures.per_object[2])
    assert (
        divergence(
            detections, [spans([0.0, 10]), spans([0.0, 10], [4.0, 14])], min_candidates=2
        ).mean
        == 1
    )


def test_other_classes_far_boxes_and_crowds_have_no_part():
    detections = [
        found([*NEAR, [0.0, 10], [0.0, 0.5]], [0.9, 0.8, 0.7, 0.1, 0.99], [0, 0, 0, 1, 0])
    ]
    target = spans([0.0, 10], [0.0, 10], labels=[0, 0], crowd=[False, True])
    figures = divergence(detections, [target])
    assert figures.num_candidates.tolist() == [3]
    assert figures.mean == 1
    # At 0.05 the span of half a unit comes in: the surest of all, and the worst.
    assert divergence(detections, [target], min_iou=0.05).mean == pytest.approx(
        spearman(torch.tensor([0.9, 0.8, 0.7, 0.99]), torch.tensor([0.9, 0.8, 0.7, 0.05]))
    )


def test_equal_scores_have_no_order():
    figures = divergence([found(NEAR, [0.5, 0.5, 0.5])], [spans([0.0, 10])])
    assert math.isnan(figures.mean)
    assert math.isnan(figures.pooled)


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_loop_over_all_objects(seed):
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(4, 2, generator=generator) * 60
    objects = Targets(torch.cat([low, low + 30], -1), torch.tensor([0, 1, 0, 1]), (100, 100))
    jitter = 10 * torch.randn(80, 4, generator=generator)
    middle = objects.boxes[torch.randint(4, (80,), generator=generator)]
    boxes = (middle + jitter).reshape(80, 2, 2).sort(1).values.reshape(80, 4)
    scores = torch.rand(80, generator=generator)
    labels = torch.randint(2, (80,), generator=generator)
    figures = divergence([Detections(boxes, scores, labels)], [objects])
    overlap = pairwise_iou(boxes, objects.boxes) * (labels[:, None] == objects.labels)
    best, owner = overlap.max(1)
    for k in range(4):
        mine = (owner == k) & (best >= 0.1)
        assert figures.num_candidates[k] == mine.sum()
        expected = spearman(scores[mine], best[mine]) if mine.sum() > 2 else math.nan
        assert float(figures.per_object[k]) == pytest.approx(expected, nan_ok=True)
    assert figures.pooled == pytest.approx(spearman(scores[best >= 0.1], best[best >= 0.1]))


def test_no_image_and_no_object_have_no_figure():
    for figures in (divergence([], []), divergence([found(NEAR, [0.9, 0.8, 0.7])], [spans()])):
        assert figures.per_object.shape == (0,)
        assert math.isnan(figures.mean)
        assert math.isnan(figures.pooled)


@pytest.mark.usefixtures("unchecked")
def test_bad_input_is_named():
    for options in ({"min_iou": 1.5}, {"min_candidates": 1}):
        with pytest.raises(ValueError, match=r"min_iou must be in 0\.\.1 and min_candidates"):
            divergence([], [], **options)
    with pytest.raises(TypeError, match="detections must be a list"):
        divergence(found(NEAR, [0.9, 0.8, 0.7]), [spans()])
