"""Mutual labelling: the weight of a candidate that the detector's own rule ignores, on paper."""

from locviz.course import Exercise, Mistake

ignored_weight = Exercise(
    name="10.ignored_weight",
    title="What does an ignored anchor count?",
    task=(
        "RetinaNet ignores an anchor whose IoU with the object is 0.45. Under mutual labelling it "
        "is a candidate. The box that it *predicts* has an IoU of 0.86; Otsu's threshold of the "
        "predicted IoUs is 0.70, and alpha is 0.5. With which weight does it learn its class "
        "(equation 7)?"
    ),
    answer=0.4,
    working="the margin is 0.86 - 0.70 = 0.16, and its square root is 0.4",
    mistakes=(
        Mistake(
            name="not ignored",
            answer=1.0,
            says="Only what was positive before has weight 1. RetinaNet ignores 0.4 to 0.5.",
        ),
        Mistake(
            name="ignored for good",
            answer=0.0,
            says="RetinaNet's own rule would give it no weight. Mutual labelling lets it learn.",
        ),
        Mistake(
            name="the margin without the power",
            answer=0.16,
            says="That is alpha = 1. With 0.5 it is the square *root* of the margin.",
        ),
        Mistake(
            name="squared",
            answer=0.16**2,
            says="alpha = 2 is what the paper takes for its RPN. Here it is 0.5.",
        ),
        Mistake(
            name="the anchor's own IoU",
            answer=0.5,
            says=(
                "You took the anchor: 0.70 - 0.45 = 0.25. I in equation 7 is the IoU of the box that "
                "is predicted there."
            ),
        ),
        Mistake(
            name="alpha as a factor",
            answer=0.08,
            says="alpha is an exponent: the margin *to the power* 0.5.",
        ),
        Mistake(
            name="the nearer, the heavier",
            answer=0.84**0.5,
            says=(
                "The other way round: near the threshold it is unclear whether the candidate is "
                "good, so it counts little."
            ),
        ),
    ),
    hints=(
        "Three numbers are in the task that matter: an IoU, a threshold and a power.",
        "The margin is 0.86 - 0.70.",
        "`0.16 ** 0.5`.",
    ),
)
