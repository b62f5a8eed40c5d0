from dataclasses import replace

import pytest
import torch
from torch import nn

from locviz.layers import (
    Attention,
    DecoderLayer,
    EncoderLayer,
    LearnedQueries,
    Memory,
    ProjectMaps,
    Queries,
    SinePositions,
    TransformerDecoder,
    TransformerEncoder,
    perceptron,
)

CHANNELS = 16


def encoder(depth: int = 2, dim: int = 2) -> TransformerEncoder:
    torch.manual_seed(0)
    return TransformerEncoder(
        channels=CHANNELS,
        positions=SinePositions(channels=CHANNELS, dim=dim),
        depth=depth,
        heads=2,
        hidden=24,
    ).eval()


def decoder(depth: int = 3) -> TransformerDecoder:
    torch.manual_seed(1)
    return TransformerDecoder(channels=CHANNELS, depth=depth, heads=2, hidden=24).eval()


def head(tokens, index):
    """The tokens themselves, so that they can be looked at."""
    return tokens, torch.full_like(tokens, float(index)), None


def row_of(tokens, positions) -> Memory:
    """A clip of one level, without padding."""
    padding = torch.zeros(tokens.shape[:2], dtype=torch.bool)
    return Memory(tokens, positions, padding, ((tokens.shape[1],),))


def copy_attention(theirs: nn.MultiheadAttention, ours) -> None:
    parts = ours.query, ours.key, ours.value
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(ours.out.state_dict())


def test_without_positions_an_encoder_layer_is_torchs():
    torch.manual_seed(0)
    ours = EncoderLayer(CHANNELS, attention=Attention(CHANNELS, heads=2), hidden=24).eval()
    theirs = nn.TransformerEncoderLayer(CHANNELS, 2, 24, batch_first=True).eval()
    copy_attention(theirs.self_attn, ours.attention)
    theirs.linear1.load_state_dict(ours.feed_forward[0].state_dict())
    theirs.linear2.load_state_dict(ours.feed_forward[3].state_dict())
    tokens = torch.randn(2, 5, CHANNELS)
    padding = torch.zeros(2, 5, dtype=torch.bool)
    padding[1, 3:] = True
    with torch.no_grad():
        found = ours(Memory(tokens, torch.zeros_like(tokens), padding, ((5,),)))
        expected = theirs(tokens, src_key_padding_mask=padding)
    torch.testing.assert_close(found[~padding], expected[~padding], rtol=1e-5, atol=1e-5)


def test_without_positions_a_decoder_layer_is_torchs():
    torch.manual_seed(0)
    ours = DecoderLayer(
        CHANNELS, cross_attention=Attention(CHANNELS, heads=2), heads=2, hidden=24
    ).eval()
    theirs = nn.TransformerDecoderLayer(CHANNELS, 2, 24, batch_first=True).eval()
    copy_attention(theirs.self_attn, ours.self_attention)
    copy_attention(theirs.multihead_attn, ours.cross_attention)
    theirs.linear1.load_state_dict(ours.feed_forward[0].state_dict())
    theirs.linear2.load_state_dict(ours.feed_forward[3].state_dict())
    tokens, values = torch.randn(2, 4, CHANNELS), torch.randn(2, 6, CHANNELS)
    padding = torch.zeros(2, 6, dtype=torch.bool)
    padding[1, 2:] = True
    memory = Memory(values, torch.zeros_like(values), padding, ((2, 3),))
    with torch.no_grad():
        found = ours(Queries(tokens, torch.zeros_like(tokens)), memory)
        expected = theirs(tokens, values, memory_key_padding_mask=padding)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_positions_are_added_to_queries_and_keys_and_not_to_values():
    """With one key, attention gives its value whatever the positions are."""
    torch.manual_seed(0)
    layer = EncoderLayer(CHANNELS, attention=Attention(CHANNELS, heads=2), hidden=24).eval()
    tokens, positions = torch.randn(1, 1, CHANNELS), torch.randn(1, 1, CHANNELS)
    one = layer(row_of(tokens, positions))
    torch.testing.assert_close(one, layer(row_of(tokens, 0 * positions)))
    two, more = torch.randn(1, 2, CHANNELS), torch.randn(1, 2, CHANNELS)
    assert not torch.allclose(layer(row_of(two, more)), layer(row_of(two, 0 * more)))


