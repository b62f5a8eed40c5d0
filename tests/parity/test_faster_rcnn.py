"""Faster R-CNN against torchvision's, weights through the shipping converter: outputs to 1e-4,
losses to 1e-5 relative.

Both stages train on random samples; the reference's are written down and given to ours, which must
have found the same anchors and the same proposals, in the same order, for the numbers to agree. So
the images need no resizing here, and both models see the same bits: otherwise two proposals of
nearly equal scores may change places. Resized images have a test of their own.
"""

from functools import partial

import pytest
import torch

from locviz.assign import GivenSample
from locviz.checkpoints import put_weights, rename
from locviz.layers import Prepare
from locviz.losses import smooth_l1_loss
from locviz.models import MultiTaskLoss, faster_rcnn_r50_fpn
from locviz.models.faster_rcnn.names import TORCHVISION
from locviz.postprocess import SelectProposals
from locviz.types import Targets

NUM_CLASSES = 7  # without the background
# A few seconds each: `make check` runs the first.
SEEDS = (0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow))
SIZES = ((128, 180), (200, 128), (128, 128))
# Fewer proposals than the presets have (tests/models/two_stage checks those): the rest is the same,
# and quicker.
TRAINING, TESTING = {"pre_nms": 300, "post_nms": 200}, {"pre_nms": 200, "post_nms": 100}
NUM_BOXES = (0, 1, 12)
TERMS = {
    "rpn_classification": "loss_objectness",
    "rpn_regression": "loss_rpn_box_reg",
    "classification": "loss_classifier",
    "regression": "loss_box_reg",
}


def reference(seed: int):
    """torchvision's ``fasterrcnn_resnet50_fpn`` with frozen batch norm, random everything, and some
    hundred detections.

    Its own builder would put ordinary batch norms into a model without weights.
    """
    from torchvision.models import resnet50
    from torchvision.models.detection import FasterRCNN
    from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
    from torchvision.ops import FrozenBatchNorm2d

    torch.manual_seed(seed)
    body = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
    for name, buffer in body.named_buffers():
        buffer.uniform_(-0.1, 0.1) if name.endswith(("bias", "mean")) else buffer.uniform_(0.8, 1.2)
    pyramid = _resnet_fpn_extractor(body, trainable_layers=5)
    model = FasterRCNN(
        pyramid,
        num_classes=1 + NUM_CLASSES,
        min_size=128,
        max_size=200,
        rpn_pre_nms_top_n_train=TRAINING["pre_nms"],
        rpn_post_nms_top_n_train=TRAINING["post_nms"],
        rpn_pre_nms_top_n_test=TESTING["pre_nms"],
        rpn_post_nms_top_n_test=TESTING["post_nms"],
    )
    # Features of a random pyramid are around 40: these give logits around 2 and deltas of some
    # tenths.
    layers = {
        model.rpn.head.cls_logits: 0.01,
        model.rpn.head.bbox_pred: 0.001,
        model.roi_heads.box_predictor.cls_score: 0.008,
        model.roi_heads.box_predictor.bbox_pred: 0.008,
    }
    with torch.no_grad():
        for layer, std in layers.items():
            layer.weight.normal_(std=std)
            layer.bias.normal_(std=0.2)
    return model


def converted(model, **stages):
    ours = faster_rcnn_r50_fpn(
        NUM_CLASSES,
        prepare=Prepare(shorter=128, longer=200),
        select=SelectProposals(**TESTING),
        select_training=SelectProposals(**TRAINING),
        **stages,
    )
    put_weights(ours, rename(model.state_dict(), TORCHVISION), source="torchvision")
    return ours


def batch(seed: int, sizes=SIZES) -> tuple[list[torch.Tensor], list[Targets]]:
    generator = torch.Generator().manual_seed(seed + 100)
    images = [torch.rand(3, *size, generator=generator) for size in sizes]
    targets = []
    for num, (h, w) in zip(NUM_BOXES, sizes, strict=True):
        centers = torch.rand(num, 2, generator=generator) * torch.tensor([w, h])
        halves = torch.rand(num, 2, generator=generator) ** 2 * torch.tensor([w, h]) / 2 + 3
        boxes = torch.cat([centers - halves, centers + halves], -1).clamp(min=0)
        boxes = boxes.minimum(torch.tensor([w, h, w, h]).float())
        labels = torch.randint(NUM_CLASSES, (num,), generator=generator)
        targets.append(Targets(boxes=boxes, labels=labels, size=(h, w)))
    return images, targets


