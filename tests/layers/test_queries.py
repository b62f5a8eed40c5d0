from dataclasses import replace

import pytest
import torch

from locviz.layers import (
    AnchorQueries,
    BoxPositions,
    DeformableAttention,
    LearnedQueries,
    Memory,
    PointQueries,
    TransformerDecoder,
)
from locviz.layers.transformer import beyond

CHANNELS = 16
MAKERS = [
    pytest.param(lambda dim: LearnedQueries(5, channels=CHANNELS), id="learned"),
    pytest.param(lambda dim: PointQueries(5, channels=CHANNELS, dim=dim), id="points"),
    pytest.param(lambda dim: AnchorQueries(5, channels=CHANNELS, dim=dim), id="anchors"),
]


def memory(dim: int) -> Memory:
    size = (2, 3)[:dim]
    n = torch.Size(size).numel()
    tokens = torch.randn(3, n, CHANNELS)
    return Memory(tokens, torch.randn_like(tokens), torch.zeros(3, n, dtype=torch.bool), (size,))


def box_head(dim: int, step: float = 0.5):
    """The tokens themselves, and the same step for every box."""
    return lambda tokens, index: (tokens, torch.full((*tokens.shape[:2], 2 * dim), step), None)


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("make", MAKERS)
def test_every_maker_serves_every_decoder_and_starts_alike_in_every_image(make, dim):
    torch.manual_seed(0)
    queries = make(dim)(memory(dim))
    assert queries.content.shape == queries.positions.shape == (3, 5, CHANNELS)
    assert torch.equal(queries.positions[0], queries.positions[2])
    for attention in (
        None,
        lambda: DeformableAttention(CHANNELS, heads=2, levels=1, points=2, dim=dim),
    ):
        decoder = TransformerDecoder(
            channels=CHANNELS, cross_attention=attention, depth=2, heads=2, hidden=24
        )
        if attention is not None and queries.references is None:
            with pytest.raises(ValueError, match=r"queries=PointQueries"):
                decoder(queries, memory(dim), box_head(dim))
            continue
        outputs = decoder(queries, memory(dim), box_head(dim))
        assert [deltas.shape for _, deltas, _ in outputs] == [(3, 5, 2 * dim)] * 2


@pytest.mark.parametrize("make", [LearnedQueries, PointQueries, AnchorQueries])
def test_no_queries_are_refused(make):
    with pytest.raises(ValueError, match=f"{make.__name__} needs at least one query, got num=0"):
        make(0, channels=CHANNELS)


def test_a_point_moves_the_centre_only_and_a_box_all_of_it():
    deltas, point, box = torch.ones(1, 1, 4), torch.full((1, 1, 2), 2.0), torch.full((1, 1, 4), 2.0)
    assert beyond(None, deltas) is deltas
    assert beyond(point, deltas).tolist() == [[[3, 3, 1, 1]]]
    assert beyond(box, deltas).tolist() == [[[3, 3, 3, 3]]]


def test_refined_references_go_from_layer_to_layer_and_carry_no_gradient():
    made, maker = memory(2), AnchorQueries(5, channels=CHANNELS)
    moving, fixed = (
        TransformerDecoder(channels=CHANNELS, depth=3, heads=2, hidden=24, refine=refine)
        for refine in (True, False)
    )
    queries = maker(made)
    start = queries.references
    steps = [deltas - start for _, deltas, _ in moving(queries, made, box_head(2))]
    for number, step in enumerate(steps, 1):
        torch.testing.assert_close(step, torch.full_like(step, 0.5 * number))
    for _, deltas, _ in fixed(queries, made, box_head(2)):
        torch.testing.assert_close(deltas - start, torch.full_like(start, 0.5))
    last = moving(queries, made, box_head(2))[-1][1]
    assert not last.requires_grad
    assert moving(queries, made, box_head(2))[0][1].requires_grad


def test_what_a_query_looks_for_follows_its_box():
    """The second layer gets the positions of the moved box, and the first one's where it may not
    follow."""
    torch.manual_seed(0)
    made, maker = memory(2), AnchorQueries(5, channels=CHANNELS)
    decoder = TransformerDecoder(channels=CHANNELS, depth=2, heads=2, hidden=24).eval()
    queries = maker(made)
    seen = []
    decoder.layers[1].register_forward_pre_hook(lambda _, given: seen.append(given[0].positions))
    decoder(queries, made, box_head(2))
    decoder(replace(queries, place=None), made, box_head(2))
    moved = (queries.references + 0.5).sigmoid()
    torch.testing.assert_close(seen[0], maker.place(moved))
    torch.testing.assert_close(seen[1], queries.positions)


def test_the_position_of_a_box_reads_each_coordinate():
    torch.manual_seed(0)
    place, boxes = BoxPositions(channels=CHANNELS), torch.rand(1, 1, 4)
    for axis in range(4):
        other = boxes.clone()
        other[..., axis] += 0.3
        assert not torch.allclose(place(boxes), place(other))
    assert place(boxes).shape == (1, 1, CHANNELS)
    with pytest.raises(ValueError, match="channels must be even"):
        BoxPositions(channels=6)(boxes)
