from itertools import permutations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from locviz.assign import (
    ClassCost,
    FocalCost,
    GIoUCost,
    Hungarian,
    L1Cost,
    match_queries,
    pad_targets,
)
from locviz.boxes import corners_to_center_size
from locviz.losses import sigmoid_focal_loss
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Priors, Targets

COSTS = (ClassCost(), L1Cost(), GIoUCost())


def regions_of(generator, num: int, dim: int, extent: float = 64.0):
    low = torch.rand(num, dim, generator=generator) * 0.7 * extent
    return torch.cat(
        [low, low + (0.02 + 0.3 * torch.rand(num, dim, generator=generator)) * extent], -1
    )


def scene(seed: int, num_queries: int, num_gts, dim: int = 2, num_classes: int = 5):
    generator = torch.Generator().manual_seed(seed)
    # One more than the classes: the background's comes first.
    logits = torch.randn(len(num_gts), num_queries, 1 + num_classes, generator=generator)
    regions = torch.stack([regions_of(generator, num_queries, dim) for _ in num_gts])
    targets = [
        Targets(
            regions_of(generator, num, dim),
            torch.randint(0, num_classes, (num,), generator=generator),
            (48, 64)[-dim:],
        )
        for num in num_gts
    ]
    return logits, regions, targets


def total(cost, gt_index) -> float:
    query = (gt_index >= 0).nonzero()[:, 0]
    return cost[query, gt_index[query]].double().sum().item()


@given(st.integers(0, 10_000), st.integers(0, 6), st.integers(0, 6), st.sampled_from([1, 2]))
def test_brute_force_finds_nothing_cheaper(seed, num_queries, num_gts, dim):
    logits, regions, targets = scene(seed, num_queries, [num_gts], dim)
    answer = match_queries(logits, regions, targets, costs=COSTS)[0]
    matched = answer.gt_index[answer.gt_index >= 0].tolist()
    assert len(matched) == len(set(matched)) == min(num_queries, num_gts)
    cost = answer.cost.double() if num_gts <= num_queries else answer.cost.double().T
    rows, columns = cost.shape
    best = min(
        sum(cost[row, j].item() for j, row in enumerate(chosen))
        for chosen in permutations(range(rows), columns)
    )
    assert total(answer.cost, answer.gt_index) == pytest.approx(best, abs=1e-6)


def test_a_batch_equals_scipy_image_by_image():
    logits, regions, targets = scene(0, 60, [0, 1, 12, 80], dim=2)
    batch = match_queries(logits, regions, targets, costs=COSTS)
    for i, answer in enumerate(batch):
        alone = match_queries(
            logits[i : i + 1], regions[i : i + 1], targets[i : i + 1], costs=COSTS
        )[0]
        assert torch.equal(answer.gt_index, alone.gt_index)
        torch.testing.assert_close(answer.cost, alone.cost)
        expected = torch.full((60,), BACKGROUND)
        query, column = linear_sum_assignment(alone.cost.numpy())
        expected[torch.from_numpy(query)] = torch.from_numpy(column)
        assert torch.equal(answer.gt_index, expected)


@pytest.mark.parametrize("focal", [False, True])
def test_equals_the_matchers_of_transformers(focal):
    """Same pairs as the released matchers of DETR and Deformable DETR, and the same cost."""
    from transformers.loss.loss_deformable_detr import DeformableDetrHungarianMatcher
    from transformers.loss.loss_for_object_detection import HungarianMatcher

    logits, regions, targets = scene(1, 40, [3, 0, 20, 1], num_classes=7)
    first = FocalCost(loss=sigmoid_focal_loss) if focal else ClassCost()
    theirs = DeformableDetrHungarianMatcher(2, 5, 2) if focal else HungarianMatcher(1, 5, 2)
    unit = torch.tensor([64.0, 48, 64, 48])
    # Theirs has "no object" last, ours first; where there is a sigmoid each column is a class.
    theirs_order = logits if focal else logits.roll(-1, -1)
    pairs = theirs(
        {"logits": theirs_order, "pred_boxes": corners_to_center_size(regions) / unit},
        [
            {"class_labels": t.labels, "boxes": corners_to_center_size(t.boxes) / unit}
            for t in targets
        ],
    )
    for answer, (query, column) in zip(
        match_queries(logits, regions, targets, costs=(first, *COSTS[1:])), pairs, strict=True
    ):
        expected = torch.full((40,), BACKGROUND)
        expected[query] = column
        assert torch.equal(answer.gt_index, expected)


def test_the_assigner_is_the_match_of_one_image():
    logits, regions, targets = scene(2, 9, [4])
    priors = Priors(torch.zeros(9, 4), torch.ones(9), (9,))
    answer = Hungarian(costs=COSTS)(
        priors,
        targets[0],
        ImagePredictions(logits=logits[0], regions=regions[0], quality=torch.zeros(9)),
    )
    assert torch.equal(
        answer.gt_index, match_queries(logits, regions, targets, costs=COSTS)[0].gt_index
    )
    assert answer.cost.dtype == torch.float32


