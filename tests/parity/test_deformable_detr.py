"""Deformable DETR against transformers' DeformableDetrForObjectDetection, weights through the
shipping converter: logits and boxes to 1e-4, every matching equal, every loss term of every layer to
1e-5 relative.

Its total leaves out the class weight of 2 and the encoder's loss, and its heads start elsewhere; for
these see ``test_deformable_detr_official.py``.
"""

from functools import partial

import pytest
import torch
from closeness import near

from locviz.assign import FocalCost, GIoUCost, L1Cost
from locviz.boxes import corners_to_center_size
from locviz.checkpoints import put_weights, rename
from locviz.layers import Prepare
from locviz.models import (
    SetLoss,
    deformable_detr_r50,
    deformable_detr_r50_refined,
    deformable_detr_r50_single_scale,
    deformable_detr_r50_two_stage,
    focal_over_objects,
    hungarian,
)
from locviz.models.assigners import focal_loss
from locviz.models.deformable_detr.names import TRANSFORMERS, unpack_transformers
from locviz.models.skeletons.outputs import all_outputs
from locviz.types import BACKGROUND, Targets

NUM_CLASSES = 7
SEEDS = (0, 1, 2)
# In one batch of 130 x 150 pixels: padded at the right, at the bottom, on both sides.
SIZES = ((130, 97), (71, 150), (96, 64))
NUM_BOXES = (0, 1, 12)
TERMS = {"loss_ce": "classification", "loss_bbox": "l1", "loss_giou": "giou"}
# Images as they are: what their processor does before is not the model's.
AS_GIVEN = Prepare(divisor=1)
VARIANTS = {
    "base": (deformable_detr_r50, {}),
    "single_scale": (deformable_detr_r50_single_scale, {"num_feature_levels": 1}),
    "refined": (deformable_detr_r50_refined, {"with_box_refine": True}),
    "two_stage": (deformable_detr_r50_two_stage, {"with_box_refine": True, "two_stage": True}),
}


def reference(seed: int, variant: str = "base"):
    """Their model with random weights, in which everything that is usually 0 or 1 is not, and boxes
    and classes differ from query to query.
    """
    from transformers import DeformableDetrConfig, DeformableDetrForObjectDetection

    torch.manual_seed(seed)
    config = DeformableDetrConfig(
        num_labels=NUM_CLASSES,
        dropout=0.0,
        class_cost=2,
        auxiliary_loss=True,
        **VARIANTS[variant][1],
    )
    model = DeformableDetrForObjectDetection(config).eval()
    with torch.no_grad():
        for name, x in [*model.named_buffers(), *model.named_parameters()]:
            if "norm" in name or ".bn" in name or "downsample.1" in name:
                if name.endswith(("bias", "mean")):
                    x.uniform_(-0.1, 0.1)
                elif x.is_floating_point():
                    x.uniform_(0.8, 1.2)
            elif "sampling_offsets.bias" in name:
                x.add_(torch.empty_like(x).uniform_(-0.5, 0.5))
            elif name.endswith("bias"):
                x.uniform_(-0.1, 0.1)
            elif "coder.layers" in name or "_embed." in name or "pos_trans" in name:
                # Not sharper: with three times these weights rounding alone reaches 3e-4.
                torch.nn.init.xavier_uniform_(x)
        # Queries that look at different places; the proposals of a two-stage model do by themselves.
        if "two_stage" not in VARIANTS[variant][1]:
            model.model.query_position_embeddings.weight.normal_()
            torch.nn.init.xavier_uniform_(model.model.reference_points.weight, gain=1.5)
    return model


def converted(theirs, variant: str = "base", **stages):
    ours = VARIANTS[variant][0](NUM_CLASSES, prepare=AS_GIVEN, **stages)
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


@torch.no_grad()
def their_answers(theirs, images, targets):
    """Every layer's logits and boxes, and every loss term, of their own forward."""
    prepared = AS_GIVEN(images)
    mask = torch.zeros(len(images), *prepared.values.shape[2:], dtype=torch.int64)
    labels = []
    for row, (image, target) in enumerate(zip(images, targets, strict=True)):
        h, w = image.shape[1:]
        mask[row, :h, :w] = 1
        boxes = corners_to_center_size(target.boxes) / torch.tensor([w, h, w, h])
        labels.append({"class_labels": target.labels, "boxes": boxes})
    found = theirs(prepared.values, pixel_mask=mask, labels=labels)
    last = {"logits": found.logits, "pred_boxes": found.pred_boxes}
    return [*found.auxiliary_outputs, last], found.loss_dict, labels


def compare(answers, ours, images, targets) -> None:
    """Outputs, matchings and losses; one forward of ours serves the first two."""
    layers, terms, labels = answers
    with torch.no_grad():
        outputs = all_outputs(ours(images))
    assert len(outputs) == len(layers) == 6
    compare_outputs(layers, outputs)
    compare_matching(layers, labels, ours, outputs, targets)
    compare_losses(terms, ours, images, targets)


