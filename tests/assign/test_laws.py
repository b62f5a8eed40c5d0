"""The laws that every assigner obeys, static or not: one family of tests for all of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz.assign import (
    ATSS,
    CenterSampling,
    ClassAwareIoU,
    GridCell,
    InsideImage,
    MaxIoU,
    MutualLabelling,
    OneLevel,
    OnSquareAnchors,
    OverlappingAnchors,
    SSDRule,
    force_bipartite,
    rescale_rows,
    retinanet_rule,
    rpn_rule,
)
from locviz.boxes import pairwise_iou
from locviz.models import ASSIGNERS
from locviz.models.assigners import (
    detr_costs,
    hungarian,
    ota,
    sim_ota,
    task_aligned,
    task_aligned_tood,
)
from locviz.priors import AnchorPriors, GridCells, PointPriors, pyramid_sizes
from locviz.types import BACKGROUND, IGNORE, Assignment, ImagePredictions, Priors, Targets

EXTENT, CLASSES, STRIDES = 64, 3, (8, 16, 32)


def anchors(dim):
    generator = AnchorPriors(sizes=[(1.5 * s, 3.0 * s) for s in STRIDES], strides=STRIDES)
    return generator(pyramid_sizes((EXTENT,) * dim, STRIDES), input_size=(EXTENT,) * dim)


def points(dim):
    return PointPriors(strides=STRIDES)(
        pyramid_sizes((EXTENT,) * dim, STRIDES), input_size=(EXTENT,) * dim
    )


def cells(dim):
    return GridCells(predictors=2)([(4,) * dim], input_size=(EXTENT,) * dim)


def fcos(scale, **options):
    ranges = ((-1.0, 16.0 * scale), (16.0 * scale, 32.0 * scale), (32.0 * scale, float("inf")))
    return CenterSampling(ranges=ranges, **options)


@dataclass(frozen=True)
class Case:
    """An assigner for a world that is ``scale`` times as large, and what is promised of it.

    ``queries`` look at where they predict something, not at where they are; ``center_offset`` is
    where the centre of a prior's cell lies, in strides, if not at the prior's; ``tied`` are priors
    that two objects want equally.
    """

    make: Callable[[float], Callable[..., Assignment]]
    priors: Callable[[int], Priors] = anchors
    one_to_one: bool = False
    feeds_everyone: bool = False
    queries: bool = False
    center_offset: float = 0.0
    tied: Callable[["World"], torch.Tensor] = lambda world: torch.zeros(
        len(world.priors), dtype=torch.bool
    )


def tied_in_plan(world: "World") -> torch.Tensor:
    """Where OTA's rescaled plan has two largest entries: both rows peak at the same prior, and the
    first has it.
    """
    plans = []
    ota(rescale=lambda plan: plans.append(rescale_rows(plan)) or plans[-1])(
        world.priors, world.targets, ImagePredictions(**world.said)
    )
    if not len(world.targets):
        return torch.zeros(len(world.priors), dtype=torch.bool)
    first, second = plans[0].topk(2, dim=0).values
    return first - second < 1e-4


CASES = {
    "max IoU": Case(lambda scale: MaxIoU(positive=0.5, negative=0.3)),
    "max IoU, one for each": Case(
        lambda scale: MaxIoU(positive=0.7, negative=0.3, force=force_bipartite)
    ),
    "RPN": Case(lambda scale: rpn_rule()),
    "RetinaNet": Case(lambda scale: retinanet_rule()),
    "RPN inside the image": Case(lambda scale: InsideImage(rpn_rule(), margin=4 * scale)),
    "SSD": Case(lambda scale: SSDRule(), feeds_everyone=True),
    "ATSS": Case(lambda scale: ATSS(top_k=5)),
    "ATSS with a margin": Case(lambda scale: ATSS(margin=0.5 * scale)),
    "RPN on one level": Case(lambda scale: OneLevel(rpn_rule(), level=1)),
    "ATSS on squares": Case(lambda scale: OnSquareAnchors(ATSS(), side=3.0), points),
    "FCOS": Case(fcos, points),
    "FCOS, centre sampling": Case(lambda scale: fcos(scale, radius=1.5), points),
    "YOLOv1": Case(lambda scale: GridCell(), cells, one_to_one=True, feeds_everyone=True),
    "Hungarian": Case(
        lambda scale: hungarian(), points, one_to_one=True, feeds_everyone=True, queries=True
    ),
    "Hungarian, DETR": Case(
        lambda scale: hungarian(costs=detr_costs()),
        points,
        one_to_one=True,
        feeds_everyone=True,
        queries=True,
    ),
    "OTA": Case(lambda scale: ota(), points, tied=tied_in_plan),
    "SimOTA": Case(lambda scale: sim_ota(), points),
    "SimOTA, YOLOX": Case(lambda scale: sim_ota(center_offset=0.5), points, center_offset=0.5),
    "task-aligned": Case(lambda scale: task_aligned(), points),
    "task-aligned, TOOD": Case(lambda scale: task_aligned_tood(), points),
    "IoU or class": Case(lambda scale: ClassAwareIoU(score_threshold=0.6)),
    "mutual labelling": Case(lambda scale: MutualLabelling(), points),
    "mutual labelling of anchors": Case(
        lambda scale: MutualLabelling(
            candidates=OverlappingAnchors(least=0.3, positive=0.5), alpha=0.5
        )
    ),
}
every_assigner = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@dataclass(frozen=True)
class World:
    priors: Priors
    targets: Targets
    said: dict[str, torch.Tensor]

    def assigned(self, case: Case, scale: float = 1.0) -> Assignment:
        return case.make(scale)(self.priors, self.targets, ImagePredictions(**self.said))


def test_every_assigner_is_tried():
    tried = {type(case.make(1.0)) for case in CASES.values()}
    assert tried >= {type(entry.build()) for entry in ASSIGNERS}


worlds = st.tuples(st.integers(0, 10_000), st.sampled_from([1, 2]), st.integers(0, 6))


def world_of(drawn, case: Case) -> World:
    """Objects anywhere, and predictions round their priors: random numbers, so that nothing ties."""
    seed, dim, num = drawn
    generator = torch.Generator().manual_seed(seed)

    def random(*shape):
        return torch.rand(*shape, generator=generator)

    priors = case.priors(dim)
    sides = 5 + 40 * random(num, dim) ** 2
    low = random(num, dim) * (EXTENT - sides)
    targets = Targets(
        boxes=torch.cat([low, low + sides], -1),
        labels=torch.randint(CLASSES, (num,), generator=generator),
        size=(EXTENT,) * dim,
    )
    reach = priors.strides[:, None] * (0.3 + 1.5 * random(len(priors), dim))
    middle = priors.centers + priors.strides[:, None] * (random(len(priors), dim) - 0.5)
    said = {
        "logits": 4 * random(len(priors), CLASSES) - 3,
        "regions": torch.cat([middle - reach, middle + reach], -1),
        "quality": 4 * random(len(priors)) - 2,
    }
    return World(priors, one_in_a_cell(targets) if case.priors is cells else targets, said)


def one_in_a_cell(targets: Targets) -> Targets:
    """Two centres in one of YOLO's cells are a tie, which the first object wins: leave out the
    second.
    """
    low, high = targets.boxes.chunk(2, -1)
    cell = [tuple(row) for row in ((low + high) / 2 // (EXTENT / 4)).tolist()]
    first = [number for number, own in enumerate(cell) if own not in cell[:number]]
    return Targets(targets.boxes[first], targets.labels[first], targets.size)


def counts(answer: Assignment, num: int) -> list[int]:
    return answer.gt_index[answer.positive].bincount(minlength=num).tolist()


@every_assigner
@settings(max_examples=10)
@given(drawn=worlds)
def test_says_who_answers_for_whom(case, drawn):
    world = world_of(drawn, case)
    answer = world.assigned(case)
    assert answer.gt_index.shape == (len(world.priors),)
    assert answer.gt_index.dtype == torch.int64
    assert set(answer.gt_index.tolist()) <= {IGNORE, BACKGROUND, *range(len(world.targets))}
    for values in (answer.weight, answer.quality):
        assert values is None or values.shape == (len(world.priors),)
    assert answer.quality is None or ((answer.quality >= 0) & (answer.quality <= 1)).all()
    assert answer.cost is None or answer.cost.shape == (len(world.priors), len(world.targets))


@every_assigner
@settings(max_examples=15)
@given(drawn=worlds, order=st.randoms(use_true_random=False))
def test_permuting_the_objects_permutes_the_answer(case, drawn, order):
    world = world_of(drawn, case)
    num = len(world.targets)
    new = torch.tensor(order.sample(range(num), num), dtype=torch.int64)
    boxes, labels = world.targets.boxes[new], world.targets.labels[new]
    permuted = replace(world, targets=replace(world.targets, boxes=boxes, labels=labels, area=None))
    before, after = world.assigned(case), permuted.assigned(case)
    back = torch.cat([new, torch.tensor([IGNORE, BACKGROUND])])  # -2 and -1 count from the end
    clear = ~case.tied(world)
    assert torch.equal(back[after.gt_index][clear], before.gt_index[clear])
    if before.cost is not None:
        torch.testing.assert_close(after.cost, before.cost[:, new])


@every_assigner
@settings(max_examples=15)
@given(drawn=worlds, scale=st.sampled_from([0.25, 0.5, 2.0, 4.0]))
def test_scaling_everything_changes_nothing(case, drawn, scale):
    world = world_of(drawn, case)
    size = tuple(int(scale * extent) for extent in world.targets.size)
    scaled = World(
        Priors(scale * world.priors.regions, scale * world.priors.strides, world.priors.levels),
        replace(world.targets, boxes=scale * world.targets.boxes, size=size, area=None),
        world.said | {"regions": scale * world.said["regions"]},
    )
    before, after = world.assigned(case), scaled.assigned(case, scale)
    assert torch.equal(before.gt_index, after.gt_index)
    for name in ("cost", "quality", "weight"):
        if getattr(before, name) is not None:
            assert torch.equal(getattr(before, name), getattr(after, name))


@every_assigner
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("dim", [1, 2])
def test_targets_in_float64_are_the_same_targets(case, seed, dim):
    """Readers and numpy give float64; the answer is in the priors' type."""
    world = world_of((seed, dim, 4), case)
    crowd = torch.tensor([False] * (len(world.targets) - 1) + [True])
    world = replace(world, targets=replace(world.targets, crowd=crowd))
    boxes, area = world.targets.boxes.double(), world.targets.area.double()
    doubled = replace(world, targets=replace(world.targets, boxes=boxes, area=area))
    before, after = world.assigned(case), doubled.assigned(case)
    assert torch.equal(before.gt_index, after.gt_index)
    for name in ("cost", "quality", "weight"):
        if getattr(before, name) is not None:
            assert torch.equal(getattr(before, name), getattr(after, name))


