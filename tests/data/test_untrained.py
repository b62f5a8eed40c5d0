"""The held-out scenes cannot be solved by accident: a detector that has learned nothing scores next
to nothing.
"""

import pytest
import torch

from locviz.data import Digits, Misaligned, Shapes
from locviz.evaluate import evaluate
from locviz.models import fcos_tiny
from locviz.postprocess import SelectDense
from locviz.train import predict

SETS = {
    "first": lambda: Shapes(level="first", split="test", num_scenes=60),
    "crowded": lambda: Shapes(level="crowded", split="test", num_scenes=60),
    "misaligned": lambda: Misaligned(split="test", num_scenes=60),
    "digits": lambda: Digits(split="test", num_scenes=60),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_an_untrained_detector_scores_under_a_twentieth(name):
    dataset = SETS[name]()
    torch.manual_seed(0)
    # At the usual threshold the prior probability of 0.01 would leave nothing to score.
    everything = SelectDense(threshold=0.0, top_k=1000, nms_threshold=0.6, max_detections=100)
    detector = fcos_tiny(num_classes=len(dataset.class_names), postprocess=everything)
    detections = predict(detector, dataset)
    targets = [dataset[i][1] for i in range(len(dataset))]
    assert sum(len(found) for found in detections) > 0
    assert evaluate(detections, targets, num_classes=len(dataset.class_names)).ap50 < 0.05
