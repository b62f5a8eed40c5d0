"""The checks that every selection by level makes."""

from collections.abc import Sequence

from torch import Tensor

from locviz.types import check_tensors


def check_levels(levels: Sequence[int], num: int) -> None:
    """Raise unless the levels' counts sum to the number of priors.

    Raises:
        ValueError: they do not.
    """
    if sum(levels) != num:
        raise ValueError(
            f"levels {tuple(levels)} sum to {sum(levels)}, but there are {num} priors: give how many each level has"
        )


def check_predictions(
    logits: Tensor, regions: Tensor, quality: Tensor | None, levels: Sequence[int]
) -> None:
    """Raise unless these are the predictions of one image: ``(p, k)``, ``(p, 2*dim)``, ``(p,)``.

    Raises:
        TypeError: one is not a tensor.
        ValueError: a shape does not fit, or ``levels`` do not sum to p.
    """
    check_tensors(logits=logits, regions=regions)
    if logits.ndim != 2:
        raise ValueError(
            f"logits must be (p, k), one row per prior, got {tuple(logits.shape)}: select image by image"
        )
    if regions.ndim != 2 or len(regions) != len(logits) or regions.shape[1] not in (2, 4):
        raise ValueError(
            f"regions must be ({len(logits)}, 4) boxes or ({len(logits)}, 2) spans, one per row of logits, got "
            f"{tuple(regions.shape)}"
        )
    if quality is not None:
        check_tensors(quality=quality)
        if quality.shape != logits.shape[:1]:
            raise ValueError(
                f"quality must be ({len(logits)},), one logit per prior, got {tuple(quality.shape)}"
            )
    check_levels(levels, len(logits))
