"""IoU on paper: intersection over union of two squares."""

from locviz.course import Exercise, Mistake

by_hand = Exercise(
    name="01.by_hand",
    title="IoU by hand",
    task=(
        "On paper: what is the IoU of the boxes `(0, 0, 4, 4)` and `(2, 2, 6, 6)`? Give a number "
        "or a fraction."
    ),
    answer=4 / 28,
    working=(
        "the shared part is 2 x 2 = 4, the union 16 + 16 - 4 = 28, so the IoU is 4 / 28 = 1 / 7"
    ),
    mistakes=(
        Mistake(
            name="the overlap is counted twice in the union",
            answer=4 / 32,
            says="16 + 16 counts the common part twice. Take it away once: the union is 28.",
        ),
        Mistake(
            name="divided by one box instead of the union",
            answer=4 / 16,
            says=(
                "4 / 16 is how much of one box is covered. A tiny box inside a huge one would then "
                "score 1."
            ),
        ),
        Mistake(
            name="divided by the hull",
            answer=4 / 36,
            says=(
                "36 is the box around both. Its two empty corners belong to neither box, so not to "
                "the union."
            ),
        ),
        Mistake(
            name="pixels counted inclusively",
            answer=9 / 41,
            says=(
                "You counted the pixels 0..4 as five. Coordinates here are continuous: from 0 to 4 "
                "is a width of 4."
            ),
        ),
    ),
    hints=(
        "Draw them on squared paper. Where does the common part begin and end?",
        "The common part is (2, 2, 4, 4): an area of 4. Each box has 16.",
        "The union is 16 + 16 - 4 = 28.",
    ),
)
