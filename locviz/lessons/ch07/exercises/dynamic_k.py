"""How many priors SimOTA gives to an object, on paper."""

from locviz.course import Exercise, Mistake

dynamic_k = Exercise(
    name="07.dynamic_k",
    title="How many does an object get?",
    task=(
        "SimOTA takes the ten largest IoUs that an object has with predictions, adds them up and "
        "rounds *down*, but never below one. For the IoUs 0.81, 0.75, 0.60, 0.42, 0.20, 0.07 and "
        "none else: how many priors does it get?"
    ),
    answer=2,
    working="0.81 + 0.75 + 0.60 + 0.42 + 0.20 + 0.07 = 2.85, rounded down",
    mistakes=(
        Mistake(
            name="rounded to the nearest",
            answer=3,
            says="The sum is 2.85. The code cuts the fraction off: `int(...)`.",
        ),
        Mistake(
            name="the sum itself",
            answer=2.85,
            says="A number of priors is a whole number: cut the fraction off.",
        ),
        Mistake(
            name="counted, not added",
            answer=6,
            says=(
                "Six predictions touch the object, but a bad one counts little: the IoUs are "
                "*added*."
            ),
        ),
        Mistake(
            name="ten priors",
            answer=10,
            says="The ten largest IoUs are *added*. Their sum says how many priors, not the ten.",
        ),
        Mistake(
            name="the clamp was taken for the rule",
            answer=1,
            says=(
                "One is the least that an object gets, early in training, when all its IoUs are "
                "small."
            ),
        ),
    ),
    hints=(
        "What is the sum of the six?",
        "It is 2.85. Down, not to the nearest.",
        "`max(int(2.85), 1)`.",
    ),
)
