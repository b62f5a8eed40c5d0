"""The dynamic coefficient loss: weights that leave the sum of the losses as it is."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(coefficient, loss):
    return coefficient * loss.sum() / (coefficient * loss).sum()


def _as_it_is(coefficient, loss):
    return coefficient


def _by_their_sum(coefficient, loss):
    return coefficient / coefficient.sum()


def _mean_of_one(coefficient, loss):
    return coefficient / coefficient.mean()


def _upside_down(coefficient, loss):
    return coefficient * (coefficient * loss).sum() / loss.sum()


def _losses_not_weights(coefficient, loss):
    return coefficient * loss * loss.sum() / (coefficient * loss).sum()


def _one_by_one(coefficient, loss):
    return torch.ones_like(coefficient)


def _softmax(coefficient, loss):
    return coefficient.softmax(0) * len(coefficient)


same_total = Exercise(
    name="10.same_total",
    title="Another share, the same sum",
    task=(
        "Write `same_total(coefficient, loss)`: equation 2 of the poster. Both are tensors `(n,)`, "
        "one entry per positive: lambda and the classification loss. Return the weights lambda' "
        "`(n,)`. Test yourself: the weighted losses must have the same sum as the losses alone."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([2.0, 0.5, 1.0]), torch.tensor([0.3, 1.2, 0.6])),
            says="a well placed box with a small loss",
        ),
        Case(
            args=(torch.tensor([2.0, 0.5]), torch.tensor([1.0, 1.0])),
            says="equal losses",
        ),
        Case(
            args=(torch.tensor([0.5, 0.8, 1.1, 2.0]), torch.tensor([0.1, 0.0, 2.0, 1.0])),
            says="one loss is 0",
        ),
    ),
    mistakes=(
        Mistake(
            name="not normalized",
            answer=_as_it_is,
            says=(
                "With lambda alone the classification as a whole would weigh up to twice as much "
                "against the regression, as soon as the boxes get good."
            ),
        ),
        Mistake(
            name="the weights add up to 1",
            answer=_by_their_sum,
            says="Then the sum of n losses shrinks to about one loss. Keep the *losses'* sum.",
        ),
        Mistake(
            name="the weights are 1 on average",
            answer=_mean_of_one,
            says=(
                "That keeps the sum only where all losses are equal. A heavy weight on a large loss "
                "would still raise it."
            ),
        ),
        Mistake(
            name="the fraction is upside down",
            answer=_upside_down,
            says="The plain sum stands above, the weighted one below.",
        ),
        Mistake(
            name="losses instead of weights",
            answer=_losses_not_weights,
            says="Return the weights; they are multiplied by the losses afterwards.",
        ),
        Mistake(
            name="divided one by one",
            answer=_one_by_one,
            says="Then every weight is 1. Sum first: both sums run over all positives.",
        ),
        Mistake(
            name="a softmax",
            answer=_softmax,
            says="A softmax knows nothing of the losses. The ratios of the lambdas stay as they are.",
        ),
    ),
    hints=(
        "All lambdas are multiplied by one and the same number. Which?",
        "That number is the sum of the losses, divided by the sum of lambda times loss.",
        "`coefficient * loss.sum() / (coefficient * loss).sum()`.",
    ),
)
