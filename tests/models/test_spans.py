"""The same models along time: heads, backbones and preparation take ``dim``."""

from functools import partial

import pytest
import torch

from locviz.assign import ClassAwareIoU, MutualLabelling
from locviz.inputs import Inputs
from locviz.layers import PrepareClips
from locviz.losses import dynamic_coefficient
from locviz.models import (
    IoURescoring,
    PredictionAlignment,
    WithTerms,
    fcos,
    fcos_loss,
    retinanet,
    retinanet_loss,
    small_fcos,
)
from locviz.postprocess import BalancedNMS, PerLabel, SelectDense, product
from locviz.priors import AnchorPriors
from locviz.train import Recipe, train
from locviz.types import (
    Targets,
)

NUM_FEATURES, LENGTH, STEP = 6, 64, 2.0


def spans_of(seed: int) -> tuple[torch.Tensor, Targets]:
    """A clip with one event per class: channel k is 1 while an event of class k lasts."""
    generator = torch.Generator().manual_seed(seed)
    clip = 0.1 * torch.randn(LENGTH, NUM_FEATURES, generator=generator)
    spans, labels = [], []
    for label in range(2):
        length = int(torch.randint(6, 24, (), generator=generator))
        start = int(torch.randint(0, LENGTH - length, (), generator=generator))
        clip[start : start + length, label] += 1
        spans.append([start * STEP, (start + length) * STEP])
        labels.append(label)
    return clip, Targets(torch.tensor(spans), torch.tensor(labels), (LENGTH * STEP,))


class Clips:
    """Endless batches of four."""

    def starting_at(self, step):
        while True:
            clips, targets = zip(*(spans_of(4 * step + i) for i in range(4)), strict=True)
            yield Inputs(clips=clips, texts=("find it",) * 4), list(targets)
            step += 1


def span_detector():
    torch.manual_seed(0)
    stages = small_fcos(
        2,
        widths=(16, 32, 32, 32),
        depths=(1, 1, 1, 1),
        channels=32,
        strides=(4, 8, 16),
        reach=3,
        dim=1,
        in_channels=NUM_FEATURES,
    )
    return fcos(2, dim=1, **(stages | {"prepare": PrepareClips(step=STEP, divisor=16)}))


def test_fcos_learns_spans():
    """After 150 steps the best detection of each class overlaps its event by more than a half."""
    detector = span_detector()
    recipe = Recipe(steps=150, batch_size=4, lr=3e-3, warmup_steps=20)
    totals = [step.total for step in train(detector, Clips(), recipe)]
    assert totals[-1] < 0.5 * totals[0]
    detector.eval()
    found = 0
    for seed in range(10_000, 10_010):
        clip, targets = spans_of(seed)
        (detections,) = detector.detect([clip])
        for label, (start, end) in zip(targets.labels, targets.boxes.tolist(), strict=True):
            best = detections.boxes[detections.labels == label][:1]
            for low, high in best.tolist():
                overlap = min(high, end) - max(low, start)
                found += overlap > 0.5 * (max(high, end) - min(low, start))
    assert found >= 15  # of 20


def test_clips_of_different_lengths_are_padded_at_their_end():
    short, long = torch.rand(20, NUM_FEATURES), torch.rand(40, NUM_FEATURES)
    batch = PrepareClips(step=STEP, divisor=16)([short, long])
    assert batch.values.shape == (2, NUM_FEATURES, 48)
    assert torch.equal(batch.values[0, :, :20], short.T)
    assert not batch.values[0, :, 20:].any()
    assert batch.sizes == ((40.0,), (80.0,))
    assert batch.scales.tolist() == [[0.5], [0.5]]


def test_detections_are_in_the_units_of_the_targets_and_inside_the_clip():
    detector = span_detector().eval()
    detector.postprocess = SelectDense(threshold=0.0)
    (found,) = detector.detect([torch.rand(40, NUM_FEATURES)])
    assert found.boxes.shape[1] == 2
    assert found.boxes.min() >= 0
    assert 40 < found.boxes.max() <= 80


def anchor_detector(**stages):
    torch.manual_seed(0)
    parts = small_fcos(
        2,
        widths=(8, 16, 16, 16),
        depths=(1, 1, 1, 1),
        channels=16,
        strides=(4, 8, 16),
        reach=3,
        dim=1,
        in_channels=NUM_FEATURES,
    )
    return retinanet(
        2,
        channels=16,
        dim=1,
        prepare=PrepareClips(step=STEP, divisor=16),
        backbone=parts["backbone"],
        neck=parts["neck"],
        priors=AnchorPriors(sizes=((8,), (16,), (32,)), strides=(4, 8, 16), ratios=(1.0,)),
        **stages,
    )


def test_anchors_work_along_time_too():
    detector = anchor_detector()
    clip, targets = spans_of(0)
    losses = detector.loss([clip], [targets])
    losses.total.backward()
    assert losses.terms["regression"] > 0
    assert len(detector.eval().detect([clip])) >= 0


@pytest.mark.parametrize("clip", [torch.rand(0, 3), torch.rand(4), torch.ones(4, 3).long()])
def test_what_is_no_clip_is_named(clip):
    with pytest.raises(ValueError, match=r"clips\[1\] must be float features \(t, c\)"):
        PrepareClips()(Inputs(clips=(torch.rand(5, 3), clip)))


def test_pictures_are_no_clips():
    with pytest.raises(ValueError, match="hold no clips"):
        PrepareClips()([torch.rand(3, 8, 8)])


@pytest.mark.parametrize("num", [0, 1, 2])
@pytest.mark.parametrize("rule", [MutualLabelling(), ClassAwareIoU()], ids=["mutual", "aware"])
@pytest.mark.parametrize("anchors", [False, True], ids=["points", "anchors"])
def test_what_makes_classes_and_boxes_agree_works_along_time_too(anchors, rule, num):
    """Every switch of both papers at once, with objects and without."""
    detector = anchor_detector() if anchors else span_detector()
    detector.assigner = rule
    loss = retinanet_loss if anchors else partial(fcos_loss, quality=None)
    terms = {"alignment": PredictionAlignment()}
    if not anchors:
        terms["iou"] = IoURescoring()
    detector.criterion = WithTerms(loss(coefficient=dynamic_coefficient), terms)
    detector.postprocess = SelectDense(score=product, suppress=PerLabel(BalancedNMS()))
    clip, targets = spans_of(0)
    some = Targets(targets.boxes[:num], targets.labels[:num], targets.size)
    losses = detector.loss(
        [clip, clip[:40]], [some, Targets(some.boxes[:0], some.labels[:0], (80,))]
    )
    losses.total.backward()
    assert torch.isfinite(losses.total)
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in detector.parameters())
    (found,) = detector.eval().detect([clip])
    assert found.boxes.shape[1] == 2
