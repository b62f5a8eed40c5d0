"""From objectness and decoded anchors to the proposals that the second stage classifies."""

from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.boxes import large_enough
from locviz.postprocess.known import check_known
from locviz.postprocess.levels import check_levels
from locviz.postprocess.nms import batched_nms


@final
class SelectProposals:
    """Faster R-CNN's choice: ``pre_nms`` per level, NMS within each level, ``post_nms`` of all.

    Proposals with a side below ``min_size`` are dropped before NMS. Classes play no part: a
    proposal is any object. Proposals of different levels do not suppress each other, because the
    same IoU means something else at another size (FPN's code; the original has one level).

    Args:
        pre_nms: of each level, how many go into NMS. The original took 12000 in training and 6000
            in testing from one level, FPN's successors 2000 and 1000 from each of five.
        post_nms: how many come out in all.
        nms_threshold: an IoU above this suppresses.
        min_size: proposals with a side below this, in input pixels, are dropped; the original drops
            below 16.
    """

    def __init__(
        self, *, pre_nms: int, post_nms: int, nms_threshold: float = 0.7, min_size: float = 1e-3
    ):
        if pre_nms < 1 or post_nms < 1:
            raise ValueError(
                f"SelectProposals keeps at least one proposal, got pre_nms {pre_nms}, post_nms {post_nms}"
            )
        self.pre_nms, self.post_nms, self.nms_threshold, self.min_size = (
            pre_nms,
            post_nms,
            nms_threshold,
            min_size,
        )

    def __call__(
        self,
        logits: Float[Tensor, "p"],
        regions: Float[Tensor, "p coords"],
        *,
        levels: Sequence[int],
    ) -> Int64[Tensor, "n"]:
        """Indices of the proposals of one image, most promising first.

        Logits ``(p,)`` and regions ``(p, 2*dim)`` give ``(n,)``.

        Args:
            logits: objectness of each anchor.
            regions: decoded and clipped, in input pixels.
            levels: how many anchors each level has; they sum to p.

        Raises:
            ValueError: ``levels`` do not sum to p, or a number is NaN.
        """
        check_levels(levels, len(logits))
        check_known("the proposals of this image", scores=logits.sigmoid(), regions=regions)
        index, level = self._best_of_levels(logits, levels)
        keep = large_enough(regions[index], self.min_size)
        index, level = index[keep], level[keep]
        # Probabilities and not logits, as in torchvision: large logits have equal probabilities in
        # float32, and then the order of the ties decides.
        best = batched_nms(
            regions[index], logits[index].sigmoid(), level, threshold=self.nms_threshold
        )
        return index[best[: self.post_nms]]

    def _best_of_levels(self, logits: Tensor, levels: Sequence[int]) -> tuple[Tensor, Tensor]:
        indices, numbers = [], []
        start = 0
        for number, level in enumerate(logits.split(tuple(levels))):
            best = level.topk(min(self.pre_nms, len(level))).indices + start
            indices.append(best)
            numbers.append(torch.full_like(best, number))
            start += len(level)
        return torch.cat(indices), torch.cat(numbers)
