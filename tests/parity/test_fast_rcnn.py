"""Fast R-CNN's second stage against torchvision's ``RoIHeads``, fed with the same external
proposals and RoIPool.

Weights are random and go through the shipping rename table; torchvision's regression loss turns at
1/9, ours is told to do so too, and the rows that are sampled are the same by a rule that both are
given.
"""

from dataclasses import replace
from functools import partial

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.roi_heads import RoIHeads
from torchvision.ops import roi_pool

from locviz.assign import MaxIoU
from locviz.boxes import clip
from locviz.checkpoints import rename
from locviz.layers import Prepare, RoIPool
from locviz.losses import smooth_l1_loss
from locviz.models.fast_rcnn.model import fast_rcnn
from locviz.models.faster_rcnn.names import TORCHVISION
from locviz.models.skeletons.region_stage import RoIHead
from locviz.models.skeletons.sampled_loss import MultiTaskLoss
from locviz.postprocess import SelectRegions
from locviz.types import IGNORE, Assignment, Detections, Targets

NUM_CLASSES, CHANNELS, STRIDE, SIZE = 4, 6, 8, (64, 96)


class Pooling(nn.Module):
    """torchvision's RoIPool behind the interface of its MultiScaleRoIAlign."""

    def forward(self, features, proposals, image_shapes):
        return roi_pool(features["0"], proposals, (3, 3), 1 / STRIDE)


class EverySecond:
    """Takes rows 0, 2, 4 ... of every image, positive and negative alike."""

    def __call__(self, labels):
        even = [torch.arange(len(x)) % 2 == 0 for x in labels]
        return [(x > 0) & e for x, e in zip(labels, even, strict=True)], [
            (x == 0) & e for x, e in zip(labels, even, strict=True)
        ]


def every_second(assignment: Assignment) -> Assignment:
    odd = torch.arange(len(assignment.gt_index)) % 2 == 1
    return Assignment(assignment.gt_index.masked_fill(odd, IGNORE))


def pair(seed: int, *, beta: float = 1 / 9):
    torch.manual_seed(seed)
    predictor = FastRCNNPredictor(16, 1 + NUM_CLASSES)
    for layer in (predictor.cls_score, predictor.bbox_pred):
        nn.init.normal_(layer.weight, std=0.5)
        nn.init.normal_(layer.bias, std=0.5)
    theirs = RoIHeads(
        Pooling(), TwoMLPHead(CHANNELS * 9, 16), predictor, 0.5, 0.5, 64, 0.25, None, 0.05, 0.3, 100
    )
    theirs.fg_bg_sampler = EverySecond()
    backbone = nn.Conv2d(3, CHANNELS, 3, stride=STRIDE, padding=1)
    proposals = boxes_of(seed + 1, 30)
    ours = fast_rcnn(
        NUM_CLASSES,
        prepare=Prepare(divisor=STRIDE),
        backbone=nn.Sequential(backbone, _AsList()),
        find=lambda images: proposals,
        pool=RoIPool(output_size=3, stride=STRIDE),
        head=RoIHead(in_channels=CHANNELS, resolution=3, num_classes=NUM_CLASSES, hidden=16),
        assigner=MaxIoU(positive=0.5, negative=0.5),
        sampler=every_second,
        loss=MultiTaskLoss(regression=partial(smooth_l1_loss, beta=beta)),
        postprocess=SelectRegions(threshold=0.05, nms_threshold=0.3),
    )
    state = {f"roi_heads.{name}": tensor for name, tensor in theirs.state_dict().items()}
    renamed = rename(state, TORCHVISION)
    missing, unexpected = ours.load_state_dict(renamed, strict=False)
    assert not unexpected
    assert all(name.startswith("backbone.") for name in missing)
    return theirs, ours, proposals


class _AsList(nn.Module):
    def forward(self, x):
        return [x]


