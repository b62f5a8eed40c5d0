import math
import statistics

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz.assign import ATSS
from locviz.assign.atss import mean_plus_deviation, nearest
from locviz.boxes import iou
from locviz.priors import AnchorPriors, atss_anchors, pyramid_sizes
from locviz.types import BACKGROUND, IGNORE, Priors, Targets


def anchors(dim):
    sizes = [(32 // stride,) * dim for stride in (4, 8, 16)]
    return AnchorPriors(sizes=((8,), (16,), (32,)), strides=(4, 8, 16))(
        sizes, input_size=(32,) * dim
    )


def targets_of(rows, dim=2, **flags) -> Targets:
    boxes = torch.as_tensor(rows, dtype=torch.float32).reshape(-1, 2 * dim)
    flags = {name: torch.tensor(value) for name, value in flags.items()}
    return Targets(
        boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64), size=(32,) * dim, **flags
    )


def by_hand(priors, targets, top_k) -> list[int]:
    """Algorithm 1 of the paper, one object and one prior at a time."""
    apart = (targets.crowd | targets.ignore).tolist()
    answer, best = [BACKGROUND] * len(priors), [0.0] * len(priors)
    centers = priors.centers.tolist()
    for g, box in enumerate(targets.boxes.tolist()):
        dim = len(box) // 2
        middle = [(box[i] + box[i + dim]) / 2 for i in range(dim)]
        candidates, start = [], 0
        for count in priors.levels:
            level = range(start, start + count)
            candidates += sorted(level, key=lambda p: (math.dist(centers[p], middle), p))[:top_k]
            start += count
        overlap = {p: float(iou(priors.regions[p], targets.boxes[g])) for p in candidates}
        threshold = statistics.mean(overlap.values()) + statistics.stdev(overlap.values())
        for p in candidates:
            inside = all(box[i] < centers[p][i] < box[i + dim] for i in range(dim))
            if apart[g]:
                continue
            if inside and overlap[p] >= threshold and (answer[p] < 0 or overlap[p] > best[p]):
                answer[p], best[p] = g, overlap[p]
    for p, center in enumerate(centers):
        for g, box in enumerate(targets.boxes.tolist()):
            dim = len(box) // 2
            if (
                answer[p] < 0
                and apart[g]
                and all(box[i] < center[i] < box[i + dim] for i in range(dim))
            ):
                answer[p] = IGNORE
    return answer


@st.composite
def scenes(draw):
    dim, num = draw(st.sampled_from([1, 2])), draw(st.integers(0, 5))
    side = st.integers(0, 128).map(lambda quarter: quarter / 4)
    rows = []
    for _ in range(num):
        corners = [sorted((draw(side), draw(side))) for _ in range(dim)]
        rows.append([low for low, _ in corners] + [high for _, high in corners])
    flag = st.lists(st.sampled_from([False, False, True]), min_size=num, max_size=num)
    return dim, rows, {"crowd": draw(flag), "ignore": draw(flag)} if num else {}


@settings(max_examples=150)
@given(scenes(), st.sampled_from([2, 3, 9]))
def test_equals_the_double_loop(scene, top_k):
    dim, rows, flags = scene
    priors, targets = anchors(dim), targets_of(rows, dim, **flags)
    ours, loop = (
        ATSS(top_k=top_k)(priors, targets).gt_index.tolist(),
        by_hand(priors, targets, top_k),
    )
    if ours == loop:
        return
    # Doubles and floats may disagree about a candidate that lies on its threshold to the last
    # digit; about no other.
    for p in [p for p, (a, b) in enumerate(zip(ours, loop, strict=True)) if a != b]:
        owners = {g for g in (ours[p], loop[p]) if g >= 0}
        assert any(on_the_threshold(priors, targets.boxes[g], p, top_k) for g in owners), (
            p,
            ours[p],
            loop[p],
        )


def on_the_threshold(priors, box, p, top_k) -> bool:
    low, high = box.chunk(2)
    levels, start = [], 0
    for level in priors.centers.split(priors.levels):
        levels.append(nearest(level, ((low + high) / 2)[None], min(top_k, len(level)))[0] + start)
        start += len(level)
    overlap = iou(priors.regions[torch.cat(levels)], box).double()
    return abs(float(iou(priors.regions[p], box)) - float(overlap.mean() + overlap.std())) < 1e-6


def test_by_hand():
    """One level of five spans of length 4; the object 6..14 overlaps three: 1/5, 1/2 and 1/5.

    Mean of the three nearest 0.3, unbiased deviation sqrt(0.03) = 0.1732: only the middle reaches
    0.4732.
    """
    regions = torch.tensor([[0.0, 4], [4, 8], [8, 12], [12, 16], [16, 20]])
    priors = Priors(regions, torch.full((5,), 4.0), (5,))
    assert ATSS(top_k=3)(priors, targets_of([[6, 14]], 1)).gt_index.tolist() == [-1, -1, 0, -1, -1]


def test_the_deviation_is_unbiased():
    """0.6, 0.6 and 0: mean 0.4, deviation 0.3464 unbiased (0.2828 biased)."""
    threshold = mean_plus_deviation(torch.tensor([[0.6, 0.6, 0.0]]))
    assert threshold.item() == pytest.approx(0.4 + math.sqrt(0.12))


def test_equal_candidates_are_all_positive():
    """0.1 cannot be written in binary: a careless mean of three is a little more than each."""
    threshold = mean_plus_deviation(torch.full((1, 9), 0.1))
    assert threshold.item() == torch.tensor(0.1).item()
    assert mean_plus_deviation(torch.tensor([[0.3]])).item() == pytest.approx(0.3)
    regions = torch.tensor([[0.0, 0, 9, 9], [1, 1, 10, 10], [0, 1, 9, 10]])
    priors = Priors(regions, torch.full((3,), 8.0), (3,))
    assert ATSS()(priors, targets_of([[4.25, 4.25, 5.75, 5.75]])).gt_index.tolist() == [0, 0, 0]


def test_of_equally_near_points_the_first():
    """Three hundred points at (7, 7) and one at (5, 5), which is nearest to the first centre and
    ties for the other.
    """
    points = torch.cat([torch.full((300, 2), 7.0), torch.tensor([[5.0, 5]])])
    found = nearest(points, torch.tensor([[5.0, 5], [6, 6]]), 4)
    assert found.sort(1).values.tolist() == [[0, 1, 2, 300], [0, 1, 2, 3]]
    assert nearest(points[:0], torch.tensor([[5.0, 5]]), 0).shape == (1, 0)


def test_a_contested_prior_goes_to_the_larger_overlap():
    priors = Priors(torch.tensor([[0.0, 10], [20, 30]]), torch.full((2,), 10.0), (2,))
    assert ATSS(top_k=1)(priors, targets_of([[0, 6], [1, 10]], 1)).gt_index.tolist() == [1, -1]
    assert ATSS(top_k=1)(priors, targets_of([[1, 10], [1, 10]], 1)).gt_index.tolist() == [0, -1]


def test_the_margin_keeps_centres_from_the_sides():
    priors = Priors(torch.tensor([[0.0, 10]]), torch.tensor([10.0]), (1,))
    just_inside = targets_of([[4.995, 14]], 1)
    assert ATSS(top_k=1)(priors, just_inside).gt_index.tolist() == [0]
    assert ATSS(top_k=1, margin=0.01)(priors, just_inside).gt_index.tolist() == [BACKGROUND]


@pytest.mark.parametrize("seed", range(3))
def test_at_most_top_k_a_level_and_object(seed):
    size, generator = (256, 320), torch.Generator().manual_seed(seed)
    priors = atss_anchors()(pyramid_sizes(size, (8, 16, 32, 64, 128)), input_size=size)
    low = torch.rand(12, 2, generator=generator) * torch.tensor([250.0, 180])
    targets = targets_of(torch.cat([low, low + 8 + torch.rand(12, 2, generator=generator) * 70], 1))
    answer = ATSS()(priors, targets).gt_index
    for level in answer.split(priors.levels):
        assert level[level >= 0].bincount(minlength=12).max() <= 9
    assert (answer[answer >= 0].bincount(minlength=12) > 0).sum() >= 10


@pytest.mark.usefixtures("unchecked")
def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="top_k >= 1"):
        ATSS(top_k=0)
    with pytest.raises(ValueError, match="mix boxes"):
        ATSS()(anchors(2), targets_of([[0, 8]], 1))
