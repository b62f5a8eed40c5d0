import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.models.detection._utils import Matcher
from torchvision.ops import box_iou

from locviz.assign import (
    ForceOwnBest,
    MaxIoU,
    best_overlaps,
    force_best_ties,
    force_bipartite,
    force_last_object,
    no_force,
    retinanet_rule,
    roi_rule,
    rpn_rule,
)
from locviz.boxes import iou
from locviz.priors import fpn_rpn_anchors, pyramid_sizes
from locviz.types import BACKGROUND, IGNORE, Priors, Targets


def priors_of(rows) -> Priors:
    regions = torch.tensor(rows, dtype=torch.float32)
    return Priors(regions, torch.ones(len(regions)), (len(regions),))


def targets_of(rows, dim=2, **flags) -> Targets:
    boxes = torch.as_tensor(rows, dtype=torch.float32).reshape(-1, 2 * dim)
    flags = {name: torch.tensor(value) for name, value in flags.items()}
    return Targets(
        boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64), size=(64,) * dim, **flags
    )


@st.composite
def scenes(draw, most=6):
    """Regions with corners on a coarse grid, so that equal overlaps are common."""
    dim = draw(st.sampled_from([1, 2]))
    corner = st.integers(0, 8)

    def regions(low, high):
        rows = draw(
            st.lists(
                st.lists(corner, min_size=2 * dim, max_size=2 * dim), min_size=low, max_size=high
            )
        )
        pairs = torch.tensor(rows, dtype=torch.float32).reshape(-1, 2, dim)
        return torch.cat([pairs.amin(1), pairs.amax(1)], -1).tolist()

    boxes = regions(0, most)
    flags = draw(
        st.lists(st.tuples(st.booleans(), st.booleans()), min_size=len(boxes), max_size=len(boxes))
    )
    crowd, ignore = ([flag[i] and draw(st.booleans()) for flag in flags] for i in (0, 1))
    flags = {"crowd": crowd, "ignore": ignore} if len(boxes) else {}
    return regions(1, 12), boxes, dim, flags


def built(scene):
    """Outside the strategy: the run-time checker of shapes draws random numbers, which hypothesis
    forbids there.
    """
    rows, boxes, dim, flags = scene
    return priors_of(rows), targets_of(boxes, dim, **flags)


def pairs_by_hand(priors, targets, part):
    """IoU of every prior with every object that takes part, one pair at a time."""
    return {
        (p, g): float(iou(priors.regions[p], targets.boxes[g]))
        for p in range(len(priors))
        for g in part
    }


def ties_by_hand(overlap, num, part, index):
    """Every prior at an object's best overlap answers for its own best object."""
    forced = {}
    for g in part:
        peak = max(overlap[p, g] for p in range(num))
        forced |= {p: index[p] for p in range(num) if overlap[p, g] == peak > 0}
    return forced


def bipartite_by_hand(overlap, num, part, index):
    """Again and again the closest pair that is free on both sides; first prior, then first object
    among equals.
    """
    forced, waiting = {}, list(part)
    while waiting:
        pairs = [
            (-overlap[p, g], p, g)
            for g in waiting
            for p in range(num)
            if p not in forced and overlap[p, g] > 0
        ]
        if not pairs:
            break
        _, p, g = min(pairs)
        forced[p] = g
        waiting.remove(g)
    return forced


def last_by_hand(overlap, num, part, index):
    forced = {}
    for g in part:
        best = max(range(num), key=lambda p: (overlap[p, g], -p))
        if overlap[best, g] > 0:
            forced[best] = g
    return forced


def own_best_by_hand(min_iou, all_ties):
    """mmdetection's loop: object after object claims its best priors, whoever had them before."""

    def rule(overlap, num, part, index):
        forced = {}
        for g in part:
            peak = max(overlap[p, g] for p in range(num))
            best = [p for p in range(num) if overlap[p, g] == peak > 0 and peak >= min_iou]
            forced |= dict.fromkeys(best if all_ties else best[:1], g)
        return forced

    return rule


