"""Any detector that selects, any suppression, one keyword."""

import pytest
import torch

from locviz.models import SYSTEMS, DenseDetector
from locviz.postprocess import (
    AllLabels,
    BalancedNMS,
    DIoUNMS,
    GreedyNMS,
    IoUGuidedNMS,
    MatrixNMS,
    PerLabel,
    SelectDense,
    SoftNMS,
    WeightedBoxesFusion,
    batched_nms,
    class_probability,
)

NUM_CLASSES = 3
DETECTORS = [s.tiny for s in SYSTEMS if isinstance(s.tiny(NUM_CLASSES), DenseDetector)]
METHODS = [
    GreedyNMS(),
    SoftNMS(),
    DIoUNMS(),
    IoUGuidedNMS(),
    BalancedNMS(),
    MatrixNMS(min_score=0.0),
    WeightedBoxesFusion(),
]


@pytest.fixture(scope="module")
def images():
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(3, height, 64, generator=generator) for height in (64, 48)]


def built(detector, suppress):
    """Every pair of a prior and a class passes, so that there is much to suppress."""
    torch.manual_seed(0)
    select = SelectDense(
        threshold=0.0, top_k=50, score=class_probability, max_detections=30, suppress=suppress
    )
    return detector(NUM_CLASSES, postprocess=select).eval()


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("around", [PerLabel, AllLabels])
@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
def test_a_dense_detector_takes_any_suppression(detector, images, around, method):
    model = built(detector, around(method))
    if isinstance(method, IoUGuidedNMS) and model(images).quality is None:
        with pytest.raises(ValueError, match="or a model with a quality branch"):
            model.detect(images)
        return
    for found in model.detect(images):
        assert 0 < len(found) <= 30
        assert (found.scores.diff() <= 0).all()
        assert torch.isfinite(found.boxes).all()
        assert set(found.labels.tolist()) <= set(range(NUM_CLASSES))


@pytest.mark.parametrize("detector", DETECTORS)
def test_greedy_is_what_it_was(detector, images):
    before = built(detector, batched_nms).detect(images)
    after = built(detector, PerLabel(GreedyNMS())).detect(images)
    for one, two in zip(before, after, strict=True):
        assert torch.equal(one.boxes, two.boxes)
        assert torch.equal(one.scores, two.scores)
        assert torch.equal(one.labels, two.labels)
