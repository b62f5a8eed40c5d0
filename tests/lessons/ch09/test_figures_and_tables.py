"""The figures and tables of lesson 09 show what was measured."""

import pytest
import torch

from locviz.experiments import nms_free, suppression_survey
from locviz.lessons.ch09.figures import (
    candidates_figure,
    duplicates_figure,
    live_figure,
    thresholds_figure,
)
from locviz.lessons.ch09.tables import heads_table, methods_table
from locviz.types import Detections, Targets


def row(head, suppressed, ap50, duplicates=0.0):
    return {
        "head": head, "suppressed": suppressed, "ap": 0.5, "ap50": ap50, "boxes_per_object": 2.0,
        "duplicates_per_object": duplicates,
    }  # fmt: skip


@pytest.fixture
def heads():
    def four(more):
        return [
            row(head, suppressed, 0.25 + more, more)
            for head in nms_free.HEADS
            for suppressed in (False, True)
        ]

    runs = {
        str(seed): {
            "heads": four(seed / 4),
            "looks": [{"step": 50, "heads": four(0.0)}, {"step": 100, "heads": four(seed / 4)}],
        }
        for seed in (0, 1)
    }
    return {"command": "a command", "torch": "1", "runs": runs}


def test_the_heads_table_has_every_seed_and_the_mean(heads):
    rows = heads_table(heads).rows
    assert [line[:2] for line in rows] == [
        ("one-to-many", "none"), ("one-to-many", "with NMS"),
        ("one-to-one", "none"), ("one-to-one", "with NMS"),
    ]  # fmt: skip
    # By hand: 0.25 and 0.5.
    assert rows[0][2:6] == ("25.0, 50.0", "37.5", "2.00", "0.12")


def test_the_duplicates_of_every_seed_are_a_curve(heads):
    axes = duplicates_figure(heads).figure.axes
    assert [ax.get_title() or ax.get_ylabel() for ax in axes] == [
        "one-to-many: duplicates per object",
        "one-to-one: duplicates per object",
    ]
    for ax in axes:
        assert [list(line.get_ydata()) for line in ax.get_lines()[:2]] == [[0, 0], [0, 0.25]]


def test_the_live_figure_leaves_out_what_was_suppressed():
    looks = [
        [
            nms_free.HeadFigures(**row(head, suppressed, 0.9 if suppressed else 0.5, 3.0))
            for head in nms_free.HEADS
            for suppressed in (False, True)
        ]
    ] * 2
    for ax in live_figure([40, 80], looks).figure.axes:
        assert [line.get_label() for line in ax.get_lines()] == list(nms_free.HEADS)
        assert 0.9 not in [y for line in ax.get_lines() for y in line.get_ydata()]


@pytest.fixture(scope="module")
def measured():
    return suppression_survey.results()


def test_every_method_stands_in_the_table_at_its_thresholds(measured):
    for level in ("packed", "crowded"):
        rows = methods_table(measured, level).rows
        assert [line[0] for line in rows] == [
            entry.title for entry in suppression_survey.METHODS.values()
        ]
        assert all(cell != "-" for cell in rows[0])
        assert rows[2][1] == "-"  # a Gaussian has no threshold


def test_the_threshold_figure_draws_all_of_greedy(measured):
    axes = thresholds_figure(measured).figure.axes
    assert len(axes) == 3
    for ax in axes:
        for line in ax.get_lines():
            assert list(line.get_xdata()) == [t / 10 for t in range(1, 11)]


def test_the_first_figure_counts():
    one = Targets(torch.tensor([[0.0, 0, 4, 4]]), torch.tensor([0]), (8, 8))
    many = Detections(torch.rand(3, 4).sort().values * 8, torch.rand(3), torch.zeros(3).long())
    few = Detections(many.boxes[:1], many.scores[:1], many.labels[:1])
    axes = candidates_figure(torch.rand(3, 8, 8), one, many, few).figure.axes
    assert [ax.get_title() for ax in axes] == ["1 objects", "3 candidates", "1 kept"]
