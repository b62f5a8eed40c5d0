"""One learned number."""

import torch

from locviz.layers import Scale


def test_it_multiplies_starts_at_one_and_is_learned():
    scale, level = Scale(), torch.tensor([[1.0, -2.0]])
    assert torch.equal(scale(level), level)
    scale(level).sum().backward()
    assert scale.value.grad == -1
    with torch.no_grad():
        scale.value.fill_(3.0)
    assert scale(level).tolist() == [[3.0, -6.0]]
