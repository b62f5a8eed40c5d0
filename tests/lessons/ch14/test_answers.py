"""Answers of lesson 14 in another style: the right ones are accepted, some wrong ones told by name."""

import math

import pytest
import torch
from torch.nn import functional as F

from locviz.layers.deformable_attention import mix_places
from locviz.lessons import ch14


def flips_by_dicts(before, now):
    where = [{k: q for q, k in enumerate(rows.tolist()) if k >= 0} for rows in (before, now)]
    return sum(where[0][k] != where[1][k] for k in where[0])


def test_flips():
    assert ch14.flips.check(flips_by_dicts)
    assert ch14.flips.check(lambda a, b: sum(x != y for x, y in zip(a, b, strict=True) if x >= 0))


def test_an_object_that_moves_to_a_free_query_is_not_forgotten():
    verdict = ch14.flips.check(lambda a, b: ((a >= 0) & (b >= 0) & (a != b)).sum())
    assert verdict.mistake == "only queries that have another object now"
    whether = ch14.flips.check(lambda a, b: bool((a != b).any()))
    assert whether.mistake == "whether, not how many"


def effective_by_loop(weights):
    rows = weights.tolist()
    return [math.exp(-sum(w * math.log(w) for w in row if w > 0)) for row in rows]


@pytest.mark.parametrize(
    "answer",
    [
        effective_by_loop,
        lambda w: 2 ** -(w * w.clamp(min=1e-30).log2()).sum(-1),
        lambda w: torch.distributions.Categorical(probs=w).entropy().exp(),
    ],
)
def test_effective(answer):
    assert ch14.effective.check(answer)


def hidden_by_loops(groups, size, queries):
    num = groups * size
    rows = range(num + queries)
    return [
        [column < num and (row >= num or row // size != column // size) for column in rows]
        for row in rows
    ]


def hidden_by_blocks(groups, size, queries):
    mask = torch.zeros(groups * size + queries, groups * size + queries, dtype=torch.bool)
    mask[:, : groups * size] = True
    for k in range(groups):
        mask[k * size : (k + 1) * size, k * size : (k + 1) * size] = False
    return mask


@pytest.mark.parametrize("answer", [hidden_by_loops, hidden_by_blocks])
def test_hidden(answer):
    assert ch14.hidden.check(answer)


def refine_by_odds(reference, delta):
    odds = (reference / (1 - reference)).detach() * delta.exp()
    return odds / (1 + odds)


def refine_without_grad(reference, delta):
    with torch.no_grad():
        start = torch.log(reference) - torch.log1p(-reference)
    return torch.sigmoid(start + delta)


@pytest.mark.parametrize("answer", [refine_by_odds, refine_without_grad])
def test_refine(answer):
    assert ch14.refine.check(answer)


def writes_into_the_reference(reference, delta):
    logits = reference.detach().logit_()
    return (logits + delta).sigmoid()


def test_refine_refuses_with_words_of_its_own():
    assert ch14.refine.check(writes_into_the_reference).mistake == "changes its inputs"
    switched_off = ch14.refine.check(lambda r, d: (r.requires_grad_(False).logit() + d).sigmoid())
    assert "detach" in repr(switched_off)
    flat = ch14.refine.check(lambda r, d: (r.detach().logit() + d).sigmoid().sum())
    assert "the result must be (1, 4), got ()" in repr(flat).replace("\n", " ")


def test_zero_times_minus_infinity_is_explained():
    verdict = ch14.effective.check(lambda w: (-(w * w.log()).sum(-1)).exp())
    assert not verdict
    assert "0 * -inf is nan" in repr(verdict).replace("\n", " ")


def by_the_package(maps, reference, offsets, scores):
    """``mix_places`` with one head of one channel."""
    sizes = [tuple(cells.shape) for cells in maps]
    values = torch.cat([cells.flatten() for cells in maps])[None, :, None, None]
    unit = torch.tensor([[1 / w, 1 / h] for h, w in sizes])[:, None]
    places = (reference + offsets * unit)[None, None, None]
    weights = scores.flatten().softmax(0).view(1, 1, 1, *scores.shape)
    return mix_places(values, sizes, places, weights)[0, 0, 0]


def bilinear_by_loop(maps, reference, offsets, scores):
    weights, total = scores.flatten().softmax(0).view(scores.shape), 0.0
    for level, cells in enumerate(maps):
        h, w = cells.shape
        for point, (dx, dy) in enumerate(offsets[level].tolist()):
            x, y = float(reference[0]) * w + dx - 0.5, float(reference[1]) * h + dy - 0.5
            for column in (math.floor(x), math.floor(x) + 1):
                for row in (math.floor(y), math.floor(y) + 1):
                    if 0 <= column < w and 0 <= row < h:
                        near = (1 - abs(x - column)) * (1 - abs(y - row))
                        total += float(weights[level, point]) * near * float(cells[row, column])
    return total


@pytest.mark.parametrize("answer", [by_the_package, bilinear_by_loop])
def test_deformable(answer):
    assert ch14.deformable.check(answer)


def test_the_price_by_another_way():
    cells = sum(math.ceil(800 / s) * math.ceil(1066 / s) for s in (8, 16, 32, 64))
    assert ch14.cheaper.check(cells**2 / (cells * 4 * 4))
    assert ch14.cheaper.check(1114)  # a whole number is near enough
    assert not ch14.cheaper.check(1000)
    assert not ch14.cheaper.check(1100)


def test_the_mended_bug_reads_the_middle():
    """As the chapter mends it."""
    pictures = [((torch.arange(float(w)) + 0.5) / w).expand(1, 40, w) for w in (60, 100)]
    padded = torch.stack([F.pad(p, (0, 100 - p.shape[2])) for p in pictures])
    points = torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    sizes = torch.tensor([[p.shape[2], p.shape[1]] for p in pictures])
    grid = (2 * points * sizes / torch.tensor([100, 40]) - 1)[:, None, None]
    assert torch.allclose(
        F.grid_sample(padded, grid, align_corners=False).flatten(), torch.tensor([0.5, 0.5])
    )
