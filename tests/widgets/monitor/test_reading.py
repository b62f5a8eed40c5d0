import math

import pytest
import torch
from torch import nn

from locviz.evaluate import evaluate
from locviz.train import Step
from locviz.types import Detections, Targets
from locviz.widgets.monitor.reading import LossRecord, figures_of


def steps(count):
    """Steps with losses 1/step and 2/step."""
    for index in range(count):
        losses = {"box": 1 / (index + 1), "class": 2 / (index + 1)}
        rest = (1e-3, 1.0, 0.0, 0.0, nn.Identity())
        yield Step(index, count, losses, sum(losses.values()), *rest)


def test_figures_of_an_evaluation_and_of_nonsense():
    none = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(8, 8))
    empty = Detections(boxes=none.boxes, scores=torch.zeros(0), labels=none.labels)
    undefined = figures_of(evaluate([empty], [none], num_classes=1))
    assert math.isnan(undefined["AP"])
    with pytest.raises(TypeError, match="evaluate must return an Evaluation"):
        figures_of("good")


def test_bins_are_means_of_neighbours():
    record = LossRecord()
    for step in steps(10):
        record.add(step)
    assert record.binned(10)[:, 0].tolist() == list(range(1, 11))
    binned = record.binned(4)  # bins of 3, 3, 3, 1
    assert binned[:, 0].tolist() == [2, 5, 8, 10]
    assert binned[0, 1] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert binned[3, 1] == pytest.approx(1 / 10)


def test_a_run_that_changes_its_terms_is_refused():
    record = LossRecord()
    first, second = (next(steps(1)) for _ in range(2))
    record.add(first)
    with pytest.raises(ValueError, match="loss terms"):
        record.add(Step(1, 2, {"other": 1.0}, 1.0, 1e-3, 1.0, 0.0, 0.0, second.detector))
