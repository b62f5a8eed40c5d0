import math
import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from locviz.evaluate import spearman

pairs = st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=2, max_size=30)


def columns(pairs):
    return torch.tensor(pairs, dtype=torch.float64).unbind(1)


@given(pairs)
def test_equals_scipy_with_many_ties(pairs):
    a, b = columns(pairs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns of constants
        theirs = spearmanr(a.numpy(), b.numpy()).statistic
    assert spearman(a, b) == pytest.approx(theirs, abs=1e-12, nan_ok=True)
    assert math.isnan(spearman(a, b)) == (len(a.unique()) == 1 or len(b.unique()) == 1)


@pytest.mark.parametrize("seed", range(10))
def test_equals_scipy_on_any_numbers(seed):
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randn(2, 100, generator=generator)
    assert spearman(a, a + b) == pytest.approx(spearmanr(a, a + b).statistic, abs=1e-12)


def test_values_by_hand():
    """Without ties: 1 - 6 sum(d^2) / (n (n^2 - 1)) with d = 1, 1, 0, so 1 - 12 / 24."""
    assert spearman(torch.tensor([1.0, 2, 3]), torch.tensor([20.0, 10, 99])) == pytest.approx(0.5)
    # Ranks 1.5, 1.5, 3 and 1, 2, 3: covariance 1.5, variances 1.5 and 2.
    assert spearman(torch.tensor([0.0, 0, 5]), torch.tensor([1.0, 2, 3])) == pytest.approx(
        1.5 / math.sqrt(3)
    )


@given(pairs)
def test_laws(pairs):
    a, b = columns(pairs)
    assert spearman(a, b) == pytest.approx(spearman(b, a), nan_ok=True)
    assert spearman(a.exp(), b**3) == pytest.approx(spearman(a, b), nan_ok=True)
    assert spearman(a, -b) == pytest.approx(-spearman(a, b), nan_ok=True)
    assert spearman(a, a) == pytest.approx(1 if len(a.unique()) > 1 else math.nan, nan_ok=True)


@pytest.mark.parametrize(
    ("a", "b"), [([], []), ([1.0], [2.0]), ([3.0, 3], [1.0, 2]), ([1.0, 2], [5.0, 5])]
)
def test_without_an_order_it_is_nan(a, b):
    assert math.isnan(spearman(torch.tensor(a), torch.tensor(b)))


@pytest.mark.usefixtures("unchecked")
def test_bad_input_is_named():
    with pytest.raises(ValueError, match="a and b must be two lists"):
        spearman(torch.zeros(2), torch.zeros(3))
    with pytest.raises(ValueError, match="a and b must be two lists"):
        spearman(torch.zeros(2, 2), torch.zeros(2, 2))
    with pytest.raises(ValueError, match="b holds NaN"):
        spearman(torch.zeros(2), torch.tensor([0.0, math.nan]))
    with pytest.raises(TypeError, match=r"^b must be a tensor, got list"):
        spearman(torch.zeros(2), [0.0, 1.0])
