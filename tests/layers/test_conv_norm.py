import torch
from torch.nn import functional as F

from locviz.layers import ConvNorm


def test_convolution_norm_and_activation_in_this_order():
    layer = ConvNorm(4, 6, 3, 2)
    x = torch.randn(2, 4, 6, 10)
    out = layer(x)
    assert out.shape == (2, 6, 3, 5)
    by_hand = F.conv2d(x, layer.conv.weight, stride=2, padding=1)
    mean, var = by_hand.mean((0, 2, 3), True), by_hand.var((0, 2, 3), unbiased=False, keepdim=True)
    torch.testing.assert_close(out, F.silu((by_hand - mean) / (var + 1e-3).sqrt()))
    assert (layer.bn.eps, layer.bn.momentum) == (1e-3, 0.03)


def test_without_activation_it_is_linear():
    layer = ConvNorm(4, 4, 3, groups=4, activation=None).eval()
    assert layer.conv.weight.shape == (4, 1, 3, 3)
    x = torch.randn(1, 4, 5, 5)
    torch.testing.assert_close(layer(2 * x), 2 * layer(x))
