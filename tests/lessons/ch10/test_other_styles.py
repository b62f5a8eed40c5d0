"""Answers of lesson 10 in another style: the right ones are accepted, and what is often tried instead
is told by its name, without a traceback.
"""

import numpy as np
import pytest
import torch

from locviz.evaluate import spearman
from locviz.lessons import ch10
from locviz.otsu import otsu_threshold


def ranks(values):
    numbers = values.tolist()
    return [sum(w < v for w in numbers) + (numbers.count(v) + 1) / 2 for v in numbers]


@pytest.mark.parametrize(
    "answer",
    [
        spearman,
        lambda a, b: np.corrcoef(ranks(a), ranks(b))[0, 1],
        lambda a, b: torch.corrcoef(torch.tensor([ranks(a), ranks(b)]))[0, 1],
    ],
)
def test_rho(answer):
    assert ch10.spearman.check(answer)


def otsu_by_loop(values):
    """In plain numbers."""
    numbers, best = values.tolist(), (-1.0, 0.0)
    for t in numbers:
        low, high = [v for v in numbers if v <= t], [v for v in numbers if v > t]
        if high:
            apart = sum(high) / len(high) - sum(low) / len(low)
            best = max(best, (len(low) * len(high) * apart**2, t))
    return best[1]


def between_two_values(values):
    t = otsu_by_loop(values)
    return (t + min(v for v in values.tolist() if v > t)) / 2


def least_within(values):
    def within(t):
        return sum(
            len(part) * part.var(correction=0) for part in (values[values <= t], values[values > t])
        )

    return min(values.unique()[:-1], key=within)


@pytest.mark.parametrize("answer", [otsu_by_loop, between_two_values, least_within, otsu_threshold])
def test_otsu(answer):
    assert ch10.otsu.check(answer)


def with_an_empty_group(values):
    """Each value is tried, the largest as well: its mean is nan, which argmax takes for the most."""
    apart = [
        (values <= t).sum()
        * (values > t).sum()
        * (values[values > t].mean() - values[values <= t].mean()) ** 2
        for t in values
    ]
    return values[torch.stack(apart).argmax()]


def test_the_empty_group_is_named():
    assert "Leave out the largest value" in str(ch10.otsu.check(with_an_empty_group))


@pytest.mark.parametrize(
    "form", [tuple, list, torch.stack, lambda masks: [mask.tolist() for mask in masks]]
)
def test_who_learns_what(form):
    assert ch10.crossed.check(lambda *both: form([v > otsu_threshold(v) for v in both]))


def test_indices_in_place_of_masks_are_refused():
    """Two lists of different lengths."""
    answer = lambda *both: [(v > otsu_threshold(v)).nonzero()[:, 0] for v in both]  # noqa: E731
    assert not ch10.crossed.check(answer)


@pytest.mark.parametrize(
    "answer",
    [
        lambda c, loss: [float(x * sum(loss) / sum(c * loss)) for x in c],
        lambda c, loss: c.numpy() * loss.numpy().mean() / (c * loss).numpy().mean(),
        lambda c, loss: c * (loss.sum() / (c @ loss)),
    ],
)
def test_the_same_total(answer):
    assert ch10.same_total.check(answer)


def test_the_selection_score_in_arrays():
    def answer(boxes, scores):
        b, s = boxes.double().numpy(), scores.double().numpy()
        centers, weights = (b[:, :2] + b[:, 2:]) / 2, np.exp(s) / np.exp(s).sum()
        away = np.hypot(*(centers - weights @ centers).T)
        return s + 1 - away / np.hypot(*(b[:, 2:].max(0) - b[:, :2].min(0)))

    assert ch10.selection_score.check(answer)
