"""From the entropy of a row of attention to a number of places."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(weights):
    return torch.special.entr(weights).sum(-1).exp()


def _entropy(weights):
    return torch.special.entr(weights).sum(-1)


def _one_over_the_largest(weights):
    return 1 / weights.amax(-1)


def _bits_to_the_e(weights):
    return (torch.special.entr(weights).sum(-1) / torch.tensor(2.0).log()).exp()


def _share_of_the_most(weights):
    return torch.special.entr(weights).sum(-1) / torch.tensor(float(weights.shape[-1])).log()


def _over_all_cells(weights):
    return torch.special.entr(weights).sum(-1).exp() / weights.shape[-1]


def _one_over_squares(weights):
    return 1 / weights.square().sum(-1)


def _mean_not_sum(weights):
    return torch.special.entr(weights).mean(-1).exp()


def _sign(weights):
    return (-torch.special.entr(weights).sum(-1)).exp()


def _softmax_again(weights):
    return torch.special.entr(weights.softmax(-1)).sum(-1).exp()


def _any_weight(weights):
    return (weights > 0).sum(-1)


def _two_to_the_h(weights):
    return 2 ** torch.special.entr(weights).sum(-1)


def _in_bits(weights):
    return torch.special.entr(weights).sum(-1) / torch.tensor(2.0).log()


def _along_the_queries(weights):
    return torch.special.entr(weights).sum(0).exp()


def _all_rows(weights):
    return torch.special.entr(weights).sum().exp()


effective = Exercise(
    name="14.effective",
    title="How many places does it read?",
    task=(
        "The entropy of a row of weights that sum to 1 is H = -(sum of w log w), with the natural "
        "logarithm; a weight of 0 adds nothing. Write `effective(weights)` for rows `(q, n)`: exp(H) "
        "of each row, `(q,)`. It is the number of places that would have this entropy if all "
        "counted the same."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([[0.25, 0.25, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1]]),),
            says="four equal weights, and a sharper row",
        ),
        Case(
            args=(torch.tensor([[0.5, 0.5, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]]),),
            says="some weights are 0, where `log` is -inf, and 0 * -inf is nan",
        ),
        Case(args=(torch.tensor([[0.6, 0.3, 0.1]]),), says="three different weights"),
    ),
    mistakes=(
        Mistake(
            name="the entropy itself",
            answer=_entropy,
            says="That is H. Take exp(H), so that n equal weights give n.",
        ),
        Mistake(
            name="one over the largest weight",
            answer=_one_over_the_largest,
            says="That looks at one weight alone. The entropy looks at all of them.",
        ),
        Mistake(
            name="bits, but exp",
            answer=_bits_to_the_e,
            says="An entropy in bits (log2) belongs to 2 ** H, one with log to exp(H).",
        ),
        Mistake(
            name="divided by the largest entropy",
            answer=_share_of_the_most,
            says="H / log(n) lies in 0..1 and says nothing across maps of different size.",
        ),
        Mistake(
            name="divided by the number of cells",
            answer=_over_all_cells,
            says="Return a number of places, not the share of all places.",
        ),
        Mistake(
            name="one over the squares",
            answer=_one_over_squares,
            says=(
                "1 / (sum of w squared) is also a number of places (physicists use it), but not the "
                "one of the entropy."
            ),
        ),
        Mistake(
            name="a mean in place of the sum",
            answer=_mean_not_sum,
            says="H is a sum over the places.",
        ),
        Mistake(
            name="the sign is lost",
            answer=_sign,
            says="Logarithms of shares are negative. The minus in front makes H positive.",
        ),
        Mistake(
            name="softmax once more",
            answer=_softmax_again,
            says="The weights sum to 1 already. A second softmax makes them more alike.",
        ),
        Mistake(
            name="all places with any weight",
            answer=_any_weight,
            says="A place with a weight of 0.01 hardly counts. The entropy counts it as little.",
        ),
        Mistake(
            name="2 ** H, but H is not in bits",
            answer=_two_to_the_h,
            says="The logarithm is natural, so exp undoes it. 2 ** H belongs to log2.",
        ),
        Mistake(
            name="the entropy in bits",
            answer=_in_bits,
            says="That is H in bits (log2), not yet a number of places: four equal weights give 2.",
        ),
        Mistake(
            name="a sum along the queries",
            answer=_along_the_queries,
            says="A row is one query. Sum along its places, the last axis.",
        ),
        Mistake(
            name="one number for all rows",
            answer=_all_rows,
            says="Each query has its own row: sum along the last axis only.",
        ),
    ),
    hints=(
        "What is H of four weights of 0.25? log 4. And exp of that?",
        "`w.log()` gives nan at w = 0. `torch.special.entr(w)` is -w log w, and 0 there.",
        "`torch.special.entr(weights).sum(-1).exp()`.",
    ),
)
