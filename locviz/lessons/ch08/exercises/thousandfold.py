"""Where focal loss is exactly a thousand times smaller than cross entropy, on paper."""

from locviz.course import Exercise, Mistake

thousandfold = Exercise(
    name="08.thousandfold",
    title="Exactly a thousand",
    task=(
        "With gamma = 2 and without alpha: at which `p_t` is focal loss *exactly* 1000 times "
        "smaller than cross entropy? Give at least four digits, or a formula such as `1 - 2 ** -3`."
    ),
    answer=1 - 1000**-0.5,
    tolerance=5e-5,  # four digits, rounded or cut off
    working="(1 - p_t) ** 2 = 1 / 1000, so p_t = 1 - 1 / sqrt(1000)",
    mistakes=(
        Mistake(
            name="the square was forgotten",
            answer=0.999,
            says="1 - 1 / 1000 is the answer for gamma = 1. Here the factor is a *square*.",
        ),
        Mistake(
            name="that is 1 - p_t",
            answer=1000**-0.5,
            says="This is the probability of the *wrong* answer. p_t is 1 minus it.",
        ),
        Mistake(
            name="the power is three",
            answer=0.9,
            says="At 0.9 it takes gamma = 3, as in the challenge. With gamma = 2 it is 100 times.",
        ),
        Mistake(
            name="p_t itself was raised",
            answer=1000**0.5,
            says="That is no probability. Raise 1 - p_t, and set it to 1 / 1000.",
        ),
    ),
    hints=(
        "Cross entropy is -log p_t. By what is it multiplied?",
        "By (1 - p_t) ** 2, and that has to be 1 / 1000.",
        "1 - p_t = 1 / sqrt(1000).",
    ),
)
