import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.ops import box_area, box_convert, clip_boxes_to_image

from locviz import boxes

ROUND_TRIPS = [
    (boxes.corners_to_center_size, boxes.center_size_to_corners, "cxcywh"),
    (boxes.corners_to_low_size, boxes.low_size_to_corners, "xywh"),
]


def random_regions(seed: int, num: int, dim: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(num, dim, generator=generator, dtype=torch.float64) * 100 - 50
    return torch.cat(
        [low, low + torch.rand(num, dim, generator=generator, dtype=torch.float64) * 40], -1
    )


def test_by_hand():
    box = torch.tensor([10.0, 20, 16, 50])
    assert boxes.corners_to_center_size(box).tolist() == [13, 35, 6, 30]
    assert boxes.corners_to_low_size(box).tolist() == [10, 20, 6, 30]
    assert boxes.area(box) == 180
    span = torch.tensor([2.0, 5])
    assert boxes.corners_to_center_size(span).tolist() == [3.5, 3]
    assert boxes.corners_to_low_size(span).tolist() == [2, 3]
    assert boxes.area(span) == 3


@pytest.mark.parametrize(("there", "back", "_name"), ROUND_TRIPS)
@given(seed=st.integers(0, 10**6), num=st.integers(0, 8), dim=st.sampled_from([1, 2]))
def test_round_trip(there, back, _name, seed, num, dim):
    regions = random_regions(seed, num, dim)
    torch.testing.assert_close(back(there(regions)), regions)


@pytest.mark.parametrize(("there", "back", "name"), ROUND_TRIPS)
def test_as_torchvision(there, back, name):
    regions = random_regions(0, 50, 2)
    converted = box_convert(regions, "xyxy", name)
    torch.testing.assert_close(there(regions), converted)
    torch.testing.assert_close(back(converted), box_convert(converted, name, "xyxy"))


def test_measure_and_clip_as_torchvision():
    regions = random_regions(1, 50, 2)
    torch.testing.assert_close(boxes.area(regions), box_area(regions))
    torch.testing.assert_close(
        boxes.clip(regions, (20, 30)), clip_boxes_to_image(regions, (20, 30))
    )


def test_clip_takes_height_first():
    assert boxes.clip(torch.tensor([-5.0, -5, 99, 99]), (20, 30)).tolist() == [0, 0, 30, 20]
    assert boxes.clip(torch.tensor([-5.0, 99]), (20,)).tolist() == [0, 20]


def test_clip_leaves_what_is_outside_without_area():
    clipped = boxes.clip(torch.tensor([50.0, 5, 60, 9]), (20, 30))
    assert clipped.tolist() == [30, 5, 30, 9]


def test_clip_refuses_a_size_of_another_dimension():
    with pytest.raises(ValueError, match="size must be"):
        boxes.clip(torch.zeros(1, 4), (20,))


def test_measure_of_a_zero_length_has_a_finite_gradient():
    region = torch.tensor([[1.0, 1, 1, 5]], requires_grad=True)
    boxes.area(region).sum().backward()
    assert region.grad is not None
    assert region.grad.tolist() == [[-4, 0, 4, 0]]


def test_intersection_and_hull_by_hand():
    a, b = torch.tensor([0.0, 0, 4, 4]), torch.tensor([2.0, 1, 6, 3])
    assert boxes.intersection(a, b).tolist() == [2, 1, 4, 3]
    assert boxes.hull(a, b).tolist() == [0, 0, 6, 4]


def test_intersection_of_what_is_apart_measures_nothing():
    apart = boxes.intersection(torch.tensor([0.0, 1]), torch.tensor([3.0, 5]))
    assert boxes.area(boxes.check_regions(apart)) == 0


@given(seed=st.integers(0, 10**6), dim=st.sampled_from([1, 2]))
def test_intersection_is_inside_both_and_both_are_inside_the_hull(seed, dim):
    a, b = random_regions(seed, 20, dim), random_regions(seed + 1, 20, dim)
    common, hull = boxes.intersection(a, b), boxes.hull(a, b)
    overlapping = boxes.area(common) > 0
    for region in (a, b):
        assert torch.equal(boxes.intersection(common, region)[overlapping], common[overlapping])
        assert torch.equal(boxes.hull(hull, region), hull)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    "function", [boxes.area, boxes.corners_to_center_size, boxes.center_size_to_corners]
)
def test_refuses_a_wrong_last_axis(function):
    with pytest.raises(ValueError, match="must have 4"):
        function(torch.zeros(2, 3))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.uint8, torch.int64])
def test_measure_does_not_overflow_in_small_types(dtype):
    assert boxes.area(torch.tensor([[0, 0, 240, 250]]).to(dtype)).tolist() == [60000.0]
    assert boxes.area(torch.tensor([[0, 0, 250, 500]]).to(torch.float16)).tolist() == [125000.0]


@pytest.mark.parametrize("size", [(float("nan"), 5), (-1, 5)])
def test_clip_refuses_a_size_that_is_none(size):
    with pytest.raises(ValueError, match="size must hold numbers of 0 or more"):
        boxes.clip(torch.zeros(1, 4), size)
