"""Where things are drawn: boxes lie on the image; spans lie on a time line, in lanes.

Along time every query has a lane of its own, in the order of their numbers, and so has every layer
of the chosen query. Objects are as high as the stage.
"""

from collections.abc import Sequence
from functools import cached_property

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.widgets.querylab.reading import Watched

HIGH = 0.3
"""The height of a time line, as a share of its length."""


class Stage:
    """Turns what a detector predicts into boxes and places of one picture.

    Args:
        watched: what is shown.
    """

    def __init__(self, watched: Watched):
        self._watched = watched
        self.spans = watched.targets.dim == 1
        self.width = float(watched.targets.size[-1])
        self.height = HIGH * self.width if self.spans else float(watched.targets.size[0])

    @cached_property
    def picture(self) -> Float[Tensor, "3 h w"]:
        """The image; of features over time (t, c) a strip per channel, scaled to 0..1."""
        image = self._watched.image
        if not self.spans:
            return image
        rows = image.T
        low, high = rows.amin(-1, keepdim=True), rows.amax(-1, keepdim=True)
        strips = (rows - low) / (high - low).clamp(min=1e-6)
        return (0.25 + 0.5 * strips).expand(3, -1, -1)

    def lane(self, index: int, num: int) -> tuple[float, float]:
        """The upper and the lower edge of one of ``num`` lanes."""
        return self.height * index / num, self.height * (index + 1) / num

    def laned(self, regions: Float[Tensor, "n coords"]) -> list[list[float]]:
        """Boxes as they are; spans (n, 2), each as a box in a lane of its own."""
        rows = regions.double().tolist()
        if not self.spans:
            return rows
        return [self._box(row, *self.lane(index, len(rows))) for index, row in enumerate(rows)]

    def whole(self, regions: Float[Tensor, "n coords"]) -> list[list[float]]:
        """Boxes as they are; spans (n, 2) as boxes as high as the stage."""
        rows = regions.double().tolist()
        return [self._box(row, 0.0, self.height) for row in rows] if self.spans else rows

    def _box(self, span: Sequence[float], top: float, bottom: float) -> list[float]:
        return [span[0], top, span[1], bottom]

    def placed(self, places: Float[Tensor, "n dim"], index: int, num: int) -> Float[Tensor, "n 2"]:
        """Places (n, dim) as x, y; times are put into the middle of a lane."""
        if not self.spans:
            return places
        return torch.cat([places, torch.full_like(places, sum(self.lane(index, num)) / 2)], -1)