def test_a_greedy_choice_would_cost_more():
    """By hand: both ground truths like query 0 best, but only the second has a good alternative."""
    regions = torch.tensor([[[0.0, 10.0], [1.0, 11.0], [40.0, 50.0]]])
    targets = [
        Targets(torch.tensor([[0.0, 10], [0.5, 10.5]]), torch.zeros(2, dtype=torch.int64), (100,))
    ]
    answer = match_queries(torch.zeros(1, 3, 1), regions, targets, costs=(L1Cost(weight=1.0),))[0]
    torch.testing.assert_close(
        answer.cost, torch.tensor([[0.0, 0.005], [0.01, 0.005], [0.4, 0.395]])
    )
    assert answer.gt_index.tolist() == [0, 1, BACKGROUND]


def test_crowds_are_not_matched_and_their_inside_is_ignored():
    regions = torch.tensor([[[20.0, 30.0], [0.0, 10.0], [22.0, 26.0], [60.0, 70.0]]])
    targets = Targets(
        torch.tensor([[15.0, 40], [0.0, 10.0]]),
        torch.zeros(2, dtype=torch.int64),
        (100,),
        crowd=torch.tensor([True, False]),
    )
    answer = match_queries(torch.zeros(1, 4, 1), regions, [targets], costs=(GIoUCost(),))[0]
    assert answer.gt_index.tolist() == [IGNORE, 1, IGNORE, BACKGROUND]
    assert torch.isinf(answer.cost[:, 0]).all()
    assert torch.isfinite(answer.cost[:, 1]).all()


def test_nothing_to_match():
    logits, regions, targets = scene(3, 4, [0, 0])
    for answer in match_queries(logits, regions, targets, costs=COSTS):
        assert (answer.gt_index == BACKGROUND).all()
        assert answer.cost.shape == (4, 0)
    assert match_queries(torch.zeros(0, 4, 2), torch.zeros(0, 4, 4), [], costs=COSTS) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("logits", float("nan")), ("regions", float("nan")), ("regions", float("inf"))],
)
def test_costs_that_are_not_finite_are_named(name, value):
    logits, regions, targets = scene(4, 6, [2, 3])
    {"logits": logits, "regions": regions}[name][1, 4] = value
    with pytest.raises(ValueError, match=rf"query 4 of image 1 .* {name} are not finite"):
        match_queries(logits, regions, targets, costs=COSTS)


def test_what_is_missing_is_named():
    logits, regions, targets = scene(5, 6, [2])
    priors = Priors(torch.zeros(6, 4), torch.ones(6), (6,))
    assigner = Hungarian(costs=COSTS)
    with pytest.raises(ValueError, match=r"give ImagePredictions\(logits="):
        assigner(priors, targets[0], ImagePredictions(regions=regions[0]))
    with pytest.raises(ValueError, match=r"give ImagePredictions\(regions="):
        assigner(priors, targets[0], ImagePredictions(logits=logits[0]))
    few = ImagePredictions(logits=logits[0, :5], regions=regions[0, :5])
    with pytest.raises(ValueError, match="needs one per prior"):
        assigner(priors, targets[0], few)
    with pytest.raises(ValueError, match=r"costs is empty"):
        Hungarian(costs=())
    with pytest.raises(ValueError, match="one per image"):
        match_queries(logits, regions, targets * 2, costs=COSTS)


@pytest.mark.usefixtures("unchecked")
def test_spans_and_boxes_do_not_mix():
    _, _, targets = scene(6, 1, [2], dim=1)
    with pytest.raises(ValueError, match="mix boxes"):
        match_queries(torch.zeros(1, 3, 5), torch.zeros(1, 3, 4), targets, costs=COSTS)


def test_padding_keeps_every_row():
    _, _, targets = scene(7, 1, [2, 0, 3])
    padded = pad_targets(targets)
    assert padded.present.sum(1).tolist() == [2, 0, 3]
    assert torch.equal(padded.boxes[padded.present], torch.cat([t.boxes for t in targets]))
    assert torch.equal(padded.labels[padded.present], torch.cat([t.labels for t in targets]))
    assert padded.extent.tolist() == [[64, 48]] * 3


def test_the_label_of_what_is_set_aside_may_be_anything():
    logits, regions, targets = scene(6, 6, [3], num_classes=2)
    crowd = torch.tensor([False, True, False])
    usual, odd = (
        Targets(targets[0].boxes, torch.tensor([0, label, 1]), targets[0].size, crowd=crowd)
        for label in (0, 90)
    )
    one, two = (match_queries(logits, regions, [t], costs=COSTS)[0] for t in (usual, odd))
    assert torch.equal(one.gt_index, two.gt_index)
    assert torch.equal(one.cost, two.cost)
