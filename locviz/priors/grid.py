"""The cells of YOLOv1: the image cut into a few pieces, each of which predicts a few boxes."""

from collections.abc import Sequence
from typing import final

import torch

from locviz.priors.cell_grid import (
    Device,
    Sizes,
    grid,
    in_one_row,
)
from locviz.types import Priors


@final
class GridCells:
    """Each cell of one coarse map, once per predictor; a cell's predictors follow each other.

    YOLOv1 (https://arxiv.org/abs/1506.02640, section 2) cuts 448 pixels into 7 x 7 cells of 64 with
    2 predictors each: 98 boxes. The cells tile the input exactly, whatever its size, so the stride
    may be a fraction.

    Law: the regions of one predictor tile the input; ``predictors`` neighbours in the row share one
    region.

    Args:
        predictors: boxes that a cell predicts, the paper's B.
    """

    def __init__(self, *, predictors: int = 2):
        if predictors < 1:
            raise ValueError(f"GridCells.predictors must be 1 or more, got {predictors}")
        self.predictors = predictors

    @property
    def num_per_cell(self) -> int:
        """How many priors a cell has: what a detector's head must predict."""
        return self.predictors

    def __call__(
        self, feature_sizes: Sizes, *, input_size: Sequence[int], device: Device = "cpu"
    ) -> Priors:
        """Put the cells in one row, row-major, each ``predictors`` times.

        The arguments are those of every ``PriorGenerator``.

        Raises:
            ValueError: there is more than one feature map.
        """
        if len(feature_sizes) != 1:
            raise ValueError(
                f"GridCells cuts one feature map into cells, got {len(feature_sizes)}: give it the last"
            )
        edges = [
            torch.arange(num + 1) * (extent / num)
            for num, extent in zip(feature_sizes[0], input_size, strict=True)
        ]
        low, high = grid(edge[:-1] for edge in edges), grid(edge[1:] for edge in edges)
        regions = torch.cat([low, high], -1).float()
        # (cells, 2*dim) becomes (cells * predictors, 2*dim).
        regions = regions.repeat_interleave(self.predictors, 0)
        # A cell may be wider than high; its width stands for its size.
        stride = input_size[-1] / feature_sizes[0][-1]
        return in_one_row([regions], [stride]).to(device)
