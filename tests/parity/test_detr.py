"""DETR against transformers' DetrForObjectDetection, weights through the shipping converter: logits
and boxes to 1e-4, every matching equal, every loss term of every layer to 1e-5 relative.

Their model is compared where it follows the authors' code. With ``auxiliary_loss=True`` it does not:
the tokens that go on to the next layer are then normalised by the last norm, too. So it is built
without, its layers' tokens are looked at from outside, and its own loss is given all of them.
"""

from dataclasses import replace
from functools import partial

import pytest
import torch
from closeness import near
from torch import nn
from torchvision.models import resnet50, resnet101
from torchvision.ops import FrozenBatchNorm2d

from locviz.assign import ClassCost, GIoUCost, L1Cost
from locviz.boxes import corners_to_center_size
from locviz.checkpoints import load_official, official, put_weights, rename
from locviz.layers import Memory, Prepare, Queries
from locviz.models import (
    DETR,
    SetLoss,
    cross_entropy_with_no_object,
    detr_r50,
    detr_r50_dc5,
    detr_r101,
    detr_r101_dc5,
    hungarian,
)
from locviz.models.detr.names import (
    OFFICIAL,
    TRANSFORMERS,
    unpack_official,
    unpack_transformers,
)
from locviz.models.skeletons.outputs import all_outputs
from locviz.types import BACKGROUND, Targets

NUM_CLASSES = 7
SEEDS = (0, 1, 2)
# In one batch of 130 x 150 pixels: padded at the right, at the bottom, on both sides.
SIZES = ((130, 97), (71, 150), (96, 64))
NUM_BOXES = (0, 1, 12)
# Theirs to ours; the terms of layer i have "_i" there and "aux{i}_" here.
TERMS = {"loss_ce": "classification", "loss_bbox": "l1", "loss_giou": "giou"}
# Images as they are: what their processor does before is not the model's.
AS_GIVEN = Prepare(divisor=1)


def reference(seed: int, *, dilation: bool = False):
    """Their model with random weights, in which everything that is usually 0 or 1 is not, and boxes
    and classes differ from query to query.
    """
    from transformers import DetrConfig, DetrForObjectDetection

    torch.manual_seed(seed)
    config = DetrConfig(num_labels=NUM_CLASSES, dilation=dilation, dropout=0.0)
    model = DetrForObjectDetection(config).eval()
    with torch.no_grad():
        for name, x in [*model.named_buffers(), *model.named_parameters()]:
            if "norm" in name or ".bn" in name or "downsample.1" in name:
                if name.endswith(("bias", "mean")):
                    x.uniform_(-0.1, 0.1)
                elif x.is_floating_point():
                    x.uniform_(0.8, 1.2)
            elif name.endswith("bias"):
                x.uniform_(-0.1, 0.1)
            elif "coder.layers" in name:
                # Sharp attention: otherwise every query reads the mean of all cells.
                sharp = name.endswith(("q_proj.weight", "k_proj.weight"))
                torch.nn.init.xavier_uniform_(x, gain=6.0 if sharp else 1.0)
        model.model.query_position_embeddings.weight.normal_(std=4.0)
        model.class_labels_classifier.weight.normal_(std=1.0)
        # The boxes of the queries lie around the middle of the image, with sizes around its half.
        images, targets = batch(seed)
        layers = their_layers(model, *as_theirs(images, targets)[:2])
        numbers = torch.stack([layer["pred_boxes"].logit() for layer in layers])
        spread = numbers.std((0, 1, 2))
        last = model.bbox_predictor.layers[-1]
        last.weight.div_(spread[:, None])
        last.bias.sub_(numbers.mean((0, 1, 2))).div_(spread)
    return model


def converted(theirs, *, preset=detr_r50, **stages):
    ours = preset(NUM_CLASSES, prepare=AS_GIVEN, **stages)
    state = unpack_transformers(theirs.state_dict())
    put_weights(ours, rename(state, TRANSFORMERS), source="transformers")
    return ours.eval()


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


def as_theirs(images, targets):
    """Pixels, mask and labels as their model takes them."""
    prepared = AS_GIVEN(images)
    mask = torch.zeros(len(images), *prepared.values.shape[2:], dtype=torch.int64)
    labels = []
    for row, (image, target) in enumerate(zip(images, targets, strict=True)):
        h, w = image.shape[1:]
        mask[row, :h, :w] = 1
        boxes = corners_to_center_size(target.boxes) / torch.tensor([w, h, w, h])
        labels.append({"class_labels": target.labels, "boxes": boxes})
    return prepared.values, mask, labels


