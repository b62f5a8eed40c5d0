"""Deformable DETR against the authors' code, whose answers are kept as goldens (see
deformable_detr_goldens.py), weights through the shipping converter.

Logits and boxes of every layer to 1e-4, every matching equal, every loss term and the total to 1e-4
and norms of gradients to 1e-3, relative; the start of every weight.
"""

import json
import re
from functools import cache

import pytest
import torch
from closeness import near
from safetensors import safe_open

from locviz.boxes import corners_to_center_size
from locviz.checkpoints import put_weights, rename
from locviz.layers import PointQueries, Prepare, ProposalQueries
from locviz.models import (
    SigmoidQueryHead,
    deformable_detr_r50,
    deformable_detr_r50_refined,
    deformable_detr_r50_single_scale,
    deformable_detr_r50_two_stage,
)
from locviz.models.deformable_detr.names import OFFICIAL, unpack_official
from locviz.models.skeletons.outputs import all_outputs
from locviz.types import Targets

PRESETS = {
    "single_scale": deformable_detr_r50_single_scale,
    "base": deformable_detr_r50,
    "refined": deformable_detr_r50_refined,
    "two_stage": deformable_detr_r50_two_stage,
}
# Images as they are, padded to the goldens' 96 x 128.
AS_GIVEN = Prepare(divisor=32)
TERMS = {"loss_ce": "classification", "loss_bbox": "l1", "loss_giou": "giou"}


@pytest.fixture(scope="module")
def goldens(load_script):
    """The module deformable_detr_goldens.py."""
    return load_script("deformable_detr_goldens")


@pytest.fixture(scope="module")
def theirs(goldens, read_goldens):
    """Their answers by name, and the packed shapes of their state dicts."""
    return read_goldens(goldens.GOLDENS)


@pytest.fixture(scope="module")
def about(goldens):
    """What they say beside their answers."""
    with safe_open(goldens.GOLDENS, "pt") as file:
        return file.metadata()


@pytest.fixture(scope="module")
def state_of(goldens, theirs):
    def made(variant: str) -> dict[str, torch.Tensor]:
        tied = "with_box_refine" not in goldens.VARIANTS[variant]
        return {
            name: goldens.filled(
                goldens.one_name(name, tied=tied), tuple(shape), goldens.SEEDS[variant]
            )
            for name, shape in goldens.unpacked(theirs[1][variant]).items()
        }

    return made


@pytest.fixture(scope="module")
def build(goldens, state_of):
    """The converted model of a variant, made once; nobody changes it."""

    @cache
    def converted(variant: str):
        num, classes = goldens.NUM_QUERIES, goldens.NUM_CLASSES
        if variant == "two_stage":
            head = SigmoidQueryHead(channels=256, num_classes=classes)
            queries = ProposalQueries(num, channels=256, head=head)
        else:
            queries = PointQueries(num, channels=256)
        ours = PRESETS[variant](classes, prepare=AS_GIVEN, queries=queries)
        state = unpack_official({"model": state_of(variant)})
        put_weights(ours, rename(state, OFFICIAL), source="the authors")
        return ours.eval()

    return converted


@pytest.fixture(scope="module")
def batch(goldens):
    def made(variant: str) -> tuple[list[torch.Tensor], list[Targets]]:
        images, boxes, labels = goldens.scene(goldens.SEEDS[variant])
        return [torch.from_numpy(image).permute(2, 0, 1) / 255 for image in images], [
            Targets(boxes=torch.from_numpy(b), labels=torch.from_numpy(k), size=size)
            for b, k, size in zip(boxes, labels, goldens.SIZES, strict=True)
        ]

    return made


def close(found, expected, tolerance: float) -> None:
    torch.testing.assert_close(found, expected, rtol=tolerance, atol=tolerance)


@torch.no_grad()
def compare_outputs(ours, images, theirs, variant: str, sizes) -> None:
    outputs = all_outputs(ours(images))
    assert len(outputs) == 6
    near(theirs[f"{variant}.logits"], torch.stack([x.logits for x in outputs]))
    boxes = theirs[f"{variant}.boxes"]
    near(boxes, torch.stack([x.deltas.sigmoid() for x in outputs]))
    for row, (h, w) in enumerate(sizes):
        shares = corners_to_center_size(ours.regions(outputs[-1])[row])
        near(boxes[-1, row], shares / torch.tensor([w, h, w, h]))


