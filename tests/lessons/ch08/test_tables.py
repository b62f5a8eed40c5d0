"""The tables of lesson 08 say what the experiment found."""

import pytest

from locviz.experiments.imbalance import REMEDIES
from locviz.lessons.ch08.tables import comparison_table, held_table


@pytest.fixture
def found():
    """Seeds 0 and 1 of all remedies, and seed 2 of focal loss alone."""
    run = {
        "curve": {"100": {"ap": 0.1, "ap50": 0.2}, "300": {"ap": 0.3, "ap50": 0.4}},
        "held": {"0": [0.9, 0.0, 0.1], "300": [0.25, 0.25, 0.5]},
    }
    seeds = [(name, seed) for name in REMEDIES for seed in (0, 1)]
    runs = {f"{name}/{seed}": {**run, "remedy": name, "seed": seed} for name, seed in seeds}
    last = {"100": {"ap": 0.1, "ap50": 0.4}, "300": {"ap": 0.5, "ap50": 0.8}}
    runs["focal/1"] |= {"curve": last, "held": {"0": [0.9, 0, 0.1], "300": [0.75, 0.0, 0.25]}}
    runs["focal/2"] = {**runs["focal/1"], "seed": 2}
    protocol = {
        "measured_after": [100, 200, 300], "looked_after": [0, 300], "num_test_scenes": 200,
        "num_fixed_scenes": 16, "easy": 0.6,
    }  # fmt: skip
    return {"command": "a command", "torch": "1", "runs": runs, "protocol": protocol}


def test_means_are_over_the_seeds_that_all_have(found):
    table = comparison_table(found)
    rows = dict(zip(REMEDIES, table.rows, strict=True))
    # By hand: (0.2 + 0.4) / 2, (0.4 + 0.8) / 2 and (0.3 + 0.5) / 2.
    assert rows["focal"][1:] == ("0.01", "0.300", "0.600", "0.40 0.80", "0.400")
    assert rows["focal_half"][1] == "0.5"
    assert table.caption.startswith("Means over seeds [0, 1] after 100 and 300 steps")
    assert table.caption.endswith("Made by: a command (torch 1)")


def test_shares_are_means_at_each_look(found):
    rows = dict(zip(REMEDIES, held_table(found).rows, strict=True))
    assert rows["focal"][2:] == ("90.0%", "50.0%")
    assert rows["balanced"][2:] == ("90.0%", "25.0%")
