"""Path aggregation (https://arxiv.org/abs/1803.01534): a bottom-up path after the top-down path of a
feature pyramid.
"""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

Layers = Iterable[Callable[[Tensor], Tensor]]


def aggregate_paths(
    maps: Sequence[Tensor], *, reduce: Layers, descend: Layers, shrink: Layers, ascend: Layers
) -> list[Tensor]:
    """From coarse to fine and back, concatenating at each step, so that every level that comes out
    depends on every map.

    Args:
        maps: (b, c, h, w) each, finest first, each half as large as the one before.
        reduce: what a coarse map passes before it is enlarged, coarsest first.
        descend: makes a finer map from the enlarged one and the map of that size.
        shrink: halves a map, finest first.
        ascend: makes a coarser map from the halved one and what passed ``reduce`` at that size.

    Returns:
        One level per map, finest first, each as large as its map.
    """
    *finer, coarse = maps
    reduced = []
    for before, block, fine in zip(reduce, descend, reversed(finer), strict=True):
        # Kept, because the second path uses each of these maps again.
        reduced.append(before(coarse))
        above = F.interpolate(reduced[-1], size=fine.shape[-2:], mode="nearest")
        coarse = block(torch.cat([above, fine], 1))
    levels = [coarse]
    for halve, block, beside in zip(shrink, ascend, reversed(reduced), strict=True):
        levels.append(block(torch.cat([halve(levels[-1]), beside], 1)))
    return levels
