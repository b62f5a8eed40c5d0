import pytest
import torch
import torchvision.ops as tv

from locviz.boxes import large_enough, remove_small_boxes

BOXES = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 4], [0, 0, 4, 10], [5, 5, 5, 9], [5, 5, 3, 9]])


@pytest.mark.parametrize("least", [0, 1e-2, 4, 4.1, 10, 11])
def test_as_torchvision(least):
    expected = tv.remove_small_boxes(BOXES, least)
    assert torch.equal(remove_small_boxes(BOXES, least), expected)
    assert large_enough(BOXES, least).nonzero()[:, 0].tolist() == expected.tolist()


def test_spans_by_hand():
    spans = torch.tensor([[0.0, 2], [1, 2], [1, 1.5]])
    assert remove_small_boxes(spans, 1).tolist() == [0, 1]


@pytest.mark.parametrize("dim", [1, 2])
def test_nothing_stays_nothing(dim):
    assert remove_small_boxes(torch.zeros(0, 2 * dim), 1).shape == (0,)


@pytest.mark.usefixtures("unchecked")
def test_refuses_what_is_no_list():
    with pytest.raises(ValueError, match=r"regions must be \(n, 4\) or \(n, 2\)"):
        remove_small_boxes(torch.zeros(2, 3, 4), 1)
    with pytest.raises(ValueError, match="regions must have 4"):
        remove_small_boxes(torch.zeros(2, 5), 1)
