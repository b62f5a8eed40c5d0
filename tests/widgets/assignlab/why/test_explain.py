"""Every assigner's reasons agree with its assignment, and every loser's number fails the rule."""

import re

import pytest
import torch

from locviz.assign import ATSS
from locviz.boxes import iou
from locviz.models import ASSIGNERS
from locviz.types import Assignment, Targets
from locviz.widgets import AssignLab

NAMES = [entry.name for entry in ASSIGNERS]
PREDICTING = [entry.name for entry in ASSIGNERS if entry.dynamic]


@pytest.fixture(scope="module")
def crowded():
    return AssignLab.replay()


@pytest.fixture(scope="module")
def early():
    """The same before the training, when predictions are far off, and on another scene."""
    return AssignLab.replay(training_step=0, image=2)


def looked_at(lab):
    """Every positive prior, every ignored one among the first few, and a spread of the others."""
    owner = lab.reading(0).owner
    positive = [p for p in range(len(owner)) if owner[p] >= 0]
    ignored = [p for p in range(len(owner)) if owner[p] == -2]
    return sorted({*positive[:40], *ignored[:10], *range(0, len(owner), 29)})


@pytest.mark.parametrize("scene", ["crowded", "early"])
@pytest.mark.parametrize("name", NAMES)
def test_a_winner_has_won_and_a_losers_number_fails(name, scene, request):
    lab = request.getfixturevalue(scene)
    lab.assigner = name
    owner = lab.reading(0).owner
    for prior in looked_at(lab):
        why = lab.why(prior)
        assert [verdict.object for verdict in why.verdicts] == list(range(len(lab.boxes)))
        for verdict in why.verdicts:
            assert len(verdict.values) == len(why.columns)
            if owner[prior] == verdict.object:
                assert verdict.won, (prior, verdict)
                assert verdict.says.startswith("won: ")
                assert verdict.failed is None
                assert why.says == verdict.says
            else:
                assert not verdict.won, (prior, verdict)
                assert verdict.failed is not None, (prior, verdict)
                assert not verdict.failed.holds, (prior, verdict)
                assert "won: " not in verdict.says
        if owner[prior] < 0:
            assert why.says.startswith("ignored" if owner[prior] == -2 else "background")


@pytest.mark.parametrize("name", PREDICTING)
def test_cost_and_rank_are_those_of_the_assignments_own_cost(name, crowded):
    crowded.assigner = name
    cost = crowded.assignment.cost
    for prior in looked_at(crowded):
        why = crowded.why(prior)
        if "cost" not in why.columns:
            continue
        at = why.columns.index("cost")
        ours = [verdict.values[at] for verdict in why.verdicts]
        assert ours == pytest.approx(cost[prior].tolist(), rel=1e-4, abs=1e-4)
        if "rank" in why.columns and name != "simota":
            place = why.columns.index("rank")
            for j, verdict in enumerate(why.verdicts):
                cheaper = int((cost[:, j] < cost[prior, j] - 1e-5).sum())
                assert verdict.values[place] >= cheaper + 1


@pytest.mark.parametrize("name", NAMES)
def test_numbers_in_a_sentence_differ_where_one_fails(name, crowded):
    """No "0.41 is below the threshold 0.41": the two that are compared can be told apart."""
    crowded.assigner = name
    for prior in looked_at(crowded)[::3]:
        for verdict in crowded.why(prior).verdicts:
            if verdict.failed and "below the" in verdict.says:
                shown = re.findall(r"\d+\.\d+", verdict.says)
                assert len(set(shown)) == len(shown), verdict.says


def test_an_ignored_priors_iou_is_not_rounded_up_to_the_threshold():
    lab = AssignLab.replay("fcos_tiny-shapes-crowded", image=3, assigner="max_iou")
    assert lab.why(152).says.startswith("ignored: its highest IoU, 0.497 with D, lies from 0.4")


