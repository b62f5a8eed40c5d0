"""R-CNN as a whole: its three trainings in a row, and what each changes."""

import math

import pytest
import torch
from torch import nn

from locviz.data import Batches, Shapes
from locviz.evaluate import evaluate
from locviz.models import (
    fast_rcnn_tiny,
    fit_boxes,
    fit_svms,
    rcnn,
    rcnn_tiny,
    region_features,
    with_boxes,
    with_svms,
)
from locviz.models.rcnn.crops import WarpedCrops, fixed_linear
from locviz.models.rcnn.solvers import FINE_TUNING
from locviz.priors import RegionGrouping, Remembered
from locviz.train import Recipe, predict, train
from locviz.types import Targets


def fixed(*rows):
    return lambda images: [torch.tensor(rows, dtype=torch.float32).reshape(-1, 4) for _ in images]


def target_of(*boxes) -> Targets:
    boxes = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    return Targets(boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64), size=(40, 40))


def tiny(find):
    torch.manual_seed(0)
    return rcnn_tiny(2, find=find)


def test_the_papers_numbers():
    detector = rcnn(20, head=nn.Identity())
    assert detector.roi.pool.size == 227
    assert detector.roi.pool.context * 227 == pytest.approx(16)
    assert (detector.roi.sampler.size, detector.roi.sampler.positive_fraction) == (128, 0.25)
    assert detector.roi.assigner is FINE_TUNING
    assert detector.roi.coder.weights == (1.0, 1.0)
    assert detector.postprocess.nms_threshold == 0.3
    assert isinstance(rcnn_tiny(3).roi.pool, WarpedCrops)


def test_boxes_are_the_proposals_until_they_are_regressed():
    detector = tiny(fixed([4, 4, 20, 20])).eval()
    (found,) = detector.detect([torch.rand(3, 40, 40)])
    assert len(found)
    assert (found.boxes == torch.tensor([4.0, 4, 20, 20])).all()


def test_fine_tuning_learns_classes_only():
    detector = tiny(fixed([4, 4, 20, 16], [25, 25, 39, 39]))
    losses = detector.loss([torch.rand(3, 40, 40)] * 2, [target_of([4, 4, 20, 20])] * 2)
    assert losses.terms["regression"] > 0
    torch.testing.assert_close(losses.total, losses.terms["classification"])
    losses.total.backward()
    trained = {name for name, p in detector.named_parameters() if p.grad is not None}
    assert trained
    assert not any(name.startswith("roi.head.boxes") for name in trained)


def test_svms_and_boxes_replace_a_linear_layer_each_and_share_the_network():
    detector = tiny(fixed([4, 4, 20, 20])).eval()
    head = detector.roi.head
    never_one = fixed_linear(torch.zeros(3, 128), torch.tensor([9.0, -100.0, 2.0]))
    down = torch.zeros(12)
    down[9] = 0.25  # class 1, y
    moved = with_boxes(with_svms(detector, never_one), fixed_linear(torch.zeros(12, 1024), down))
    (found,) = moved.detect([torch.rand(3, 40, 40)])
    assert found.labels.tolist() == [1]
    assert found.scores.item() == pytest.approx(
        1 / (1 + math.exp(-2))
    )  # its own sigmoid; the background says nothing
    assert found.boxes.tolist() == [[4, 8, 20, 24]]
    assert moved.roi.head.network is head.network
    assert detector.roi.head is head  # the first is as it was
    assert not moved.training


def test_saved_and_loaded_svms_are_the_same():
    detector = with_svms(
        tiny(fixed([4, 4, 20, 20])), fixed_linear(torch.randn(3, 128), torch.randn(3))
    )
    copy = with_svms(tiny(fixed([4, 4, 20, 20])), fixed_linear(torch.zeros(3, 128), torch.zeros(3)))
    copy.load_state_dict(detector.state_dict())
    image = torch.rand(3, 40, 40)
    assert torch.equal(
        copy.eval().detect([image])[0].scores, detector.eval().detect([image])[0].scores
    )


@pytest.mark.parametrize("boxes", [(), ([4, 4, 20, 20],)])
def test_no_proposals_is_valid(boxes):
    detector = tiny(fixed())
    losses = detector.loss([torch.rand(3, 40, 40)] * 2, [target_of(*boxes), target_of(*boxes)])
    assert math.isfinite(losses.total.item())
    losses.total.backward()
    assert all(len(found) == 0 for found in detector.eval().detect([torch.rand(3, 40, 40)] * 2))
    (seen,) = region_features(detector, [(torch.rand(3, 40, 40), target_of(*boxes))])
    assert len(seen.regions) == len(seen.hidden) == len(boxes)


def test_another_detector_is_refused():
    with pytest.raises(TypeError, match="must be an R-CNN"):
        with_svms(fast_rcnn_tiny(2), nn.Linear(1, 1))


def test_three_trainings_in_a_row():
    scenes = Shapes(num_scenes=50)
    samples = [scenes[i] for i in range(50)]
    truth = [targets for _, targets in samples]
    torch.manual_seed(0)
    detector = rcnn_tiny(3, find=Remembered(RegionGrouping(scales=(0.2,))))
    for _ in train(
        detector, Batches(samples, batch_size=5, seed=0), Recipe(steps=60, lr=2e-3, warmup_steps=10)
    ):
        pass
    seen = region_features(detector, samples)
    svms = with_svms(detector, fit_svms(seen, 3))
    full = with_boxes(svms, fit_boxes(seen, 3))
    by_softmax, by_svms, all_three = (
        evaluate(predict(d, samples), truth, num_classes=3) for d in (detector, svms, full)
    )
    assert by_softmax.ap50 > 0.7
    assert by_svms.ap50 > 0.7
    assert all_three.ap > by_svms.ap + 0.03
