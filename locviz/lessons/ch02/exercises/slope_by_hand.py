"""The derivative of the IoU loss by one edge, on paper."""

from locviz.course import Exercise, Mistake

slope_by_hand = Exercise(
    name="02.slope_by_hand",
    title="A slope by hand",
    task=(
        "On paper: the prediction is `(0, 0, 2, 2)`, the target `(1, 0, 3, 2)`. What is the "
        "derivative of `1 - IoU` by the prediction's left edge `x1`?"
    ),
    answer=-1 / 9,
    working=(
        "I = 2 stays, U = 6 falls by 2 for each pixel: IoU rises by 2 / 36 * 2 = 1 / 9, so 1 - "
        "IoU falls by it"
    ),
    mistakes=(
        Mistake(
            name="the union falls by one",
            answer=-1 / 18,
            says=(
                "The prediction is 2 high: when its left edge moves by 1, it loses an area of 2."
            ),
        ),
        Mistake(
            name="the sign is turned",
            answer=1 / 9,
            says="That is the slope of IoU. The loss is 1 - IoU: where one rises, the other falls.",
        ),
        Mistake(
            name="the union was held still",
            answer=0.0,
            says=(
                "The intersection does not change with `x1`, true. But the prediction gets smaller, "
                "and so does the union."
            ),
        ),
        Mistake(
            name="the intersection moves along",
            answer=1 / 3,
            says=(
                "The intersection begins at the *target's* left edge, x = 1. Moving `x1` from 0 "
                "does not change it."
            ),
        ),
        Mistake(
            name="divided by the union once",
            answer=-2 / 3,
            says="By the quotient rule the derivative of I / U by U is -I / U squared: 36, not 6.",
        ),
        Mistake(
            name="the slope of the union",
            answer=-2.0,
            says="-2 is how the union changes. What does that do to I / U?",
        ),
    ),
    hints=(
        (
            "Write IoU = I / U. How do I and U change when the left edge moves to the right by a "
            "little?"
        ),
        "I = 2 stays. U = 4 + 4 - 2 = 6 falls by 2 per pixel.",
        "d(I/U) = -I / U**2 * dU = -2 / 36 * (-2) = 1/9. The loss has the opposite sign.",
    ),
)