def test_atss_names_the_objects_own_threshold():
    """Two points stand 4 apart inside a small object; of its 9 candidates a level the threshold is
    mean plus deviation, computed here from the definition.
    """
    truth = Targets(torch.tensor([[8.0, 8, 24, 24]]), torch.tensor([0]), (32, 32))
    lab = AssignLab(targets=truth, assigner="atss")
    half = lab.priors.strides[:, None] * 2
    squares = torch.cat([lab.priors.centers - half, lab.priors.centers + half], 1)
    overlap = iou(squares, truth.boxes)
    near, start = [], 0
    for count in lab.priors.levels:
        away = (lab.priors.centers[start : start + count] - 16).pow(2).sum(1)
        near += (away.argsort(stable=True)[: min(9, count)] + start).tolist()
        start += count
    threshold = float(overlap[near].mean() + overlap[near].std())
    loser = next(p for p in near if overlap[p] < threshold)
    why = lab.why(loser)
    value = float(overlap[loser])
    assert why.verdicts[0].values[:2] == pytest.approx((value, threshold), abs=1e-6)
    assert why.verdicts[0].says == (
        f"IoU {value:.2f} with A is below the ATSS threshold {threshold:.2f}"
    )
    far = next(p for p in range(len(overlap)) if p not in near)
    assert "the 9 nearest count" in lab.why(far).verdicts[0].says


def test_centre_sampling_by_hand():
    """Object 9..23 on both axes, points at 2, 6, 10 .. of stride 4: (10, 10) lies 1 px inside and 6
    off the centre, the radius is 6; (14, 14) wins; (2, 2) lies 7 px outside.
    """
    truth = Targets(torch.tensor([[9.0, 9, 23, 23]]), torch.tensor([0]), (64, 64))
    lab = AssignLab(targets=truth, assigner="center_sampling")
    at = {tuple(center): p for p, center in reversed(list(enumerate(lab.priors.centers.tolist())))}
    corner = lab.why(at[10, 10]).verdicts[0]
    assert corner.values == (1, 13, 6, 196)
    assert (
        corner.says
        == "the farthest side of A is 13.0 px away; stride 4 takes at most 12.0: a coarser level is for it"
    )
    assert lab.why(at[14, 14]).says.startswith(
        "won: it lies inside A, whose farthest side, 9.0 px away"
    )
    assert lab.why(at[2, 2]).verdicts[0].says == "it lies 7.0 px outside A"
    assert "farthest side 0 to 12 px, less than 6 px off the centre" in lab.why(0).rule


def test_max_iou_by_hand():
    """The square of 16 px round (10, 10) against the object 2..18 is the object itself."""
    truth = Targets(torch.tensor([[2.0, 2, 18, 18]]), torch.tensor([0]), (32, 32))
    lab = AssignLab(targets=truth, assigner="max_iou")
    prior = next(p for p, c in enumerate(lab.priors.centers.tolist()) if c == [10, 10])
    assert lab.why(prior).says == "won: IoU 1.00 with A reaches the threshold 0.50"
    assert lab.why(prior).square == (2, 2, 18, 18)
    # 8 px to the right half of the square lies outside: 128 of 384 px together.
    beside = next(p for p, c in enumerate(lab.priors.centers.tolist()) if c == [18, 10])
    assert lab.why(beside).verdicts[0].values[0] == pytest.approx(1 / 3)
    assert lab.why(beside).says == "background: its highest IoU, 0.33 with A, is below 0.40"


def test_one_that_is_forced_says_so():
    """A thin object: no square reaches 0.7, and the best ones are given to it all the same."""
    truth = Targets(torch.tensor([[2.0, 2, 40, 8]]), torch.tensor([0]), (48, 48))
    lab = AssignLab(targets=truth, assigner="rpn")
    prior = int((lab.reading(0).owner == 0).argmax())
    assert "is below 0.70, but no prior overlaps A more" in lab.why(prior).says


def test_a_crowd_is_set_aside():
    boxes = torch.tensor([[2.0, 2, 14, 14], [18, 2, 46, 40]])
    truth = Targets(boxes, torch.tensor([0, 0]), (48, 48), crowd=torch.tensor([False, True]))
    lab = AssignLab(targets=truth)
    for name in NAMES:
        lab.assigner = name
        for prior in range(0, len(lab.priors), 7):
            crowd = lab.why(prior).verdicts[1]
            assert not crowd.won
            assert "set aside" in crowd.says
    lab.assigner = "atss"
    inside = next(p for p, c in enumerate(lab.priors.centers.tolist()) if c == [30, 22])
    assert lab.why(inside).says.startswith("ignored: it lies in a region that is set aside (B)")


