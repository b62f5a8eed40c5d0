"""FCOS against torchvision's, weights through the shipping converter: outputs to 1e-4, losses to
1e-5 relative.

The selection of both is fed the same predictions, bit for bit, far from a tie: on the networks' own
outputs, which differ in the last bits, one suppression more or less would say nothing.
"""

from dataclasses import replace
from functools import partial

import pytest
import torch
from closeness import near

from locviz.assign import centerness
from locviz.checkpoints import put_weights, rename
from locviz.layers import Prepare
from locviz.losses import giou_loss, sigmoid_focal_loss
from locviz.models import DenseLoss, equally, fcos_r50, fcos_r50_torchvision
from locviz.models.fcos.names import TORCHVISION
from locviz.postprocess import SelectDense, class_probability, geometric_mean
from locviz.types import Detections, Predictions, Targets

NUM_CLASSES = 7
SEEDS = (0, 1, 2)
SIZES = ((100, 140), (180, 110), (90, 90))
NUM_BOXES = (0, 1, 12)


def reference(seed: int):
    """torchvision's model with random weights, batch-norm statistics and biases that give some
    hundred detections.
    """
    from torchvision.models import resnet50
    from torchvision.models.detection import FCOS
    from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
    from torchvision.ops import FrozenBatchNorm2d
    from torchvision.ops.feature_pyramid_network import LastLevelP6P7

    torch.manual_seed(seed)
    body = resnet50(weights=None, norm_layer=FrozenBatchNorm2d)
    for name, buffer in body.named_buffers():
        buffer.uniform_(-0.1, 0.1) if name.endswith(("bias", "mean")) else buffer.uniform_(0.8, 1.2)
    pyramid = _resnet_fpn_extractor(
        body, trainable_layers=5, returned_layers=[2, 3, 4], extra_blocks=LastLevelP6P7(256, 256)
    )
    model = FCOS(pyramid, num_classes=NUM_CLASSES, min_size=128, max_size=200)
    with torch.no_grad():
        model.head.classification_head.cls_logits.weight.normal_(std=0.05)
        model.head.classification_head.cls_logits.bias.fill_(-2.0)
        model.head.regression_head.bbox_reg.weight.normal_(std=0.05)
        model.head.regression_head.bbox_reg.bias.fill_(1.0)
        model.head.regression_head.bbox_ctrness.weight.normal_(std=0.05)
    return model


def converted(model, **stages):
    ours = fcos_r50_torchvision(NUM_CLASSES, prepare=Prepare(shorter=128, longer=200), **stages)
    put_weights(ours, rename(model.state_dict(), TORCHVISION), source="torchvision")
    return ours


def batch(seed: int) -> tuple[list[torch.Tensor], list[Targets]]:
    generator = torch.Generator().manual_seed(seed + 100)
    images = [torch.rand(3, *size, generator=generator) for size in SIZES]
    targets = []
    for num, (h, w) in zip(NUM_BOXES, SIZES, strict=True):
        centers = torch.rand(num, 2, generator=generator) * torch.tensor([w, h])
        halves = torch.rand(num, 2, generator=generator) ** 2 * torch.tensor([w, h]) / 2 + 3
        boxes = torch.cat([centers - halves, centers + halves], -1).clamp(min=0)
        boxes = boxes.minimum(torch.tensor([w, h, w, h]).float())
        labels = torch.randint(NUM_CLASSES, (num,), generator=generator)
        targets.append(Targets(boxes=boxes, labels=labels, size=(h, w)))
    return images, targets


def compare_outputs(theirs, ours, images) -> None:
    theirs.eval()
    with torch.no_grad():
        prepared, _ = theirs.transform(images)
        levels = list(theirs.backbone(prepared.tensors).values())
        expected = theirs.head(levels)
        predictions = ours(images)
    assert (
        theirs.anchor_generator(prepared, levels)[0] - predictions.priors.regions
    ).abs().max() == 0
    near(expected["cls_logits"], predictions.logits)
    near(expected["bbox_regression"], predictions.deltas)
    near(expected["bbox_ctrness"][..., 0], predictions.quality)


def compare_losses(theirs, ours, images, targets) -> None:
    theirs.train()
    expected = theirs(images, [{"boxes": t.boxes, "labels": t.labels} for t in targets])
    terms = ours.loss(images, targets).terms
    for name, their_name in [
        ("classification", "classification"), ("regression", "bbox_regression"), ("quality", "bbox_ctrness"),
    ]:  # fmt: skip
        torch.testing.assert_close(terms[name], expected[their_name], rtol=1e-5, atol=1e-6)


