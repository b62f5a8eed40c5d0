import pytest
import torch

from locviz.assign import (
    BalancedSampler,
    InsideImage,
    MaxIoU,
    MutualLabelling,
    OverlappingAnchors,
    PositivesAndIgnored,
    force_best_ties,
    inside_boxes,
)
from locviz.boxes import iou, pairwise_iou
from locviz.postprocess import one_of_all
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Priors, Targets

ANCHORS = OverlappingAnchors(least=0.2, positive=0.4)


def random_scene(seed, dim=2):
    generator = torch.Generator().manual_seed(seed)

    def regions(num):
        low = torch.rand(num, dim, generator=generator) * 40
        return torch.cat([low, low + 6 + 30 * torch.rand(num, dim, generator=generator)], -1)

    priors = Priors(regions(80), torch.ones(80), (80,))
    targets = Targets(regions(4), torch.randint(3, (4,), generator=generator), (80,) * dim)
    jitter = 2 * torch.randn(80, 2 * dim, generator=generator)
    said = (priors.regions + jitter).reshape(80, 2, dim).sort(1).values.reshape(80, 2 * dim)
    logits = torch.randn(80, 3, generator=generator)
    return priors, targets, ImagePredictions(logits=logits, regions=said)


def exhaustive(values: list[float]) -> float:
    """The threshold with the least variance within the two groups; below all if there is none."""

    def spread(group):
        return sum((value - sum(group) / len(group)) ** 2 for value in group)

    thresholds = sorted(set(values))[:-1]
    if not thresholds:
        return -1.0
    return min(
        thresholds,
        key=lambda t: spread([v for v in values if v <= t]) + spread([v for v in values if v > t]),
    )


def candidates_by_hand(rule, priors, targets) -> list[int]:
    overlap = pairwise_iou(priors.regions, targets.boxes)
    low, high = targets.boxes.chunk(2, -1)
    sizes = (high - low).prod(-1)
    owners = []
    for p in range(len(priors)):
        inside = ((priors.centers[p] > low) & (priors.centers[p] < high)).all(-1)
        if rule is inside_boxes:
            own = [j for j in range(len(targets)) if inside[j]]
            owners.append(min(own, key=lambda j: float(sizes[j]), default=-1))
        else:
            best = int(overlap[p].argmax())
            owners.append(best if overlap[p, best] >= 0.2 else -1)
    return owners


@pytest.mark.parametrize("candidates", [inside_boxes, ANCHORS], ids=["inside", "overlapping"])
@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(10))
def test_equals_equations_4_to_8_object_by_object(seed, dim, candidates):
    priors, targets, predicted = random_scene(seed, dim)
    answer = MutualLabelling(candidates=candidates, alpha=0.5)(priors, targets, predicted)
    owners = candidates_by_hand(candidates, priors, targets)
    best = pairwise_iou(priors.regions, targets.boxes).amax(1)
    probability = predicted.logits.sigmoid()
    for k in range(len(targets)):
        rows = [p for p, owner in enumerate(owners) if owner == k]
        label = int(targets.labels[k])
        overlap = {p: float(iou(predicted.regions[p], targets.boxes[k])) for p in rows}
        score = {p: float(probability[p, label]) for p in rows}
        for values, found in ((overlap, answer), (score, answer.localization)):
            t = exhaustive(list(values.values()))
            positive = [p for p in rows if values[p] > t]
            assert (found.gt_index == k).nonzero()[:, 0].tolist() == positive
            for p in rows:
                ignored = candidates is ANCHORS and best[p] < 0.4
                if len(set(values.values())) > 1:
                    expected = abs(values[p] - t) ** 0.5 if ignored else 1.0
                    assert float(found.weight[p]) == pytest.approx(expected, abs=1e-3)
                assert float(found.quality[p]) == pytest.approx(overlap[p], abs=1e-6)
    nobody = torch.tensor(owners) < 0
    for found in (answer, answer.localization):
        assert (found.gt_index[nobody] == BACKGROUND).all()
        assert (found.weight[nobody] == 1).all()


# Four points inside one object 0..40 whose class is 0: two place it well, two know it.
POINTS = Priors(
    torch.tensor([[0.0, 8], [8, 16], [16, 24], [24, 32], [60, 68]]), 8 * torch.ones(5), (5,)
)
OBJECT = Targets(torch.tensor([[0.0, 40]]), torch.tensor([0]), (80,))