def strictly_inside(centers, boxes):
    low, high = boxes.chunk(2, -1)
    return ((centers[:, None] > low) & (centers[:, None] < high)).all(-1).any(1)


@every_assigner
@settings(max_examples=15)
@given(
    drawn=worlds,
    flags=st.lists(st.sampled_from(["crowd", "ignore", "", ""]), min_size=6, max_size=6),
)
def test_crowd_and_ignored_objects_change_background_to_ignore_and_nothing_else(case, drawn, flags):
    world = world_of(drawn, case)
    flags = flags[: len(world.targets)]
    crowd, ignore = (
        torch.tensor([flag == name for flag in flags], dtype=torch.bool)
        for name in ("crowd", "ignore")
    )
    apart = crowd | ignore
    part = (~apart).nonzero()[:, 0]
    alone = replace(
        world,
        targets=Targets(world.targets.boxes[part], world.targets.labels[part], world.targets.size),
    )
    answer = replace(world, targets=replace(world.targets, crowd=crowd, ignore=ignore)).assigned(
        case
    )
    without = alone.assigned(case)

    said, shift = world.said["regions"], case.center_offset * world.priors.strides[:, None]
    centers = sum(said.chunk(2, -1)) / 2 if case.queries else world.priors.centers + shift
    inside = strictly_inside(centers, world.targets.boxes[apart])
    expected = torch.cat([part, torch.tensor([IGNORE, BACKGROUND])])[without.gt_index]
    expected[(expected == BACKGROUND) & inside] = IGNORE
    assert torch.equal(answer.gt_index, expected)
    if answer.cost is not None:
        assert torch.equal(answer.cost[:, part], without.cost)
        assert (answer.cost[:, apart] == float("inf")).all()