def by_hand(priors, targets, positive, negative, force) -> list[int]:
    """The double loop that the assigner must equal."""
    apart = (targets.crowd | targets.ignore).tolist()
    part = [g for g in range(len(targets)) if not apart[g]]
    overlap = pairs_by_hand(priors, targets, part)
    answer, index = [], []
    for p in range(len(priors)):
        best = max(part, key=lambda g: (overlap[p, g], -g), default=None)
        value = 0.0 if best is None else overlap[p, best]
        index.append(best)
        answer.append(best if value >= positive else BACKGROUND if value < negative else IGNORE)
    for p, g in force(overlap, len(priors), part, index).items():
        answer[p] = g
    for p in range(len(priors)):
        low, high = targets.boxes.chunk(2, -1)
        center = priors.centers[p]
        inside = ((low < center) & (center < high)).all(-1) & torch.tensor(apart, dtype=torch.bool)
        if answer[p] == BACKGROUND and inside.any():
            answer[p] = IGNORE
    return answer


RULES = [
    (no_force, lambda *_: {}),
    (force_best_ties, ties_by_hand),
    (force_bipartite, bipartite_by_hand),
    (force_last_object, last_by_hand),
    *[
        (ForceOwnBest(min_iou=least, all_ties=ties), own_best_by_hand(least, ties))
        for least in (0.0, 0.25)
        for ties in (True, False)
    ],
]


@pytest.mark.parametrize(("force", "hand"), RULES)
@settings(max_examples=80)
@given(
    scene=scenes(), thresholds=st.sampled_from([(0.7, 0.3), (0.5, 0.5), (0.5, 0.25), (1.0, 0.5)])
)
def test_equals_the_double_loop(force, hand, scene, thresholds):
    positive, negative = thresholds
    assigner = MaxIoU(positive=positive, negative=negative, force=force)
    priors, targets = built(scene)
    assert assigner(priors, targets).gt_index.tolist() == by_hand(
        priors, targets, positive, negative, hand
    )


@pytest.mark.parametrize("block", [1, 3, 8192])
@settings(max_examples=40)
@given(scene=scenes())
def test_blocks_do_not_show(block, scene):
    priors, targets = built(scene)
    if not len(targets):
        return
    matrix = torch.stack([iou(priors.regions, box) for box in targets.boxes], 1)
    before, best_overlaps.BLOCK = best_overlaps.BLOCK, block
    try:
        found = best_overlaps.best_overlaps(priors.regions, targets.boxes)
        tied = set(zip(*(column.tolist() for column in found.ties()), strict=True))
    finally:
        best_overlaps.BLOCK = before
    assert torch.equal(found.best, matrix.amax(1))
    assert torch.equal(found.peak, matrix.amax(0))
    assert torch.equal(found.index, matrix.argmax(1))
    assert tied == set(map(tuple, ((matrix == matrix.amax(0)) & (matrix > 0)).nonzero().tolist()))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("num", [1, 12])
def test_equals_torchvisions_matcher(seed, num):
    size, generator = (224, 320), torch.Generator().manual_seed(seed)
    anchors = fpn_rpn_anchors()(pyramid_sizes(size, (4, 8, 16, 32, 64)), input_size=size)
    low = torch.rand(num, 2, generator=generator) * torch.tensor([250.0, 160])
    targets = targets_of(
        torch.cat([low, low + 6 + torch.rand(num, 2, generator=generator) * 60], 1)
    )
    overlap = box_iou(targets.boxes, anchors.regions)
    for assigner, low_quality in (
        (rpn_rule(), True),
        (roi_rule(), False),
        (retinanet_rule(), True),
    ):
        theirs = Matcher(
            assigner.positive, assigner.negative, allow_low_quality_matches=low_quality
        )(overlap)
        ours = assigner(anchors, targets).gt_index
        assert torch.equal(ours, theirs)
        assert (ours >= 0).any() or not low_quality


def test_thresholds_by_hand():
    """IoU 0.7, 0.5, 0.3 and 0.2 with one object, in float32 as torch divides them."""
    priors = priors_of([[0, 0, 7, 10], [0, 0, 5, 10], [0, 0, 3, 10], [0, 0, 2, 10]])
    targets = targets_of([[0, 0, 10, 10]])
    assert MaxIoU(positive=0.7, negative=0.3)(priors, targets).gt_index.tolist() == [
        0,
        IGNORE,
        IGNORE,
        BACKGROUND,
    ]
    assert MaxIoU(positive=0.5, negative=0.5)(priors, targets).gt_index.tolist() == [
        0,
        0,
        BACKGROUND,
        BACKGROUND,
    ]