def predictions(ends, probabilities) -> ImagePredictions:
    """Boxes 0..end, whose IoU is end / 40."""
    regions = torch.stack([torch.zeros(5), torch.tensor([*ends, 70.0])], -1)
    return ImagePredictions(
        logits=torch.tensor([*probabilities, 0.9])[:, None].logit(), regions=regions
    )


def test_the_tasks_teach_each_other():
    """The IoUs .9 .8 .3 .2 part at .3, the scores .1 .2 .8 .9 at .2: exactly crossed."""
    answer = MutualLabelling()(POINTS, OBJECT, predictions([36, 32, 12, 8], [0.1, 0.2, 0.8, 0.9]))
    assert answer.gt_index.tolist() == [0, 0, -1, -1, -1]
    assert answer.localization.gt_index.tolist() == [-1, -1, 0, 0, -1]
    torch.testing.assert_close(answer.quality, torch.tensor([0.9, 0.8, 0.3, 0.2, 0]))
    torch.testing.assert_close(answer.cost[:4, 0], -answer.quality[:4])
    assert answer.cost[4, 0] == float("inf")


def test_what_cannot_be_split_is_positive_altogether():
    answer = MutualLabelling()(POINTS, OBJECT, predictions([20, 20, 20, 20], [0.5] * 4))
    assert answer.gt_index.tolist() == [0, 0, 0, 0, -1]
    assert answer.localization.gt_index.tolist() == [0, 0, 0, 0, -1]
    alone = Targets(torch.tensor([[2.0, 6]]), torch.tensor([0]), (80,))
    answer = MutualLabelling()(POINTS, alone, predictions([36, 32, 12, 8], [0.1] * 4))
    assert answer.gt_index.tolist() == [0, -1, -1, -1, -1]


def test_a_prediction_without_end_fits_nothing():
    said = predictions([float("inf"), 32, 12, 8], [float("nan"), 0.2, 0.8, 0.9])
    answer = MutualLabelling()(POINTS, OBJECT, said)
    assert answer.gt_index.tolist() == [-1, 0, -1, -1, -1]
    assert answer.localization.gt_index.tolist() == [-1, -1, 0, 0, -1]


