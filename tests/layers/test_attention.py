import pytest
import torch
from torch import nn

from locviz.layers import Attention


def tokens(seed: int, *sizes: int) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(2, n, 12, generator=generator) for n in sizes]


def attention(heads: int = 3) -> Attention:
    torch.manual_seed(0)
    return Attention(12, heads=heads)


def as_torchs(ours: Attention) -> nn.MultiheadAttention:
    theirs = nn.MultiheadAttention(12, ours.heads, batch_first=True)
    parts = ours.query, ours.key, ours.value
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    theirs.out_proj.load_state_dict(ours.out.state_dict())
    return theirs


@pytest.mark.parametrize("heads", [1, 3, 12])
def test_equals_torchs_module_in_value_and_weights(heads):
    ours = attention(heads)
    queries, keys, values = tokens(1, 4, 7, 7)
    padding = torch.zeros(2, 7, dtype=torch.bool)
    padding[0, 5:] = True
    expected, weights = as_torchs(ours)(
        queries, keys, values, key_padding_mask=padding, average_attn_weights=False
    )
    hidden = padding[:, None]
    torch.testing.assert_close(ours(queries, keys, values, hidden=hidden), expected)
    found = ours.weights(queries, keys, hidden=hidden)
    torch.testing.assert_close(found, weights)
    assert not found[0, ..., 5:].any()


def test_it_starts_as_torchs_module_does():
    """Xavier over one matrix of three projections: a uniform of bound sqrt(6 / (c + 3 c))."""
    torch.manual_seed(0)
    wide = Attention(256)
    bound = (6 / (4 * 256)) ** 0.5
    for layer in (wide.query, wide.key, wide.value):
        assert 0.99 * bound < layer.weight.abs().max() <= bound
        assert not layer.bias.any()
    assert wide.out.weight.abs().max() > bound


def test_one_head_by_brute_force_with_a_query_that_may_not_look():
    ours = attention(1)
    queries, keys, values = tokens(2, 3, 4, 4)
    hidden = torch.zeros(1, 3, 4, dtype=torch.bool)
    hidden[0, 1, 2] = True
    found = ours(queries, keys, values, hidden=hidden)
    q, k, v = ours.query(queries).detach(), ours.key(keys).detach(), ours.value(values)
    for image in range(2):
        for i in range(3):
            fits = [
                float(q[image, i] @ k[image, j]) / 12**0.5 if not hidden[0, i, j] else -float("inf")
                for j in range(4)
            ]
            weights = torch.tensor(fits).softmax(0)
            mixed = sum(weights[j] * v[image, j] for j in range(4))
            torch.testing.assert_close(found[image, i], ours.out(mixed))


def test_the_order_of_the_keys_does_not_matter():
    ours = attention()
    queries, keys, values = tokens(3, 4, 6, 6)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    torch.testing.assert_close(
        ours(queries, keys[:, order], values[:, order]), ours(queries, keys, values)
    )


def test_equal_keys_give_the_mean_of_the_values():
    ours = attention()
    queries, keys, values = tokens(4, 2, 5, 5)
    same = keys[:, :1].expand(-1, 5, -1)
    expected = ours.out(ours.value(values).mean(1, keepdim=True)).expand(-1, 2, -1)
    torch.testing.assert_close(ours(queries, same, values), expected)


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    ours = Attention(12, heads=3, dropout=0.5)
    queries, keys, values = tokens(5, 4, 7, 7)
    assert not torch.equal(ours(queries, keys, values), ours(queries, keys, values))
    ours.eval()
    assert torch.equal(ours(queries, keys, values), ours(queries, keys, values))


def test_heads_that_do_not_divide_are_named():
    with pytest.raises(ValueError, match="heads must divide the channels equally, got 5 for 12"):
        Attention(12, heads=5)
