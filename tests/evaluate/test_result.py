import numpy as np
import pytest
import torch

from locviz.evaluate import evaluate
from locviz.types import Detections, Targets

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def evaluation():
    boxes = torch.tensor([[0.0, 0.0, 10.0, 10.0], [50.0, 50.0, 90.0, 90.0]])
    targets = [Targets(boxes, torch.tensor([0, 1]), (99, 99))]
    found = Detections(boxes[:1].repeat(2, 1), torch.tensor([0.9, 0.8]), torch.tensor([0, 2]))
    return evaluate([found], targets, num_classes=4, class_names=["cat", NASTY, "ghost", "unseen"])


def test_figures_are_in_cocos_order(evaluation):
    figures = evaluation.figures
    assert list(figures)[:3] == ["ap", "ap50", "ap75"]
    assert len(figures) == 12
    assert figures["ap"] == evaluation.ap == 0.5
    assert figures["ap_small"] == 1.0
    assert figures["ap_medium"] == 0.0


def test_by_class_and_by_name(evaluation):
    assert evaluation.average_precision(label="cat") == evaluation.average_precision(label=0) == 1.0
    assert evaluation.average_recall(label=NASTY) == 0.0
    ghost = evaluation.per_class[2]
    assert np.isnan(ghost.ap)
    assert (ghost.num_gt, ghost.num_detections) == (0, 1)


def test_curves(evaluation):
    recall, precision = evaluation.curve(0.5, "cat")
    assert (precision == 1).all()
    assert recall[[0, -1]].tolist() == [0.0, 1.0]
    assert evaluation.curve(0.95)[1].mean() == pytest.approx(0.5)
    assert np.isnan(evaluation.curve(0.5, "ghost")[1]).all()


def test_what_was_not_evaluated(evaluation):
    assert np.isnan(evaluation.average_precision(iou=0.42))
    assert np.isnan(evaluation.average_precision(size="huge"))
    assert np.isnan(evaluation.average_recall(max_detections=7))
    with pytest.raises(ValueError, match=r"iou=0.42 was not evaluated: choose one of \[0.5"):
        evaluation.curve(0.42)
    with pytest.raises(ValueError, match="'dog' is not a class: choose one of cat"):
        evaluation.curve(0.5, "dog")
    with pytest.raises(ValueError, match=r"label=4 is out of range: labels are 0\.\.3"):
        evaluation.average_precision(label=4)


def test_the_table_shows_classes_with_something_to_show(evaluation):
    lines = evaluation.table().splitlines()
    assert lines[0].split() == ["class", "AP", "AP50", "AP75", "AR", "to", "find", "detected"]
    assert lines[1].split() == ["all", "0.500", "0.500", "0.500", "0.500", "2", "2"]
    assert lines[4].split() == ["ghost", "-", "-", "-", "-", "0", "1"]
    assert len(lines) == 5  # "unseen" has neither
    assert len({len(line) for line in lines}) == 1
    assert "ap=0.500" in repr(evaluation)


def test_class_names_are_text_never_html(evaluation):
    html = evaluation._repr_html_()
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_class_name_cannot_steer_a_terminal():
    box = torch.tensor([[0.0, 0.0, 9.0, 9.0]])
    labels = torch.zeros(1, dtype=torch.int64)
    found = Detections(boxes=box, scores=torch.ones(1), labels=labels)
    target = Targets(boxes=box, labels=labels, size=(9, 9))
    table = evaluate([found], [target], num_classes=1, class_names=["\x1b[31mred\n图"]).table()
    assert len(table.splitlines()) == 3
    assert "\\x1b[31mred\\n图" in table