def test_a_candidate_at_the_threshold_is_negative_with_weight_0_to_the_alpha():
    """Two anchors of 0..10 with IoU .7 and .3, both below .8: ignored. The threshold is the lower value."""
    anchors = Priors(torch.tensor([[0.0, 7], [0, 3]]), torch.ones(2), (2,))
    target = Targets(torch.tensor([[0.0, 10]]), torch.tensor([0]), (20,))
    said = ImagePredictions(
        logits=torch.tensor([[0.25], [0.75]]).logit(), regions=torch.tensor([[0.0, 9], [0, 5]])
    )
    candidates = OverlappingAnchors(least=0.3, positive=0.8)
    for alpha, classes, places in ((0.0, [1, 1], [1, 1]), (2.0, [0.16, 0], [0, 0.25])):
        answer = MutualLabelling(candidates=candidates, alpha=alpha)(anchors, target, said)
        assert answer.gt_index.tolist() == [0, BACKGROUND]
        assert answer.localization.gt_index.tolist() == [BACKGROUND, 0]
        assert answer.weight.tolist() == pytest.approx(classes, abs=1e-6)
        assert answer.localization.weight.tolist() == pytest.approx(places, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_each_answer_hangs_on_the_other_task_alone(seed):
    priors, targets, predicted = random_scene(seed)
    rule = MutualLabelling()
    before = rule(priors, targets, predicted)
    other_classes = ImagePredictions(predicted.logits.flip(0), predicted.regions)
    other_boxes = ImagePredictions(predicted.logits, predicted.regions.flip(0))
    after = rule(priors, targets, other_classes)
    assert torch.equal(after.gt_index, before.gt_index)
    assert not torch.equal(after.localization.gt_index, before.localization.gt_index)
    after = rule(priors, targets, other_boxes)
    assert not torch.equal(after.gt_index, before.gt_index)
    assert torch.equal(after.localization.gt_index, before.localization.gt_index)


def test_what_stands_round_an_assigner_takes_both_answers_along():
    inside = InsideImage(MutualLabelling(), margin=0.0)
    narrow = Targets(OBJECT.boxes, OBJECT.labels, (30,))
    answer = inside(POINTS, narrow, predictions([36, 32, 12, 8], [0.1, 0.2, 0.8, 0.9]))
    assert answer.gt_index.tolist() == [0, 0, -1, IGNORE, IGNORE]
    assert answer.localization.gt_index.tolist() == [-1, -1, 0, IGNORE, IGNORE]
    full = MutualLabelling()(POINTS, OBJECT, predictions([36, 32, 12, 8], [0.1, 0.2, 0.8, 0.9]))
    sample = BalancedSampler(size=2, generator=torch.Generator().manual_seed(0))(full)
    kept = sample.gt_index > IGNORE
    assert kept.sum() == 2
    assert torch.equal(sample.localization.gt_index > IGNORE, kept)


@pytest.mark.parametrize("options", [{"least": 0.0}, {"least": 0.6}, {"positive": 1.5}])
def test_bad_settings_are_refused(options):
    with pytest.raises(ValueError, match="OverlappingAnchors wants 0 < least <= positive <= 1"):
        OverlappingAnchors(**options)
    with pytest.raises(ValueError, match=r"MutualLabelling\.alpha must not be negative"):
        MutualLabelling(alpha=-1.0)


@pytest.mark.parametrize("seed", range(10))
def test_the_candidates_are_the_positives_and_the_ignored(seed):
    """Without forced anchors, those that overlap enough; with them, those as well, not ignored."""
    priors, targets, _ = random_scene(seed)
    rule = MaxIoU(positive=0.4, negative=0.2)
    ours, theirs = (make(priors, targets.boxes) for make in (PositivesAndIgnored(rule), ANCHORS))
    assert torch.equal(ours.owner, theirs.owner)
    assert torch.equal(ours.ignored, theirs.ignored)
    strict = MaxIoU(positive=0.95, negative=0.9, force=force_best_ties)
    forced = PositivesAndIgnored(strict)(priors, targets.boxes)
    best = pairwise_iou(priors.regions, targets.boxes).argmax(0)
    assert (forced.owner[best] >= 0).all()
    assert not forced.ignored[best].any()
    given = strict(priors, targets)
    assert torch.equal(forced.owner[given.positive], given.gt_index[given.positive])
    assert (PositivesAndIgnored(strict)(priors, targets.boxes[:0]).owner == BACKGROUND).all()


def as_softmax(logits):
    """Logits with a background column before, of whose softmax each class has its sigmoid's share."""
    share = logits.sigmoid() / logits.shape[-1]
    return torch.cat([1 - share.sum(-1, keepdim=True), share], -1).log()


def test_where_a_softmax_decides_a_class_has_the_column_after_the_backgrounds():
    """A softmax counts whole rows; Otsu's split does not change when all shares are divided."""
    priors, targets, predicted = random_scene(3)
    expected = MutualLabelling()(priors, targets, predicted)
    softmax = ImagePredictions(as_softmax(predicted.logits), predicted.regions)
    answer = MutualLabelling(probability=one_of_all)(priors, targets, softmax)
    assert torch.equal(answer.gt_index, expected.gt_index)
    assert torch.equal(answer.localization.gt_index, expected.localization.gt_index)
    assert (answer.localization.gt_index >= 0).any()


@pytest.mark.usefixtures("unchecked")
def test_predictions_of_another_kind_are_named():
    priors, targets, predicted = random_scene(0)
    rule = MutualLabelling()
    with pytest.raises(TypeError, match=r"^logits must be a tensor, got ndarray"):
        rule(priors, targets, ImagePredictions(predicted.logits.numpy(), predicted.regions))
    with pytest.raises(
        ValueError, match=r"logits must have one row per prior, got shape \(1, 80, 3\)"
    ):
        rule(priors, targets, ImagePredictions(predicted.logits[None], predicted.regions))
    with pytest.raises(ValueError, match=r"logits must have one row per prior, got shape \(80,\)"):
        rule(priors, targets, ImagePredictions(predicted.logits[:, 0], predicted.regions))