def invented(predictions: Predictions, seed: int) -> Predictions:
    """The same priors with other outputs: in each image, 90 priors may be something.

    From uniform numbers and plain arithmetic, so every processor makes the same bits.
    """
    generator = torch.Generator().manual_seed(seed)
    b, p, k = predictions.logits.shape
    uniform = partial(torch.rand, generator=generator)
    logits = torch.full((b, p, k), -16.0)
    for image in range(b):
        chosen = torch.randperm(p, generator=generator)[:90]
        label = torch.randint(k, (90,), generator=generator) // 3
        logits[image, chosen, label] = 8 * uniform(90) - 5
    return replace(
        predictions, logits=logits, deltas=3 + 5 * uniform(b, p, 4), quality=8 * uniform(b, p) - 2
    )


@torch.no_grad()
def compare_selection(theirs, ours, images, invention: Predictions, same_set) -> None:
    prepared, _ = theirs.transform(images)
    levels = invention.priors.levels
    outputs = {"cls_logits": invention.logits, "bbox_regression": invention.deltas}
    outputs["bbox_ctrness"] = invention.quality[..., None]
    found = theirs.postprocess_detections(
        {name: list(x.split(levels, 1)) for name, x in outputs.items()},
        [list(invention.priors.regions.split(levels))] * len(images),
        prepared.image_sizes,
    )
    expected = theirs.transform.postprocess(found, prepared.image_sizes, list(SIZES))
    for want, got in zip(expected, ours.decide(invention), strict=True):
        assert 20 <= len(want["labels"]) < 100  # all that are left: none is cut off
        same_set(Detections(want["boxes"], want["scores"], want["labels"]), got)


@pytest.mark.parametrize("seed", SEEDS)
def test_outputs_and_losses_equal_torchvision(seed):
    theirs = reference(seed)
    ours = converted(theirs).eval()
    images, targets = batch(seed)
    compare_outputs(theirs, ours, images)
    compare_losses(theirs, ours, images, targets)


@pytest.fixture(scope="module")
def pair():
    """Both models, with the same weights."""
    theirs = reference(0).eval()
    return theirs, converted(theirs).eval()


@pytest.mark.parametrize("seed", SEEDS)
def test_selection_from_the_same_predictions_equals_torchvisions(
    pair, seed, same_set, distance_to_tie
):
    theirs, ours = pair
    images, _ = batch(seed)
    with torch.no_grad():
        invention = invented(ours(images), seed)
    compare_selection(theirs, ours, images, invention, same_set)

    boxes = ours.regions(invention) / invention.scales.repeat(1, 2)[:, None]
    for index, (h, w) in enumerate(SIZES):
        logits, quality = invention.logits[index], invention.quality[index, :, None]
        score = (logits.double().sigmoid() * quality.double().sigmoid()).sqrt()
        prior, label = (score > 0.1).nonzero(as_tuple=True)
        inside = boxes[index][prior].clamp(min=0).minimum(torch.tensor([w, h, w, h]))
        limits = {"threshold": 0.2, "nms_threshold": 0.6}
        assert distance_to_tie(inside, score[prior, label], label, **limits) > 2e-5


@pytest.mark.parametrize(
    "change", [{"threshold": 0.21}, {"nms_threshold": 0.61}, {"gate": class_probability}]
)
def test_the_comparison_of_selections_notices_one_constant(pair, change, same_set):
    theirs, ours = pair
    images, _ = batch(0)
    with torch.no_grad():
        invention = invented(ours(images), 0)
    stages = {"gate": geometric_mean, "threshold": 0.2, "nms_threshold": 0.6} | change
    other = fcos_r50_torchvision(NUM_CLASSES, postprocess=SelectDense(**stages))
    with pytest.raises(AssertionError):
        compare_selection(theirs, other, images, invention, same_set)


def test_the_comparison_notices_one_weight_and_one_constant():
    theirs = reference(0)
    images, targets = batch(0)
    ours = converted(theirs).eval()
    with torch.no_grad():
        ours.neck.lateral[1].weight[3, 5] += 0.05
    with pytest.raises(AssertionError):
        compare_outputs(theirs, ours, images)

    loss = DenseLoss(
        classification=partial(sigmoid_focal_loss, alpha=0.251, gamma=2.0),
        regression=giou_loss,
        quality=centerness,
        weigh=equally,
    )
    with pytest.raises(AssertionError):
        compare_losses(theirs, converted(theirs, loss=loss), images, targets)


def test_images_without_boxes_have_the_same_losses():
    theirs = reference(0)
    images, targets = batch(0)
    compare_losses(theirs, converted(theirs), images[:1], targets[:1])


def test_parameter_counts():
    """32,269,600 is what torchvision publishes for 91 classes; the paper's scales are five numbers
    more.
    """
    count = lambda model: sum(p.numel() for p in model.parameters())  # noqa: E731
    assert count(fcos_r50_torchvision(91)) == 32_269_600
    assert count(fcos_r50(91)) == 32_269_600 + 5