@torch.no_grad()
def their_layers(theirs, pixels, mask) -> list[dict[str, torch.Tensor]]:
    """What their heads give after each decoder layer, by the authors' rule: norm, then heads."""
    states = []
    hooks = [
        layer.register_forward_hook(lambda module, inputs, output: states.append(output))
        for layer in theirs.model.decoder.layers
    ]
    last = theirs(pixels, pixel_mask=mask)
    for hook in hooks:
        hook.remove()
    layers = []
    for state in states:
        tokens = theirs.model.decoder.layernorm(state)
        layers.append(
            {
                "logits": theirs.class_labels_classifier(tokens),
                "pred_boxes": theirs.bbox_predictor(tokens).sigmoid(),
            }
        )
    # Their own forward, untouched, gives the last of these.
    assert torch.equal(layers[-1]["logits"], last.logits)
    assert torch.equal(layers[-1]["pred_boxes"], last.pred_boxes)
    return layers


def compare_outputs(layers, ours, images) -> None:
    with torch.no_grad():
        outputs = all_outputs(ours(images))
    assert len(outputs) == len(layers) == 6
    for expected, output in zip(layers, outputs, strict=True):
        # Theirs has "no object" last, ours first.
        near(expected["logits"].roll(1, -1), output.logits)
        near(expected["pred_boxes"], output.deltas.sigmoid())
        for row, (h, w) in enumerate(SIZES[: len(images)]):
            shares = corners_to_center_size(ours.regions(output)[row])
            boxes = shares / torch.tensor([w, h, w, h])
            near(expected["pred_boxes"][row], boxes)


def compare_matching(layers, ours, images, targets) -> None:
    from transformers.loss.loss_for_object_detection import HungarianMatcher

    matcher = HungarianMatcher(class_cost=1, bbox_cost=5, giou_cost=2)
    labels = as_theirs(images, targets)[2]
    with torch.no_grad():
        outputs = all_outputs(ours(images))
    for layer, output in zip(layers, outputs, strict=True):
        found = ours.assign(output, ours.regions(output), targets)
        for (query, column), assignment in zip(matcher(layer, labels), found, strict=True):
            expected = torch.full((100,), BACKGROUND)
            expected[query] = column
            assert torch.equal(assignment.gt_index, expected)


def compare_losses(layers, ours, images, targets) -> None:
    from transformers.loss.loss_for_object_detection import HungarianMatcher, ImageLoss

    *earlier, last = layers
    criterion = ImageLoss(
        matcher=HungarianMatcher(class_cost=1, bbox_cost=5, giou_cost=2),
        num_classes=NUM_CLASSES,
        eos_coef=0.1,
        losses=["labels", "boxes"],
    )
    theirs = criterion({**last, "auxiliary_outputs": earlier}, as_theirs(images, targets)[2])
    assert len(theirs) == 18
    losses = ours.loss(images, targets)
    assert len(losses.terms) == 18
    total = 0.0
    for name, expected in theirs.items():
        term, layer = name.rsplit("_", 1) if name[-1].isdigit() else (name, None)
        mine = TERMS[term] if layer is None else f"aux{layer}_{TERMS[term]}"
        torch.testing.assert_close(losses.terms[mine], expected, rtol=1e-5, atol=1e-6)
        total += expected * {"loss_ce": 1, "loss_bbox": 5, "loss_giou": 2}[term]
    torch.testing.assert_close(losses.total, total, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_outputs_matchings_and_losses_of_every_layer_equal_theirs(seed):
    theirs = reference(seed)
    ours = converted(theirs)
    images, targets = batch(seed)
    assert [len(target) for target in targets] == [0, 1, 12]
    layers = their_layers(theirs, *as_theirs(images, targets)[:2])
    # The queries say different things, or the matching would prove little.
    assert all(layer["pred_boxes"].std(1).median() > 0.01 for layer in layers)
    assert all(layer["logits"].std(1).median() > 0.5 for layer in layers)
    compare_outputs(layers, ours, images)
    compare_matching(layers, ours, images, targets)
    compare_losses(layers, ours, images, targets)


@pytest.fixture(scope="module")
def first():
    """The reference of seed 0, its batch and what its layers give; nobody changes them."""
    theirs = reference(0)
    images, targets = batch(0)
    return theirs, images, targets, their_layers(theirs, *as_theirs(images, targets)[:2])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "encoder.layers.3.attention.query",
        "decoder.layers.1.cross_attention.value",
        "decoder.layers.5.feed_forward.3",
        "head.logits",
        "head.deltas.2",
    ],
)
def test_the_comparison_of_outputs_notices_one_weight(first, name):
    theirs, images, _, layers = first
    ours = converted(theirs)
    with torch.no_grad():
        ours.get_submodule(name).weight[3, 5] += 0.05
    with pytest.raises(AssertionError):
        compare_outputs(layers, ours, images)


