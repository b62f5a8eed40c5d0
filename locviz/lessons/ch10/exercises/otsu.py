"""Otsu's threshold of a few values, exact."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(values):
    ordered = values.unique()  # sorted, each value once
    best, threshold = -1.0, ordered[0]
    for t in ordered[:-1]:
        low, high = values[values <= t], values[values > t]
        between = len(low) * len(high) * (high.mean() - low.mean()) ** 2
        if between > best:
            best, threshold = between, t
    return threshold


def who_is_above(answer, values):
    """Which values lie above the threshold that ``answer`` gives, ``(n,)``: that is all it is for."""
    threshold = answer(values)
    if threshold is None or threshold is Ellipsis:
        return None
    return values > torch.as_tensor(threshold).to(values)


def _best(values, score):
    return max(values.unique()[:-1], key=lambda t: score(values[values <= t], values[values > t]))


def _means_alone(values):
    return _best(values, lambda low, high: (high.mean() - low.mean()) ** 2)


def _largest_gap(values):
    return _best(values, lambda low, high: high.min() - low.max())


def _variances_not_weighted(values):
    return _best(values, lambda low, high: -low.var(correction=0) - high.var(correction=0))


def _distance_not_squared(values):
    return _best(values, lambda low, high: len(low) * len(high) * (high.mean() - low.mean()))


def _one_too_high(values):
    return values[values > _solution(values)].min()


def _middle_of_a_bin(values):
    """A histogram of 16 bins: the split between two bins, told as the middle of the lower one."""
    low, width = values.min(), (values.max() - values.min()) / 16
    place = ((values - low) / width).floor().clamp(max=15)
    return low + (_solution(place) + 0.5) * width


def _largest(values):
    return values.max()


def _mean(values):
    return values.mean()


def _median(values):
    return values.median()


def _half(values):
    return torch.tensor(0.5)


otsu = Exercise(
    name="10.otsu",
    title="Where does a group fall into two?",
    task=(
        "Write `otsu(values)` for a tensor `(n,)` with at least two different values. Try every "
        "split into the values up to t and those above t, where t is one of the values. Return the "
        "t whose two groups are best apart: `n_low * n_high * (mean_high - mean_low) ** 2` is "
        "largest. What counts is which values lie *above* your t, so a t between the same two "
        "values is as good."
    ),
    answer=_solution,
    probe=who_is_above,
    cases=(
        Case(args=(torch.tensor([0.9, 0.1, 0.2, 0.85]),), says="two and two"),
        Case(
            args=(torch.tensor([0.05, 0.55, 0.6, 0.62, 0.66, 0.7, 0.9, 0.1]),),
            says="two poor ones, and an excellent one",
        ),
        Case(
            args=(torch.tensor([0.62, 0.31, 0.48, 0.33, 0.35, 0.36, 0.30, 0.40, 0.60, 0.29]),),
            says="ten candidates without a clear gap",
        ),
        Case(
            args=(torch.tensor([0.7, 0.7, 0.7, 0.2, 0.2, 0.3, 0.7]),),
            says="equal values",
        ),
        Case(
            args=(torch.tensor([0.10, 0.14, 0.18, 0.22, 0.52, 0.54, 0.96]),),
            says="three groups",
        ),
        Case(
            args=(torch.tensor([0.3, 0.6, 0.1, 0.58, 0.35, 0.12, 0.11]),), says="seven candidates"
        ),
        Case(
            args=(torch.tensor([0.69, 0.65, 0.57, 0.25, 0.40, 0.86]),),
            says="six candidates without a clear gap",
        ),
        Case(args=(torch.tensor([0.42, 0.45, 0.44, 0.50, 0.51]),), says="values close together"),
    ),
    mistakes=(
        Mistake(
            name="the sizes of the groups are missing",
            answer=_means_alone,
            says=(
                "The means alone are farthest apart when a single extreme value stands against all "
                "others. Multiply by both sizes."
            ),
        ),
        Mistake(
            name="the largest gap",
            answer=_largest_gap,
            says=(
                "One value far from the rest makes a large gap, but a poor group. Otsu compares "
                "the *means* and counts how many are on each side."
            ),
        ),
        Mistake(
            name="the variances are not weighted",
            answer=_variances_not_weighted,
            says=(
                "The variance *within* may be minimized instead, but each group's variance counts "
                "by its number of values: a single value has none at all."
            ),
        ),
        Mistake(
            name="the distance is not squared",
            answer=_distance_not_squared,
            says="Square the difference of the means: it is a variance.",
        ),
        Mistake(
            name="the least of the upper group",
            answer=_one_too_high,
            says=(
                "Your split is right, but you return the smallest value *above* it. Then `values > "
                "t` loses that value."
            ),
        ),
        Mistake(
            name="nothing lies above your t",
            answer=_largest,
            says=(
                "Leave out the largest value as t: the upper group would be empty, and its mean is "
                "not a number (nan), which no comparison orders. And return t, not how far the "
                "groups are apart."
            ),
        ),
        Mistake(
            name="the middle of a histogram's bin",
            answer=_middle_of_a_bin,
            says=(
                "Libraries for images count values in bins and return the middle of a bin. Values "
                "in the upper half of that bin then lie above t, although they belong below. Try "
                "every value instead: there are few."
            ),
        ),
        Mistake(
            name="the mean",
            answer=_mean,
            says="The mean is not where the values fall apart: one extreme value moves it.",
        ),
        Mistake(
            name="the median",
            answer=_median,
            says="The median always makes halves. Two good candidates of ten should stay two.",
        ),
        Mistake(
            name="a threshold for all objects",
            answer=_half,
            says="A hard object may have no IoU of 0.5 at all. Otsu asks the values themselves.",
        ),
    ),
    hints=(
        "A loop over the values is enough: each is tried as t. What do you compute for one t?",
        (
            "`low = values[values <= t]` and `high = values[values > t]`. The largest value of all "
            "is no t: nothing lies above it."
        ),
        "Keep the t with the largest `len(low) * len(high) * (high.mean() - low.mean()) ** 2`.",
    ),
)
