"""The poster's three parts at tiny scale: what is trained, what is measured, how it is read."""

from itertools import product

import pytest
import torch

from locviz.assign import ClassAwareIoU, no_force
from locviz.boxes import pairwise_iou
from locviz.data import Misaligned
from locviz.experiments import balanced
from locviz.experiments.balanced import (
    ABLATIONS,
    ALPHA,
    AWARE,
    ROWS,
    SELECTIONS,
    TRAININGS,
    by_seed,
    coarse_retinanet,
    coefficients,
    complete_seeds,
    figures,
    flood,
    gains,
    positives,
)
from locviz.types import Detections, ImagePredictions, Priors, Targets


@pytest.fixture(scope="module")
def scenes():
    return Misaligned(split="test", num_scenes=3).cached()


@pytest.fixture(scope="module")
def detector():
    torch.manual_seed(0)
    return coarse_retinanet(4)


def test_the_rows_are_the_posters_table_and_each_part_alone():
    reported = [row.reported for row in ROWS.values() if row.reported]
    assert reported == [
        (35.9, 56.1, 38.6, 78.2),
        (36.4, 56.5, 39.1, 78.6),
        (37.1, 56.3, 39.7, 79.2),
        (37.5, 56.9, 40.0, 79.7),
    ]
    has = {(row.training, row.selection) for row in ROWS.values()}
    assert {("iac", "greedy"), ("dc", "greedy"), ("plain", "balanced")} <= has
    assert all(row.training in {**TRAININGS, **ABLATIONS} for row in ROWS.values())
    assert all(row.selection in SELECTIONS for row in ROWS.values())


def test_trainings_differ_in_their_parts_and_start_from_the_same_weights():
    built = {}
    for name, training in TRAININGS.items():
        torch.manual_seed(0)
        built[name] = training.build(4)
    for name, (aware, balanced_loss) in {
        "plain": (False, False), "iac": (True, False), "dc": (False, True), "iac_dc": (True, True),
    }.items():  # fmt: skip
        assert isinstance(built[name].assigner, ClassAwareIoU) == aware
        assert (built[name].criterion.coefficient is not None) == balanced_loss
        for a, b in zip(built[name].parameters(), built["plain"].parameters(), strict=True):
            assert torch.equal(a, b)


def test_figures_of_a_detector_that_knows_everything(scenes, monkeypatch):
    """Exact boxes and sure scores: all AP 1, with whatever suppression."""
    torch.manual_seed(0)
    detector = coarse_retinanet(4)
    truths = [scenes[index][1] for index in range(3)]

    def decide(images):
        assert len(images) == 3
        return [Detections(t.boxes, torch.linspace(0.9, 0.5, len(t)), t.labels) for t in truths]

    monkeypatch.setattr(detector, "detect", decide)
    found = figures(detector, scenes)
    for name in SELECTIONS:
        assert found[name] == {"ap": 1.0, "ap50": 1.0, "ap75": 1.0}


def test_what_alpha_means_for_an_anchor_inside_its_object():
    """It is positive from the probability that the module names, and not below."""
    priors = Priors(torch.tensor([[2.0, 2, 6, 6]]), torch.ones(1), (1,))
    targets = Targets(torch.tensor([[0.0, 0, 40, 40]]), torch.tensor([0]), (40, 40))
    least = (ALPHA - 0.2) / ALPHA
    assert least == pytest.approx(0.2)
    for p, positive in ((least + 0.01, True), (least - 0.01, False)):
        rule = AWARE(force=no_force)
        predicted = ImagePredictions(logits=torch.tensor([[p]]).logit())
        assert bool(rule(priors, targets, predicted).positive) == positive


def test_the_flood_against_a_loop(detector, scenes):
    """Untrained, every probability is about 0.01: at alpha 0 all anchors that lie inside by 0.8 are
    positive, at alpha 1 only those of RetinaNet.
    """
    found = flood(detector, scenes, alphas=(0.0, 0.5, 1.0))
    with torch.no_grad():
        anchors = detector([scenes[0][0]]).priors.regions
    counts = []
    for index in range(3):
        boxes = scenes[index][1].boxes
        overlaps = pairwise_iou(anchors, boxes)
        peaks = overlaps.amax(0).tolist()
        owned = [0] * len(boxes)
        for anchor, row in zip(anchors.tolist(), overlaps.tolist(), strict=True):
            shares = []
            for box in boxes.tolist():
                width = min(anchor[2], box[2]) - max(anchor[0], box[0])
                height = min(anchor[3], box[3]) - max(anchor[1], box[1])
                areas = [(r[2] - r[0]) * (r[3] - r[1]) for r in (anchor, box)]
                shares.append(max(0.0, width) * max(0.0, height) / min(areas))
            # An untrained p adds nothing at alpha 0; the best anchors of an object are forced.
            forced = any(iou == peak for iou, peak in zip(row, peaks, strict=True))
            if max(row) >= 0.5 or forced:
                owned[row.index(max(row))] += 1
            elif max(shares) >= 0.8:
                ties = [i for i, share in enumerate(shares) if share > max(shares) - 1e-6]
                owned[max(ties, key=lambda i: row[i])] += 1
        counts += owned
    assert found["0"]["mean"] == pytest.approx(sum(counts) / len(counts))
    assert found["1"] == found["retinanet"] == found["0.5"]
    assert found["0"]["mean"] > 5 * found["retinanet"]["mean"]
    assert positives(detector, scenes) == pytest.approx(found["retinanet"]["mean"], abs=1e-9)


def test_coefficients_lie_around_one_and_within_a_factor_of_four(detector, scenes):
    found = coefficients(detector, scenes)
    for spread in found.values():
        assert spread == sorted(spread)
        assert spread[0] <= 1 <= spread[-1] <= 4 * spread[0]


def test_reading():
    def entry(training, seed, greedy, cl):
        figures_ = {"greedy": {"ap": greedy}, "balanced": {"ap": cl}, "spearman": 0.3 + seed}
        return {"training": training, "seed": seed, **figures_}

    found = {
        "runs": {
            f"{name}/{seed}": entry(name, seed, base + seed / 10, base + seed / 5)
            for (name, base), seed in product({"plain": 0.1, "iac_dc": 0.4}.items(), (2, 0))
        }
    }
    assert by_seed(found, "baseline", "ap") == {0: 0.1, 2: pytest.approx(0.3)}
    assert list(by_seed(found, "cl", "ap")) == [0, 2]
    assert by_seed(found, "iac", "ap") == {}
    assert gains(found, "iac_dc_cl", "ap") == {0: pytest.approx(0.3), 2: pytest.approx(0.5)}
    assert gains(found, "cl", "spearman") == {0: 0, 2: 0}


def test_what_is_committed():
    """Every row of the table has its figures, with every complete seed."""
    found = balanced.results()
    complete = complete_seeds(found)
    assert complete == [0, 1, 2]
    for name, row in ROWS.items():
        if row.training in TRAININGS:
            for figure in ("ap", "ap50", "ap75", "spearman", "pooled", "positives"):
                seeds = by_seed(found, name, figure)
                assert set(complete) <= set(seeds), (name, figure)
                assert all(value > 0 for value in seeds.values()), (name, figure)