@pytest.mark.slow
def test_the_comparison_of_losses_notices_one_constant(first):
    theirs, images, targets, layers = first
    ours = converted(theirs)
    for loss in (
        SetLoss(classification=partial(cross_entropy_with_no_object, no_object=0.101)),
        SetLoss(l1=5.05),
        SetLoss(giou=2.02),
        SetLoss(classes=1.01),
    ):
        ours.criterion = loss
        with pytest.raises(AssertionError):
            compare_losses(layers, ours, images, targets)
    ours.criterion = SetLoss()
    ours.assigner = hungarian(costs=(ClassCost(), L1Cost(weight=5.0), GIoUCost(weight=0.0)))
    with pytest.raises(AssertionError):
        compare_matching(layers, ours, images, targets)


@pytest.mark.slow
def test_an_image_alone_equals_theirs_alone_and_padding_reaches_it_through_the_backbone_only(first):
    """Zeros beside an image become something else in the filters of a ResNet, so that an image in a
    padded batch is not quite the image alone: in theirs as in ours. Where nothing is padded beside
    it, it is; see ``tests/models/detr/test_model.py`` for a backbone that does not look aside.
    """
    theirs, images, targets, layers = first
    ours = converted(theirs)
    pixels, mask, _ = as_theirs(images[1:2], targets[1:2])
    alone = their_layers(theirs, pixels, mask)
    with torch.no_grad():
        found = ours(images[1:2])
    near(alone[-1]["logits"].roll(1, -1), found.logits)
    near(alone[-1]["pred_boxes"], found.deltas.sigmoid())
    assert (alone[-1]["logits"] - layers[-1]["logits"][1:2]).abs().max() > 1e-3


@pytest.mark.slow
def test_the_dilated_model_equals_theirs():
    theirs = reference(3, dilation=True)
    images, targets = batch(3)
    layers = their_layers(theirs, *as_theirs(images, targets)[:2])
    compare_outputs(layers, converted(theirs, preset=detr_r50_dc5), images)
    with pytest.raises(AssertionError):
        compare_outputs(layers, converted(theirs), images)


def test_older_files_of_transformers_have_names_of_their_own():
    """What version 5 calls ``mlp.fc1``, ``o_proj`` and ``backbone``, older files call ``fc1``,
    ``out_proj`` and ``backbone.conv_encoder``.
    """
    from transformers import DetrConfig, DetrForObjectDetection

    with torch.device("meta"):
        new = DetrForObjectDetection(DetrConfig(num_labels=91)).state_dict()
        ours = detr_r50(91).state_dict()
    old = {
        name.replace(".mlp.", ".")
        .replace("o_proj", "out_proj")
        .replace("backbone.model", "backbone.conv_encoder.model"): x
        for name, x in new.items()
    }
    assert len(old.keys() - new.keys()) > 300
    for state in (new, old):
        renamed = rename(state, TRANSFORMERS)
        assert {name: x.shape for name, x in renamed.items()} == {
            name: x.shape for name, x in ours.items()
        }


def as_the_authors_name_it(resnet) -> nn.Module:
    """Modules in the layout of the authors' files: their layers began as torch's and have its names."""
    backbone = resnet(norm_layer=FrozenBatchNorm2d)
    del backbone.fc
    encoder = [nn.TransformerEncoderLayer(256, 8, batch_first=True) for _ in range(6)]
    decoder = [nn.TransformerDecoderLayer(256, 8, batch_first=True) for _ in range(6)]
    linear = [nn.Linear(256, 256), nn.Linear(256, 256), nn.Linear(256, 4)]
    return nn.ModuleDict(
        {
            "backbone": nn.ModuleList([nn.ModuleDict({"body": backbone})]),
            "input_proj": nn.Conv2d(2048, 256, 1),
            "query_embed": nn.Embedding(100, 256),
            "transformer": nn.ModuleDict(
                {
                    "encoder": nn.ModuleDict({"layers": nn.ModuleList(encoder)}),
                    "decoder": nn.ModuleDict(
                        {"layers": nn.ModuleList(decoder), "norm": nn.LayerNorm(256)}
                    ),
                }
            ),
            "class_embed": nn.Linear(256, 92),
            "bbox_embed": nn.ModuleDict({"layers": nn.ModuleList(linear)}),
        }
    )


