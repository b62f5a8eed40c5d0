"""The regions that overlap one of them: nearly all pairs of an image have no common part.

Suppression asks for the overlaps of one region at a time. These functions work on arrays, one per
coordinate, because an operation on a small array costs a fifth of one on a small tensor.
"""

import numpy as np
from jaxtyping import Bool, Float, Int
from torch import Tensor


class Neighbours:
    """IoUs of one region with those that it shares a part with; regions may be moved.

    The order of the operations is torchvision's and pycocotools', so equal coordinates give the same
    last bits. A region with a NaN or infinite coordinate has no neighbours. Shapes: ``(n, 2*dim)``.
    """

    def __init__(self, regions: Float[Tensor, "n coords"]):
        planes = [plane.contiguous().numpy() for plane in regions.cpu().unbind(-1)]
        dim = len(planes) // 2
        # Copies: ``move`` writes into them.
        self.low, self.high = np.stack(planes[:dim]), np.stack(planes[dim:])
        with np.errstate(all="ignore"):
            self.size = np.prod(self.high - self.low, axis=0)

    def of(
        self, one: int, among: Bool[np.ndarray, "n"]
    ) -> tuple[Int[np.ndarray, "k"], Float[np.ndarray, "k"]]:
        """The neighbours of region ``one`` that are ``among`` (n,): their rows (k,) and IoUs (k,)."""
        with np.errstate(all="ignore"):
            sides = self._common_sides(one)
            meet = among.copy()
            for side in sides:
                meet &= side > 0
            rows = meet.nonzero()[0]
            shared = sides[0][rows]
            for side in sides[1:]:
                shared = shared * side[rows]
            overlap = shared / (self.size[one] + self.size[rows] - shared)
            sound = overlap > 0  # not so where a size is infinite or NaN, or the product underflows
        return (rows, overlap) if sound.all() else (rows[sound], overlap[sound])

    def _common_sides(self, one: int) -> list[np.ndarray]:
        return [
            np.minimum(high, high[one]) - np.maximum(low, low[one])
            for low, high in zip(self.low, self.high, strict=True)
        ]

    def move(self, one: int, region: Float[np.ndarray, "coords"]) -> None:
        """Put region ``one`` elsewhere: ``(2*dim,)``."""
        self.low[:, one], self.high[:, one] = np.split(region, 2)
        self.size[one] = np.prod(self.high[:, one] - self.low[:, one])


def best_first(scores: Tensor) -> Int[np.ndarray, "n"]:
    """The rows of scores ``(n,)``, best first; equal ones keep their order."""
    return scores.argsort(descending=True, stable=True).cpu().numpy()