def test_the_three_rescues_by_hand():
    """Both objects overlap the first prior best; the larger overlaps it more, the smaller the
    second prior a little.
    """
    priors = priors_of([[0, 0, 8, 8], [6, 0, 14, 8], [30, 30, 40, 40]])
    targets = targets_of([[4, 0, 9, 8], [0, 0, 16, 8]])

    def answer(force):
        return MaxIoU(positive=0.9, negative=0.9, force=force)(priors, targets).gt_index.tolist()

    assert answer(no_force) == [-1, -1, -1]
    # IoUs: the small 32/72 and 24/80, the large 1/2 and 1/2. Ties: both priors of the large one;
    # all answer for it.
    assert answer(force_best_ties) == [1, 1, -1]
    assert answer(force_last_object) == [1, -1, -1]  # the small one is left without
    assert answer(force_bipartite) == [1, 0, -1]
    assert answer(ForceOwnBest()) == [1, 1, -1]  # the later object claims both
    assert answer(ForceOwnBest(all_ties=False)) == [1, -1, -1]
    assert answer(ForceOwnBest(min_iou=0.51)) == [-1, -1, -1]


def test_each_claims_its_own_best_at_a_minimum():
    """The first prior overlaps the objects by 1/2 and 1/4, the second touches neither: the smaller
    object claims the first, although the larger overlaps it more.
    """
    priors = priors_of([[0, 0, 8, 8], [8, 0, 16, 8]])
    targets = targets_of([[0, 0, 8, 4], [0, 0, 4, 4]])

    def answer(force):
        return MaxIoU(positive=0.9, negative=0.9, force=force)(priors, targets).gt_index.tolist()

    assert answer(force_best_ties) == [0, -1]
    assert answer(ForceOwnBest()) == [1, -1]
    assert answer(ForceOwnBest(min_iou=0.3)) == [0, -1]
    assert answer(ForceOwnBest(min_iou=0.6)) == [-1, -1]


def test_the_numbers_of_mmdetections_own_suite():
    priors = priors_of([[0, 0, 10, 10], [10, 10, 20, 20], [5, 5, 15, 15], [32, 32, 38, 42]])
    targets = targets_of([[0, 0, 10, 9], [0, 10, 10, 19]])
    assigner = MaxIoU(positive=0.5, negative=0.5, force=ForceOwnBest())
    assert assigner(priors, targets).gt_index.tolist() == [0, -1, 1, -1]


@pytest.mark.parametrize("least", [-0.1, 1.1, float("nan")])
def test_a_minimum_is_an_iou(least):
    with pytest.raises(ValueError, match=r"ForceOwnBest\.min_iou is an IoU"):
        ForceOwnBest(min_iou=least)


def test_an_object_that_touches_nothing_forces_nothing():
    """torchvision compares with its best, 0, and makes every prior positive."""
    priors, targets = priors_of([[0, 0, 8, 8], [8, 0, 16, 8]]), targets_of([[20, 20, 24, 24]])
    overlap = box_iou(targets.boxes, priors.regions)
    assert Matcher(0.7, 0.3, allow_low_quality_matches=True)(overlap).tolist() == [0, 0]
    for force in (force_best_ties, force_last_object, force_bipartite, ForceOwnBest()):
        assert MaxIoU(force=force)(priors, targets).gt_index.tolist() == [-1, -1]


def test_no_priors_and_no_objects():
    empty = Priors(torch.zeros(0, 4), torch.zeros(0), (0,))
    assert len(rpn_rule()(empty, targets_of([[0, 0, 8, 8]])).gt_index) == 0
    assert rpn_rule()(priors_of([[0, 0, 1, 1]]), targets_of([])).gt_index.tolist() == [-1]


@pytest.mark.usefixtures("unchecked")
def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="negative <= positive"):
        MaxIoU(positive=0.3, negative=0.4)
    with pytest.raises(ValueError, match="mix boxes"):
        rpn_rule()(priors_of([[0, 0, 1, 1]]), targets_of([[0, 8]], 1))
