"""The figures and tables of lesson 13 show what they are given."""

import torch

from locviz.experiments.set_switches import SWITCHES, Count
from locviz.lessons import ch13
from locviz.models import detr_tiny
from locviz.types import Detections, Targets


def test_sure_boxes_are_counted_per_panel():
    boxes = torch.tensor([[4.0, 4, 20, 20], [8.0, 8, 30, 30], [1.0, 1, 9, 9]])
    truth = Targets(boxes[:1], torch.tensor([0]), (64.0, 64.0))
    several = {
        name: Detections(boxes, torch.tensor(scores), torch.tensor([0, 1, 0]))
        for name, scores in {"before": [0.2, 0.1, 0.3], "after": [0.9, 0.6, 0.1]}.items()
    }
    picture = ch13.all_queries_figure(torch.rand(3, 64, 64), truth, several)
    assert "before: 0 of 3 boxes are sure; after: 2 of 3 boxes are sure." in picture.alt
    assert [ax.get_title() for ax in picture.figure.axes] == ["before", "after"]


def test_the_last_flip_is_told():
    picture = ch13.settling_figure([(5, 3), (10, 1), (20, 0)], [9.0, 4.0, 1.5])
    bars, curve = picture.figure.axes
    assert [bar.get_height() for bar in bars.patches] == [3, 1, 0]
    assert [label.get_text() for label in bars.get_xticklabels()] == ["5", "10", "20"]
    assert curve.get_lines()[0].get_ydata().tolist() == [9.0, 4.0, 1.5]
    assert "until step 10; the loss goes from 9.0 to 1.50" in picture.alt


def test_a_row_has_the_live_run_and_the_stored_seeds():
    counts = {"plain": [Count(20, 1, 6), Count(40, 4, 6), Count(80, 4, 4)]}
    runs = {
        f"plain/{seed}": {"switch": "plain", "seed": seed, "counts": [[80, 4, 4 + seed]]}
        for seed in (0, 1)
    }
    table = ch13.switches_table(counts, {"command": "a command", "runs": runs})
    assert list(table.rows) == [(SWITCHES["plain"].title, "1", "4", "4", "4", "4 4", "4 5")]
    assert table.caption.endswith("Made by: a command")


def test_the_parts_add_up_to_the_detector():
    detector = detr_tiny(3)
    rows = ch13.sizes_table(detector).rows
    total = sum(int(row[2].replace(",", "")) for row in rows)
    assert total == sum(p.numel() for p in detector.parameters())


def test_few_pictures():
    run = {"steps": 300, "seed": 0, "own": 0.875, "held_out": 0.125}
    table = ch13.pictures_table({"command": "a command", "pictures": {"40": run}})
    assert list(table.rows[:2]) == [("40", "0.88", "0.12"), ("200", "-", "-")]
    assert "after 700 steps" in table.caption
