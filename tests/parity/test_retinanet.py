"""RetinaNet against torchvision's, weights through the shipping converter: outputs to 1e-4, losses
to 1e-5 relative, selection on the same bits.
"""

from functools import partial

import pytest
import torch
from closeness import near
from torch import nn

from locviz.boxes import clip
from locviz.checkpoints import put_weights, rename
from locviz.layers import Prepare, from_backbone
from locviz.losses import l1_loss, sigmoid_focal_loss
from locviz.models import DenseLoss, on_deltas, over_images, retinanet_r50_fpn
from locviz.models.retinanet.names import TORCHVISION
from locviz.types import Detections, Targets

NUM_CLASSES = 7
SEEDS = (0, 1, 2)
SIZES = ((100, 140), (180, 110), (90, 90))
NUM_BOXES = (0, 1, 12)


def reference(seed: int):
    """torchvision's model with random weights, batch-norm statistics and biases that give some
    hundred detections.
    """
    from torchvision.models.detection import retinanet_resnet50_fpn

    torch.manual_seed(seed)
    model = retinanet_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=NUM_CLASSES, min_size=128, max_size=200
    )
    for module in [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]:
        module.eval().requires_grad_(False)
    for name, x in [*model.backbone.body.named_buffers(), *model.backbone.body.named_parameters()]:
        if ".bn" in f".{name}" or "downsample.1" in name:
            if name.endswith(("bias", "mean")):
                x.data.uniform_(-0.1, 0.1)
            elif x.is_floating_point():
                x.data.uniform_(0.8, 1.2)
    with torch.no_grad():
        model.head.classification_head.cls_logits.weight.normal_(std=0.05)
        model.head.classification_head.cls_logits.bias.fill_(-3.0)
        model.head.regression_head.bbox_reg.weight.normal_(std=0.05)
    return model


def training(model):
    """In training mode, its batch norm still frozen, as ours is."""
    model.train()
    for module in [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]:
        module.eval()
    return model


def converted(model, **stages):
    ours = retinanet_r50_fpn(NUM_CLASSES, prepare=Prepare(shorter=128, longer=200), **stages)
    state = {n: x for n, x in model.state_dict().items() if not n.endswith("num_batches_tracked")}
    put_weights(ours, rename(state, TORCHVISION), source="torchvision")
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


@torch.no_grad()
def theirs_before_selection(theirs, images):
    """Their prepared images, anchors and raw outputs."""
    prepared, _ = theirs.eval().transform(images)
    levels = list(theirs.backbone(prepared.tensors).values())
    return prepared, levels, theirs.anchor_generator(prepared, levels), theirs.head(levels)


def compare_outputs(theirs, ours, images) -> None:
    _, _, anchors, expected = theirs_before_selection(theirs, images)
    with torch.no_grad():
        predictions = ours.eval()(images)
    assert (anchors[0] - predictions.priors.regions).abs().max() == 0
    near(expected["cls_logits"], predictions.logits)
    near(expected["bbox_regression"], predictions.deltas)
    assert predictions.quality is None


def compare_losses(theirs, ours, images, targets) -> None:
    expected = training(theirs)(images, [{"boxes": t.boxes, "labels": t.labels} for t in targets])
    losses = ours.train().loss(images, targets)
    assert set(losses.terms) == {"classification", "regression"}
    for name, their_name in [
        ("classification", "classification"),
        ("regression", "bbox_regression"),
    ]:
        torch.testing.assert_close(losses.terms[name], expected[their_name], rtol=1e-5, atol=1e-6)


@torch.no_grad()
def compare_selection(theirs, ours, images, same_set) -> None:
    """Their raw outputs through their selection and through ours, both in input pixels."""
    prepared, levels, anchors, outputs = theirs_before_selection(theirs, images)
    cells = [level.shape[-2] * level.shape[-1] for level in levels]
    counts = [num * theirs.anchor_generator.num_anchors_per_location()[0] for num in cells]
    split = {name: list(x.split(counts, dim=1)) for name, x in outputs.items()}
    expected = theirs.postprocess_detections(
        split, [list(a.split(counts)) for a in anchors], prepared.image_sizes
    )
    for row, want in enumerate(expected):
        regions = ours.coder.decode(outputs["bbox_regression"][row], anchors[row])
        got = ours.postprocess(
            outputs["cls_logits"][row], clip(regions, prepared.image_sizes[row]), levels=counts
        )
        assert len(got) >= 20
        # As sets: the order of two equal scores is a matter of the last bit.
        same_set(Detections(want["boxes"], want["scores"], want["labels"]), got)


@pytest.mark.parametrize("seed", SEEDS)
def test_outputs_losses_and_selection_equal_torchvision(seed, same_set):
    theirs = reference(seed)
    ours = converted(theirs)
    images, targets = batch(seed)
    assert [len(target) for target in targets] == [0, 1, 12]
    compare_outputs(theirs, ours, images)
    compare_losses(theirs, ours, images, targets)
    compare_selection(theirs, ours, images, same_set)


def test_the_comparison_notices_one_weight_and_one_constant():
    theirs = reference(0)
    images, targets = batch(0)
    ours = converted(theirs)
    with torch.no_grad():
        ours.head.towers[1][2].weight[3, 5] += 0.05
    with pytest.raises(AssertionError):
        compare_outputs(theirs, ours, images)
    loss = DenseLoss(
        classification=partial(sigmoid_focal_loss, alpha=0.25, gamma=2.01),
        regression=l1_loss,
        compared=on_deltas,
        normalise=over_images,
    )
    with pytest.raises(AssertionError):
        compare_losses(theirs, converted(theirs, loss=loss), images, targets)


def test_an_image_without_boxes_has_the_same_losses():
    theirs = reference(0)
    images, targets = batch(0)
    compare_losses(theirs, converted(theirs), images[:1], targets[:1])


def test_the_published_file_has_older_names():
    """Its towers are numbered as a flat list of convolutions and ReLUs."""
    theirs = reference(0).state_dict()
    old = {}
    for name, x in theirs.items():
        head, dot, rest = name.partition(".conv.")
        number = rest.split(".")[0]
        if dot and name.startswith("head."):
            name = f"{head}.conv.{2 * int(number)}.{rest.split('.')[-1]}"
        if not name.endswith("num_batches_tracked"):
            old[name] = x
    assert "head.classification_head.conv.6.weight" in old
    ours = retinanet_r50_fpn(NUM_CLASSES)
    put_weights(ours, rename(old, TORCHVISION), source="torchvision")
    last = theirs["head.classification_head.conv.3.0.weight"]
    assert torch.equal(ours.head.towers[0][6].weight, last)


def test_parameters():
    """The published figures: 91 classes with frozen and with ordinary batch norm, 80 with P6 from
    the backbone as in the paper.
    """

    def count(*args, **options):
        return sum(p.numel() for p in retinanet_r50_fpn(*args, **options).parameters())

    assert count(91) == 34_014_999
    assert count(91, norm=nn.BatchNorm2d) == 34_068_119
    assert count(80) == 33_786_804
    assert count(80, extra_source=from_backbone) == 37_915_572
