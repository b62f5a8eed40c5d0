"""The comparison of seven assigners: which take part, what is watched, and how runs are averaged."""

import pytest
import torch

from locviz.assign import ATSS, CenterSampling, OnSquareAnchors, retinanet_rule
from locviz.data import Shapes
from locviz.experiments import assigner_comparison as comparison
from locviz.experiments.assigner_comparison import ENTRANTS, OwnersOnly, RunHistory, assign_scenes
from locviz.models import assigners, fcos_tiny
from locviz.types import Assignment, Priors, Targets


def made_up():
    """Two seeds of all assigners, a third of one."""
    run = {
        "ap": 0.2, "ap50": 0.4, "ap50_without_nms": 0.3, "priors_per_object": 2.0, "objects_without": 0.5,
        "ambiguous": 0.25, "flips": [0.9, 0.125],
    }  # fmt: skip
    runs = {
        f"{name}/{seed}": {**run, "assigner": name, "seed": seed}
        for name in ENTRANTS
        for seed in (0, 1)
    }
    runs["atss/1"] = {**runs["atss/1"], "ap50": 0.8, "flips": [0.9, 0.375]}
    runs["atss/2"] = {**runs["atss/1"], "ap50": 0.0, "seed": 2}
    seconds = dict.fromkeys(ENTRANTS, 0.1) | {"ota": 0.15}
    return {"command": "a command", "torch": "1", "runs": runs, "seconds_per_step": seconds}


def test_only_seeds_that_all_have_are_averaged():
    assert comparison.complete_seeds(made_up()) == [0, 1]
    atss = comparison.averages(made_up(), "atss")
    # By hand: (0.4 + 0.8) / 2 and (0.125 + 0.375) / 2; the third seed takes no part.
    assert atss["ap50"] == pytest.approx(0.6)
    assert atss["flips"] == pytest.approx(0.25)
    assert atss["objects_without"] == 0.5
    assert atss["relative_time"] == 1
    assert comparison.averages(made_up(), "ota")["relative_time"] == pytest.approx(1.5)


def test_every_run_counts_where_all_are_asked_for():
    found = made_up()
    found["runs"] = dict(reversed(found["runs"].items()))
    assert comparison.by_seed(found, "ap50")["atss"] == [0.4, 0.8, 0.0]
    assert list(comparison.by_run(found, "atss", "ap50")) == [0, 1, 2]


def test_gains_are_of_the_same_seed():
    found = made_up()
    found["runs"]["ota/1"]["ap"] = 0.35
    del found["runs"]["center_sampling/0"]
    claim = comparison.CLAIMS[2]
    assert (claim.before, claim.after) == ("center_sampling", "ota")
    assert comparison.measured_gains(found, claim) == [(20.0, 35.0)]


def test_the_file_that_ships_is_of_all_assigners():
    found = comparison.results()
    assert found["command"] == "python benchmarks/assigner_comparison.py"
    assert set(found["seconds_per_step"]) == set(ENTRANTS)
    assert comparison.complete_seeds(found)
    for run in found["runs"].values():
        assert 0 <= run["ap"] <= run["ap50"] <= 1
        assert len(run["flips"]) == found["protocol"]["passes"]
        static = ENTRANTS[run["assigner"]].looks == "static"
        assert (max(run["flips"]) == 0) == static
    assert all(
        run["priors_per_object"] == 1
        for run in found["runs"].values()
        if run["assigner"] == "hungarian"
    )


@pytest.mark.parametrize("name", ENTRANTS)
def test_every_entrant_assigns_and_only_owners_are_left(name):
    torch.manual_seed(0)
    detector = fcos_tiny(6, assigner=OwnersOnly(ENTRANTS[name].build())).train()
    answers, truths = assign_scenes(detector, Shapes(level="crowded", split="test", num_scenes=2))
    assert detector.training
    for answer, truth in zip(answers, truths, strict=True):
        assert answer.quality is None
        assert answer.weight is None
        counts = torch.bincount(answer.gt_index[answer.positive], minlength=len(truth))
        assert counts.max() == 1 if ENTRANTS[name].takes == "one" else counts.max() > 1


# What the stored results were trained with, written out.
TRAINED = {
    "max_iou": lambda: OnSquareAnchors(retinanet_rule(), side=4.0),
    "atss": lambda: OnSquareAnchors(ATSS(top_k=9), side=4.0),
    "center_sampling": lambda: CenterSampling(
        ranges=((-1.0, 12.0), (12.0, 24.0), (24.0, float("inf"))), radius=1.5
    ),
    "ota": assigners.ota,
    "simota": assigners.sim_ota,
    "task_aligned": assigners.task_aligned_tood,
    "hungarian": assigners.hungarian,
}


@pytest.mark.parametrize("name", ENTRANTS)
def test_the_entrants_are_those_of_the_stored_results(name):
    torch.manual_seed(0)
    scenes = Shapes(level="crowded", split="test", num_scenes=2)
    detector = fcos_tiny(6, assigner=ENTRANTS[name].build())
    answers, _ = assign_scenes(detector, scenes)
    detector.assigner = TRAINED[name]()
    expected, _ = assign_scenes(detector, scenes)
    for answer, other in zip(answers, expected, strict=True):
        assert (answer.gt_index >= 0).any()
        assert torch.equal(answer.gt_index, other.gt_index)


def test_owners_only_changes_no_owner():
    given = Assignment(torch.tensor([0, -1]), weight=torch.ones(2), quality=torch.zeros(2))
    priors = Priors(torch.tensor([[0.0, 4.0], [4.0, 8.0]]), torch.full((2,), 4.0), (2,))
    targets = Targets(torch.zeros(0, 2), torch.zeros(0, dtype=torch.long), (8,))
    kept = OwnersOnly(lambda priors, targets, predicted: given)(priors, targets)
    assert kept.gt_index is given.gt_index
    assert kept.quality is None
    assert kept.weight is None


def test_a_history_counts_flips_since_the_last_look():
    torch.manual_seed(0)
    scenes = Shapes(level="first", split="test", num_scenes=4).cached()
    for name, moves in (("center_sampling", False), ("simota", True)):
        detector = fcos_tiny(3, assigner=OwnersOnly(ENTRANTS[name].build()))
        history = RunHistory(detector, scenes, scenes)
        history.look()
        for parameter in detector.parameters():
            torch.nn.init.normal_(parameter.data, std=0.1)
        history.look()
        assert history.flips[0] == 0
        assert (history.flips[1] > 0) == moves
        assert detector.postprocess.nms_threshold < 1
        assert all(0 <= value <= 1 for value in (*history.ap50, *history.ap50_without_nms))
