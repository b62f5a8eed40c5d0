import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList

from locviz.priors import DefaultBoxes, ssd300_boxes, ssd512_boxes

SSD300 = [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)]
SSD512 = [(64, 64), (32, 32), (16, 16), (8, 8), (4, 4), (2, 2), (1, 1)]


def test_published_counts():
    boxes = ssd300_boxes()(SSD300, input_size=(300, 300))
    assert len(boxes) == 8_732
    assert boxes.levels == (5_776, 2_166, 600, 150, 36, 4)
    assert ssd300_boxes().per_cell == (4, 6, 6, 6, 4, 4)
    assert len(ssd512_boxes()(SSD512, input_size=(512, 512))) == 24_564


def test_first_cell_by_hand():
    """Scale 0.1 of 300: 30, sqrt(30 * 60), then 1:2 and 2:1, round the point (4, 4)."""
    boxes = ssd300_boxes()(SSD300, input_size=(300, 300)).regions[:4]
    low, high = boxes.chunk(2, -1)
    torch.testing.assert_close((low + high) / 2, torch.full((4, 2), 4.0))
    wide, between = 30 * math.sqrt(2), math.sqrt(30 * 60)
    expected = torch.tensor([[30, 30], [between, between], [wide, wide / 2], [wide / 2, wide]])
    torch.testing.assert_close(high - low, expected, rtol=1e-5, atol=1e-4)


@settings(max_examples=40)
@given(
    st.integers(33, 330),
    st.integers(33, 330),
    st.lists(st.floats(0.0625, 1.3125), min_size=3, max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_equal_torchvisions_bit_for_bit(height, width, scales, with_strides, clip):
    ratios, strides = [[2], [2, 3]], [8, 33] if with_strides else None
    cells = [(-(-height // 8), -(-width // 8)), (-(-height // 33), -(-width // 33))]
    ours = DefaultBoxes(scales=scales, ratios=ratios, strides=strides, clip=clip)
    theirs = DefaultBoxGenerator(ratios, scales=scales, steps=strides, clip=clip)(
        ImageList(torch.zeros(1, 3, height, width), [(height, width)]),
        [torch.zeros(1, 1, *cell) for cell in cells],
    )[0]
    assert torch.equal(ours(cells, input_size=(height, width)).regions, theirs)


def test_boxes_double_with_the_input():
    boxes = DefaultBoxes(scales=(0.2, 0.5, 0.9), ratios=((2,), (2, 3)))
    cells = [(4, 6), (2, 3)]
    small, large = boxes(cells, input_size=(64, 96)), boxes(cells, input_size=(128, 192))
    assert torch.equal(2 * small.regions, large.regions)
    assert torch.equal(2 * small.strides, large.strides)


def test_clip_cuts_scales_and_not_corners():
    boxes = DefaultBoxes(scales=(0.9, 1.6), ratios=((2,),), clip=True)(
        [(1, 1)], input_size=(10, 10)
    ).regions
    low, high = boxes.chunk(2, -1)
    assert (high - low).max() == 10
    assert (high - low)[1].tolist() == [10, 10]


def test_spans():
    boxes = DefaultBoxes(scales=(0.25, 1.0), ratios=((),))([(2,)], input_size=(8,))
    assert boxes.regions.tolist() == [[1, 3], [0, 4], [5, 7], [4, 8]]
    with pytest.raises(ValueError, match="a span has no shape"):
        DefaultBoxes(scales=(0.25, 1.0), ratios=((2,),))([(2,)], input_size=(8,))


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match=r"DefaultBoxes\.scales has 1 entries for 1 levels"):
        DefaultBoxes(scales=(0.1,), ratios=((2,),))
    with pytest.raises(ValueError, match=r"DefaultBoxes\.strides has 2 entries for 1 levels"):
        DefaultBoxes(scales=(0.1, 0.2), ratios=((2,),), strides=(8, 16))
    with pytest.raises(ValueError, match="must be positive"):
        DefaultBoxes(scales=(0.1, -0.2), ratios=((2,),))
    with pytest.raises(ValueError, match="2 feature maps"):
        DefaultBoxes(scales=(0.1, 0.2), ratios=((2,),))([(1, 1), (1, 1)], input_size=(8, 8))


@pytest.mark.usefixtures("unchecked")
def test_a_flat_list_of_ratios_is_named_with_the_cure():
    with pytest.raises(TypeError, match=r"ratios holds the ratios of each level, got \(2, 3\)"):
        DefaultBoxes(scales=(0.1, 0.2, 0.3), ratios=(2, 3))