def compare_outputs(layers, outputs) -> None:
    for expected, output in zip(layers, outputs, strict=True):
        near(expected["logits"], output.logits)
        near(expected["pred_boxes"], output.deltas.sigmoid())


def compare_matching(layers, labels, ours, outputs, targets) -> None:
    from transformers.loss.loss_deformable_detr import DeformableDetrHungarianMatcher

    matcher = DeformableDetrHungarianMatcher(class_cost=2, bbox_cost=5, giou_cost=2)
    for layer, output in zip(layers, outputs, strict=True):
        found = ours.assign(output, ours.regions(output), targets)
        for (query, column), assignment in zip(matcher(layer, labels), found, strict=True):
            expected = torch.full((300,), BACKGROUND)
            expected[query] = column
            assert torch.equal(assignment.gt_index, expected)


@torch.no_grad()
def compare_losses(terms, ours, images, targets) -> None:
    losses = ours.loss(images, targets)
    names = [name for name in terms if name.startswith(tuple(TERMS))]
    assert len(names) == 18
    found, total = [], 0.0
    for name in names:
        term, layer = name.rsplit("_", 1) if name[-1].isdigit() else (name, None)
        mine = TERMS[term] if layer is None else f"aux{layer}_{TERMS[term]}"
        torch.testing.assert_close(losses.terms[mine], terms[name], rtol=1e-5, atol=1e-6)
        found.append(mine)
        # 2 for the classes is the authors' weight; this library's total has 1.
        total += terms[name] * {"loss_ce": 2, "loss_bbox": 5, "loss_giou": 2}[term]
    beside = {name for name in losses.terms if not name.startswith("encoder_")} - set(found)
    assert not beside
    encoder = sum(
        losses.terms[name] * losses.weights[name]
        for name in losses.terms
        if name.startswith("encoder_")
    )
    torch.testing.assert_close(losses.total, total + encoder, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "variant"),
    [*((seed, "base") for seed in SEEDS), (3, "single_scale"), (4, "refined"), (5, "two_stage")],
)
def test_outputs_matchings_and_losses_of_every_layer_equal_theirs(seed, variant):
    theirs = reference(seed, variant)
    ours = converted(theirs, variant)
    images, targets = batch(seed)
    assert [len(target) for target in targets] == [0, 1, 12]
    answers = their_answers(theirs, images, targets)
    # The queries say different things, or the matching would prove little.
    assert all(layer["pred_boxes"].std(1).median() > 0.01 for layer in answers[0])
    assert all(layer["logits"].std(1).median() > 0.1 for layer in answers[0])
    compare(answers, ours, images, targets)


@pytest.mark.slow
def test_the_comparison_notices_one_weight_and_one_constant():
    theirs = reference(0)
    ours = converted(theirs)
    images, targets = batch(0)
    layers, terms, labels = their_answers(theirs, images, targets)
    for loss in (
        SetLoss(classification=partial(focal_over_objects, alpha=0.26), classes=2.0),
        SetLoss(classification=focal_over_objects, classes=2.02),
        SetLoss(classification=focal_over_objects, classes=2.0, l1=5.05),
    ):
        ours.criterion = loss
        with pytest.raises(AssertionError):
            compare_losses(terms, ours, images, targets)
    with torch.no_grad():
        outputs = all_outputs(ours(images))
    costs = (FocalCost(loss=focal_loss, weight=2.0), L1Cost(weight=5.0), GIoUCost(weight=0.0))
    ours.assigner = hungarian(costs=costs)
    with pytest.raises(AssertionError):
        compare_matching(layers, labels, ours, outputs, targets)
    for name in (
        "encoder.layers.3.attention.offsets",
        "decoder.layers.1.cross_attention.value",
        "head.deltas.2",
    ):
        weight = ours.get_submodule(name).weight
        with torch.no_grad():
            weight[3, 5] += 0.05
            changed = all_outputs(ours(images))
            weight[3, 5] -= 0.05
        with pytest.raises(AssertionError):
            compare_outputs(layers, changed)


def test_their_files_have_our_names():
    """Before version 5, too, where ``mlp.fc1``, ``o_proj`` and ``backbone`` had other names."""
    from transformers import DeformableDetrConfig, DeformableDetrForObjectDetection

    for preset, options in VARIANTS.values():
        config = DeformableDetrConfig(num_labels=91, **options)
        new = DeformableDetrForObjectDetection(config).state_dict()
        with torch.device("meta"):
            ours = preset(91).state_dict()
        old = {
            name.replace(".mlp.", ".")
            .replace("o_proj", "out_proj")
            .replace("backbone.model", "backbone.conv_encoder.model"): x
            for name, x in new.items()
        }
        for state in (new, old):
            renamed = rename(unpack_transformers(state), TRANSFORMERS)
            assert {name: x.shape for name, x in renamed.items()} == {
                name: x.shape for name, x in ours.items()
            }
