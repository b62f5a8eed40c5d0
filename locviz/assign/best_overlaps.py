"""The best overlaps of many priors with a few objects, without the matrix of all pairs.

Most priors touch few objects, and neighbours in the row are neighbours in the image. So the priors
are compared in blocks, each with the objects that its hull touches, and only the maxima are kept:
120,000 x 30 pairs take a sixth of the time of the full matrix, and next to none of its memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.boxes import pairwise_iou

BLOCK = 8192
"""Priors compared at a time on a CPU. A device with many threads takes all at once."""


@dataclass(frozen=True, eq=False)
class BestOverlaps:
    """The best object of each prior, and the best priors of each object.

    Shapes: ``regions`` (p, 2*dim) and ``boxes`` (n, 2*dim) are what was compared; ``best`` (p,)
    is each prior's highest IoU and ``index`` (p,) the first object with that IoU (0 where the prior
    overlaps none); ``peaks`` (blocks, n) is each object's highest IoU within each block of priors.
    """

    regions: Float[Tensor, "p coords"]
    boxes: Float[Tensor, "n coords"]
    best: Float[Tensor, "p"]
    index: Int64[Tensor, "p"]
    peaks: Float[Tensor, "blocks n"]

    @property
    def peak(self) -> Float[Tensor, "n"]:
        """Each object's highest IoU with any prior. The shape is ``(n,)``."""
        return self.peaks.amax(0)

    def ties(self) -> tuple[Int64[Tensor, "t"], Int64[Tensor, "t"]]:
        """All pairs (prior, object) with the object's highest IoU, ties included, by prior.

        An object whose highest IoU is 0 has none. Only the few blocks that hold a peak are compared
        again.
        """
        holds = (self.peaks == self.peak) & (self.peak > 0)
        priors, objects = [], []
        for number in holds.any(1).nonzero()[:, 0].tolist():
            start = number * _block(self.regions)
            columns = holds[number].nonzero()[:, 0]
            block = pairwise_iou(
                self.regions[start : start + _block(self.regions)], self.boxes[columns]
            )
            row, column = (block == self.peak[columns]).nonzero(as_tuple=True)
            priors.append(row + start)
            objects.append(columns[column])
        empty = self.index.new_zeros(0)
        return torch.cat([empty, *priors]), torch.cat([empty, *objects])

    def with_object(self, number: int) -> Float[Tensor, "p"]:
        """The IoU of every prior with one object. The shape is ``(p,)``."""
        return pairwise_iou(self.boxes[number : number + 1], self.regions)[0]


def best_overlaps(
    regions: Float[Tensor, "p coords"], boxes: Float[Tensor, "n coords"]
) -> BestOverlaps:
    """Compare all priors ``(p, 2*dim)`` with all objects ``(n, 2*dim)``; at least one object.

    The maxima are those of the full matrix, bit for bit.
    """
    found = list(_blocks(regions, boxes))
    if not found:
        return BestOverlaps(
            regions,
            boxes,
            regions.new_zeros(0),
            _numbers(regions),
            regions.new_zeros(1, len(boxes)),
        )
    best, index, peaks = zip(*found, strict=True)
    return BestOverlaps(regions, boxes, torch.cat(best), torch.cat(index), torch.stack(peaks))


def _blocks(regions: Tensor, boxes: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    box_low, box_high = boxes.chunk(2, -1)
    for block in regions.split(_block(regions)) if len(regions) else ():
        low, high = block.chunk(2, -1)
        # The objects that the hull of the whole block touches; all others have IoU 0 with it.
        touched = ((box_low < high.amax(0)) & (box_high > low.amin(0))).all(1).nonzero()[:, 0]
        peaks = block.new_zeros(len(boxes))
        if not len(touched):
            yield block.new_zeros(len(block)), _numbers(block), peaks
            continue
        overlap = pairwise_iou(boxes[touched], block)
        best, row = overlap.max(0)
        peaks[touched] = overlap.amax(1)
        yield best, torch.where(best > 0, touched[row], 0), peaks


def _block(regions: Tensor) -> int:
    return BLOCK if regions.device.type == "cpu" else max(1, len(regions))


def _numbers(like: Tensor) -> Tensor:
    return torch.zeros(len(like), dtype=torch.int64, device=like.device)
