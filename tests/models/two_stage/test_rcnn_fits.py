"""The three rules on the same regions, the solvers against scikit-learn and by hand."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.svm import LinearSVC

from locviz.boxes import CenterSizeCoder
from locviz.models.two_stage.rcnn_fits import (
    FINE_TUNING,
    NEVER,
    REGRESSION,
    SVM,
    Seen,
    fit_boxes,
    fit_svms,
    whitened_ridge,
)
from locviz.types import BACKGROUND, IGNORE, Priors, Targets


def test_three_rules_disagree_about_the_same_regions():
    """Boxes inside an object of 16 x 16, of IoU 0, 1/4, 5/16, 7/16, 1/2, 9/16, 5/8 and 1."""
    heights = torch.tensor([0.0, 4, 5, 7, 8, 9, 10, 16])
    regions = torch.stack([torch.zeros(8), torch.zeros(8), torch.full((8,), 16.0), heights], -1)
    priors = Priors(regions, torch.zeros(8), (8,))
    target = Targets(
        boxes=torch.tensor([[0.0, 0, 16, 16]]), labels=torch.tensor([0]), size=(32, 32)
    )
    none, out = BACKGROUND, IGNORE
    assert FINE_TUNING(priors, target).gt_index.tolist() == [none] * 4 + [0] * 4
    assert SVM(priors, target).gt_index.tolist() == [none, none, out, out, out, out, out, 0]
    assert REGRESSION(priors, target).positive.tolist() == [False] * 6 + [True] * 2


@pytest.mark.parametrize("seed", range(20))
def test_a_ground_truth_is_positive_for_its_svm_whatever_its_coordinates(seed):
    boxes = (
        (torch.rand(5, 2, 2, generator=torch.Generator().manual_seed(seed)) * 93)
        .sort(1)
        .values.flatten(1)
    )
    target = Targets(boxes=boxes, labels=torch.zeros(5, dtype=torch.int64), size=(96, 96))
    assert SVM(Priors(boxes, torch.zeros(5), (5,)), target).gt_index.tolist() == [0, 1, 2, 3, 4]


def seen_image(seed: int, *, num: int = 30, num_objects: int = 4, width: int = 6) -> Seen:
    """Features that tell the class and the offset of the best object, with noise; ground truths
    come last.
    """
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(num_objects, 2, generator=generator) * 60
    boxes = torch.cat([low, low + 12 + 12 * torch.rand(num_objects, 2, generator=generator)], -1)
    labels = torch.randint(2, (num_objects,), generator=generator)
    which = torch.randint(max(num_objects, 1), (num,), generator=generator)
    near = (
        boxes[which] + torch.randn(num, 4, generator=generator)
        if num_objects
        else torch.zeros(0, 4)
    )
    near[::2] += 40 * torch.rand(len(near[::2]), 1, generator=generator)
    regions = torch.cat([near, boxes])
    features = torch.randn(len(regions), width, generator=generator) * 0.5
    if num_objects:
        owner = torch.cat([which, torch.arange(num_objects)])
        off = CenterSizeCoder().encode(boxes[owner], regions)
        good = (off.abs().sum(1) < 0.6).float()
        features[:, 0] += 3 * good * (2 * labels[owner] - 1)
        features[:, 1:5] = off * good[:, None]
    targets = Targets(boxes=boxes, labels=labels, size=(96, 96))
    return Seen(regions, targets, features, features)


def svm_examples(seen, label, factor):
    """The examples of one class, by loop."""
    positive, negative = [], []
    for image in seen:
        own = [
            box
            for box, k in zip(
                image.targets.boxes.tolist(), image.targets.labels.tolist(), strict=True
            )
            if k == label
        ]
        for region, row in zip(
            image.regions.tolist(), image.hidden.double().numpy() * factor, strict=True
        ):
            best = max((iou_by_hand(region, box) for box in own), default=0.0)
            if region in own:
                positive.append(row)
            elif best < 0.3:
                negative.append(row)
    return np.array(positive), np.array(negative)


def iou_by_hand(a, b) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def mean_norm_factor(seen) -> float:
    return 20 / torch.cat([image.hidden for image in seen]).norm(dim=1).mean().item()


def test_svm_of_one_image_is_scikit_learns_on_the_examples_of_the_rule():
    seen = [seen_image(3, num=60)]
    factor = mean_norm_factor(seen)
    layer = fit_svms(seen, 2, cost=1e-2)
    for label in range(2):
        positive, negative = svm_examples(seen, label, factor)
        assert len(positive)
        assert len(negative) > 10
        theirs = LinearSVC(
            C=1e-2,
            loss="hinge",
            intercept_scaling=10,
            class_weight={1: 2},
            max_iter=50_000,
            random_state=0,
        )
        theirs.fit(
            np.concatenate([positive, negative]),
            np.r_[np.ones(len(positive)), -np.ones(len(negative))],
        )
        expected = theirs.decision_function(seen[0].hidden.double().numpy() * factor)
        torch.testing.assert_close(
            layer(seen[0].hidden)[:, 1 + label].double(),
            torch.from_numpy(expected),
            atol=0.02,
            rtol=0.02,
        )
    assert (layer(seen[0].hidden)[:, 0] == 0).all()


def objective(weight, bias, positive, negative, cost) -> float:
    hinge = (
        2 * np.maximum(0, 1 - positive @ weight - bias).sum()
        + np.maximum(0, 1 + negative @ weight + bias).sum()
    )
    return 0.5 * weight @ weight + 0.5 * (bias / 10) ** 2 + cost * hinge


@pytest.mark.parametrize("retrain_after", [10, 10_000])
def test_mining_reaches_the_objective_of_all_negatives(retrain_after):
    seen = [seen_image(seed) for seed in range(12)]
    factor = mean_norm_factor(seen)
    layer = fit_svms(seen, 2, cost=1e-3, retrain_after=retrain_after)
    for label in range(2):
        positive, negative = svm_examples(seen, label, factor)
        theirs = LinearSVC(
            C=1e-3,
            loss="hinge",
            intercept_scaling=10,
            class_weight={1: 2},
            max_iter=50_000,
            random_state=0,
        )
        theirs.fit(
            np.concatenate([positive, negative]),
            np.r_[np.ones(len(positive)), -np.ones(len(negative))],
        )
        best = objective(theirs.coef_[0], theirs.intercept_[0], positive, negative, 1e-3)
        weight = layer.weight[1 + label].double().numpy() / factor
        mined = objective(weight, layer.bias[1 + label].item(), positive, negative, 1e-3)
        assert mined == pytest.approx(best, rel=0.05)


def test_svms_separate_and_classes_without_examples_are_never_found():
    seen = [seen_image(seed) for seed in range(12)]
    layer = fit_svms(seen, 3)
    truth = [(image.hidden[-4:], image.targets.labels) for image in seen]
    margins = torch.cat([layer(features) for features, _ in truth])[:, 1:]
    labels = torch.cat([labels for _, labels in truth])
    assert (margins[:, :2].argmax(1) == labels).float().mean() > 0.9
    assert (margins[:, 2] == NEVER).all()
    nothing = fit_svms([seen_image(0, num_objects=0, num=0)], 2)
    assert nothing.bias.tolist() == [0, NEVER, NEVER]


def test_whitened_ridge_without_a_penalty_is_least_squares():
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(50, 3, generator=generator, dtype=torch.float64)
    weight = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    bias = torch.tensor([1.0, -2, 3, 0.5], dtype=torch.float64)
    found = whitened_ridge(inputs, inputs @ weight.T + bias, 0.0)
    torch.testing.assert_close(found, (weight, bias))


@pytest.mark.parametrize("ridge", [1.0, 1000.0])
def test_whitened_ridge_equals_scikit_learns_on_whitened_targets(ridge):
    """Cholesky whitening instead of symmetric: a rotation, under which the sum of squares does not
    change.
    """
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(200, 5, generator=generator, dtype=torch.float64) * 8
    targets = torch.randn(200, 4, generator=generator, dtype=torch.float64) * torch.tensor(
        [0.1, 0.1, 0.3, 0.3]
    )
    targets = targets + 0.02 * inputs[:, :4] + 0.5
    mean = targets.mean(0)
    cov = (targets - mean).T @ (targets - mean) / 200 + 1e-3 * torch.eye(4)
    root = torch.linalg.cholesky(cov)
    white = torch.linalg.solve_triangular(root, (targets - mean).T, upper=False).T
    model = Ridge(alpha=ridge, fit_intercept=False).fit(
        np.c_[inputs.numpy(), np.ones(200)], white.numpy()
    )
    expected = torch.from_numpy(model.predict(np.c_[inputs.numpy(), np.ones(200)])) @ root.T + mean
    weight, bias = whitened_ridge(inputs, targets, ridge)
    torch.testing.assert_close(inputs @ weight.T + bias, expected)


def test_an_infinite_penalty_leaves_the_mean():
    inputs, targets = (
        torch.randn(30, 3, dtype=torch.float64),
        torch.rand(30, 4, dtype=torch.float64),
    )
    weight, bias = whitened_ridge(inputs, targets, 1e12)
    assert weight.abs().max() < 1e-6
    torch.testing.assert_close(bias, targets.mean(0), atol=1e-6, rtol=0)


def test_boxes_move_near_proposals_towards_their_objects_and_the_background_nowhere():
    seen = [seen_image(seed) for seed in range(12)]
    layer = fit_boxes(seen, 3, ridge=1.0)
    assert (layer.weight[:4] == 0).all()  # the background
    assert (layer.weight[12:] == 0).all()  # a class without examples
    before, after = [], []
    for image in seen:
        gt_index = REGRESSION(
            Priors(image.regions, torch.zeros(len(image.regions)), (len(image.regions),)),
            image.targets,
        ).gt_index
        near = gt_index >= 0
        deltas = layer(image.pooled[near]).unflatten(1, (4, 4))
        own = deltas[torch.arange(len(deltas)), 1 + image.targets.labels[gt_index[near]]]
        truth = image.targets.boxes[gt_index[near]]
        before.append((image.regions[near] - truth).abs().sum(1))
        after.append((CenterSizeCoder().decode(own, image.regions[near]) - truth).abs().sum(1))
    assert torch.cat(after).mean() < 0.5 * torch.cat(before).mean()
    assert (fit_boxes([seen_image(0, num_objects=0, num=0)], 2).weight == 0).all()


def test_looking_at_nothing_is_named():
    with pytest.raises(ValueError, match="seen is empty"):
        fit_svms([], 2)
