"""Candidates to suppress, for every test here."""

import pytest
import torch

from locviz.postprocess import Candidates


def on_grid(seed: int, dim: int, num: int, *, side: int = 8, levels: int = 6) -> Candidates:
    """Corners on a grid of quarters, so that areas, and often IoUs and scores, are equal; a fifth
    are copies, and some have no area.
    """
    generator = torch.Generator().manual_seed(seed)
    low = torch.randint(2 * side, (num, dim), generator=generator)
    size = torch.randint(side + 1, (num, dim), generator=generator)
    copied = num // 5
    low[num - copied :], size[num - copied :] = low[:copied], size[:copied]
    scores = torch.randint(1, levels + 1, (num,), generator=generator) / levels
    return Candidates(torch.cat([low, low + size], -1) / 4, scores)


def anywhere(seed: int, dim: int, num: int) -> Candidates:
    """Regions in groups round a few places, with no two numbers equal, and a quality."""
    generator = torch.Generator().manual_seed(seed)
    place = 40 * torch.rand(4, dim, generator=generator)
    middle = place[torch.randint(4, (num,), generator=generator)]
    middle = middle + 3 * torch.rand(num, dim, generator=generator)
    half = 2 + 6 * torch.rand(num, dim, generator=generator)
    scores, quality = (0.01 + 0.98 * torch.rand(num, generator=generator) for _ in range(2))
    return Candidates(torch.cat([middle - half, middle + half], -1), scores, quality)


@pytest.fixture(scope="session", name="on_grid")
def _on_grid():
    """``(seed, dim, num)`` to candidates full of ties."""
    return on_grid


@pytest.fixture(scope="session", name="anywhere")
def _anywhere():
    """``(seed, dim, num)`` to candidates without ties."""
    return anywhere
