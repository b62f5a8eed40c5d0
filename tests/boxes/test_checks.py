import pytest
import torch

from locviz import boxes
from locviz.boxes import check_regions, check_same_dim
from locviz.boxes.checks import check_last_axis


@pytest.mark.parametrize("shape", [(0, 4), (3, 2), (2, 5, 4), (4,)])
def test_valid_regions_come_back(shape):
    regions = torch.zeros(shape)
    assert check_regions(regions) is regions


def test_zero_area_is_valid():
    check_regions(torch.tensor([[3.0, 3.0, 3.0, 9.0]]))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_refuses_what_is_not_finite_and_names_the_row(bad):
    regions = torch.tensor([[0.0, 0, 1, 1], [0, 0, bad, 1]])
    with pytest.raises(ValueError, match=r"anchors holds NaN or infinity in row 1"):
        check_regions(regions, "anchors")


@pytest.mark.parametrize("bad", [[5.0, 0, 4, 1], [0.0, 5, 1, 4]])
def test_refuses_high_below_low_on_either_axis(bad):
    with pytest.raises(
        ValueError, match=r"gt has high < low in row 1 .*low corner, then high corner"
    ):
        check_regions(torch.tensor([[0.0, 0, 1, 1], bad]), "gt")


@pytest.mark.parametrize("shape", [(3,), (2, 3), (4, 1), ()])
def test_refuses_a_wrong_last_axis(shape):
    with pytest.raises(ValueError, match="priors must have 4"):
        check_last_axis(torch.zeros(shape), "priors")


def test_refuses_boxes_with_spans():
    with pytest.raises(ValueError, match=r"a \(3, 4\) and b \(3, 2\) mix boxes"):
        check_same_dim(torch.zeros(3, 4), torch.zeros(3, 2), "a", "b")


def test_gradients_pass_through_the_check():
    regions = torch.tensor([[0.0, 1.0]], requires_grad=True)
    check_regions(regions).sum().backward()
    assert regions.grad is not None


@pytest.mark.usefixtures("unchecked")
def test_refuses_what_is_no_tensor():
    for function in (check_regions, boxes.area, boxes.corners_to_center_size):
        with pytest.raises(
            TypeError, match=r"regions must be a tensor, got list: wrap it in torch\.tensor"
        ):
            function([[0, 0, 1, 1]])
    with pytest.raises(TypeError, match="b must be a tensor, got list"):
        boxes.iou(torch.zeros(1, 4), [[0, 0, 1, 1]])
