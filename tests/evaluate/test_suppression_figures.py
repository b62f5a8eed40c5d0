import pytest
import torch

from locviz.evaluate import duplicates, owners, repeats, victims
from locviz.postprocess import batched_nms
from locviz.types import Detections, Targets


def found(*rows, labels=None):
    """Rows ``start end score``."""
    table = torch.tensor(rows).reshape(-1, 3)
    labels = torch.zeros(len(table)).long() if labels is None else torch.tensor(labels)
    return Detections(table[:, :2], table[:, 2], labels)


def spans(*rows, crowd=None):
    boxes = torch.tensor(rows).reshape(-1, 2)
    flags = None if crowd is None else torch.tensor(crowd)
    return Targets(boxes, torch.zeros(len(boxes)).long(), (100,), crowd=flags)


def test_duplicates_are_counted_per_image():
    """IoU .8 and .9 with the first; .75 above, .7 at the threshold, .25 at the score's."""
    first = found([0.0, 10, 0.9], [0.0, 8, 0.8], [0.0, 9, 0.3], [50.0, 60, 0.7])
    at_the_limits = found([0.0, 10, 0.9], [0.0, 7, 0.8], [0.0, 9, 0.25])
    assert duplicates([first, at_the_limits, found()]).tolist() == [2, 0, 0]
    assert duplicates([at_the_limits], iou=0.69, score=0.24).tolist() == [2]
    assert duplicates([]).tolist() == []


def test_other_classes_are_no_duplicates_and_equal_scores_are():
    same = found([0.0, 10, 0.9], [0.0, 10, 0.9], [0.0, 10, 0.9], labels=[0, 0, 1])
    assert duplicates([same]).tolist() == [1]


def test_a_chain_is_counted_by_better_neighbours():
    """Each overlaps the one before by .8, the first and the last by .6: two duplicates."""
    assert duplicates([found([0.0, 9, 0.9], [1.0, 10, 0.8], [2.0, 11, 0.7])]).tolist() == [2]


@pytest.mark.parametrize("seed", range(5))
def test_suppression_at_the_same_threshold_leaves_none(seed):
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(100, 2, generator=generator) * 20
    boxes, scores = torch.cat([low, low + 20], -1), torch.rand(100, generator=generator)
    labels = torch.randint(2, (100,), generator=generator)
    kept = batched_nms(boxes, scores, labels, threshold=0.7)
    assert duplicates([Detections(boxes, scores, labels)], score=0.0)[0] > 0
    assert duplicates([Detections(boxes[kept], scores[kept], labels[kept])], score=0.0)[0] == 0


def test_a_victim_was_found_and_is_no_more():
    """Two objects side by side; the detection of the second goes, and the first's does not reach it."""
    objects = spans([0.0, 10], [3.0, 13], [70.0, 80])
    before = found([0.0, 10, 0.9], [3.0, 13, 0.8], [1.0, 10, 0.7])
    after = found([0.0, 10, 0.9])
    assert victims([before], [after], [objects], iou_threshold=0.6).tolist() == [False, True, False]
    # At .5 the first's detection, which overlaps the second object by 7/13, still finds it.
    assert victims([before], [after], [objects]).tolist() == [False, False, False]
    assert victims([before], [before], [objects]).tolist() == [False] * 3
    assert victims([before], [found()], [objects]).tolist() == [True, True, False]


def test_what_only_the_survivors_find_is_no_victim():
    """An average of two boxes may lie better than both."""
    before, fused = found([0.0, 14, 0.9], [6.0, 20, 0.9]), found([3.0, 17, 0.9])
    assert victims([before], [fused], [spans([3.0, 17])], iou_threshold=0.9).tolist() == [False]


def test_crowds_are_left_out_and_classes_are_kept_apart():
    objects = spans([0.0, 10], [50.0, 60], crowd=[False, True])
    before, other = found([0.0, 10, 0.9], [50.0, 60, 0.9]), found([0.0, 10, 0.9], labels=[1])
    assert victims([before], [other], [objects]).tolist() == [True]
    assert victims([before, found()], [other, found()], [objects, spans()]).tolist() == [True]
    assert victims([], [], []).tolist() == []


@pytest.mark.usefixtures("unchecked")
def test_bad_input_is_named():
    with pytest.raises(ValueError, match="iou must be in"):
        duplicates([], iou=1.5)
    with pytest.raises(TypeError, match="detections must be a list"):
        duplicates(found())
    with pytest.raises(ValueError, match="iou_threshold must be in"):
        victims([], [], [], iou_threshold=0.0)
    with pytest.raises(ValueError, match="kept must be a list with one entry for each of the 1"):
        victims([found()], [], [spans()])
    with pytest.raises(ValueError, match="candidates must be a list"):
        victims(found(), [found()], [spans()])


def test_who_repeats_is_who_is_counted():
    one = found([0.0, 9, 0.3], [50.0, 60, 0.7], [0.0, 10, 0.9], [0.0, 8, 0.8])
    assert repeats(one).tolist() == [True, False, False, True]
    assert repeats(one, score=0.5).tolist() == [False, False, False, True]
    assert repeats(found()).tolist() == []


def test_a_detection_belongs_to_the_object_that_it_overlaps_most():
    """IoUs by hand: 7/13 and 10/10 with the two objects, 1/19, nothing, and another class."""
    objects = spans([0.0, 10], [3.0, 13])
    boxes = found(
        [3.0, 13, 0.5], [12.0, 22, 0.9], [80.0, 90, 0.9], [0.0, 10, 0.9], labels=[0, 0, 0, 1]
    )
    row, overlap = owners(boxes, objects)
    assert row.tolist() == [1, -1, -1, -1]
    assert overlap.tolist() == pytest.approx([1, 1 / 19, 0, 0])
    assert owners(boxes, objects, min_iou=0.05)[0].tolist() == [1, 1, -1, -1]
    apart = spans([3.0, 13], [0.0, 10], crowd=[True, False])
    row, overlap = owners(boxes, apart)
    assert (row.tolist()[0], overlap.tolist()[0]) == (1, pytest.approx(7 / 13))
