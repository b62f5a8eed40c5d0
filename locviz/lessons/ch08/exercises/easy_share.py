"""Which share of the gradient do easy negatives hold?"""

import torch

from locviz.course import Case, Exercise, Mistake


def _gradient(logits, targets):
    return (torch.sigmoid(logits) - targets).abs()


def _easy(logits, targets, threshold):
    return (targets == 0) & (torch.sigmoid(-logits) > threshold)


def _solution(logits, targets, threshold):
    size = (torch.sigmoid(logits) - targets).abs()
    easy = (targets == 0) & (torch.sigmoid(-logits) > threshold)
    return size[easy].sum() / size.sum()


def _of_the_loss(logits, targets, threshold):
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return loss[_easy(logits, targets, threshold)].sum() / loss.sum()


def _counted(logits, targets, threshold):
    return _easy(logits, targets, threshold).float().mean()


def _with_signs(logits, targets, threshold):
    slope = torch.sigmoid(logits) - targets
    return slope[_easy(logits, targets, threshold)].sum() / slope.sum()


def _all_negatives(logits, targets, threshold):
    size = _gradient(logits, targets)
    return size[targets == 0].sum() / size.sum()


def _hard_ones(logits, targets, threshold):
    size = _gradient(logits, targets)
    hard = (targets == 0) & (torch.sigmoid(logits) > threshold)
    return size[hard].sum() / size.sum()


def _below_the_threshold(logits, targets, threshold):
    size = _gradient(logits, targets)
    return size[(targets == 0) & (torch.sigmoid(logits) < threshold)].sum() / size.sum()


def _not_divided(logits, targets, threshold):
    return _gradient(logits, targets)[_easy(logits, targets, threshold)].sum()


def _easy_positives_too(logits, targets, threshold):
    size = _gradient(logits, targets)
    return size[size < 1 - threshold].sum() / size.sum()


def _among_negatives(logits, targets, threshold):
    size = _gradient(logits, targets)
    return size[_easy(logits, targets, threshold)].sum() / size[targets == 0].sum()


_FEW = torch.tensor([2.0, -1.0, -2.0, -3.0, 1.5, -0.3])
_SURE = torch.tensor([0.5, 3.0, -4.0, -4.2, -3.9, -5.0, 0.8, -1.2])

easy_share = Exercise(
    name="08.easy_share",
    title="Who holds the gradient?",
    task=(
        "The gradient of cross entropy by a logit is `p - y`. Write `easy_share(logits, targets, "
        "threshold)`, tensors `(n,)` and a number: the share of the summed *sizes* of the gradients "
        "that easy negatives hold. A negative is easy if its `p_t` is above the threshold."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(_FEW, torch.tensor([1.0, 1.0, 0.0, 0.0, 0.0, 0.0]), 0.6),
            says="two positives, four negatives",
        ),
        Case(
            args=(_SURE, torch.tensor([1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 0.8),
            says="sure of most",
        ),
    ),
    mistakes=(
        Mistake(
            name="the share of the loss",
            answer=_of_the_loss,
            says="Weights move by the gradient, not by the value of the loss. Sum |p - y|.",
        ),
        Mistake(
            name="counted, not weighed",
            answer=_counted,
            says="That is how many they are. Sum the sizes of their gradients.",
        ),
        Mistake(
            name="signs cancel each other",
            answer=_with_signs,
            says="Positives pull up and negatives down: without `abs` they cancel in the sum.",
        ),
        Mistake(
            name="hard negatives are in it",
            answer=_all_negatives,
            says="Those are all negatives. Easy are only those with a p_t above the threshold.",
        ),
        Mistake(
            name="the threshold is on p",
            answer=_hard_ones,
            says=(
                "You compare p, the probability of an *object*. For a negative p_t is 1 - p: you "
                "chose the hard ones."
            ),
        ),
        Mistake(
            name="p below the threshold",
            answer=_below_the_threshold,
            says="Not `p < threshold`: a negative's p_t is 1 - p, so it is easy where 1 - p > threshold.",
        ),
        Mistake(
            name="a sum, and no share",
            answer=_not_divided,
            says="That is the sum of the easy negatives. Divide it by the sum of all.",
        ),
        Mistake(
            name="easy positives are in it",
            answer=_easy_positives_too,
            says="An easy positive is easy, but no negative: ask for `targets == 0` as well.",
        ),
        Mistake(
            name="a share of the negatives",
            answer=_among_negatives,
            says="Divide by the sum over *all* predictions: the positives are what is drowned.",
        ),
    ),
    hints=(
        "Three tensors: the size of each gradient, who is negative, who of them is easy.",
        "A negative's p_t is `1 - p`, which is `torch.sigmoid(-logits)`.",
        "`size = (torch.sigmoid(logits) - targets).abs()`, then `size[easy].sum() / size.sum()`.",
    ),
)
