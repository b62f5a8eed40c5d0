"""Linear layers in a row, with ReLU between them."""

from itertools import pairwise

from torch import nn


def perceptron(in_features: int, hidden: int, out_features: int, *, depth: int) -> nn.Sequential:
    """``depth`` linear layers, the inner ones ``hidden`` wide, a ReLU after each but the last.

    Linear layer i has the index 2 * i.
    """
    widths = [in_features, *[hidden] * (depth - 1), out_features]
    layers: list[nn.Module] = []
    for before, after in pairwise(widths):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
