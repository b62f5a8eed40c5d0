"""The bias with which a sigmoid starts at a chosen probability."""

import math

from locviz.course import Case, Exercise, Mistake


def _solution(prior):
    return -math.log((1 - prior) / prior)


prior_bias = Exercise(
    name="08.prior_bias",
    title="Where a head should start",
    task=(
        "At first the weights of the last layer are nearly 0, so its bias alone is the logit. Write "
        "`prior_bias(prior)`: the bias for which the sigmoid gives `prior`, a number between 0 and 1."
    ),
    answer=_solution,
    cases=(
        Case(args=(0.01,), says="the paper's prior"),
        Case(args=(0.5,), says="a coin"),
        Case(args=(0.9,), says="more objects than background"),
    ),
    mistakes=(
        Mistake(
            name="the sign is turned",
            answer=lambda prior: math.log((1 - prior) / prior),
            says="Then the sigmoid gives 1 - prior: nearly everything starts as an object.",
        ),
        Mistake(
            name="the sigmoid, not its inverse",
            answer=lambda prior: 1 / (1 + math.exp(-prior)),
            says=(
                "You went from a logit to a probability. The bias is a logit: solve "
                "prior = 1 / (1 + exp(-bias)) for the bias."
            ),
        ),
        Mistake(
            name="a logarithm of the prior alone",
            answer=math.log,
            says="The sigmoid of log(prior) is prior / (1 + prior): near 0.01, but a coin gives 1/3.",
        ),
        Mistake(
            name="a logarithm to the base of 10",
            answer=lambda prior: -math.log10((1 - prior) / prior),
            says="The sigmoid has the natural exponential in it: take `math.log`.",
        ),
        Mistake(
            name="a logarithm to the base of 2",
            answer=lambda prior: -math.log2((1 - prior) / prior),
            says="Base 2 undoes 2 ** x. The sigmoid is made with e ** x: take `math.log`.",
        ),
        Mistake(
            name="the probability itself",
            answer=lambda prior: prior,
            says="With a bias of 0.01 the sigmoid gives 0.5025. The bias is a logit.",
        ),
        Mistake(
            name="the odds without a logarithm",
            answer=lambda prior: prior / (1 - prior),
            says="Those are the odds. The logit is their logarithm.",
        ),
    ),
    hints=(
        "Which function undoes the sigmoid?",
        "From prior = 1 / (1 + exp(-b)) follows exp(-b) = (1 - prior) / prior.",
        "`-math.log((1 - prior) / prior)`.",
    ),
)
