"""Online hard example mining: only the examples with the highest losses are trained.

It is the older answer to many easy negatives: OHEM (arXiv:1604.03540) keeps the hardest examples of
an image, SSD (arXiv:1512.02325, section 2.2) all positives and the hardest negatives. The focal
loss makes easy examples count less in place of leaving them out. Chapter 08.

Both functions return a mask. The caller multiplies the losses by it, and no gradient flows through
the choice; ``DenseLoss(mine=hard_negatives)`` does so. Among equal losses the first are kept, on
every device. ``hard_negatives`` keeps of each image what ``locviz.assign.HardNegatives`` keeps.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from locviz.types import check_tensors

Rows = Float[Tensor, "b p"]
Mask = Bool[Tensor, "b p"]


def hardest(losses: Rows, positive: Mask, negative: Mask, *, num: int) -> Mask:
    """Keep the ``num`` highest losses of each image, positives and negatives alike (OHEM).

    Law: each image keeps ``min(num, positives + negatives)``, and none that it keeps is lower than
    one that it leaves out.

    Args:
        losses: ``(b, p)`` one number per prior; the sum over classes, for example.
        positive: ``(b, p)`` which priors have an object to learn.
        negative: ``(b, p)`` which have the background. A prior that is neither is not kept.
        num: how many per image; 128 regions of two images in the OHEM paper.

    Raises:
        ValueError: ``num`` is negative, or the shapes differ, or a mask is none.
    """
    if not num >= 0:
        raise ValueError(f"num must be 0 or more, got {num}")
    _check_masks(losses, positive, negative)
    some = positive | negative
    return some & (_rank(losses, some) < num)


def hard_negatives(
    losses: Rows, positive: Mask, negative: Mask, *, ratio: float = 3.0, least: int = 0
) -> Mask:
    """Keep all positives of each image, and its hardest negatives (SSD).

    Law: an image with n positives keeps ``max(least, int(ratio * n))`` negatives, or all that it
    has, and none that it keeps has a lower loss than one that it leaves out.

    Args:
        losses: ``(b, p)`` one number per prior; the sum over classes, for example.
        positive: ``(b, p)`` which priors have an object to learn.
        negative: ``(b, p)`` which have the background. A prior that is neither is not kept.
        ratio: negatives per positive.
        least: negatives that an image with few or no positives keeps; with 0, as in SSD, an image
            without objects teaches nothing.

    Raises:
        ValueError: ``ratio`` or ``least`` is negative, or the shapes differ, or a mask is none.
    """
    if not ratio >= 0 or least < 0:
        raise ValueError(f"ratio and least must be 0 or more, got {ratio} and {least}")
    _check_masks(losses, positive, negative)
    # At most as many as there are priors: a huge or infinite ratio means all.
    wanted = (positive.sum(1, keepdim=True) * ratio).nan_to_num(0.0, posinf=losses.shape[1])
    num = wanted.clamp(max=losses.shape[1]).long().clamp(min=least)
    return positive | (negative & (_rank(losses, negative) < num))


def _check_masks(losses: Tensor, positive: Tensor, negative: Tensor):
    check_tensors(losses=losses, positive=positive, negative=negative)
    for name, mask in (("positive", positive), ("negative", negative)):
        if mask.dtype != torch.bool:
            raise ValueError(f"{name} must be a mask, got {mask.dtype}: use {name}.bool()")
    if losses.ndim != 2 or not losses.shape == positive.shape == negative.shape:
        shapes = [tuple(x.shape) for x in (losses, positive, negative)]
        raise ValueError(
            f"losses, positive and negative must be (b, p), one row per image, got {shapes}"
        )


def _rank(losses: Tensor, among: Tensor) -> Tensor:
    """How many of the chosen examples are harder than each of them."""
    candidates = losses.detach().masked_fill(~among, -torch.inf)
    order = candidates.argsort(dim=1, descending=True, stable=True)
    # An order says which example has a rank; its own order says which rank an example has.
    return order.argsort(dim=1)
