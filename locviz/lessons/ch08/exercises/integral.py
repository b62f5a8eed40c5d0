"""From a distribution over bins to a distance, as in generalised focal loss."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(logits):
    return logits.softmax(-1) @ torch.arange(logits.shape[-1], dtype=logits.dtype)


def _without_softmax(logits):
    return logits @ torch.arange(logits.shape[-1], dtype=logits.dtype)


def _most_likely(logits):
    return logits.argmax(-1).to(logits.dtype)


def _from_one(logits):
    return _solution(logits) + 1


def _mean_of_the_bins(logits):
    bins = torch.arange(logits.shape[-1], dtype=logits.dtype)
    return (logits.softmax(-1) * bins).mean(-1)


def _softmax_over_sides(logits):
    return logits.softmax(0) @ torch.arange(logits.shape[-1], dtype=logits.dtype)


def _sigmoids(logits):
    return torch.sigmoid(logits) @ torch.arange(logits.shape[-1], dtype=logits.dtype)


def _exponentials(logits):
    return logits.exp() @ torch.arange(logits.shape[-1], dtype=logits.dtype)


def _one_column(logits):
    return _solution(logits)[:, None]


def _all_sides(logits):
    return _solution(logits).sum()


integral = Exercise(
    name="08.integral",
    title="The integral",
    task=(
        "A side has one logit for each of the distances 0, 1, 2 ... Write `integral(logits)`: logits "
        "`(sides, bins)` to the expected distance of each side, `(sides,)`."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([[0.0, 2.0, 1.0, -1.0], [3.0, 0.0, 0.0, 3.0]]),),
            says="two sides, four bins",
        ),
        Case(
            args=(torch.tensor([[1.0, 0.5, -0.5], [0.2, 0.3, 2.2], [-1.0, 0.0, 0.7]]),),
            says="three sides, three bins",
        ),
    ),
    mistakes=(
        Mistake(
            name="logits are no probabilities",
            answer=_without_softmax,
            says="A logit may be negative, and they do not sum to 1. Take a softmax first.",
        ),
        Mistake(
            name="the most likely bin",
            answer=_most_likely,
            says="`argmax` gives whole numbers and no gradient. Weigh every bin by its probability.",
        ),
        Mistake(
            name="the first bin is 1",
            answer=_from_one,
            says="The bins stand for 0, 1, 2 ...: a side may lie at the point itself.",
        ),
        Mistake(
            name="a mean where a sum belongs",
            answer=_mean_of_the_bins,
            says="The probabilities are the weights already: sum, and divide by nothing.",
        ),
        Mistake(
            name="the softmax runs over the sides",
            answer=_softmax_over_sides,
            says="Each side has a distribution of its own, along the last axis.",
        ),
        Mistake(
            name="exponentials that do not sum to 1",
            answer=_exponentials,
            says="Divide by the sum of the exponentials of the side: that is a softmax.",
        ),
        Mistake(
            name="a column",
            answer=_one_column,
            says="The values are right, the shape is not: `(sides,)` is wanted, so drop `keepdim`.",
        ),
        Mistake(
            name="all sides in one sum",
            answer=_all_sides,
            says="Sum over the bins alone, the last axis: each side keeps its own distance.",
        ),
        Mistake(
            name="a sigmoid for each bin",
            answer=_sigmoids,
            says="Sigmoids do not sum to 1. A side lies at *one* distance: take a softmax.",
        ),
    ),
    hints=(
        "What are the probabilities of the bins of one side?",
        "The expectation is the sum of bin times probability.",
        "`logits.softmax(-1) @ torch.arange(logits.shape[-1], dtype=logits.dtype)`.",
    ),
)