@every_assigner
@pytest.mark.parametrize("dim", [1, 2])
def test_an_image_without_objects_is_all_background(case, dim):
    world = world_of((0, dim, 0), case)
    answer = world.assigned(case)
    low, high = world.priors.regions.chunk(2, -1)
    outside = (low < -4).any(-1) | (high > EXTENT + 4).any(-1)
    left_out = outside if isinstance(case.make(1.0), InsideImage) else torch.zeros_like(outside)
    assert torch.equal(answer.gt_index == BACKGROUND, ~left_out)
    assert torch.equal(answer.gt_index == IGNORE, left_out)


@every_assigner
@pytest.mark.parametrize("dim", [1, 2])
def test_somebody_is_found(case, dim):
    """So that no law above holds for want of positives."""
    found = 0
    for seed in range(5):
        world = replace(
            world_of((seed, dim, 0), case), targets=world_of((seed, dim, 1), case).targets
        )
        found += sum(counts(world.assigned(case), 1))
    assert found >= 2


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.one_to_one])
@settings(max_examples=15)
@given(drawn=worlds)
def test_one_to_one_is_one_to_one(name, drawn):
    world = world_of(drawn, CASES[name])
    assert max(counts(world.assigned(CASES[name]), len(world.targets)), default=0) <= 1


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.feeds_everyone])
@settings(max_examples=40)
@given(drawn=worlds)
def test_every_object_gets_a_prior(name, drawn):
    world = world_of(drawn, CASES[name])
    assert min(counts(world.assigned(CASES[name]), len(world.targets)), default=1) >= 1


