"""Spearman's rank correlation, with ties."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(a, b):
    def ranks(values):
        less = (values[None, :] < values[:, None]).sum(1)
        equal = (values[None, :] == values[:, None]).sum(1)
        return less + (equal + 1) / 2

    x, y = ranks(a), ranks(b)
    x, y = x - x.mean(), y - y.mean()
    return (x * y).sum() / ((x * x).sum() * (y * y).sum()).sqrt()


def _pearson(x, y):
    x, y = x.double() - x.double().mean(), y.double() - y.double().mean()
    return (x * y).sum() / ((x * x).sum() * (y * y).sum()).sqrt()


def _mean_ranks(values):
    less = (values[None, :] < values[:, None]).sum(1)
    return less + ((values[None, :] == values[:, None]).sum(1) + 1) / 2


def _of_the_values(a, b):
    return _pearson(a, b)


def _argsort_once(a, b):
    return _pearson(a.argsort(stable=True), b.argsort(stable=True))


def _ties_in_order_of_appearance(a, b):
    return _pearson(
        a.argsort(stable=True).argsort(stable=True), b.argsort(stable=True).argsort(stable=True)
    )


def _ties_share_the_lowest(a, b):
    return _pearson(*((v[None, :] < v[:, None]).sum(1) for v in (a, b)))


def _ties_share_the_highest(a, b):
    return _pearson(*((v[None, :] <= v[:, None]).sum(1) for v in (a, b)))


def _two_divisors(a, b):
    x, y = _mean_ranks(a), _mean_ranks(b)
    return _covariance(a, b) / (x.std() * y.std())


def _ties_without_a_gap(a, b):
    return _pearson(*(v.unique(return_inverse=True)[1] for v in (a, b)))


def _short_formula(a, b):
    n, d = len(a), _mean_ranks(a) - _mean_ranks(b)
    return 1 - 6 * d.square().sum() / (n * (n * n - 1))


def _one_from_the_top(a, b):
    return -_pearson(_mean_ranks(a), _mean_ranks(b))


def _covariance(a, b):
    x, y = _mean_ranks(a), _mean_ranks(b)
    return ((x - x.mean()) * (y - y.mean())).mean()


spearman = Exercise(
    name="10.spearman",
    title="Spearman's rho, with ties",
    task=(
        "Write `spearman(a, b)` for two tensors `(n,)` of values: replace each value by its rank "
        "within its tensor, then return the ordinary (Pearson's) correlation of the ranks. Equal "
        "values share the *mean* of the ranks that they take together: 5, 7, 7 have the ranks 1, "
        "2.5, 2.5. Neither tensor is constant."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([0.9, 0.8, 0.5, 0.3]), torch.tensor([0.6, 0.9, 0.7, 0.4])),
            says="the four boxes from above",
        ),
        Case(
            args=(
                torch.tensor([0.2, 0.7, 0.7, 0.9, 0.1]),
                torch.tensor([0.5, 0.8, 0.6, 0.6, 0.6]),
            ),
            says="five boxes, ties in both tensors",
        ),
        Case(
            args=(
                torch.tensor([0.30, 0.10, 0.30, 0.30, 0.95, 0.20]),
                torch.tensor([0.10, 0.40, 0.40, 0.55, 0.90, 0.05]),
            ),
            says="three equal confidences",
        ),
    ),
    mistakes=(
        Mistake(
            name="the values are correlated",
            answer=_of_the_values,
            says=(
                "That is Pearson's correlation of the values. If all confidences were squared, it "
                "would change; the order, and so NMS, would not. Rank first."
            ),
        ),
        Mistake(
            name="sorted once is not ranked",
            answer=_argsort_once,
            says=(
                "`argsort` says which box is the first, the second ... The rank is the answer to "
                "the opposite question: which place has this box? Sort twice, and mind the ties."
            ),
        ),
        Mistake(
            name="ties are broken by their place in the list",
            answer=_ties_in_order_of_appearance,
            says="Equal values must get equal ranks: the mean of those that they take together.",
        ),
        Mistake(
            name="ties share the lowest rank",
            answer=_ties_share_the_lowest,
            says="They share the *mean* of their ranks: the sum of all ranks then stays the same.",
        ),
        Mistake(
            name="ties share the highest rank",
            answer=_ties_share_the_highest,
            says="You count all values up to this one. Equal ones share the *mean* of their ranks.",
        ),
        Mistake(
            name="one divides by n, the other by n - 1",
            answer=_two_divisors,
            says=(
                "Your covariance is a mean over n, but `std()` divides by n - 1. Take sums for all "
                "three, or `std(correction=0)`."
            ),
        ),
        Mistake(
            name="ranks without a gap after a tie",
            answer=_ties_without_a_gap,
            says=(
                "You count different values. After two values that share 2.5 the next rank is 4, "
                "because two values lie below 2.5 and above 1."
            ),
        ),
        Mistake(
            name="the short formula, with ties",
            answer=_short_formula,
            says=(
                "`1 - 6 * sum(d * d) / ...` is exact only without ties. The correlation of the "
                "ranks is always right."
            ),
        ),
        Mistake(
            name="one side is ranked from the top",
            answer=_one_from_the_top,
            says="The sign is turned: rank both from the same end.",
        ),
        Mistake(
            name="not divided by the spreads",
            answer=_covariance,
            says="That is the covariance of the ranks. Divide by both standard deviations.",
        ),
    ),
    hints=(
        "Two steps: values to ranks, ranks to a correlation. What is the rank of a value?",
        (
            "The mean rank of a value is the number of smaller values, plus half of (the number of "
            "equal values, itself included, plus 1)."
        ),
        (
            "`less + (equal + 1) / 2` with `less = (v[None, :] < v[:, None]).sum(1)`. Then subtract "
            "the means; rho is `(x * y).sum() / ((x * x).sum() * (y * y).sum()).sqrt()`."
        ),
    ),
)
