import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz.assign import (
    FCOS_RANGES,
    CenterSampling,
    StrideRanges,
    closed_range,
    half_open_range,
    level_ranges,
    open_range,
    smallest_area_float32,
)
from locviz.priors import PointPriors
from locviz.types import BACKGROUND, IGNORE, Priors, Targets

INF = float("inf")
RANGES = ((-1.0, 8.0), (8.0, INF))


def grid(dim: int, extent: int = 32):
    sizes = [(extent // stride,) * dim for stride in (4, 8)]
    return PointPriors(strides=(4, 8))(sizes, input_size=(extent,) * dim)


def targets_of(rows, dim: int, **flags) -> Targets:
    boxes = torch.tensor(rows, dtype=torch.float32).reshape(-1, 2 * dim)
    flags = {name: torch.tensor(value) for name, value in flags.items()}
    return Targets(
        boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64), size=(32,) * dim, **flags
    )


def by_hand(priors, targets, radius, within_ends) -> list[int]:
    """The double loop that the assigner must equal, written from the paper."""
    answer = []
    level_of = [level for level, count in enumerate(priors.levels) for _ in range(count)]
    for point, stride, level in zip(
        priors.centers.tolist(), priors.strides.tolist(), level_of, strict=True
    ):
        best, best_area, ignored = BACKGROUND, INF, False
        for g, box in enumerate(targets.boxes.tolist()):
            dim = len(box) // 2
            distances = [point[i] - box[i] for i in range(dim)] + [
                box[i + dim] - point[i] for i in range(dim)
            ]
            if min(distances) <= 0:
                continue
            if targets.crowd[g] or targets.ignore[g]:
                ignored = True
                continue
            low, high = RANGES[level]
            if not within_ends(max(distances), low, high):
                continue
            centers = [(box[i] + box[i + dim]) / 2 for i in range(dim)]
            if (
                radius is not None
                and max(abs(p - c) for p, c in zip(point, centers, strict=True)) >= radius * stride
            ):
                continue
            area = math.prod(box[i + dim] - box[i] for i in range(dim))
            if area < best_area:
                best, best_area = g, area
        answer.append(IGNORE if best == BACKGROUND and ignored else best)
    return answer


@st.composite
def scenes(draw):
    dim = draw(st.sampled_from([1, 2]))
    num = draw(st.integers(0, 5))
    side = st.integers(0, 64).map(lambda half_pixels: half_pixels / 2)
    rows = []
    for _ in range(num):
        corners = [sorted((draw(side), draw(side))) for _ in range(dim)]
        rows.append([low for low, _ in corners] + [high for _, high in corners])
    flags = {
        name: draw(st.lists(st.booleans(), min_size=num, max_size=num))
        for name in ("crowd", "ignore")
    }
    if not num:
        flags = {}
    return dim, rows, flags


@settings(max_examples=150, deadline=None)
@given(
    scenes(),
    st.sampled_from([None, 0.75, 1.5]),
    st.sampled_from(
        [
            (closed_range, lambda v, low, high: low <= v <= high),
            (half_open_range, lambda v, low, high: low < v <= high),
            (open_range, lambda v, low, high: low < v < high),
        ]
    ),
)
def test_equals_the_double_loop(scene, radius, within):
    dim, rows, flags = scene
    priors, targets = grid(dim), targets_of(rows, dim, **flags)
    assigner = CenterSampling(ranges=RANGES, radius=radius, within=within[0])
    assert assigner(priors, targets).gt_index.tolist() == by_hand(
        priors, targets, radius, within[1]
    )


def test_no_ground_truth_is_all_background():
    assert (CenterSampling(ranges=RANGES)(grid(2), targets_of([], 2)).gt_index == BACKGROUND).all()


def test_smallest_area_is_exact_where_float32_is_not():
    """420 against 416: the 1e8 trick cannot tell them apart and keeps the first."""
    priors = PointPriors(strides=(32,))([(1, 1)], input_size=(32, 32))
    targets = targets_of([[0, 0, 20, 21], [0, 0, 20, 20.8]], 2)
    everything = ((0.0, INF),)
    assert CenterSampling(ranges=everything)(priors, targets).gt_index.tolist() == [1]
    assert CenterSampling(ranges=everything, winner=smallest_area_float32)(
        priors, targets
    ).gt_index.tolist() == [0]


def test_a_point_on_a_side_is_outside():
    priors = PointPriors(strides=(8,))([(1, 2)], input_size=(8, 16))
    assert CenterSampling(ranges=((0.0, INF),))(
        priors, targets_of([[4, 0, 14, 8]], 2)
    ).gt_index.tolist() == [-1, 0]


@pytest.mark.parametrize(
    ("within", "level_of"), [(closed_range, {0, 1}), (half_open_range, {0}), (open_range, set())]
)
def test_size_at_the_end_of_a_range(within, level_of):
    """A farthest side at exactly 8: the paper's code gives it to both levels, torchvision to none."""
    priors = PointPriors(strides=(4, 8))([(4,), (2,)], input_size=(16,))
    fine = targets_of([[-6, 4]], 1)  # the fine point at 2 is 8 from the low side
    coarse = targets_of([[1, 12]], 1)  # the coarse point at 4 is 8 from the high side
    assigner = CenterSampling(ranges=RANGES, within=within)
    assert (assigner(priors, fine).gt_index[0] == 0) == (0 in level_of)
    assert (assigner(priors, coarse).gt_index[4] == 0) == (1 in level_of)


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="one each"):
        CenterSampling()(grid(2), targets_of([], 2))
    with pytest.raises(ValueError, match="radius"):
        CenterSampling(radius=0.0)


