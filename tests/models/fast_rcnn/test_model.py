"""The paper's sampling and loss by hand, edges, and learning. Equality with torchvision is in
tests/parity.
"""

import math

import pytest
import torch
from torch import nn

from locviz.assign import MaxIoU
from locviz.data import Batches, Shapes
from locviz.evaluate import evaluate
from locviz.layers import RoIAlign, RoIPool
from locviz.models.fast_rcnn.model import BackgroundFrom, fast_rcnn, fast_rcnn_tiny
from locviz.priors import RegionGrouping, Remembered
from locviz.train import Recipe, predict, train
from locviz.types import BACKGROUND, IGNORE, Priors, Targets

OBJECT = [0.0, 0.0, 10.0, 10.0]


def targets_of(boxes, labels=None, **flags) -> Targets:
    boxes = torch.tensor(boxes).reshape(-1, 4)
    labels = torch.zeros(len(boxes), dtype=torch.int64) if labels is None else torch.tensor(labels)
    return Targets(boxes=boxes, labels=labels, size=(64, 64), **flags)


def priors_of(rows) -> Priors:
    return Priors(torch.tensor(rows), torch.zeros(len(rows)), (len(rows),))


def overlapping(iou: float) -> list[float]:
    """A box inside OBJECT with this IoU."""
    return [0.0, 0.0, 10.0, 10 * iou]


def test_background_comes_from_a_tenth_of_overlap_up():
    rule = BackgroundFrom(MaxIoU(positive=0.5, negative=0.5), low=0.1)
    priors = priors_of([overlapping(x) for x in (0.0, 0.0625, 0.125, 0.4375, 0.5, 1.0)])
    assert rule(priors, targets_of([OBJECT])).gt_index.tolist() == [
        IGNORE,
        IGNORE,
        BACKGROUND,
        BACKGROUND,
        0,
        0,
    ]
    everything = BackgroundFrom(MaxIoU(positive=0.5, negative=0.5), low=0.0)
    assert (everything(priors, targets_of([OBJECT])).gt_index[:4] == BACKGROUND).all()


def test_an_image_without_objects_has_no_background_and_a_crowd_makes_none():
    rule = BackgroundFrom(MaxIoU(positive=0.5, negative=0.5))
    priors = priors_of([overlapping(0.25), [40.0, 40, 50, 50]])
    assert (rule(priors, targets_of([])).gt_index == IGNORE).all()
    crowd = targets_of([OBJECT], crowd=torch.tensor([True]))
    assert (rule(priors, crowd).gt_index == IGNORE).all()


def tiny(find, **stages):
    torch.manual_seed(0)
    return fast_rcnn_tiny(2, find=find, **stages)


def fixed(*rows):
    return lambda images: [torch.tensor(rows, dtype=torch.float32).reshape(-1, 4) for _ in images]


def test_the_loss_by_hand():
    """Proposals: IoU 1/4 (background); the truth joins them. Logits 0 of three classes cost ln 3
    each.

    One of two rows is positive and its proposal is its box, so targets are 0: with deltas of 0.5 in
    its own class the Smooth L1 of beta 1 costs 4 * 0.5^2 / 2 = 0.5, over two rows 0.25. The other
    classes' deltas cost nothing.
    """
    detector = tiny(fixed(overlapping(0.25)))
    with torch.no_grad():
        for layer in (detector.roi.head.logits, detector.roi.head.deltas):
            layer.weight.zero_()
        detector.roi.head.deltas.bias.copy_(torch.tensor([9.0] * 4 + [7.0] * 4 + [0.5] * 4))
    losses = detector.loss([torch.rand(3, 64, 64)], [targets_of([OBJECT], [1])])
    assert losses.terms["classification"].item() == pytest.approx(math.log(3), rel=1e-5)
    assert losses.terms["regression"].item() == pytest.approx(0.25, rel=1e-5)
    assert losses.total.item() == pytest.approx(math.log(3) + 0.25, rel=1e-5)


def test_targets_are_in_tenths_and_fifths():
    """A proposal shifted by half its width in x: t = 0.5 / 0.1 = 5, in the linear part: 5 - 1/2,
    over the rows.
    """
    detector = tiny(fixed([3.0, 0, 13, 10]), assigner=MaxIoU(positive=0.5, negative=0.5))
    with torch.no_grad():
        detector.roi.head.deltas.weight.zero_()
    term = detector.loss([torch.rand(3, 64, 64)], [targets_of([OBJECT])]).terms["regression"]
    assert term.item() == pytest.approx(
        (3 - 0.5) / 2, rel=1e-5
    )  # IoU 7/13; shift -0.3 / 0.1; truth and proposal