@pytest.mark.slow
def test_a_file_of_the_authors_layout_loads_by_name(tmp_path, monkeypatch):
    """Every tensor arrives, and what it computes stays the same: each layer is compared with torch's
    own, whose names and form the authors' layers have.
    """
    torch.manual_seed(0)
    theirs = as_the_authors_name_it(resnet50).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    file = tmp_path / "detr.pth"
    torch.save({"model": theirs.state_dict(), "epoch": 499}, file)
    (weights,) = [entry for entry in DETR.weights if entry.name == "detr_r50-coco"]
    monkeypatch.setattr(official, "PUBLISHED", {"x": replace(weights, url=file.as_uri())})
    load = torch.hub.load_state_dict_from_url
    # The digits of the published file's sum are in its name, and this is another file.
    monkeypatch.setattr(
        torch.hub,
        "load_state_dict_from_url",
        lambda url, **options: load(url, **{**options, "check_hash": False}),
    )
    ours = load_official("x", folder=tmp_path / "cache")
    compare_with_torchs_layers(theirs, ours)
    weight, bias = theirs["class_embed"].weight, theirs["class_embed"].bias
    assert torch.equal(ours.head.logits.weight, torch.cat([weight[-1:], weight[:-1]]))
    assert torch.equal(ours.head.logits.bias, torch.cat([bias[-1:], bias[:-1]]))
    assert torch.equal(ours.queries.positions, theirs["query_embed"].weight)
    num = sum(x.numel() for x in theirs.state_dict().values())
    assert sum(x.numel() for x in ours.state_dict().values()) == num


@torch.no_grad()
def compare_with_torchs_layers(theirs, ours) -> None:
    """Backbone and projection on pixels; layers without positions; the heads' boxes."""
    pixels, tokens, values = (
        torch.rand(1, 3, 64, 64),
        torch.randn(2, 5, 256),
        torch.randn(2, 9, 256),
    )
    body = theirs["backbone"][0]["body"]
    c5 = body.maxpool(body.relu(body.bn1(body.conv1(pixels))))
    for stage in (body.layer1, body.layer2, body.layer3, body.layer4):
        c5 = stage(c5)
    (level,) = ours.neck(ours.backbone(pixels))
    torch.testing.assert_close(level, theirs["input_proj"](c5), rtol=1e-5, atol=1e-5)
    nothing, stacks = torch.zeros_like(tokens), theirs["transformer"]
    row = Memory(tokens, nothing, torch.zeros(2, 5, dtype=torch.bool), ((5,),))
    memory = Memory(
        values, torch.zeros_like(values), torch.zeros(2, 9, dtype=torch.bool), ((3, 3),)
    )
    for index in range(6):
        found = ours.encoder.layers[index](row)
        expected = stacks["encoder"]["layers"][index](tokens)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
        found = ours.decoder.layers[index](Queries(tokens, nothing), memory)
        expected = stacks["decoder"]["layers"][index](tokens, values)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    one, two, three = theirs["bbox_embed"]["layers"]
    boxes = three(two(one(tokens).relu()).relu())
    torch.testing.assert_close(ours.head(tokens, 0)[1], boxes, rtol=1e-5, atol=1e-5)
    normed = stacks["decoder"]["norm"](tokens)
    torch.testing.assert_close(ours.decoder.norm(tokens), normed)


def test_the_deeper_files_have_the_same_names():
    with torch.device("meta"):
        theirs = as_the_authors_name_it(resnet101).state_dict()
        renamed = rename(unpack_official({"model": theirs}), OFFICIAL)
        for preset in (detr_r101, detr_r101_dc5):
            ours = preset(91).state_dict()
            assert {name: x.shape for name, x in renamed.items()} == {
                name: x.shape for name, x in ours.items()
            }


def test_parameters():
    """The published count with 91 classes; transformers' counts 41,524,768, too."""
    from transformers import DetrConfig, DetrForObjectDetection

    def count(model):
        return sum(p.numel() for p in model.parameters())

    with torch.device("meta"):
        assert count(detr_r50(91)) == count(detr_r50_dc5(91)) == 41_524_768
        assert count(DetrForObjectDetection(DetrConfig(num_labels=91))) == 41_524_768
        # 18,939,904 more in the backbone.
        assert count(detr_r101(91)) == 60_464_672
