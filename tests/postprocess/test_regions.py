import pytest
import torch

from locviz.postprocess import SelectRegions, class_agnostic_nms

BOXES = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9], [30, 30, 50, 50]])


def one_for_all(boxes=BOXES):
    return boxes[:, None]


def test_the_background_is_never_detected_and_labels_count_from_0():
    """Probabilities by hand: .2 background, .7 label 0, .1 label 1; then mostly background."""
    logits = torch.tensor([[0.2, 0.7, 0.1], [0.98, 0.01, 0.01], [0.3, 0.1, 0.6]]).log()
    found = SelectRegions(threshold=0.3)(logits, one_for_all())
    assert found.labels.tolist() == [0, 1]
    torch.testing.assert_close(found.scores, torch.tensor([0.7, 0.6]))
    assert found.boxes.tolist() == BOXES[[0, 2]].tolist()


def test_a_region_may_be_two_things_and_classes_do_not_suppress_each_other():
    logits = torch.tensor([[0.1, 0.5, 0.4]]).log()
    assert SelectRegions()(logits, one_for_all(BOXES[:1])).labels.tolist() == [0, 1]


def test_suppression_is_within_a_class():
    """The first two overlap by 0.9: of the same class one survives, of two classes both."""
    same = torch.tensor([[0.1, 0.8, 0.1], [0.2, 0.7, 0.1]]).log()
    other = torch.tensor([[0.1, 0.8, 0.1], [0.2, 0.1, 0.7]]).log()
    select = SelectRegions(threshold=0.3)
    assert select(same, one_for_all(BOXES[:2])).boxes.tolist() == BOXES[:1].tolist()
    assert len(select(other, one_for_all(BOXES[:2]))) == 2
    assert len(SelectRegions(threshold=0.3, nms_threshold=0.95)(same, one_for_all(BOXES[:2]))) == 2


def test_every_class_has_its_own_box():
    logits = torch.tensor([[0.1, 0.5, 0.4]]).log()
    found = SelectRegions()(logits, torch.stack([BOXES[2], BOXES[0], BOXES[1]])[None])
    assert found.boxes.tolist() == [BOXES[0].tolist(), BOXES[1].tolist()]


def test_specks_and_the_surplus_are_dropped():
    logits = torch.tensor([[0.0, 9.0]]).expand(3, 2)
    boxes = torch.tensor([[0.0, 0, 10, 10], [20, 20, 20, 40], [30, 30, 50, 50]])
    assert len(SelectRegions()(logits, one_for_all(boxes))) == 2
    assert len(SelectRegions(max_detections=1)(logits, one_for_all(boxes))) == 1
    assert len(SelectRegions(min_size=15.0)(logits, one_for_all(boxes))) == 1


@pytest.mark.parametrize("sets", [1, 3])
def test_no_region_is_no_detection(sets):
    assert len(SelectRegions()(torch.zeros(0, 3), torch.zeros(0, sets, 4))) == 0


def test_spans():
    found = SelectRegions(threshold=0.5)(
        torch.tensor([[0.0, 5.0]] * 2), torch.tensor([[[0.0, 4.0]], [[0.0, 3.9]]])
    )
    assert found.boxes.tolist() == [[0, 4]]


def test_the_least_size_is_in_input_pixels():
    """A sliver of .008 given pixels is .016 of a pixel in an input twice as large: torchvision
    keeps it, and boxes come back in given pixels.
    """
    logits, sliver = torch.tensor([[0.0, 9.0]]), torch.tensor([[[5.0, 5.0, 5.008, 9.0]]])
    assert len(SelectRegions()(logits, sliver)) == 0
    found = SelectRegions()(logits, sliver, scale=torch.tensor([2.0, 2.0]))
    assert found.boxes.tolist() == sliver[0].tolist()
    assert len(SelectRegions()(logits, sliver, scale=torch.tensor([1.0, 2.0]))) == 0, "x, then y"
    span = torch.tensor([[[5.0, 5.008]]])
    assert len(SelectRegions()(logits, span, scale=torch.tensor([2.0]))) == 1


def test_suppression_is_a_stage():
    logits = torch.tensor([[0.1, 0.8, 0.1], [0.2, 0.1, 0.7]]).log()
    select = SelectRegions(threshold=0.3, suppress=class_agnostic_nms)
    assert select(logits, one_for_all(BOXES[:2])).labels.tolist() == [0]