def compare_outputs(theirs, ours, images) -> None:
    """Anchors, both outputs of the first stage, the proposals, both outputs of the second."""
    theirs.eval()
    with torch.no_grad():
        prepared, _ = theirs.transform(images)
        features = theirs.backbone(prepared.tensors)
        levels = list(features.values())
        objectness, deltas = theirs.rpn.head(levels)
        proposals, _ = theirs.rpn(prepared, features)
        pooled = theirs.roi_heads.box_roi_pool(features, proposals, prepared.image_sizes)
        logits, boxes = theirs.roi_heads.box_predictor(theirs.roi_heads.box_head(pooled))
        predictions = ours(images)
    (first,) = predictions.aux
    assert (
        theirs.rpn.anchor_generator(prepared, levels)[0] - first.priors.regions
    ).abs().max() == 0
    assert (_rows(objectness, 1) - first.logits).abs().max() <= 1e-4
    assert (_rows(deltas, 4) - first.deltas).abs().max() <= 1e-4
    mine = [predictions.priors.of_image(i).regions for i in range(len(images))]
    assert [len(rows) for rows in mine] == [len(rows) for rows in proposals]
    assert (torch.cat(proposals) - torch.cat(mine)).abs().max() <= 1e-4
    valid = predictions.priors.valid
    assert (logits - predictions.logits[valid]).abs().max() <= 1e-4
    assert (boxes - predictions.deltas[valid]).abs().max() <= 1e-4


def _rows(levels, width: int) -> torch.Tensor:
    """torchvision's maps, one row per anchor."""
    return torch.cat(
        [
            x.unflatten(1, (-1, width)).permute(0, 3, 4, 1, 2).reshape(len(x), -1, width)
            for x in levels
        ],
        1,
    )


class Recorded:
    """torchvision's sampler; writes down which rows of each image it took."""

    def __init__(self, sampler):
        self.sampler, self.taken = sampler, []

    def __call__(self, labels):
        positive, negative = self.sampler(labels)
        self.taken = [(p | n).nonzero()[:, 0] for p, n in zip(positive, negative, strict=True)]
        return positive, negative


def compare_losses(theirs, images, targets, **stages) -> None:
    theirs.train()
    samplers = theirs.rpn.fg_bg_sampler, theirs.roi_heads.fg_bg_sampler
    recorded = [
        sampler if isinstance(sampler, Recorded) else Recorded(sampler) for sampler in samplers
    ]
    theirs.rpn.fg_bg_sampler, theirs.roi_heads.fg_bg_sampler = recorded
    torch.manual_seed(0)
    expected = theirs(images, [{"boxes": t.boxes, "labels": t.labels + 1} for t in targets])
    first, second = (GivenSample(*sampler.taken) for sampler in recorded)
    ours = converted(theirs, rpn_sampler=first, roi_sampler=second, **stages)
    losses = ours.loss(images, targets)
    assert first.calls == second.calls == len(images)
    assert set(losses.terms) == set(TERMS)
    for name, their_name in TERMS.items():
        torch.testing.assert_close(losses.terms[name], expected[their_name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_outputs_detections_and_losses_equal_torchvision(seed):
    theirs = reference(seed)
    ours = converted(theirs).eval()
    images, targets = batch(seed)
    compare_outputs(theirs, ours, images)
    compare_losses(theirs, images, targets)

    theirs.eval()
    with torch.no_grad():
        expected = theirs(images)
    for want, got in zip(expected, ours.detect(images), strict=True):
        assert len(got) >= 20
        assert torch.equal(want["labels"], got.labels + 1)
        torch.testing.assert_close(got.scores, want["scores"], rtol=0, atol=1e-5)
        torch.testing.assert_close(got.boxes, want["boxes"], rtol=0, atol=1e-3)


@pytest.mark.slow
def test_the_comparison_notices_one_weight_and_one_constant():
    theirs = reference(0)
    images, targets = batch(0)
    ours = converted(theirs).eval()
    with torch.no_grad():
        ours.roi.head.hidden[1].weight[3, 5] += 0.05
    with pytest.raises(AssertionError):
        compare_outputs(theirs, ours, images)

    with pytest.raises(AssertionError):
        compare_losses(
            theirs,
            images,
            targets,
            roi_loss=MultiTaskLoss(regression=partial(smooth_l1_loss, beta=1 / 9.1)),
        )


@pytest.mark.slow
def test_resized_images_give_the_same_detections():
    """Up to the order of nearly equal ones: normalising before or after resizing differs in the
    last bit.
    """
    theirs = reference(1)
    ours = converted(theirs).eval()
    images, _ = batch(1, sizes=((100, 140), (180, 110), (90, 90)))
    theirs.eval()
    with torch.no_grad():
        expected = theirs(images)
    for want, got in zip(expected, ours.detect(images), strict=True):
        assert len(got) == len(want["labels"]) >= 20
        as_rows = torch.cat(
            [want["boxes"], 1e4 * want["labels"][:, None], 100 * want["scores"][:, None]], 1
        )
        our_rows = torch.cat(
            [got.boxes, 1e4 * (got.labels[:, None] + 1), 100 * got.scores[:, None]], 1
        )
        apart = (as_rows[:, None] - our_rows).abs().amax(-1)
        assert apart.amin(0).max() <= 1e-2
        assert apart.amin(1).max() <= 1e-2


def test_images_without_boxes_have_the_same_losses():
    theirs = reference(0)
    images, targets = batch(0)
    compare_losses(theirs, images[:1], targets[:1])


def test_parameter_counts():
    """What torchvision publishes, on COCO's 90 categories and the background."""
    count = lambda model: sum(p.numel() for p in model.parameters())  # noqa: E731
    model = faster_rcnn_r50_fpn(90)
    assert count(model.proposer) == 593_935
    assert count(model.roi) == 14_362_055
    assert count(model) == 41_755_286