@pytest.mark.usefixtures("unchecked")
def test_refuses_spans_for_boxes_and_ranges_that_are_none():
    """Broadcast, the span 0..8 would pass as a box and be answered for."""
    priors = PointPriors(strides=(8,))([(2, 2)], input_size=(16, 16))
    spans = Targets(
        boxes=torch.tensor([[0.0, 8.0]]), labels=torch.zeros(1, dtype=torch.int64), size=(16,)
    )
    with pytest.raises(ValueError, match=r"priors\.regions .* and targets\.boxes .* mix boxes"):
        CenterSampling(ranges=((-1.0, 99.0),))(priors, spans)
    for ranges in (((5.0, 1.0),), ((float("nan"), 1.0),)):
        with pytest.raises(ValueError, match=r"CenterSampling\.ranges must be \(low, high\)"):
            CenterSampling(ranges=ranges)
    with pytest.raises(ValueError, match="radius must be positive"):
        CenterSampling(radius=float("nan"))


def test_the_papers_ranges_are_eight_strides():
    """Section 3.2: m2 to m7 are 0, 64, 128, 256, 512 and infinity; -1 lets a distance of 0 in."""
    assert FCOS_RANGES == ((-1, 64), (64, 128), (128, 256), (256, 512), (512, INF))
    assert level_ranges((4, 8, 16), reach=3) == ((-1, 12), (12, 24), (24, INF))
    assert level_ranges((7,), reach=3) == ((-1, INF),)


def test_ranges_may_follow_the_strides_of_the_priors():
    priors = grid(2)
    assert StrideRanges(reach=2.0)(priors) == RANGES
    objects = targets_of([[2, 2, 10, 10], [4, 8, 30, 30]], 2)
    followed = CenterSampling(ranges=StrideRanges(reach=2.0))(priors, objects)
    assert torch.equal(followed.gt_index, CenterSampling(ranges=RANGES)(priors, objects).gt_index)
    assert (followed.gt_index >= 0).any()


@pytest.mark.parametrize(("levels", "ends"), [((2, 0, 1), (12, 12)), ((0, 2, 1), (0, 24))])
def test_a_level_without_priors_has_an_empty_range(levels, ends):
    strides = [stride for stride, n in zip((4.0, 8, 16), levels, strict=True) for _ in range(n)]
    priors = Priors(torch.zeros(3, 4), torch.tensor(strides, dtype=torch.float32), levels)
    first, second = ends
    assert StrideRanges(reach=3.0)(priors) == ((-1, first), (first, second), (second, INF))
