"""The experiment of chapter 07: who takes part, and that its table says what the file says."""

import pytest
import torch

from locviz.course import six_assigners
from locviz.course.six_assigners import (
    ENTRANTS,
    OwnersOnly,
    Watch,
    by_seed,
    complete_seeds,
    table,
    who_answers,
)
from locviz.data import Shapes
from locviz.models import fcos_tiny
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


def test_only_seeds_that_all_have_are_averaged_and_every_run_is_shown():
    assert complete_seeds(made_up()) == [0, 1]
    row = dict(zip(ENTRANTS, table(made_up()).rows, strict=True))["atss"]
    # By hand: (0.4 + 0.8) / 2, and the third seed only in the column of runs.
    assert row[3] == "0.600"
    assert row[4] == "0.40 0.80 0.00"
    assert row[7:10] == ["50.0%", "25.0%", "25%"]
    assert dict(zip(ENTRANTS, table(made_up()).rows, strict=True))["ota"][10] == "1.50 x"
    assert "a command" in table(made_up()).caption
    assert by_seed(made_up(), "ap50")["atss"] == [0.4, 0.8, 0.0]


def test_gains_are_of_the_same_seed():
    found = made_up()
    found["runs"]["ota/1"]["ap"] = 0.35
    row = six_assigners.against_the_papers(found).rows[2]
    # By hand: OTA against centre sampling, 0.2 to 0.2 at seed 0 and 0.2 to 0.35 at seed 1.
    assert row[1:] == ("38.3 to 40.7", "+2.4", "20.0 to 20.0, 20.0 to 35.0", "+0.0, +15.0")


def test_the_file_that_ships_is_of_all_assigners():
    found = six_assigners.results()
    assert found["command"] == "python benchmarks/six_assigners.py"
    assert set(found["seconds_per_step"]) == set(ENTRANTS)
    assert complete_seeds(found)
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
    answers, truths = who_answers(detector, Shapes(level="crowded", split="test", num_scenes=2))
    assert detector.training
    for answer, truth in zip(answers, truths, strict=True):
        assert answer.quality is None
        assert answer.weight is None
        counts = torch.bincount(answer.gt_index[answer.positive], minlength=len(truth))
        assert counts.max() == 1 if ENTRANTS[name].takes == "one" else counts.max() > 1


def test_owners_only_changes_no_owner():
    given = Assignment(torch.tensor([0, -1]), weight=torch.ones(2), quality=torch.zeros(2))
    priors = Priors(torch.tensor([[0.0, 4.0], [4.0, 8.0]]), torch.full((2,), 4.0), (2,))
    targets = Targets(torch.zeros(0, 2), torch.zeros(0, dtype=torch.long), (8,))
    kept = OwnersOnly(lambda priors, targets, **said: given)(priors, targets)
    assert kept.gt_index is given.gt_index
    assert kept.quality is None
    assert kept.weight is None


def test_a_watch_counts_flips_since_the_last_look():
    torch.manual_seed(0)
    scenes = Shapes(level="first", split="test", num_scenes=4).cached()
    for name, moves in (("center_sampling", False), ("simota", True)):
        detector = fcos_tiny(3, assigner=OwnersOnly(ENTRANTS[name].build()))
        watch = Watch(detector, scenes, scenes)
        watch.look()
        for parameter in detector.parameters():
            torch.nn.init.normal_(parameter.data, std=0.1)
        watch.look()
        assert watch.flips[0] == 0
        assert (watch.flips[1] > 0) == moves
        assert detector.postprocess.nms_threshold < 1
        assert all(0 <= value <= 1 for value in (*watch.ap50, *watch.ap50_without_nms))
