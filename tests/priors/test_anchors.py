import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList

from locviz.priors import (
    AnchorPriors,
    atss_anchors,
    exact_shape,
    faster_rcnn_anchors,
    fitted_spacing,
    fpn_rpn_anchors,
    octaves,
    pyramid_sizes,
    retinanet_anchors,
    rounded_cell,
    rounded_halves,
)


def laid(priors, size):
    return priors(pyramid_sizes(size, priors.strides), input_size=size)


@pytest.mark.parametrize(
    ("make", "size", "count"),
    [
        (retinanet_anchors, (800, 800), 120_087),
        (retinanet_anchors, (800, 1344), 201_600),
        (retinanet_anchors, (512, 512), 49_104),
        (fpn_rpn_anchors, (800, 1344), 268_569),
        (atss_anchors, (800, 800), 13_343),
    ],
)
def test_published_counts(make, size, count):
    anchors = laid(make(), size)
    assert len(anchors) == sum(anchors.levels) == count


def test_the_nine_of_the_first_faster_rcnn():
    """The table printed in py-faster-rcnn, its inclusive right and bottom pixels moved by one."""
    printed = [
        [-83, -39, 100, 56], [-175, -87, 192, 104], [-359, -183, 376, 200],
        [-55, -55, 72, 72], [-119, -119, 136, 136], [-247, -247, 264, 264],
        [-35, -79, 52, 96], [-79, -167, 96, 184], [-167, -343, 184, 360],
    ]  # fmt: skip
    anchors = faster_rcnn_anchors()
    assert anchors.per_cell == (9,)
    cells = anchors([(2, 3)], input_size=(32, 48))
    # Matlab counts pixels from 1: its x1 is our x1 + 1, its inclusive x2 is our x2.
    expected = torch.tensor(printed, dtype=torch.float32) - torch.tensor([1.0, 1, 0, 0])
    assert torch.equal(cells.regions[:9], expected)
    assert torch.equal(cells.regions[9:18], expected + torch.tensor([16.0, 0, 16, 0]))
    assert torch.equal(cells.regions[27:36], expected + torch.tensor([0.0, 16, 0, 16]))


def torchvisions(sizes, ratios, size, cells):
    generator = AnchorGenerator(sizes, (ratios,) * len(sizes))
    maps = [torch.zeros(1, 1, *cell) for cell in cells]
    return generator(ImageList(torch.zeros(1, 3, *size), [size]), maps)[0]


@settings(max_examples=40)
@given(
    st.integers(65, 400),
    st.integers(65, 400),
    st.lists(st.sampled_from([0.25, 0.5, 1.0, 1.7, 2.0, 3.0]), min_size=1, max_size=3, unique=True),
    st.lists(st.integers(3, 300), min_size=1, max_size=3),
)
def test_equal_torchvisions_bit_for_bit(height, width, ratios, level_sizes):
    strides, sizes = (8, 32, 64), [tuple(level_sizes), tuple(reversed(level_sizes)), (17,)]
    priors = AnchorPriors(
        sizes=sizes,
        strides=strides,
        ratios=ratios,
        shape=rounded_halves,
        offset=0.0,
        spacing=fitted_spacing,
    )
    cells = pyramid_sizes((height, width), strides)
    theirs = torchvisions(tuple(sizes), tuple(ratios), (height, width), cells)
    assert torch.equal(priors(cells, input_size=(height, width)).regions, theirs)


def test_the_pyramid_preset_is_torchvisions():
    cells = pyramid_sizes((200, 333), (4, 8, 16, 32, 64))
    theirs = torchvisions(
        tuple((s,) for s in (32, 64, 128, 256, 512)), (0.5, 1.0, 2.0), (200, 333), cells
    )
    assert torch.equal(fpn_rpn_anchors()(cells, input_size=(200, 333)).regions, theirs)


def test_conventions_differ_where_they_say():
    """Size 32 at ratio 0.5: 45.25 x 22.63 exact, 46 x 22 in torchvision, 46 x 24 in the first
    Faster R-CNN.
    """
    sizes, ratio = torch.tensor([32.0]), torch.tensor([0.5])
    side = 32 * math.sqrt(2)
    torch.testing.assert_close(exact_shape(sizes, ratio, 16)[0, 0], torch.tensor([side, side / 2]))
    assert rounded_halves(sizes, ratio, 16)[0, 0].tolist() == [46, 22]
    assert rounded_cell(sizes, ratio, 16)[0, 0].tolist() == [46, 24]


