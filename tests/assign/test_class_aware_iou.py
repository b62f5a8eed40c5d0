from dataclasses import replace

import pytest
import torch

from locviz.assign import ClassAwareIoU, MaxIoU, force_best_ties, no_force
from locviz.boxes import pairwise_iou
from locviz.postprocess import one_of_all
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Priors, Targets


def spans(*rows) -> Priors:
    regions = torch.tensor(rows)
    return Priors(regions, torch.ones(len(regions)), (len(regions),))


def objects(*rows, labels=None) -> Targets:
    labels = torch.zeros(len(rows)).long() if labels is None else torch.tensor(labels)
    return Targets(torch.tensor(rows), labels, (100,))


def believed(*rows) -> ImagePredictions:
    """Probabilities as the logits that give them."""
    return ImagePredictions(logits=torch.tensor(rows).logit())


def random_scene(seed, dim=2):
    generator = torch.Generator().manual_seed(seed)

    def regions(num):
        low = torch.rand(num, dim, generator=generator) * 40
        return torch.cat([low, low + 4 + 30 * torch.rand(num, dim, generator=generator)], -1)

    priors = Priors(regions(60), torch.ones(60), (60,))
    targets = Targets(regions(5), torch.randint(3, (5,), generator=generator), (80,) * dim)
    return priors, targets, ImagePredictions(logits=2 * torch.randn(60, 3, generator=generator))


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(20))
def test_equals_equations_4_and_5_one_by_one(seed, dim):
    priors, targets, predicted = random_scene(seed, dim)
    rule = ClassAwareIoU(alpha=0.4, score_threshold=0.7, positive=0.5, negative=0.2)
    answer = rule(priors, targets, predicted).gt_index.tolist()
    iou = pairwise_iou(priors.regions, targets.boxes).tolist()
    probability = predicted.logits.sigmoid().tolist()

    def size(region):
        return float((region[dim:] - region[:dim]).prod())

    for i in range(len(priors)):
        scores = []
        for j, box in enumerate(targets.boxes):
            prior = priors.regions[i]
            common = torch.minimum(prior[dim:], box[dim:]) - torch.maximum(prior[:dim], box[:dim])
            shared = float(common.clamp(min=0).prod())
            label = int(targets.labels[j])
            s = 0.4 * probability[i][label] + 0.6 * shared / min(size(prior), size(box))
            # The IoU decides between objects whose scores are equal.
            scores.append((round(s, 5) if shared else -1.0, iou[i][j], j))
        if max(iou[i]) >= 0.5:
            expected = iou[i].index(max(iou[i]))
        elif max(scores)[0] >= 0.7:
            expected = max(scores)[2]
        else:
            expected = BACKGROUND if max(iou[i]) <= 0.2 else IGNORE
        assert answer[i] == expected, i


def test_every_case_occurs_and_the_first_that_holds_decides():
    """Object 0..20; IoU .5, then .25 inside: s = (p + 1) / 2; then .45 and .4 by half their lengths."""
    priors = spans([0.0, 10], [0.0, 5], [5.0, 10], [11.0, 20], [12.0, 20], [40.0, 50])
    predicted = believed([0.01], [0.7], [0.5], [0.1], [0.1], [0.99])
    answer = ClassAwareIoU(score_threshold=0.8)(priors, objects([0.0, 20]), predicted)
    # .25 is at most .4, yet the second is positive: its s is .85. Exactly .4 is background.
    assert answer.gt_index.tolist() == [0, 0, BACKGROUND, IGNORE, BACKGROUND, BACKGROUND]
    torch.testing.assert_close(answer.cost[:3, 0], torch.tensor([-0.505, -0.85, -0.75]))
    assert answer.cost[5, 0] == float("inf")


def test_an_anchor_that_touches_nothing_is_never_positive():
    priors, predicted = spans([40.0, 50]), believed([0.99])
    rule = ClassAwareIoU(alpha=1.0, score_threshold=0.3)
    assert rule(priors, objects([0.0, 20]), predicted).gt_index.tolist() == [BACKGROUND]
    assert rule(priors, objects([0.0, 41]), predicted).gt_index.tolist() == [0]


def test_inside_two_objects_of_one_class_the_better_fit_wins():
    priors, predicted = spans([2.0, 6]), believed([0.9, 0.9])
    both = objects([0.0, 40], [0.0, 12])
    assert ClassAwareIoU()(priors, both, predicted).gt_index.tolist() == [1]
    # Of another class, that it is surer of, it is the larger object's.
    surer = believed([0.95, 0.9])
    both = objects([0.0, 40], [0.0, 12], labels=[0, 1])
    assert ClassAwareIoU()(priors, both, surer).gt_index.tolist() == [0]


@pytest.mark.parametrize("seed", range(10))
def test_with_a_threshold_above_1_it_is_max_iou(seed):
    priors, targets, predicted = random_scene(seed)
    plain = MaxIoU(positive=0.5, negative=0.4, force=no_force)(priors, targets).gt_index
    rule = ClassAwareIoU(score_threshold=1.5)
    assert torch.equal(rule(priors, targets, predicted).gt_index, plain)
    more = ClassAwareIoU(score_threshold=0.6)(priors, targets, predicted).gt_index
    assert torch.equal(more[plain >= 0], plain[plain >= 0])
    assert (more >= 0).sum() > (plain >= 0).sum()


@pytest.mark.parametrize(
    "options",
    [{"alpha": 1.5}, {"score_threshold": 0.0}, {"positive": 0.3}, {"negative": float("nan")}],
)
def test_bad_settings_are_refused(options):
    with pytest.raises(ValueError, match="ClassAwareIoU wants alpha"):
        ClassAwareIoU(**options)


def test_it_asks_for_logits():
    with pytest.raises(ValueError, match=r"ClassAwareIoU looks at predictions.*logits"):
        ClassAwareIoU()(spans([0.0, 1]), objects([0.0, 1]))


@pytest.mark.parametrize("seed", range(20))
def test_forced_matches_are_those_of_max_iou(seed):
    """With a score that nothing reaches it is MaxIoU with the same force; with any other, the same
    anchors are forced for the same objects.
    """
    priors, targets, predicted = random_scene(seed)
    settings = {"positive": 0.8, "negative": 0.3, "force": force_best_ties}
    plain = MaxIoU(**settings)(priors, targets).gt_index
    assert torch.equal(
        ClassAwareIoU(score_threshold=1.1, **settings)(priors, targets, predicted).gt_index, plain
    )
    more = ClassAwareIoU(score_threshold=0.7, **settings)(priors, targets, predicted).gt_index
    assert torch.equal(more[plain >= 0], plain[plain >= 0])
    assert (more >= 0).sum() > (plain >= 0).sum()


def test_where_a_softmax_decides_a_class_has_the_column_after_the_backgrounds():
    priors, targets, _ = random_scene(3)
    logits = 2 * torch.randn(60, 4, generator=torch.Generator().manual_seed(0))
    share = logits.softmax(-1)[:, 1:]
    options = {"score_threshold": 0.6, "positive": 0.9}
    expected = ClassAwareIoU(**options)(priors, targets, ImagePredictions(logits=share.logit()))
    softmax = ClassAwareIoU(probability=one_of_all, **options)
    answer = softmax(priors, targets, ImagePredictions(logits=logits))
    assert torch.equal(answer.gt_index, expected.gt_index)
    assert (answer.gt_index >= 0).any()
    with pytest.raises(ValueError, match="label 3 but the logits have 3 classes"):
        softmax(
            priors,
            replace(targets, labels=targets.labels + 3 - targets.labels.min()),
            ImagePredictions(logits=logits),
        )
