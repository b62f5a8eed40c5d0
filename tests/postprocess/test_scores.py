"""How probability and quality become one score, by hand."""

import pytest
import torch

from locviz.postprocess import (
    best_class_product,
    class_probability,
    geometric_mean,
    product,
    product_logit,
)

PROBABILITY = torch.tensor([[0.9, 0.4], [0.16, 0.25], [0.5, 0.5]])
QUALITY = torch.tensor([[0.4], [1.0], [0.2]])


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (class_probability, [[0.9, 0.4], [0.16, 0.25], [0.5, 0.5]]),
        (geometric_mean, [[0.6, 0.4], [0.4, 0.5], [0.1**0.5, 0.1**0.5]]),
        (product, [[0.36, 0.16], [0.16, 0.25], [0.1, 0.1]]),
        (best_class_product, [[0.36, 0.0], [0.0, 0.25], [0.1, 0.0]]),  # of equals the first
    ],
)
def test_by_hand(score, expected):
    torch.testing.assert_close(score(PROBABILITY, QUALITY), torch.tensor(expected))


def test_without_quality_the_probability_is_left():
    for score in (class_probability, geometric_mean, product):
        assert torch.equal(score(PROBABILITY, None), PROBABILITY)
    torch.testing.assert_close(
        best_class_product(PROBABILITY, None), torch.tensor([[0.9, 0], [0, 0.25], [0.5, 0]])
    )


@pytest.mark.parametrize("score", [class_probability, geometric_mean, product, best_class_product])
def test_no_priors(score):
    assert score(torch.zeros(0, 2), torch.zeros(0, 1)).shape == (0, 2)


def test_the_logit_of_a_product():
    """.5 * .5 has the logit of .25; the sigmoids of 30 multiply to 1 - 1.9e-13, whose logit is 30 -
    log 2.
    """
    halves = torch.zeros(2, 3)
    torch.testing.assert_close(product_logit(halves, halves).sigmoid(), torch.full((2, 3), 0.25))
    large = torch.tensor([30.0], dtype=torch.float64)
    found = product_logit(large, large)
    assert found.item() == pytest.approx(30 - float(torch.tensor(2.0).log()), abs=1e-2)
    a, b = torch.randn(2, 50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    torch.testing.assert_close(product_logit(a, b).sigmoid(), a.sigmoid() * b.sigmoid())
