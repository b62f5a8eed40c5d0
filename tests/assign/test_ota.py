"""OTA against its algorithm written plainly, against exact transport (POT), and by hand."""

import math
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.assign import OTA, as_solved, rescale_rows, sinkhorn, sinkhorn_log
from locviz.boxes import pairwise_iou
from locviz.losses import sigmoid_focal_loss
from locviz.models import ota
from locviz.models.assigners import focal_loss
from locviz.priors import PointPriors
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Priors, Targets


def scene(
    seed: int,
    num_gts: int,
    dim: int,
    *,
    extent: int = 64,
    trained: float = 0.6,
    num_classes: int = 4,
):
    """Some share of the priors inside an object says about the right thing."""
    generator = torch.Generator().manual_seed(seed)
    sizes = [(extent // stride,) * dim for stride in (4, 8)]
    priors = PointPriors(strides=(4, 8))(sizes, input_size=(extent,) * dim)
    p = len(priors)
    low = torch.rand(num_gts, dim, generator=generator) * 0.75 * extent
    boxes = torch.cat(
        [low, low + 6 + torch.rand(num_gts, dim, generator=generator) * extent / 3], -1
    )
    targets = Targets(
        boxes, torch.randint(0, num_classes, (num_gts,), generator=generator), (extent,) * dim
    )
    logits = torch.randn(p, num_classes, generator=generator) - 3
    noise = torch.randn(p, 2 * dim, generator=generator)
    regions = priors.regions + 2 * noise
    if num_gts:
        middle = (boxes[:, :dim] + boxes[:, dim:]) / 2
        away = ((priors.centers[:, None] - middle).abs() / (boxes[:, dim:] - boxes[:, :dim])).amax(
            -1
        )
        near, which = away.min(1)
        says = (near < 0.5) & (torch.rand(p, generator=generator) < trained)
        regions = torch.where(says[:, None], boxes[which] + noise, regions)
        logits[says, targets.labels[which[says]]] += 4
    low, high = regions.chunk(2, -1)
    regions = torch.cat([low.minimum(high), low.maximum(high)], -1)
    return priors, targets, {"logits": logits, "regions": regions}


def written_plainly(priors, targets, said) -> torch.Tensor:
    """Algorithm 1 of the paper, in float64 and with every pair spelt out."""
    g, (p, k) = len(targets), said["logits"].shape
    boxes, dim = targets.boxes.double(), targets.dim
    logits = said["logits"].double()
    spelt = torch.nn.functional.one_hot(targets.labels, k).double()[:, None].expand(g, p, k)
    iou = pairwise_iou(boxes, said["regions"].double())
    low, high = boxes[:, None, :dim], boxes[:, None, dim:]
    points = priors.centers.double()
    inside = ((points > low) & (points < high)).all(-1)
    near = ((points - (low + high) / 2).abs() < 2.5 * priors.strides[:, None]).all(-1)
    usable = inside & near
    cost = (
        sigmoid_focal_loss(logits.expand(g, p, k), spelt).sum(-1)
        - 1.5 * iou.clamp(min=1.1920929e-07).log()
        + 1e6 * ~usable
    )
    cost = torch.cat([cost, sigmoid_focal_loss(logits, torch.zeros_like(logits)).sum(-1)[None]])
    units = (
        (iou * usable).sort(1, descending=True).values[:, :20].sum(1).int().clamp(min=1).double()
    )
    supply = torch.cat([units, p - units.sum()[None]])
    u, v = torch.ones(g + 1).double(), torch.ones(p).double()
    for _ in range(50):
        v = v - 0.1 * ((u[:, None] + v - cost) / 0.1).logsumexp(0)
        u = u + 0.1 * (supply.log() - ((u[:, None] + v - cost) / 0.1).logsumexp(1))
    plan = ((u[:, None] + v - cost) / 0.1).exp()
    plan = plan / plan.amax(1, keepdim=True)
    winner = plan.argmax(0)
    # Where two suppliers are equal to the last digit either answer will do: then the best is no
    # news.
    best = plan.topk(min(2, g + 1), dim=0).values
    sure = best[0] > (best[1] if g else 0) * (1 + 1e-3)
    return torch.where(winner == g, BACKGROUND, winner), sure


@given(
    st.integers(0, 10_000), st.integers(0, 6), st.sampled_from([1, 2]), st.sampled_from([0.0, 0.6])
)
def test_equals_the_algorithm_written_plainly(seed, num_gts, dim, trained):
    # A line of 96 priors, so that six objects cannot claim more units than there are, where the
    # paper has no answer.
    priors, targets, said = scene(seed, num_gts, dim, extent={1: 256, 2: 64}[dim], trained=trained)
    answer = ota()(priors, targets, ImagePredictions(**said))
    expected, sure = written_plainly(priors, targets, said)
    assert torch.equal(answer.gt_index[sure], expected[sure])
    assert sure.float().mean() > 0.9
    iou = pairwise_iou(said["regions"], targets.boxes)
    for p in answer.positive.nonzero()[:, 0].tolist():
        assert answer.quality[p] == pytest.approx(iou[p, answer.gt_index[p]].item(), abs=1e-6)
    assert (answer.quality[~answer.positive] == 0).all()


def exact(cost, supply, demand):
    """POT's network simplex."""
    import ot

    plan = ot.emd(supply.double().numpy(), demand.double().numpy(), cost.double().numpy())
    return torch.from_numpy(plan).float()


def agreement(seeds, **options) -> float:
    """Share of the priors positive under either that get the same answer from exact transport."""
    same = either = 0
    for seed in seeds:
        priors, targets, said = scene(seed, 8, 2, extent=128)
        ours = ota(**options)(priors, targets, ImagePredictions(**said)).gt_index
        theirs = ota(solve=exact, rescale=as_solved)(
            priors, targets, ImagePredictions(**said)
        ).gt_index
        positive = (ours >= 0) | (theirs >= 0)
        same += int((ours == theirs)[positive].sum())
        either += int(positive.sum())
    return same / either


def test_agrees_with_exact_transport():
    """Epsilon 0.1 and 50 iterations: over 90 % of the positives; with a small epsilon (the limit
    case) nearly all.
    """
    assert agreement(range(4)) > 0.9
    assert agreement(range(4), solve=partial(sinkhorn, epsilon=0.01, iterations=2000)) > 0.98


def equal_priors(num: int = 4):
    """An object over so many priors that all say the same: IoU 1/2 and half a chance for its only
    class.
    """
    priors = PointPriors(strides=(4,))([(2 * num,)], input_size=(8 * num,))
    targets = Targets(torch.tensor([[0.0, 4.0 * num]]), torch.tensor([0]), (8 * num,))
    regions = torch.tensor([[0.0, 2.0 * num]]).repeat(2 * num, 1)
    return priors, targets, {"logits": torch.zeros(2 * num, 1), "regions": regions}


def test_without_the_rescale_objects_get_nothing():
    """By hand: three IoUs of 1/2 make one unit, spread over three equal priors, of which background
    has two thirds.

    As solved it wins them all. Rescaled, the object's row is 1 there, background's, with a whole
    unit elsewhere, 2/3.
    """
    priors, targets, said = equal_priors(3)
    assert ota()(priors, targets, ImagePredictions(**said)).gt_index.tolist() == [
        0,
        0,
        0,
        -1,
        -1,
        -1,
    ]
    assert (
        ota(rescale=as_solved)(priors, targets, ImagePredictions(**said)).gt_index == BACKGROUND
    ).all()


def test_on_real_looking_scenes_too():
    """Five scenes with untrained predictions: with the rescale every object has a prior, without it
    some have none.
    """
    without = 0
    for seed in range(5):
        priors, targets, said = scene(seed, 6, 2, trained=0.0)
        rescaled = ota()(priors, targets, ImagePredictions(**said)).gt_index
        assert set(rescaled[rescaled >= 0].tolist()) == set(range(6))
        solved = ota(rescale=as_solved)(priors, targets, ImagePredictions(**said)).gt_index
        without += 6 - len(set(solved[solved >= 0].tolist()))
    assert without >= 3


def test_cost_and_supply_by_hand():
    """Focal loss of a logit of 0: 0.25 * 0.25 ln 2 for the class, 0.75 * 0.25 ln 2 for background.
    IoU 1/2.
    """
    priors, targets, said = equal_priors(3)
    answer = ota()(priors, targets, ImagePredictions(**said))
    inside = 0.25 * 0.25 * math.log(2) + 1.5 * math.log(2)
    assert answer.cost[:3, 0].tolist() == pytest.approx([inside] * 3, rel=1e-5)
    assert answer.cost[3:, 0].tolist() == pytest.approx([1e6 + inside] * 3)
    iou = torch.tensor([[0.9, 0.8, 0.7, 0.6], [0.9, 0.0, 0.0, 0.0]])
    usable = torch.tensor([[True, True, True, False], [True] * 4])
    assert ota().supply(iou, usable).tolist() == [2, 1, 1]
    assert ota(num_iou=1).supply(iou, usable).tolist() == [1, 1, 2]
    cost = ota().cost(torch.zeros(4, 1), torch.tensor([0, 0]), iou, usable)
    assert cost[2].tolist() == pytest.approx([0.75 * 0.25 * math.log(2)] * 4)


def test_more_units_than_priors():
    """Three perfect objects on two priors: supplies shrink to two thirds of a unit, background has
    none.
    """
    supply = ota().supply(torch.ones(3, 2), torch.ones(3, 2, dtype=torch.bool))
    torch.testing.assert_close(supply, torch.tensor([2 / 3, 2 / 3, 2 / 3, 0.0]))
    priors = PointPriors(strides=(8,))([(2,)], input_size=(16,))
    targets = Targets(torch.tensor([[0.0, 16], [1, 15], [0, 15]]), torch.tensor([0, 0, 0]), (16,))
    answer = ota()(
        priors,
        targets,
        ImagePredictions(logits=torch.zeros(2, 1), regions=torch.tensor([[0.0, 16], [1, 15]])),
    )
    assert (answer.gt_index >= 0).all()


def test_the_fast_solver_changes_nothing():
    for seed in range(5):
        priors, targets, said = scene(seed, 6, 2)
        fast, slow = (
            ota()(priors, targets, ImagePredictions(**said)),
            ota(solve=sinkhorn_log)(priors, targets, ImagePredictions(**said)),
        )
        assert (fast.gt_index == slow.gt_index).float().mean() > 0.995


def test_nothing_there():
    priors, targets, said = scene(0, 0, 2)
    answer = ota()(priors, targets, ImagePredictions(**said))
    assert (answer.gt_index == BACKGROUND).all()
    assert answer.cost.shape == (len(priors), 0)
    nowhere = Priors(torch.zeros(0, 4), torch.zeros(0), (0,))
    empty = {"logits": torch.zeros(0, 4), "regions": torch.zeros(0, 4)}
    assert len(ota()(nowhere, scene(0, 2, 2)[1], ImagePredictions(**empty)).gt_index) == 0


def test_crowds():
    priors, targets, said = scene(1, 4, 2)
    flagged = Targets(
        targets.boxes, targets.labels, targets.size, crowd=torch.tensor([False, True, False, False])
    )
    rest = Targets(targets.boxes[[0, 2, 3]], targets.labels[[0, 2, 3]], targets.size)
    answer, without = (
        ota()(priors, flagged, ImagePredictions(**said)),
        ota()(priors, rest, ImagePredictions(**said)),
    )
    renamed = torch.tensor([0, 2, 3, -1])[without.gt_index]
    assert torch.equal(answer.gt_index.clamp(min=-1), renamed)
    low, high = targets.boxes[1].chunk(2)
    inside = ((priors.centers > low) & (priors.centers < high)).all(1)
    assert torch.equal(answer.gt_index == IGNORE, inside & (renamed == BACKGROUND))
    assert torch.isinf(answer.cost[:, 1]).all()


@pytest.mark.parametrize("solve", [sinkhorn, sinkhorn_log])
def test_extreme_predictions_stay_finite(solve):
    """Losses of thousands beside 1e6, in float32, with boxes of no area and an object that no point
    is inside.
    """
    priors, targets, said = scene(2, 3, 2)
    targets.boxes[0] = torch.tensor([3.0, 3.0, 3.0, 5.0])
    said["logits"] = said["logits"] * 1e3
    said["regions"][::2, 2:] = said["regions"][::2, :2]
    plans = []

    def watched(cost, supply, demand):
        plans.append(solve(cost, supply, demand))
        return plans[0]

    answer = ota(solve=watched)(priors, targets, ImagePredictions(**said))
    assert torch.isfinite(plans[0]).all()
    torch.testing.assert_close(
        plans[0].sum(1)[1:3], ota().supply(*_usable(priors, targets, said))[1:3], rtol=1e-2, atol=0
    )
    assert torch.isfinite(answer.cost).all()
    assert (answer.gt_index >= 0).any()


def _usable(priors, targets, said):
    low, high = targets.boxes[:, None].chunk(2, -1)
    inside = ((priors.centers > low) & (priors.centers < high)).all(-1)
    near = ((priors.centers - (low + high) / 2).abs() < 2.5 * priors.strides[:, None]).all(-1)
    return pairwise_iou(targets.boxes, said["regions"]), inside & near


def test_rescale():
    plan = torch.tensor([[0.2, 0.4], [0.0, 0.0], [3.0, 1.5]])
    torch.testing.assert_close(
        rescale_rows(plan), torch.tensor([[0.5, 1.0], [0.0, 0.0], [1.0, 0.5]])
    )
    assert as_solved(plan) is plan


def test_bad_input_is_named():
    priors, targets, said = scene(0, 2, 2)
    for missing in said:
        with pytest.raises(
            ValueError, match=rf"OTA looks at predictions: give ImagePredictions\({missing}="
        ):
            ota()(priors, targets, ImagePredictions(**(said | {missing: None})))
    for options in ({"radius": 0.0}, {"num_iou": 0}):
        with pytest.raises(
            ValueError, match=r"OTA\.radius must be positive and num_iou at least 1"
        ):
            OTA(classification=focal_loss, **options)
