"""SimOTA against YOLOX's release, against a plain loop, and by hand.

``goldens/simota.safetensors`` holds three scenes of 128 pixels (early: random predictions; trained;
crowded: two objects at nearly the same place, and one far outside the image) and the answer of
``YOLOXHead.get_assignments`` to each: Megvii-BaseDetection/YOLOX, commit 6ddff482, imported with
empty stand-ins for loguru, cv2 and tabulate, called with one image, six classes and the strides 8,
16 and 32.
"""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from locviz.assign import SimOTA, one_minus
from locviz.boxes import center_size_to_corners, pairwise_iou
from locviz.models import sim_ota
from locviz.models.assigners import binary_cross_entropy
from locviz.priors import PointPriors
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Priors, Targets

GOLDENS = Path(__file__).parent / "goldens" / "simota.safetensors"


def cells(dim: int, extent: int = 64, offset: float = 0.5) -> Priors:
    sizes = [(extent // stride,) * dim for stride in (8, 16)]
    return PointPriors(strides=(8, 16), offset=offset)(sizes, input_size=(extent,) * dim)


def scene(seed: int, num_gts: int, dim: int, num_classes: int = 3):
    """Half of the predictions are near an object."""
    generator = torch.Generator().manual_seed(seed)
    priors = cells(dim)
    p = len(priors)
    low = torch.rand(num_gts, dim, generator=generator) * 48
    boxes = torch.cat([low, low + 6 + torch.rand(num_gts, dim, generator=generator) * 30], -1)
    targets = Targets(
        boxes, torch.randint(0, num_classes, (num_gts,), generator=generator), (64,) * dim
    )
    regions = priors.regions + 2 * torch.randn(p, 2 * dim, generator=generator)
    if num_gts:
        which = torch.randint(0, num_gts, (p,), generator=generator)
        close = boxes[which] + torch.randn(p, 2 * dim, generator=generator)
        regions = torch.where(torch.rand(p, 1, generator=generator) < 0.5, close, regions)
    low, high = regions.chunk(2, -1)
    regions = torch.cat([low.minimum(high), low.maximum(high)], -1)
    said = {
        "logits": torch.randn(p, num_classes, generator=generator),
        "regions": regions,
        "quality": torch.randn(p, generator=generator),
    }
    return priors, targets, said


def by_hand(priors, targets, said, radius=1.5) -> list[int]:
    """The release, read from its code and written as loops."""
    gts = range(len(targets))
    middle = [[(a + b) / 2 for a, b in zip(*box.chunk(2), strict=True)] for box in targets.boxes]
    points = list(zip(priors.centers.tolist(), priors.strides.tolist(), strict=True))
    near = [
        [
            max(abs(x - m) for x, m in zip(point, middle[g], strict=True)) < radius * stride
            for g in gts
        ]
        for point, stride in points
    ]
    pool = [p for p, row in enumerate(near) if any(row)]
    iou = pairwise_iou(said["regions"], targets.boxes).double().tolist()
    chance = (
        (said["logits"].double().sigmoid() * said["quality"].double().sigmoid()[:, None])
        .sqrt()
        .tolist()
    )
    cost = {}
    for p in pool:
        for g in gts:
            entropy = -sum(
                math.log(s) if k == targets.labels[g] else math.log(1 - s)
                for k, s in enumerate(chance[p])
            )
            cost[p, g] = entropy - 3 * math.log(iou[p][g] + 1e-8) + 1e6 * (not near[p][g])
    taken: dict[int, list[int]] = {p: [] for p in pool}
    for g in gts:
        k = max(1, int(sum(sorted((iou[p][g] for p in pool), reverse=True)[:10])))
        for p in sorted(pool, key=lambda p, g=g: cost[p, g])[:k]:
            taken[p].append(g)
    answer = [BACKGROUND] * len(points)
    for p, owners in taken.items():
        if owners:
            answer[p] = owners[0] if len(owners) == 1 else min(gts, key=lambda g, p=p: cost[p, g])
    return answer


@given(st.integers(0, 10_000), st.integers(0, 6), st.sampled_from([1, 2]))
def test_equals_the_loop(seed, num_gts, dim):
    """In float64: beside the million of a place outside, float32 has steps of 1/16, and near costs
    tie.
    """
    priors, targets, said = scene(seed, num_gts, dim)
    priors = replace(priors, regions=priors.regions.double(), strides=priors.strides.double())
    targets = replace(targets, boxes=targets.boxes.double(), area=None)
    said = {name: value.double() for name, value in said.items()}
    assert sim_ota()(priors, targets, ImagePredictions(**said)).gt_index.tolist() == by_hand(
        priors, targets, said
    )


@pytest.mark.parametrize("name", ["early", "trained", "crowded"])
def test_equals_the_release(name):
    golden = {
        key.split(".")[1]: value
        for key, value in load_file(GOLDENS).items()
        if key.startswith(name)
    }
    sizes = [(128 // stride,) * 2 for stride in (8, 16, 32)]
    priors = PointPriors(strides=(8, 16, 32), offset=0.0)(sizes, input_size=(128, 128))
    targets = Targets(center_size_to_corners(golden["boxes"]), golden["labels"], (128, 128))
    answer = sim_ota(center_offset=0.5)(
        priors,
        targets,
        ImagePredictions(
            logits=golden["logits"],
            regions=center_size_to_corners(golden["regions"]),
            quality=golden["objectness"],
        ),
    )
    assert answer.gt_index.tolist() == golden["gt_index"].tolist()
    torch.testing.assert_close(answer.quality, golden["iou"], rtol=1e-5, atol=1e-6)


def test_where_the_cell_lies_matters():
    """Priors at the cells' corners answer as those at their centres only with the offset."""
    priors, targets, said = scene(3, 4, 2)
    corners = cells(2, offset=0.0)
    assert torch.equal(
        sim_ota(center_offset=0.5)(corners, targets, ImagePredictions(**said)).gt_index,
        sim_ota()(priors, targets, ImagePredictions(**said)).gt_index,
    )
    assert not torch.equal(
        sim_ota()(corners, targets, ImagePredictions(**said)).gt_index,
        sim_ota()(priors, targets, ImagePredictions(**said)).gt_index,
    )


def one_object(ious, dim: int = 1):
    """Spans on a line of cells of 8, with centres at 4, 12 ...; the object 24..40 has its centre at
    32.
    """
    priors = PointPriors(strides=(8,))([(8,)], input_size=(64,))
    target = Targets(torch.tensor([[24.0, 40.0]]), torch.tensor([0]), (64,))
    regions = torch.tensor([[24.0, 24.0 + 16 * iou] for iou in ious])
    return (
        priors,
        target,
        {"logits": torch.zeros(8, 1), "regions": regions, "quality": torch.zeros(8)},
    )


def test_k_by_hand():
    """Within 16 of the centre are the cells at 20 28 36 44. IoUs .9 .8 .7 .5 sum to 2.9: k is 2.
    Within 12, strictly, only two of them: .9 + .8, so one.
    """
    priors, target, said = one_object([1.0, 1.0, 0.5, 0.9, 0.8, 0.7, 1.0, 1.0])
    answer = sim_ota(radius=2.0)(priors, target, ImagePredictions(**said))
    assert answer.gt_index.tolist() == [-1, -1, -1, 0, 0, -1, -1, -1]
    torch.testing.assert_close(answer.quality, torch.tensor([0, 0, 0, 0.9, 0.8, 0, 0, 0]))
    assert torch.isfinite(answer.cost[:, 0]).nonzero()[:, 0].tolist() == [2, 3, 4, 5]
    # sqrt(1/2 * 1/2) = 1/2: cross entropy ln 2, and three times -ln 0.9.
    assert answer.cost[3, 0].item() == pytest.approx(math.log(2) - 3 * math.log(0.9), rel=1e-5)
    few = sim_ota()(priors, target, ImagePredictions(**said))
    assert few.gt_index.tolist() == [-1, -1, -1, 0, -1, -1, -1, -1]
    assert (
        sim_ota(radius=2.0, num_iou=1)(priors, target, ImagePredictions(**said)).gt_index.tolist()
        == few.gt_index.tolist()
    )


def test_the_cost_of_the_survey():
    priors, target, said = one_object([0.0, 0.0, 0.5, 0.9, 0.8, 0.7, 0.0, 0.0])
    answer = sim_ota(localization=one_minus)(priors, target, ImagePredictions(**said))
    assert answer.cost[3, 0].item() == pytest.approx(math.log(2) + 3 * 0.1, rel=1e-5)


def test_classification_decides_between_equal_boxes():
    priors, target, said = one_object([0.2] * 8)
    said["quality"][4] = 2.0
    assert sim_ota()(priors, target, ImagePredictions(**said)).gt_index.tolist() == [
        -1,
        -1,
        -1,
        -1,
        0,
        -1,
        -1,
        -1,
    ]


def test_an_object_that_nothing_is_near_takes_from_the_others():
    """As in the release: it takes one of the other's candidates at 1e6, and loses it again if that
    one wants it too.
    """
    priors, _, said = one_object([0.0, 0.0, 0.2, 0.9, 0.8, 0.2, 0.0, 0.0])
    targets = Targets(torch.tensor([[24.0, 40.0], [200.0, 220.0]]), torch.tensor([0, 0]), (64,))
    said["quality"][4] = 5.0
    said["regions"][4] = torch.tensor([200.0, 220.0])
    assert sim_ota()(priors, targets, ImagePredictions(**said)).gt_index.tolist() == [
        -1,
        -1,
        -1,
        0,
        1,
        -1,
        -1,
        -1,
    ]
    alone = Targets(targets.boxes[1:], targets.labels[1:], (64,))
    assert (sim_ota()(priors, alone, ImagePredictions(**said)).gt_index == BACKGROUND).all()


def test_nothing_there():
    priors, targets, said = scene(0, 0, 2)
    answer = sim_ota()(priors, targets, ImagePredictions(**said))
    assert (answer.gt_index == BACKGROUND).all()
    assert answer.cost.shape == (len(priors), 0)
    assert (answer.quality == 0).all()


def test_crowds():
    """A crowd has no part; who answers for nothing inside it is ignored, by the centre of the cell."""
    priors, targets, said = scene(1, 4, 2)
    crowded = Targets(
        targets.boxes, targets.labels, targets.size, crowd=torch.tensor([False, True, False, False])
    )
    rest = Targets(targets.boxes[[0, 2, 3]], targets.labels[[0, 2, 3]], targets.size)
    answer, without = (
        sim_ota()(priors, crowded, ImagePredictions(**said)),
        sim_ota()(priors, rest, ImagePredictions(**said)),
    )
    renamed = torch.tensor([0, 2, 3, -1])[without.gt_index]
    assert torch.equal(answer.gt_index.clamp(min=-1), renamed)
    low, high = targets.boxes[1].chunk(2)
    inside = ((priors.centers > low) & (priors.centers < high)).all(1)
    assert torch.equal(answer.gt_index == IGNORE, inside & (renamed == BACKGROUND))
    assert torch.isinf(answer.cost[:, 1]).all()


def test_extreme_predictions_stay_finite():
    priors, targets, said = scene(2, 3, 2)
    said["logits"] = torch.full_like(said["logits"], 1e4)
    said["quality"] = torch.full_like(said["quality"], -1e4)
    said["regions"][:, 2:] = said["regions"][:, :2]
    answer = sim_ota()(priors, targets, ImagePredictions(**said))
    assert (answer.gt_index >= 0).any()
    assert torch.isfinite(answer.quality).all()
    assert not torch.isnan(answer.cost).any()


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("missing", ["logits", "regions"])
def test_what_is_missing_is_named(missing):
    priors, targets, said = scene(0, 2, 2)
    with pytest.raises(ValueError, match=rf"SimOTA looks at .* give ImagePredictions\({missing}="):
        sim_ota()(priors, targets, ImagePredictions(**(said | {missing: None})))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("short", ["logits", "regions", "quality"])
def test_a_field_with_too_few_rows_is_named(short):
    priors, targets, said = scene(0, 2, 2)
    with pytest.raises(ValueError, match=f"{short} has 3 rows"):
        sim_ota()(priors, targets, ImagePredictions(**(said | {short: said[short][:3]})))


def test_a_detector_without_objectness_is_sure_that_something_is_there():
    """The limit of ever higher logits: a probability of 1, and the costs of the classes alone."""
    priors, targets, said = scene(0, 2, 2)
    sure = torch.full_like(said["quality"], 50.0)
    without = sim_ota()(priors, targets, ImagePredictions(**(said | {"quality": None})))
    certain = sim_ota()(priors, targets, ImagePredictions(**(said | {"quality": sure})))
    assert (without.gt_index >= 0).any()
    assert torch.equal(without.gt_index, certain.gt_index)
    assert torch.equal(without.cost, certain.cost)


def test_bad_settings_are_named():
    for options in ({"radius": 0.0}, {"num_iou": 0}):
        with pytest.raises(
            ValueError, match=r"SimOTA\.radius must be positive and num_iou at least 1"
        ):
            SimOTA(classification=binary_cross_entropy, **options)


@pytest.mark.parametrize("label", [3, -1])
def test_a_label_that_is_no_class_is_named(label):
    priors, targets, said = scene(0, 1, 2)
    wrong = Targets(targets.boxes, torch.tensor([label]), targets.size)
    with pytest.raises(ValueError, match=f"label {label} but the logits have 3 classes"):
        sim_ota()(priors, wrong, ImagePredictions(**said))
