"""The tables of lesson 07 say what the experiments found."""

import pytest

from locviz.experiments.assigner_comparison import ENTRANTS
from locviz.lessons.ch07.tables import against_the_papers, assigner_table, comparison_table
from locviz.models import ASSIGNERS


@pytest.fixture
def found():
    """Seeds 0 and 1 of all assigners, and seed 2 of ATSS alone."""
    run = {
        "ap": 0.2, "ap50": 0.4, "ap50_without_nms": 0.3, "priors_per_object": 2.0, "objects_without": 0.5,
        "ambiguous": 0.25, "flips": [0.9, 0.125],
    }  # fmt: skip
    seeds = [(name, seed) for name in ENTRANTS for seed in (0, 1)]
    runs = {f"{name}/{seed}": {**run, "assigner": name, "seed": seed} for name, seed in seeds}
    runs["atss/1"] |= {"ap50": 0.8, "flips": [0.9, 0.375]}
    runs["atss/2"] = {**runs["atss/1"], "ap50": 0.0, "seed": 2}
    seconds = dict.fromkeys(ENTRANTS, 0.1) | {"ota": 0.15}
    return {"command": "a command", "torch": "1", "runs": runs, "seconds_per_step": seconds}


def test_the_comparison_shows_means_and_every_run(found):
    table = comparison_table(found)
    rows = dict(zip(ENTRANTS, table.rows, strict=True))
    # By hand: (0.4 + 0.8) / 2, and the third seed only in the column of runs.
    assert rows["atss"][3] == "0.600"
    assert rows["atss"][4] == "0.40 0.80 0.00"
    assert rows["atss"][7:10] == ("50.0%", "25.0%", "25%")
    assert rows["ota"][10] == "1.50 x"
    assert table.caption.startswith("Means over seeds [0, 1].")
    assert table.caption.endswith("Made by: a command (torch 1)")


def test_a_claim_stands_beside_the_gain_at_each_seed(found):
    found["runs"]["ota/1"]["ap"] = 0.35
    # By hand: OTA against centre sampling, 0.2 to 0.2 at seed 0 and 0.2 to 0.35 at seed 1.
    row = against_the_papers(found).rows[2]
    assert row[1:] == ("38.3 to 40.7", "+2.4", "20.0 to 20.0, 20.0 to 35.0", "+0.0, +15.0")


def test_the_survey_says_which_are_dynamic_and_which_give_one_prior():
    table = assigner_table()
    rows = {str(row[0]): dict(zip(table.header, row, strict=True)) for row in table.rows}
    assert list(rows) == [entry.title for entry in ASSIGNERS]
    assert {title for title, row in rows.items() if row["kind"] == "dynamic"} == {
        "Grid cell (YOLOv1)", "Hungarian (DETR)", "OTA", "SimOTA (YOLOX)",
        "Task-aligned (TOOD, YOLOv8)", "IoU or class (IAC score)", "Mutual labelling (MLC)",
    }  # fmt: skip
    one = {title for title, row in rows.items() if row["priors an object"] == "one"}
    assert one == {"Grid cell (YOLOv1)", "Hungarian (DETR)"}
    assert table.html().count("<a href") == len(ASSIGNERS)
