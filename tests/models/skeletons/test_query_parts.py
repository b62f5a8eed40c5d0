"""Queries that come assigned, and proposals of the encoder: what their losses are, by hand."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from locviz.assign import Hungarian
from locviz.layers import AnchorQueries, Proposals
from locviz.models import detr_tiny
from locviz.models.skeletons.set_loss import SetLoss
from locviz.types import BACKGROUND, IGNORE, Assignment, Targets

IMAGES = [torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(0))]
TARGET = Targets(torch.tensor([[4.0, 4, 30, 28], [30, 30, 60, 60]]), torch.tensor([1, 0]), (64, 64))


class Changed(nn.Module):
    """Anchor queries, and in a training step what ``change`` makes of them."""

    def __init__(self, change):
        super().__init__()
        self.queries, self.change = AnchorQueries(6, channels=128), change

    def forward(self, memory, targets=None):
        queries = self.queries(memory)
        return queries if targets is None else self.change(queries, memory, targets)


def tiny(change):
    torch.manual_seed(0)
    return detr_tiny(3, queries=Changed(change)).eval()


def unchanged(queries, memory, targets):
    return queries


def first_three(gt_index, weight=None):
    """The first three of nine queries come assigned, and nobody else sees them."""

    def change(queries, memory, targets):
        more = {
            name: torch.cat([rows[:, :3], rows], 1)
            for name in ("content", "positions", "references")
            for rows in [getattr(queries, name)]
        }
        hidden = torch.zeros(9, 9, dtype=torch.bool)
        hidden[3:, :3] = True
        weights = None if weight is None else torch.full((3,), weight)
        given = (Assignment(torch.tensor(gt_index), weight=weights),)
        return replace(queries, **more, hidden=hidden, given=given)

    return change


def test_given_queries_have_losses_of_their_own_and_change_no_other():
    plain = tiny(unchanged).loss(IMAGES, [TARGET]).terms
    losses = tiny(first_three([1, BACKGROUND, IGNORE])).loss(IMAGES, [TARGET]).terms
    own = {name for name in losses if name.startswith("denoising_")}
    assert own == {f"denoising_{name}" for name in plain}
    for name, value in plain.items():
        torch.testing.assert_close(losses[name], value, rtol=1e-4, atol=1e-5)


def test_the_box_of_a_given_query_by_hand():
    model = tiny(first_three([1, BACKGROUND, IGNORE]))
    kept = []
    model.head.register_forward_hook(lambda module, given, output: kept.append(output[1]))
    found = model.loss(IMAGES, [TARGET]).terms["denoising_aux0_l1"]
    start = model.queries.queries.boxes[0]
    box = (kept[0][0, 0] + start).sigmoid()
    expected = (box - torch.tensor([45.0, 45, 30, 30]) / 64).abs().sum() / 2
    torch.testing.assert_close(found, expected)


def test_the_weight_of_a_given_query():
    one, half = (
        tiny(first_three([1, BACKGROUND, IGNORE], weight)).loss(IMAGES, [TARGET]).terms
        for weight in (1.0, 0.5)
    )
    torch.testing.assert_close(half["denoising_giou"], one["denoising_giou"] / 2)


@pytest.mark.parametrize("any_class", [False, True])
def test_proposals_are_matched_like_a_layer_and_may_forget_classes(any_class):
    logits, deltas = torch.randn(1, 64, 4), torch.randn(1, 64, 4)
    model = tiny(
        lambda queries, *_: replace(queries, proposals=Proposals(logits, deltas, any_class))
    )
    losses = model.loss(IMAGES, [TARGET]).terms
    labels = torch.zeros(2, dtype=torch.int64) if any_class else TARGET.labels
    matching = Hungarian(costs=model.assigner.costs)
    boxes = deltas[0].sigmoid() * 64
    regions = torch.cat([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], -1)
    (found,) = matching.assign_batch(logits, regions[None], [replace(TARGET, labels=labels)])
    columns = torch.zeros(64, dtype=torch.int64)
    positive = found.gt_index >= 0
    columns[positive] = 1 + labels[found.gt_index[positive]]
    weight = torch.where(positive, 1.0, 0.1)
    entropy = nn.functional.cross_entropy(logits[0], columns, reduction="none")
    torch.testing.assert_close(
        losses["encoder_classification"], (entropy * weight).sum() / weight.sum()
    )
    assert SetLoss().weights.keys() == {
        name.removeprefix("encoder_") for name in losses if name.startswith("encoder_")
    }


def test_nothing_of_it_is_in_a_prediction():
    model = tiny(first_three([1, BACKGROUND, IGNORE]))
    with torch.no_grad():
        assert model(IMAGES).logits.shape == (1, 6, 4)