def boxes_of(seed: int, num: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    h, w = SIZE
    corners = (
        (torch.rand(2, num, 2, 2, generator=generator) * torch.tensor([w, h]))
        .sort(2)
        .values.flatten(2)
    )
    return [corners[0], corners[1, : num // 3]]


def batch(seed: int, proposals, num: int):
    """Ground truths near some proposals, so that both kinds of rows are there."""
    generator = torch.Generator().manual_seed(seed)
    images = [torch.rand(3, *SIZE, generator=generator) for _ in range(2)]
    boxes = [proposals[0][:num] + 1.5, torch.zeros(0, 4)]
    labels = [torch.randint(NUM_CLASSES, (len(b),), generator=generator) for b in boxes]
    return images, [
        Targets(boxes=b, labels=x, size=SIZE) for b, x in zip(boxes, labels, strict=True)
    ]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_outputs_and_the_detections_from_them(seed, same_set, distance_to_tie):
    """Detections are selected from the same logits and deltas, the reference's, far from a tie."""
    theirs, ours, proposals = pair(seed)
    images, _ = batch(seed, proposals, 3)
    theirs.eval(), ours.eval()
    with torch.no_grad():
        _, levels = ours.features(images)
        pooled = theirs.box_roi_pool({"0": levels[0]}, proposals, [SIZE, SIZE])
        logits, deltas = theirs.box_predictor(theirs.box_head(pooled))
        predictions = ours(images)
    counts = [len(own) for own in proposals]
    padded = [pad_sequence(list(x.split(counts)), batch_first=True) for x in (logits, deltas)]
    for mine, other in zip((predictions.logits, predictions.deltas), padded, strict=True):
        for index, count in enumerate(counts):
            torch.testing.assert_close(
                mine[index, :count], other[index, :count], rtol=1e-5, atol=1e-5
            )

    found = theirs.postprocess_detections(logits, deltas, proposals, [SIZE, SIZE])
    same = replace(predictions, logits=padded[0], deltas=padded[1])
    assert sum(len(boxes) for boxes in found[0]) > 20
    for index, (mine, *other) in enumerate(zip(ours.decide(same), *found, strict=True)):
        boxes, scores, labels = other
        same_set(Detections(boxes, scores, labels - 1), mine)

        score = same.logits[index, : counts[index]].double().softmax(-1)[:, 1:]
        row, label = (score > 0.01).nonzero(as_tuple=True)
        inside = clip(ours.roi.decode(same)[index][row, label + 1], SIZE)
        limits = {"threshold": 0.05, "nms_threshold": 0.3}
        tie = distance_to_tie(inside, score[row, label], label, **limits)
        assert tie > 2e-5


@pytest.mark.parametrize("num", [0, 1, 6])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_losses_with_the_same_rows(seed, num):
    theirs, ours, proposals = pair(seed)
    images, targets = batch(seed, proposals, num)
    _, levels = ours.features(images)
    theirs.train()
    foreign = [{"boxes": t.boxes, "labels": t.labels + 1} for t in targets]
    _, expected = theirs({"0": levels[0]}, proposals, [SIZE, SIZE], foreign)
    mine = ours.loss(images, targets)
    assert mine.terms["classification"].item() == pytest.approx(
        expected["loss_classifier"].item(), rel=1e-5
    )
    assert mine.terms["regression"].item() == pytest.approx(
        expected["loss_box_reg"].item(), rel=1e-5, abs=1e-7
    )
    assert (mine.terms["regression"].item() > 0) == (num > 0)
    mine.total.backward()
    sum(expected.values()).backward()
    gradient = theirs.box_head.fc6.weight.grad
    torch.testing.assert_close(ours.roi.head.hidden[0].weight.grad, gradient, rtol=1e-4, atol=1e-5)


def test_the_comparison_notices_one_weight_and_one_constant():
    def losses_of(theirs, ours, proposals):
        images, targets = batch(0, proposals, 6)
        _, levels = ours.features(images)
        theirs.train()
        foreign = [{"boxes": t.boxes, "labels": t.labels + 1} for t in targets]
        _, expected = theirs({"0": levels[0]}, proposals, [SIZE, SIZE], foreign)
        terms = ours.loss(images, targets).terms
        return (
            [terms["classification"].item(), terms["regression"].item()],
            [expected["loss_classifier"].item(), expected["loss_box_reg"].item()],
        )

    same, expected = losses_of(*pair(0))
    assert same == pytest.approx(expected, rel=1e-5)
    theirs, ours, proposals = pair(0)
    with torch.no_grad():
        ours.roi.head.logits.weight[1, 5] += 0.5
    assert losses_of(theirs, ours, proposals)[0] != pytest.approx(expected, rel=1e-5)
    assert losses_of(*pair(0, beta=1 / 8))[0][1] != pytest.approx(expected[1], rel=1e-5)
