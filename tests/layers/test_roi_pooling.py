"""Hand values on the ramp, laws of RoIAlign, and torchvision.ops as the oracle of values and
gradients.
"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision import ops

from locviz.layers import LevelRoIAlign, RoIAlign, RoIPool, roi_align_reference, roi_pool_reference

RAMP = torch.arange(25.0).view(1, 1, 5, 5)
BOX = [torch.tensor([[0.4, 0.4, 2.6, 2.6]])]
WHOLE = [torch.tensor([[1.0, 1.0, 3.0, 3.0]])]


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (RoIPool(output_size=2, stride=1), [6, 8, 16, 18]),
        (RoIAlign(output_size=2, stride=1, sampling_ratio=2, aligned=True), [2.7, 3.8, 8.2, 9.3]),
        # Half a cell lower and to the right: 0.5 * 1 + 0.5 * 5 more.
        (RoIAlign(output_size=2, stride=1, sampling_ratio=2), [5.7, 6.8, 11.2, 12.3]),
    ],
)
def test_the_ramp_by_hand(layer, expected):
    torch.testing.assert_close(
        layer([RAMP], BOX).flatten(), torch.tensor(expected, dtype=torch.float32)
    )


def test_the_ramp_by_hand_for_the_references():
    settings = {"output_size": 2, "stride": 1}
    assert roi_pool_reference(RAMP, BOX, **settings).flatten().tolist() == [6, 8, 16, 18]
    align = roi_align_reference(RAMP, BOX, aligned=True, **settings)
    torch.testing.assert_close(align.flatten(), torch.tensor([2.7, 3.8, 8.2, 9.3]))


def test_aligned_is_half_a_cell():
    """Bins centred at 1 and 2 in index units, or at 1.5 and 2.5 without the half pixel: 6, ..
    against 9, ...
    """
    for function in (roi_align_reference, lambda x, rois, **s: RoIAlign(**s)([x], rois)):
        aligned = function(RAMP, WHOLE, output_size=2, stride=1, aligned=True)
        assert aligned.flatten().tolist() == [6, 7, 11, 12]
        assert function(RAMP, WHOLE, output_size=2, stride=1).flatten().tolist() == [9, 10, 14, 15]


def random_maps(channels: int = 3, size=(7, 9), seed: int = 0):
    return torch.randn(
        2, channels, *size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )


def random_rois(num: int, *, seed: int, reach: float = 100.0) -> list[torch.Tensor]:
    """Boxes of all sizes, many partly or wholly outside a 72 x 56 image."""
    corners = torch.rand(
        2, num, 2, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    corners = corners.sort(2).values * reach - 15
    return [corners[0].flatten(1), corners[1, : num // 2].flatten(1)]


@pytest.mark.parametrize("stride", [8, 5.0])
@pytest.mark.parametrize("output_size", [(3, 3), (2, 5), (7, 7)])
def test_pool_equals_torchvision_with_gradients(output_size, stride):
    ours, theirs = random_maps().requires_grad_(), random_maps().requires_grad_()
    rois = random_rois(20, seed=1)
    mine = roi_pool_reference(ours, rois, output_size=output_size, stride=stride)
    other = ops.roi_pool(theirs, rois, output_size, 1 / stride)
    assert torch.equal(mine, other)
    probe = torch.randn(mine.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    (mine * probe).sum().backward()
    (other * probe).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)
    fast = RoIPool(output_size=output_size, stride=stride)([random_maps()], rois)
    assert torch.equal(fast, other.detach())


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("ratio", [0, 1, 2, 3])
@pytest.mark.parametrize("output_size", [(3, 3), (2, 5)])
def test_align_equals_torchvision_with_gradients(output_size, ratio, aligned):
    ours, theirs = random_maps().requires_grad_(), random_maps().requires_grad_()
    rois = random_rois(12, seed=3)
    settings = {
        "output_size": output_size,
        "stride": 8,
        "sampling_ratio": ratio,
        "aligned": aligned,
    }
    mine = roi_align_reference(ours, rois, **settings)
    other = ops.roi_align(theirs, rois, output_size, 1 / 8, ratio, aligned)
    torch.testing.assert_close(mine, other)
    probe = torch.randn(mine.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    (mine * probe).sum().backward()
    (other * probe).sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)
    torch.testing.assert_close(RoIAlign(**settings)([random_maps()], rois), other.detach())


@given(st.lists(st.integers(-20, 100), min_size=4, max_size=4), st.integers(1, 4))
def test_pool_on_halves_equals_torchvision(quarters, size):
    """Corners at quarters and halves of a cell: where rounding rules differ."""
    (x1, x2), (y1, y2) = sorted(quarters[:2]), sorted(quarters[2:])
    rois = [torch.tensor([[x1, y1, x2, y2]]) * 2.0, torch.zeros(0, 4)]
    maps = random_maps().float()
    assert torch.equal(
        roi_pool_reference(maps, rois, output_size=size, stride=8),
        ops.roi_pool(maps, rois, (size, size), 1 / 8),
    )


@given(st.floats(-3, 3), st.floats(-3, 3), st.lists(st.floats(8, 60), min_size=4, max_size=4))
def test_align_of_a_linear_ramp_is_the_ramp_at_the_bin_centres(slope_x, slope_y, corners):
    (x1, x2), (y1, y2) = sorted(corners[:2]), sorted(corners[2:])
    y, x = torch.meshgrid(torch.arange(9.0), torch.arange(9.0), indexing="ij")
    rois = [torch.tensor([[x1, y1, x2, y2]])]
    ramp = (slope_x * x + slope_y * y)[None, None]
    pooled = RoIAlign(output_size=2, stride=8, aligned=True)([ramp], rois)[0, 0]
    quarter, three = 0.25, 0.75
    for row, v in enumerate((quarter, three)):
        for column, u in enumerate((quarter, three)):
            at_x, at_y = (x1 + u * (x2 - x1)) / 8 - 0.5, (y1 + v * (y2 - y1)) / 8 - 0.5
            assert pooled[row, column].item() == pytest.approx(
                slope_x * at_x + slope_y * at_y, abs=1e-4
            )


@pytest.mark.parametrize(
    "layer", [RoIPool(output_size=2, stride=8), RoIAlign(output_size=2, stride=8)]
)
def test_each_region_is_pooled_from_its_own_image(layer):
    maps = torch.stack([torch.zeros(1, 4, 4), torch.ones(1, 4, 4)])
    box = torch.tensor([[4.0, 4, 20, 20]])
    assert layer([maps], [box, box.repeat(2, 1)]).flatten(1).mean(1).tolist() == [0, 1, 1]
    assert layer([maps], [box.repeat(2, 1), box]).flatten(1).mean(1).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "layer",
    [
        RoIPool(output_size=3, stride=8),
        RoIAlign(output_size=3, stride=8, sampling_ratio=0),
        LevelRoIAlign(output_size=3, strides=(8,)),
    ],
)
def test_no_region_gives_no_rows_and_a_zero_gradient(layer):
    maps = random_maps().float().requires_grad_()
    some = layer([maps], [torch.zeros(0, 4), torch.tensor([[0.0, 0, 8, 8]])])
    assert some.shape == (1, 3, 3, 3)
    none = layer([maps], [torch.zeros(0, 4)] * 2)
    assert none.shape == (0, 3, 3, 3)
    none.sum().backward()
    assert (maps.grad == 0).all()
    for reference in (roi_pool_reference, roi_align_reference):
        assert reference(maps, [torch.zeros(0, 4)] * 2, output_size=(3, 2), stride=8).shape == (
            0,
            3,
            3,
            2,
        )


def test_regions_far_outside_are_zero():
    far = [torch.tensor([[500.0, 500, 600, 600]]), torch.tensor([[-90.0, -90, -50, -40]])]
    maps = random_maps().float() + 100
    for layer in (RoIPool(output_size=2, stride=8), RoIAlign(output_size=2, stride=8)):
        assert (layer([maps], far) == 0).all()


def pyramid(dtype=torch.float64) -> list[torch.Tensor]:
    return [random_maps(size=(64 // s, 96 // s), seed=s).to(dtype) for s in (4, 8, 16, 32)]


def test_levels_equal_torchvisions_in_order_and_gradient():
    levels, theirs = ([x.requires_grad_() for x in pyramid()] for _ in range(2))
    rois = random_rois(40, seed=5, reach=120.0)
    layer = LevelRoIAlign(output_size=3, strides=(4, 8, 16, 32), canonical_size=30)
    pooler = ops.MultiScaleRoIAlign(list("0123"), 3, 2, canonical_scale=30, canonical_level=4)
    other = pooler(dict(zip("0123", theirs, strict=True)), rois, [(64, 96)] * 2)
    mine = layer(levels, rois)
    assert torch.cat([layer.level_of(x) for x in rois]).unique().tolist() == [0, 1, 2, 3]
    torch.testing.assert_close(mine, other)
    mine.square().sum().backward()
    other.square().sum().backward()
    for a, b in zip(levels, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


def test_level_by_hand():
    """224 is level 4, twice as large one more, and exactly half one less; the ends of the pyramid
    hold.
    """
    layer = LevelRoIAlign(output_size=1, strides=(4, 8, 16, 32))
    sides = torch.tensor([0.0, 20, 55, 56, 111.9, 112, 223.9, 224, 447.9, 448, 2000])
    boxes = torch.cat([torch.zeros(len(sides), 2), sides[:, None].repeat(1, 2)], 1)
    assert layer.level_of(boxes).tolist() == [0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3]
    wide = torch.tensor([[0.0, 0, 448, 112]])  # the same area as 224 x 224
    assert layer.level_of(wide).tolist() == [2]


def test_levels_without_a_stride_are_not_looked_at():
    levels = pyramid(torch.float32)
    rois = [x.float() for x in random_rois(9, seed=7)]
    layer = LevelRoIAlign(output_size=2, strides=(4, 8, 16), canonical_size=30)
    torch.testing.assert_close(layer(levels, rois), layer(levels[:3], rois))


def test_half_precision_maps_keep_exact_coordinates():
    """Above 256, bfloat16 steps by 2: a box at 257..273 would become 256..272."""
    maps = torch.arange(64.0).expand(1, 1, 2, 64)
    box = [torch.tensor([[257.0, 0, 273.0, 8]])]
    layer = RoIAlign(output_size=1, stride=8, aligned=True)
    assert (
        layer([maps.bfloat16()], box).item()
        == layer([maps], box).item()
        == pytest.approx(265 / 8 - 0.5)
    )


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("pool", [roi_pool_reference, roi_align_reference])
def test_bad_regions_are_named(pool):
    settings = {"output_size": 2, "stride": 8}
    maps = random_maps().float()
    with pytest.raises(
        ValueError, match=r"rois must be a list with one \(n, 4\) per image, 2 in all; got 1"
    ):
        pool(maps, [torch.zeros(1, 4)], **settings)
    with pytest.raises(ValueError, match=r"rois must be a list.*one tensor \(2, 4\)"):
        pool(maps, torch.zeros(2, 4), **settings)
    with pytest.raises(ValueError, match=r"rois\[1\] must be \(n, 4\).*\(1, 5\)"):
        pool(maps, [torch.zeros(1, 4), torch.zeros(1, 5)], **settings)
    with pytest.raises(ValueError, match="at least one bin"):
        pool(maps, [torch.zeros(1, 4)] * 2, output_size=(0, 2), stride=8)


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="stride must be positive"):
        RoIPool(output_size=2, stride=0)
    with pytest.raises(ValueError, match="strides must double"):
        LevelRoIAlign(output_size=2, strides=(4, 16))
    with pytest.raises(ValueError, match="powers of two"):
        LevelRoIAlign(output_size=2, strides=(6, 12))
    with pytest.raises(ValueError, match=r"RoIPool pools from one map.*2 levels; LevelRoIAlign"):
        RoIPool(output_size=2, stride=8)([RAMP, RAMP], BOX)
    with pytest.raises(ValueError, match="2 strides but got 1 levels"):
        LevelRoIAlign(output_size=2, strides=(4, 8))([RAMP], BOX)


@pytest.mark.parametrize(
    "layer",
    [
        RoIPool(output_size=(2, 3), stride=4),
        RoIAlign(output_size=(2, 3), stride=4),
        LevelRoIAlign(output_size=(2, 3), strides=(4, 8)),
    ],
)
def test_no_images_or_no_regions_are_no_rows(layer):
    for images in (0, 2):
        maps = [torch.rand(images, 5, size, size, requires_grad=True) for size in (8, 4)]
        levels = maps if isinstance(layer, LevelRoIAlign) else maps[:1]
        pooled = layer(levels, [torch.zeros(0, 4)] * images)
        assert pooled.shape == (0, 5, 2, 3)
        pooled.sum().backward()
        assert maps[0].grad.shape == maps[0].shape