@settings(max_examples=60)
@given(drawn=worlds)
def test_every_object_has_a_positive_at_the_peak_of_its_supply(drawn):
    """Rescaled, each object's row of OTA's plan has its largest entry 1, which nobody's exceeds.

    So that prior is positive, for this object unless another's row peaks at the same one: then the
    first has it.
    """
    world, plans = world_of(drawn, CASES["OTA"]), []
    answer = ota(rescale=lambda plan: plans.append(rescale_rows(plan)) or plans[-1])(
        world.priors, world.targets, ImagePredictions(**world.said)
    )
    objects = plans[0][:-1]
    assert len(objects) == len(world.targets)
    for row in objects:
        peak = row.argmax()
        rivals = (objects[:, peak] == 1).nonzero()[:, 0]
        assert answer.gt_index[peak] == rivals[0]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("dim", [1, 2])
def test_ota_feeds_objects_that_share_no_prior(seed, dim):
    """Four objects apart, each with priors of its own inside: nobody goes without."""
    world = world_of((seed, dim, 0), CASES["OTA"])
    low = torch.tensor([[1.0, 1], [33, 1], [1, 33], [33, 33]])[:, :dim].unique(dim=0)
    labels = torch.arange(len(low)) % CLASSES
    world = replace(
        world, targets=Targets(torch.cat([low, low + 22.0], -1), labels, world.targets.size)
    )
    assert min(counts(world.assigned(CASES["OTA"]), len(low))) >= 1


@pytest.mark.parametrize("name", ["RPN", "RetinaNet"])
@settings(max_examples=40)
@given(drawn=worlds)
def test_every_object_has_a_positive_at_its_best_prior(name, drawn):
    """The rescue is of priors: an object's best one is positive, *for* this object unless it
    overlaps another more.
    """
    world = world_of(drawn, CASES[name])
    overlap = pairwise_iou(world.priors.regions, world.targets.boxes)
    answer = world.assigned(CASES[name]).gt_index
    for g in range(len(world.targets)):
        best = overlap[:, g].argmax()
        assert overlap[best, g] > 0
        assert answer[best] == overlap[best].argmax()
