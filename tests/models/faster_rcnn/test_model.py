"""The compositions: whose numbers they have. Equality with torchvision is in tests/parity."""

import pytest
import torch

from locviz.assign import MaxIoU
from locviz.models import faster_rcnn_r50_fpn, faster_rcnn_tiny
from locviz.priors import AnchorPriors
from locviz.types import Targets


def test_official_numbers():
    detector = faster_rcnn_r50_fpn(90)
    first, second, last = detector.proposer, detector.roi, detector.postprocess
    assert (first.assigner.positive, first.assigner.negative) == (0.7, 0.3)
    assert (first.sampler.size, first.sampler.positive_fraction) == (256, 0.5)
    assert (first.select_training.pre_nms, first.select_training.post_nms) == (2000, 2000)
    assert (first.select.pre_nms, first.select.post_nms, first.select.nms_threshold) == (
        1000,
        1000,
        0.7,
    )
    assert first.coder.weights == (1.0, 1.0)
    assert (second.assigner.positive, second.assigner.negative) == (0.5, 0.5)
    assert (second.sampler.size, second.sampler.positive_fraction) == (512, 0.25)
    assert second.coder.weights == (10.0, 5.0)
    assert (last.threshold, last.nms_threshold, last.max_detections) == (0.05, 0.5, 100)
    assert (detector.prepare.shorter, detector.prepare.longer) == (800, 1333)


def test_tiny_is_tiny_and_learns_one_scene():
    """A dozen steps on one scene of two objects more than halve the losses of both stages together."""
    torch.manual_seed(0)
    detector = faster_rcnn_tiny(3)
    assert sum(p.numel() for p in detector.parameters()) < 1_500_000
    image = torch.zeros(3, 64, 64)
    image[0, 8:24, 8:24], image[1, 30:60, 20:50] = 1, 1
    boxes = torch.tensor([[8.0, 8, 24, 24], [20, 30, 50, 60]])
    target = Targets(boxes=boxes, labels=torch.tensor([0, 2]), size=(64, 64))
    optimizer = torch.optim.AdamW(detector.parameters(), lr=3e-3)
    totals = []
    for _ in range(12):
        loss = detector.loss([image] * 2, [target] * 2).total
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        totals.append(loss.item())
    assert totals[-1] < 0.5 * totals[0]


def test_any_stage_by_one_keyword():
    """Other anchors change the head with them; another assigner changes who trains."""
    anchors = AnchorPriors(
        sizes=((10, 14), (20, 28), (40, 56)), ratios=(0.5, 1, 2), strides=(4, 8, 16)
    )
    detector = faster_rcnn_tiny(3, priors=anchors, rpn_assigner=MaxIoU(positive=0.9, negative=0.1))
    (first,) = detector([torch.rand(3, 64, 64)]).aux
    assert first.logits.shape[1] == 6 * (16 * 16 + 8 * 8 + 4 * 4)
    assert detector.proposer.assigner.positive == 0.9


def test_levels_with_different_numbers_of_anchors_are_refused():
    anchors = AnchorPriors(sizes=((10, 14), (20,), (40,)), strides=(4, 8, 16))
    with pytest.raises(ValueError, match=r"\(2, 1, 1\) anchors per cell"):
        faster_rcnn_tiny(3, priors=anchors)