@torch.no_grad()
def compare_matching(ours, images, targets, theirs, variant: str) -> None:
    for output, expected in zip(
        all_outputs(ours(images)), theirs[f"{variant}.matched"], strict=True
    ):
        found = ours.assign(output, ours.regions(output), targets)
        assert torch.equal(torch.stack([x.gt_index for x in found]), expected.long())


def our_name(theirs: str) -> str:
    """Their terms end in the number of the layer, or in "enc"."""
    term, layer = re.fullmatch(r"(loss_[a-z]+?)(?:_(\d|enc))?", theirs).groups()  # type: ignore[union-attr]
    before = {None: "", "enc": "encoder_"}.get(layer, f"aux{layer}_")
    return before + TERMS[term]


def compare_losses(ours, images, targets, theirs, names, variant: str) -> None:
    losses = ours.loss(images, targets)
    assert {our_name(name) for name in names} == set(losses.terms)
    found = torch.stack([losses.terms[our_name(name)] for name in names])
    close(found, theirs[f"{variant}.terms"], 1e-4)
    close(losses.total, theirs[f"{variant}.total"], 1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("variant", PRESETS)
def test_outputs_matchings_and_losses_of_every_layer_equal_theirs(
    goldens, theirs, about, build, batch, variant
):
    ours, (images, targets) = build(variant), batch(variant)
    answers, names = theirs[0], json.loads(about["terms"])[variant]
    assert answers[f"{variant}.boxes"].std(2).median() > 0.01
    assert answers[f"{variant}.logits"].std(2).median() > 0.1
    assert len(names) == (21 if variant == "two_stage" else 18)
    compare_outputs(ours, images, answers, variant, goldens.SIZES)
    compare_matching(ours, images, targets, answers, variant)
    compare_losses(ours, images, targets, answers, names, variant)


@pytest.mark.slow
@pytest.mark.parametrize("variant", PRESETS)
def test_gradients_equal_theirs(goldens, theirs, build, batch, variant):
    """No gradient flows from a layer to the boxes that the layers before it predicted."""
    ours, (images, targets) = build(variant), batch(variant)
    ours.zero_grad()
    ours.loss(images, targets).total.backward()
    parameters = dict(ours.named_parameters())
    # Which of theirs are ours; the projections of self-attention are one matrix there.
    norms = []
    for name in goldens.GRADIENTS:
        if name.endswith("in_proj_weight"):
            layer = parameters_of(ours, name)
            norms.append(torch.stack([x.weight.grad.norm() for x in layer]).norm())
        else:
            shared = re.sub(r"_embed\.0", "_embed.shared", name)
            known = name if variant in ("refined", "two_stage") else shared
            (mine,) = rename({known: torch.zeros(0)}, OFFICIAL)
            norms.append(parameters[mine].grad.norm())
    close(torch.stack(norms) / theirs[0][f"{variant}.gradients"], torch.ones(len(norms)), 1e-3)


def parameters_of(ours, name: str):
    """The three layers in the place of their one matrix."""
    index = int(re.search(r"layers\.(\d)", name)[1])  # type: ignore[index]
    attention = ours.decoder.layers[index].self_attention
    return attention.query, attention.key, attention.value


@pytest.mark.slow
def test_what_the_encoder_proposes_equals_theirs(goldens, theirs, build, batch):
    ours, images = build("two_stage"), batch("two_stage")[0]
    answers = theirs[0]
    with torch.no_grad():
        _, memory = ours.encode(images)
        queries = ours.queries(memory)
    proposals = queries.proposals
    near(answers["two_stage.encoder_logits"], proposals.logits[:, ::4])
    near(answers["two_stage.encoder_boxes"], proposals.deltas.sigmoid()[:, ::4])
    # Of the cells, some lie in the padding or start too small; all queries are others.
    assert 0.05 < proposals.deltas.isinf().float().mean() < 0.7
    assert queries.references.abs().max() < 10
