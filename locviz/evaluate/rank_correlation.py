"""Spearman's rank correlation: whether two measures put things into the same order."""

import numpy as np
from jaxtyping import Float
from torch import Tensor

from locviz.types import check_tensors


def spearman(a: Float[Tensor, "n"], b: Float[Tensor, "n"]) -> float:
    """The correlation of the ranks of ``a`` and ``b``, in -1..1; both are ``(n,)``.

    1 says that what has more of one has more of the other, -1 the contrary; how much more plays no
    part. Equal values share the mean of their ranks. It is NaN for fewer than two values, and where
    one side is constant: it then has no order to compare. (``scipy.stats.spearmanr`` gives the same
    numbers.)

    Laws: symmetric; unchanged by any increasing function of either side; ``spearman(a, a)`` is 1.

    Raises:
        TypeError: one is not a tensor.
        ValueError: ``a`` and ``b`` differ in length, or one holds NaN.
    """
    check_tensors(a=a, b=b)
    first, second = (values.detach().cpu().double().numpy() for values in (a, b))
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(
            f"a and b must be two lists (n,) of one length, got {tuple(a.shape)} and {tuple(b.shape)}"
        )
    for name, values in (("a", first), ("b", second)):
        if np.isnan(values).any():
            raise ValueError(f"{name} holds NaN, which has no rank: drop that pair")
    return rank_correlation(first, second)


def rank_correlation(a: Float[np.ndarray, "n"], b: Float[np.ndarray, "n"]) -> float:
    """``spearman`` of arrays ``(n,)`` that are known to be sound."""
    if len(a) < 2:
        return float("nan")
    # Twice the ranks are whole numbers, so sums are exact and a constant has exactly no spread.
    x, y = (_twice_mean_ranks(values) for values in (a, b))
    x, y = x - x.mean(), y - y.mean()
    spread = np.sqrt((x @ x) * (y @ y))
    return float(np.clip(x @ y / spread, -1, 1)) if spread > 0 else float("nan")


def _twice_mean_ranks(values: np.ndarray) -> np.ndarray:
    _, group, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (2 * last - count + 1).astype(np.float64)[group]