@given(
    st.lists(st.floats(1, 500, width=32), min_size=1, max_size=3),
    st.lists(st.floats(0.125, 8, width=32), min_size=1, max_size=3),
)
def test_area_shape_and_centre(sizes, ratios):
    anchors = AnchorPriors(sizes=[sizes], strides=(16,), ratios=ratios)(
        [(2, 2)], input_size=(32, 32)
    )
    low, high = anchors.regions.chunk(2, -1)
    width, height = (high - low).unbind(-1)
    expected = [(size, ratio) for ratio in ratios for size in sizes] * 4
    torch.testing.assert_close(
        (width * height).sqrt(), torch.tensor([s for s, _ in expected]), rtol=1e-4, atol=1e-3
    )
    torch.testing.assert_close(
        height / width, torch.tensor([r for _, r in expected]), rtol=1e-3, atol=1e-3
    )
    centers = anchors.centers.reshape(4, -1, 2)
    cells = torch.tensor([[8.0, 8], [24, 8], [8, 24], [24, 24]])
    torch.testing.assert_close(centers, cells[:, None].expand_as(centers), rtol=0, atol=1e-4)


def test_spans_have_durations():
    anchors = AnchorPriors(sizes=((2, 4),), strides=(4,))([(2,)], input_size=(8,))
    assert anchors.regions.tolist() == [[1, 3], [0, 4], [5, 7], [4, 8]]
    assert anchors.strides.tolist() == [4] * 4
    with pytest.raises(ValueError, match="a span has no shape"):
        AnchorPriors(sizes=((2,),), strides=(4,), ratios=(1, 2))([(2,)], input_size=(8,))


def test_octaves():
    assert octaves(32.0) == pytest.approx((32, 32 * 2 ** (1 / 3), 32 * 4 ** (1 / 3)))
    assert octaves(8.0, num=1) == (8,)


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match=r"AnchorPriors\.sizes has 1 levels for 2 strides"):
        AnchorPriors(sizes=((8,),), strides=(4, 8))
    with pytest.raises(ValueError, match="sizes must be positive"):
        AnchorPriors(sizes=((0,),), strides=(4,))
    with pytest.raises(ValueError, match="ratios must be positive"):
        AnchorPriors(sizes=((8,),), strides=(4,), ratios=(-1,))
    with pytest.raises(ValueError, match="one stride per level"):
        AnchorPriors(sizes=((8,),), strides=(4,))([(2, 2), (1, 1)], input_size=(8, 8))


@pytest.mark.usefixtures("unchecked")
def test_a_flat_list_of_sizes_is_named_with_the_cure():
    with pytest.raises(TypeError, match=r"one size per level write \(\(32,\), \(64,\)\)"):
        AnchorPriors(sizes=(32, 64), strides=(8, 16))
    with pytest.raises(TypeError, match=r"several on one level \(\(32, 64\),\)"):
        AnchorPriors(sizes=[32, 64], strides=(8,))


def test_the_numbers_of_detectron2s_suite():
    """Two cells of stride 4: their order within a cell runs over the sizes first, ours over the
    ratios.
    """
    priors = AnchorPriors(sizes=((32, 64),), strides=(4,), ratios=(0.25, 1, 4), offset=0.0)
    first = [[-32, -8, 32, 8], [-16, -16, 16, 16], [-8, -32, 8, 32]]
    second = [[-64, -16, 64, 16], [-32, -32, 32, 32], [-16, -64, 16, 64]]
    cell = torch.tensor(first + second).float()
    theirs = torch.cat([cell, cell + torch.tensor([4.0, 0, 4, 0])])
    ours = priors([(1, 2)], input_size=(4, 8)).regions
    assert torch.equal(ours[[0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]], theirs)


def test_the_numbers_of_mmdetections_suite():
    priors = AnchorPriors(sizes=((9,),), strides=(16,), offset=0.0)
    expected = [
        [-4.5, -4.5, 4.5, 4.5], [11.5, -4.5, 20.5, 4.5], [-4.5, 11.5, 4.5, 20.5], [11.5, 11.5, 20.5, 20.5]
    ]  # fmt: skip
    assert priors([(2, 2)], input_size=(32, 32)).regions.tolist() == expected
