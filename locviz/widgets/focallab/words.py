"""What FocalLab says in sentences; the view and the static picture show the same."""

import math

from locviz.widgets.core.picture import Number
from locviz.widgets.focallab.reading import Curves, Share


def percent(share: Number) -> str:
    """Return a share as people read it, or "undefined" for NaN."""
    return "undefined" if math.isnan(share) else f"{100 * share:z.1f} %"


def times(factor: Number) -> str:
    """Return how many times as three digits: 1, 4, 6.25, 97.7, 977, 1.02e+08."""
    if factor >= 1e6:
        return f"{factor:.2e}"
    decimals = 2 if factor < 10 else 1 if factor < 100 else 0
    text = f"{factor:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def point_in_words(point: Curves, *, side: str, alpha: float | None, gamma: float) -> str:
    """Say how much less than cross entropy the focal loss is, and by which of its two numbers."""
    balanced, focal = point.times[1:, 0].tolist()
    start = f"At p_t = {float(point.p_t[0]):.3f} of a {side} focal loss is"
    if math.isinf(focal):
        return f"{start} 0: alpha = {alpha:g} gives {side}s no weight."
    if focal - 1 < 1e-9:
        return f"{start} cross entropy itself."
    parts = [f"gamma {gamma:g} divides it by {times(focal / balanced)}"] * (gamma > 0)
    if alpha is not None:
        parts.append(f"alpha {alpha:g} by {times(balanced)}")
    whole = f"{start} {times(focal)} times less than cross entropy"
    return f"{whole}: {', '.join(parts)}." if len(parts) > 1 else f"{whole}."


def easy_in_words(*, num_easy: int, num_kept: int, threshold: float) -> str:
    """Say how many negatives are easy."""
    return (
        f"{num_easy:,} of {num_kept:,} predictions ({percent(num_easy / num_kept)}) are easy "
        f"negatives: p_t above {threshold:.2f}."
    )


def shares_in_words(shares: list[Share]) -> str:
    """Say how much of the gradient the easy negatives hold."""
    held = [percent(share.easy) for share in shares]
    return (
        f"They hold {held[0]} of the gradient of cross entropy, {held[1]} of the balanced one, "
        f"{held[2]} of focal loss."
    )
