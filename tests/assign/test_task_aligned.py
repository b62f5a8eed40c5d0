"""Task alignment against two releases, a plain loop, and by hand.

``goldens/task_aligned.safetensors`` holds two scenes of 128 pixels (8 objects with 10 priors each,
5 with 1) and what two releases answer: ``yolo``, TaskAlignedAssigner of ultralytics 8.4.190 with
alpha 0.5, beta 6 and strides 8 16 32, and ``tood``, the assigner of fcjian/TOOD (commit 1bda27c6)
with alpha 1, beta 6 and 13 priors, its alignment rescaled in the way of its head. The sources were
run with empty stand-ins for what they import and do not need.
"""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from locviz.assign import TaskAligned, pool_everywhere, rivals_taking
from locviz.boxes import pairwise_iou
from locviz.models import task_aligned, task_aligned_tood
from locviz.priors import PointPriors
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Priors, Targets

GOLDENS = Path(__file__).parent / "goldens" / "task_aligned.safetensors"
TOOD = {"alpha": 1.0, "top_k": 3, "pool": pool_everywhere, "rivals": rivals_taking}


def scene(seed: int, num_gts: int, dim: int, num_classes: int = 3):
    generator = torch.Generator().manual_seed(seed)
    sizes = [(48 // stride,) * dim for stride in (4, 8)]
    priors = PointPriors(strides=(4, 8))(sizes, input_size=(48,) * dim)
    low = torch.rand(num_gts, dim, generator=generator) * 30
    boxes = torch.cat([low, low + 3 + torch.rand(num_gts, dim, generator=generator) * 25], -1)
    targets = Targets(
        boxes, torch.randint(0, num_classes, (num_gts,), generator=generator), (48,) * dim
    )
    spread = torch.rand(len(priors), 2 * dim, generator=generator) * 14
    logits = torch.randn(len(priors), num_classes, generator=generator)
    regions = torch.cat([priors.centers - spread[:, :dim], priors.centers + spread[:, dim:]], -1)
    return priors, targets, {"logits": logits, "regions": regions}


def by_hand(
    priors, targets, said, alpha, beta, top_k, everywhere, takers
) -> tuple[list[int], list[float]]:
    """The rule as loops; ``everywhere`` and ``takers`` are TOOD's two departures from YOLO's."""
    points, gts = range(len(priors)), range(len(targets))
    iou = pairwise_iou(targets.boxes, said["regions"]).tolist()
    metric = [
        [
            said["logits"][p].sigmoid()[targets.labels[g]].item() ** alpha * iou[g][p] ** beta
            for p in points
        ]
        for g in gts
    ]
    inside = [
        [
            all(
                low < x < high
                for low, x, high in zip(
                    box[: len(box) // 2], point, box[len(box) // 2 :], strict=True
                )
            )
            for point in priors.centers.tolist()
        ]
        for box in targets.boxes.tolist()
    ]
    taken: list[list[int]] = [[] for _ in points]
    for g in gts:
        pool = [p for p in points if everywhere or inside[g][p]]
        for p in sorted(pool, key=lambda p, g=g: -metric[g][p])[:top_k]:
            if inside[g][p] and metric[g][p] > 0:
                taken[p].append(g)
    answer = []
    for p in points:
        rivals = taken[p] if takers or len(taken[p]) < 2 else [g for g in gts if inside[g][p]]
        answer.append(max(rivals, key=lambda g, p=p: iou[g][p]) if rivals else BACKGROUND)
    quality = [0.0] * len(priors)
    for g in gts:
        mine = [p for p in points if answer[p] == g]
        for p in mine:
            quality[p] = (
                metric[g][p] / max(metric[g][q] for q in mine) * max(iou[g][q] for q in mine)
            )
    return answer, quality


@given(
    st.integers(0, 10_000),
    st.integers(0, 6),
    st.sampled_from([1, 2]),
    st.sampled_from(["yolo", "one", "tood"]),
)
def test_equals_the_loop(seed, num_gts, dim, kind):
    """In float64: the sixth power of an IoU brings near alignments to a tie in float32."""
    priors, targets, said = scene(seed, num_gts, dim)
    priors = replace(priors, regions=priors.regions.double(), strides=priors.strides.double())
    targets = replace(targets, boxes=targets.boxes.double(), area=None)
    said = {name: value.double() for name, value in said.items()}
    options = {"yolo": {"top_k": 4}, "one": {"top_k": 1}, "tood": TOOD}[kind]
    answer = TaskAligned(**options)(priors, targets, ImagePredictions(**said))
    tood = kind == "tood"
    gt_index, quality = by_hand(
        priors,
        targets,
        said,
        options.get("alpha", 0.5),
        6.0,
        options["top_k"],
        everywhere=tood,
        takers=tood,
    )
    assert answer.gt_index.tolist() == gt_index
    expected = torch.tensor(quality, dtype=torch.float64)
    torch.testing.assert_close(answer.quality, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("name", "top_k"), [("many", 10), ("one", 1)])
@pytest.mark.parametrize("release", ["yolo", "tood"])
def test_equals_the_releases(name, top_k, release):
    golden = {
        key.split(".")[1]: value
        for key, value in load_file(GOLDENS).items()
        if key.startswith(name)
    }
    sizes = [(128 // stride,) * 2 for stride in (8, 16, 32)]
    priors = PointPriors(strides=(8, 16, 32))(sizes, input_size=(128, 128))
    targets = Targets(golden["boxes"], golden["labels"], (128, 128))
    assigner = (
        task_aligned(top_k=top_k, smallest_side=16.0) if release == "yolo" else task_aligned_tood()
    )
    answer = assigner(
        priors, targets, ImagePredictions(logits=golden["logits"], regions=golden["regions"])
    )
    theirs = golden[f"{release}_quality"]
    # YOLO fills its ten up with priors of no alignment, whose target of 0 makes them background
    # again.
    assert answer.gt_index.tolist() == torch.where(theirs > 0, golden[release], BACKGROUND).tolist()
    positive = answer.positive.nonzero()[:, 0]
    owner = answer.gt_index[positive]
    largest = torch.zeros(len(targets)).scatter_reduce(
        0, owner, -answer.cost[positive, owner], "amax"
    )[owner]
    # Both add a small number to the alignment that they divide by.
    tiny = {"yolo": 1e-9, "tood": 1e-7}[release]
    torch.testing.assert_close(
        answer.quality[positive] * largest / (largest + tiny), theirs[positive]
    )


@given(st.integers(0, 10_000), st.integers(1, 6), st.sampled_from([1, 2]))
def test_an_objects_largest_quality_is_its_largest_overlap(seed, num_gts, dim):
    priors, targets, said = scene(seed, num_gts, dim)
    answer = TaskAligned()(priors, targets, ImagePredictions(**said))
    overlap = pairwise_iou(targets.boxes, said["regions"])
    for g in answer.gt_index.clamp(min=0).unique().tolist():
        mine = answer.gt_index == g
        if mine.any():
            torch.testing.assert_close(answer.quality[mine].max(), overlap[g, mine].max())
    assert (answer.quality[~answer.positive] == 0).all()


def on_a_line(probabilities, ious):
    """Four cells of 8 inside the span 0..32."""
    priors = PointPriors(strides=(8,))([(4,)], input_size=(32,))
    target = Targets(torch.tensor([[0.0, 32.0]]), torch.tensor([0]), (32,))
    regions = torch.tensor([[0.0, 32.0 * iou] for iou in ious])
    return (
        priors,
        target,
        {"logits": torch.tensor(probabilities)[:, None].logit(), "regions": regions},
    )


def test_by_hand():
    """alignment s u^2: .5 * .36 = .18, .4 * .64 = .256, .9 * .04 = .036, .2 * .25 = .05."""
    priors, target, said = on_a_line([0.5, 0.4, 0.9, 0.2], [0.6, 0.8, 0.2, 0.5])
    answer = TaskAligned(alpha=1.0, beta=2.0, top_k=2)(priors, target, ImagePredictions(**said))
    assert answer.gt_index.tolist() == [0, 0, -1, -1]
    torch.testing.assert_close(answer.cost[:, 0], -torch.tensor([0.18, 0.256, 0.036, 0.05]))
    torch.testing.assert_close(answer.quality, torch.tensor([0.18 / 0.256 * 0.8, 0.8, 0, 0]))


def test_exponents_choose_what_counts():
    """Limit cases: alpha 0 is the overlap alone, beta 0 the class alone."""
    priors, target, said = on_a_line([0.5, 0.4, 0.9, 0.2], [0.6, 0.8, 0.2, 0.5])
    assert TaskAligned(alpha=0.0, top_k=1)(
        priors, target, ImagePredictions(**said)
    ).gt_index.tolist() == [
        -1,
        0,
        -1,
        -1,
    ]
    assert TaskAligned(beta=0.0, top_k=1)(
        priors, target, ImagePredictions(**said)
    ).gt_index.tolist() == [
        -1,
        -1,
        0,
        -1,
    ]


def test_small_objects_can_be_grown():
    """A span of 2 between two points holds none of them; counted as 12 long, both."""
    priors, _, said = on_a_line([0.5] * 4, [0.5] * 4)
    said["regions"] = torch.tensor([[6.0, 10.0]] * 4)
    target = Targets(torch.tensor([[7.0, 9.0]]), torch.tensor([0]), (32,))
    assert (TaskAligned()(priors, target, ImagePredictions(**said)).gt_index == BACKGROUND).all()
    assert TaskAligned(smallest_side=12.0)(
        priors, target, ImagePredictions(**said)
    ).gt_index.tolist() == [
        0,
        0,
        -1,
        -1,
    ]


@given(st.integers(0, 10_000), st.integers(0, 6))
def test_top_k_of_one_is_one_to_one(seed, num_gts):
    priors, targets, said = scene(seed, num_gts, 2)
    answer = TaskAligned(top_k=1, rivals=rivals_taking)(
        priors, targets, ImagePredictions(**said)
    ).gt_index
    assert answer[answer >= 0].bincount(minlength=1).max() <= 1


def test_nothing_there():
    priors, targets, said = scene(0, 0, 2)
    answer = TaskAligned()(priors, targets, ImagePredictions(**said))
    assert (answer.gt_index == BACKGROUND).all()
    assert answer.cost.shape == (len(priors), 0)
    nowhere = Priors(torch.zeros(0, 4), torch.zeros(0), (0,))
    said = {"logits": torch.zeros(0, 3), "regions": torch.zeros(0, 4)}
    assert len(TaskAligned()(nowhere, scene(0, 2, 2)[1], ImagePredictions(**said)).gt_index) == 0


def test_crowds():
    priors, targets, said = scene(1, 4, 2)
    flagged = Targets(
        targets.boxes,
        targets.labels,
        targets.size,
        ignore=torch.tensor([False, True, False, False]),
    )
    rest = Targets(targets.boxes[[0, 2, 3]], targets.labels[[0, 2, 3]], targets.size)
    answer, without = (
        task_aligned()(priors, flagged, ImagePredictions(**said)),
        task_aligned()(priors, rest, ImagePredictions(**said)),
    )
    renamed = torch.tensor([0, 2, 3, -1])[without.gt_index]
    assert torch.equal(answer.gt_index.clamp(min=-1), renamed)
    assert (answer.gt_index == IGNORE).any()
    torch.testing.assert_close(answer.quality, without.quality)


def test_extreme_predictions_stay_finite():
    priors, targets, said = scene(2, 3, 2)
    said["logits"] = torch.full_like(said["logits"], -1e4)
    said["regions"][:, 2:] = said["regions"][:, :2]
    answer = task_aligned()(priors, targets, ImagePredictions(**said))
    assert (answer.gt_index == BACKGROUND).all()
    assert torch.isfinite(answer.quality).all()


def test_bad_input_is_named():
    priors, targets, said = scene(0, 2, 2)
    for missing in said:
        with pytest.raises(ValueError, match=rf"TaskAligned .* give ImagePredictions\({missing}="):
            TaskAligned()(priors, targets, ImagePredictions(**(said | {missing: None})))
    wrong = Targets(targets.boxes, torch.tensor([0, 7]), targets.size)
    with pytest.raises(ValueError, match="label 7 but the logits have 3 classes"):
        TaskAligned()(priors, wrong, ImagePredictions(**said))
    for options in ({"top_k": 0}, {"alpha": -1.0}, {"beta": float("nan")}, {"smallest_side": -1.0}):
        with pytest.raises(ValueError, match="TaskAligned wants top_k of at least 1"):
            TaskAligned(**options)