@pytest.mark.parametrize("dim", [1, 2])
def test_padding_changes_no_token_of_an_image(dim):
    """Levels of two sizes; what lies in the padding of a map is anything."""
    model, queries = encoder(dim=dim), LearnedQueries(4, channels=CHANNELS)
    small, large = ((3, 2), (2, 1)), ((5, 6), (4, 3))
    alone = [torch.randn(1, CHANNELS, *size[-dim:]) for size in small]
    padded, masks = [], []
    for level, size in zip(alone, large, strict=True):
        cells = (0, slice(None), *(slice(0, n) for n in level.shape[2:]))
        wide = 9 * torch.randn(1, CHANNELS, *size[-dim:])
        mask = torch.ones(1, *size[-dim:], dtype=torch.bool)
        wide[cells] = level[0]
        mask[(0, *cells[2:])] = False
        padded.append(wide)
        masks.append(mask)
    with torch.no_grad():
        one = model(alone, [torch.zeros_like(level[:, 0], dtype=torch.bool) for level in alone])
        other = model(padded, masks)
        torch.testing.assert_close(
            other.tokens[~other.padding], one.tokens[0], rtol=1e-5, atol=1e-5
        )
        outputs = [decoder()(queries(m), m, head)[-1][0] for m in (one, other)]
    torch.testing.assert_close(outputs[0], outputs[1], rtol=1e-5, atol=1e-5)
    assert other.level_sizes == tuple(size[-dim:] for size in large)


def test_an_encoder_without_layers_keeps_the_cells_row_by_row():
    level = torch.arange(float(CHANNELS * 6)).reshape(1, CHANNELS, 2, 3)
    memory = encoder(depth=0)([level], [torch.zeros(1, 2, 3, dtype=torch.bool)])
    assert torch.equal(memory.tokens[0, 4], level[0, :, 1, 1])
    positions = SinePositions(channels=CHANNELS)(memory.padding.view(1, 2, 3))
    assert torch.equal(memory.positions[0, 4], positions[0, :, 1, 1])


def test_each_layer_gives_an_output_and_norms_do_not_reach_the_next_layer():
    memory = encoder()([torch.randn(2, CHANNELS, 3, 3)], [torch.zeros(2, 3, 3, dtype=torch.bool)])
    queries = LearnedQueries(4, channels=CHANNELS)(memory)
    model = decoder()
    outputs = model(queries, memory, head)
    assert [output[1].unique().item() for output in outputs] == [0, 1, 2]
    for layer, (found, _, _) in zip(model.layers, outputs, strict=True):
        queries = replace(queries, content=layer(queries, memory))
        torch.testing.assert_close(found, model.norm(queries.content))


def test_learned_queries_know_nothing_and_are_the_same_for_every_image():
    memory = encoder()([torch.randn(3, CHANNELS, 2, 2)], [torch.zeros(3, 2, 2, dtype=torch.bool)])
    made = LearnedQueries(5, channels=CHANNELS)
    queries = made(memory)
    assert queries.content.shape == queries.positions.shape == (3, 5, CHANNELS)
    assert not queries.content.any()
    assert torch.equal(queries.positions[0], queries.positions[2])
    assert made.positions.requires_grad
    with pytest.raises(ValueError, match="at least one query, got num=0"):
        LearnedQueries(0, channels=4)


def test_a_query_that_others_may_not_look_at_changes_none_of_them():
    memory = encoder()([torch.randn(1, CHANNELS, 2, 2)], [torch.zeros(1, 2, 2, dtype=torch.bool)])
    hidden = torch.zeros(3, 3, dtype=torch.bool)
    hidden[:2, 2] = True
    content, positions = torch.randn(1, 3, CHANNELS), torch.randn(1, 3, CHANNELS)
    other = content.clone()
    other[:, 2] += 1
    one, two = (
        decoder()(Queries(c, positions, hidden=hidden), memory, head)[-1][0]
        for c in (content, other)
    )
    torch.testing.assert_close(one[:, :2], two[:, :2])
    assert not torch.allclose(one[:, 2], two[:, 2])


def test_the_last_maps_are_projected_cell_by_cell():
    maps = [torch.randn(1, c, n, n) for c, n in ((3, 8), (4, 4), (5, 2))]
    neck = ProjectMaps(in_channels=(4, 5), channels=7)
    levels = neck(maps)
    assert [level.shape for level in levels] == [(1, 7, 4, 4), (1, 7, 2, 2)]
    weight, bias = neck.projections[1].weight[:, :, 0, 0], neck.projections[1].bias
    torch.testing.assert_close(levels[1][0, :, 1, 0], weight @ maps[2][0, :, 1, 0] + bias)


def test_a_perceptron_by_hand():
    layers = perceptron(2, 3, 1, depth=3)
    x = torch.randn(5, 2)
    expected = layers[4](layers[2](layers[0](x).relu()).relu())
    torch.testing.assert_close(layers(x), expected)
    assert [type(layer).__name__ for layer in layers] == ["Linear", "ReLU"] * 2 + ["Linear"]
