"""How probability and quality become one score, by hand."""

import pytest
import torch

from locviz.postprocess import best_class_product, class_probability, geometric_mean, product

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