def test_sixty_four_regions_a_quarter_of_them_positive():
    rows = [[0.0, 0, 10, 10 - i / 100] for i in range(100)] + [
        [0.0, 0, 10, 2 + i / 100] for i in range(100)
    ]
    detector = tiny(fixed(*rows))
    target = targets_of([OBJECT])
    sample = detector.roi.sample(priors_of(rows), target)
    assert len(sample.gt_index) == 64
    assert sample.positive.sum() == 16
    assert (sample.gt_index[~sample.positive] == BACKGROUND).all()


def test_boxes_come_back_in_given_pixels_refined_by_their_own_class():
    """Deltas of 1 in dy of class 1 only: 1 / 10 of a height down."""
    detector = tiny(fixed([8.0, 8, 24, 24])).eval()
    with torch.no_grad():
        detector.roi.head.logits.weight.zero_()
        detector.roi.head.logits.bias.copy_(torch.tensor([0.0, 0.0, 5.0]))
        detector.roi.head.deltas.weight.zero_()
        detector.roi.head.deltas.bias[9] = 1.0
    (found,) = detector.detect([torch.rand(3, 50, 70)])
    assert found.labels.tolist() == [1]
    torch.testing.assert_close(found.boxes, torch.tensor([[8.0, 9.6, 24, 25.6]]))


@pytest.mark.parametrize("num_objects", [0, 1])
def test_no_proposals_is_valid(num_objects):
    detector = tiny(fixed())
    target = targets_of([OBJECT][:num_objects])
    losses = detector.loss([torch.rand(3, 64, 64)] * 2, [target, targets_of([])])
    losses.total.backward()
    assert math.isfinite(losses.total.item())
    assert all(len(found) == 0 for found in detector.eval().detect([torch.rand(3, 64, 64)] * 2))


def test_images_with_and_without_proposals_in_one_batch_equal_each_alone():
    def find(images):
        return [
            torch.tensor([[4.0, 4, 30, 30], [9, 9, 20, 40]])[: int(image.mean() < 0.5) * 2]
            for image in images
        ]

    detector = tiny(find).eval()
    images = [torch.full((3, 64, 64), value) for value in (0.2, 0.9, 0.4)]
    together = detector.detect(images)
    for image, found in zip(images, together, strict=True):
        alone = detector.detect([image])[0]
        torch.testing.assert_close(found.boxes, alone.boxes)
        torch.testing.assert_close(found.scores, alone.scores)
    assert [len(found) > 0 for found in together] == [True, False, True]


def test_a_label_the_model_has_not_is_named():
    detector = tiny(fixed(OBJECT))
    with pytest.raises(ValueError, match=r"labels\[0\] is 2, but the model has classes 0\.\.1"):
        detector.loss([torch.rand(3, 64, 64)], [targets_of([OBJECT], [2])])
    with pytest.raises(ValueError, match="2 images and 1 targets"):
        detector.loss([torch.rand(3, 64, 64)] * 2, [targets_of([])])
    with pytest.raises(ValueError, match=r"BackgroundFrom\.low is an IoU"):
        BackgroundFrom(MaxIoU(positive=0.5, negative=0.5), low=1.5)


def test_the_paper_and_one_stage_exchanged():
    detector = fast_rcnn(20, backbone=nn.Identity())
    assert detector.roi.pool.output_size == (7, 7)
    assert detector.roi.coder.weights == (10.0, 5.0)
    assert detector.roi.head.hidden[0].in_features == 512 * 49
    assert detector.postprocess.nms_threshold == 0.3
    assert detector.roi.assigner.low == 0.1
    assert isinstance(detector.proposer.find, Remembered)
    swapped = fast_rcnn_tiny(3, pool=RoIAlign(output_size=5, stride=4))
    assert isinstance(swapped.roi.pool, RoIAlign)
    assert isinstance(fast_rcnn_tiny(3).roi.pool, RoIPool)
    assert sum(p.numel() for p in swapped.parameters()) < 250_000


def test_it_learns():
    scenes = Shapes(num_scenes=60)
    samples = [scenes[i] for i in range(60)]
    torch.manual_seed(0)
    detector = fast_rcnn_tiny(3, find=Remembered(RegionGrouping(scales=(0.2,))))
    for _ in train(
        detector, Batches(samples, batch_size=6, seed=0), Recipe(steps=80, lr=2e-3, warmup_steps=10)
    ):
        pass
    found = evaluate(predict(detector, samples), [targets for _, targets in samples], num_classes=3)
    assert found.ap50 > 0.6