def test_no_objects():
    lab = AssignLab(targets=Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (32, 32)))
    for name in NAMES:
        lab.assigner = name
        assert lab.why(3).says == "background: there is no object that takes part"


def test_spans():
    spans = Targets(torch.tensor([[4.0, 20.0], [14, 44]]), torch.tensor([0, 0]), (64,))
    lab = AssignLab(targets=spans)
    for name in NAMES:
        lab.assigner = name
        owner = lab.reading(0).owner
        for prior in range(len(lab.priors)):
            won = [verdict.object for verdict in lab.why(prior).verdicts if verdict.won]
            assert won == [int(o) for o in owner[prior : prior + 1] if o >= 0]


def test_of_ones_own_rule_only_what_is_known_is_said(crowded):
    def last(priors, targets, predicted=None):
        return Assignment(torch.full((len(priors),), len(targets) - 1))

    lab = AssignLab(targets=crowded.targets, assigners={"mine": last, "own": ATSS()})
    lab.assigner = "mine"
    why = lab.why(0)
    assert why.columns == ("IoU", "rank")
    assert why.says.startswith("won: your rule gave it to")
    assert "not known" in why.rule
    assert all(verdict.failed is None for verdict in why.verdicts)
    lab.assigner = "own"  # an assigner that is known tells its reasons whoever brings it
    assert "threshold" in lab.why(0).columns


def test_a_prior_that_is_not_there(crowded):
    with pytest.raises(ValueError, match=r"prior must be 0\.\.755, got 756"):
        crowded.why(756)


@pytest.mark.parametrize("scene", ["crowded", "early"])
@pytest.mark.parametrize("name", NAMES)
def test_reasons_read_as_english(name, scene, request):
    """No "1st lowest", no number that means "never" as if it were a cost, no empty reason; what a
    rule weighs and what it asks for stands in its columns.
    """
    lab = request.getfixturevalue(scene)
    lab.assigner = name
    for prior in looked_at(lab)[::2]:
        why = lab.why(prior)
        assert why.rule
        for says in (why.says, why.rule, *(verdict.says for verdict in why.verdicts)):
            assert not re.search(r"\b1st\b|\bcost 1e\d|nan|inf\b|None|  ", says), says
            assert len(says.split()) >= 4, says
    asked = {
        "max_iou": {"IoU", "rank", "threshold"},
        "rpn": {"IoU", "rank", "threshold"},
        "ssd": {"IoU", "rank", "threshold"},
        "grid_cell": {"off centre", "half a cell", "IoU predicted"},
        "center_sampling": {"inside (px)", "farthest side", "off centre", "area"},
        "atss": {"IoU", "threshold", "nearest", "k"},
        "hungarian": {"Focal", "L1", "GIoU", "cost", "rank", "total with it"},
        "ota": {"class", "place", "outside", "cost", "rank", "supply", "share"},
        "simota": {"class", "place", "outside", "cost", "rank", "k"},
        "task_aligned": {"class", "overlap", "alignment", "rank", "takes"},
        "class_aware": {"IoU", "class", "score"},
        "mutual_labelling": {"inside (px)", "IoU predicted", "threshold", "class"},
    }
    positive = next(p for p in looked_at(lab) if lab.reading(0).owner[p] >= 0)
    assert asked[name] <= set(lab.why(positive).columns)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_looked_at_has_a_square_and_a_prediction(name, crowded):
    crowded.assigner = name
    positive = next(p for p in looked_at(crowded) if crowded.reading(0).owner[p] >= 0)
    why = crowded.why(positive)
    on_anchors = ("max_iou", "rpn", "ssd", "atss", "class_aware")
    assert why.square_is == ("anchor" if name in on_anchors else "cell")
    assert len(why.square) == 4
    assert why.predicted == pytest.approx(crowded.predictions.regions[positive].tolist())
