"""The RPN's rule on paper: which anchor is responsible for which object."""

from locviz.course import Exercise, Mistake

who_answers = Exercise(
    name="04.who_answers",
    title="Which anchor for which object?",
    task=(
        "Four anchors (rows), two objects (columns), and their IoUs: `[[0.75, 0.10], [0.40, 0.20], "
        "[0.25, 0.55], [0.05, 0.25]]`. By the rule of the RPN (positive from 0.7 on or the best "
        "anchor of an object; negative below 0.3; the rest ignored), what is each anchor? Answer "
        "with four numbers: the object's index 0 or 1, -1 for background, -2 for ignored."
    ),
    answer=[0, -2, 1, -1],
    mistakes=(
        Mistake(
            name="-1 and -2 are exchanged",
            answer=[0, -1, 1, -2],
            says=("Background is -1; an anchor that is ignored is -2."),
        ),
        Mistake(
            name="objects counted from one",
            answer=[1, -2, 2, -1],
            says=("The first object is number 0, as everywhere in torch."),
        ),
        Mistake(
            name="the forced match was forgotten",
            answer=[0, -2, -2, -1],
            says=(
                "No anchor reaches 0.7 with the second object. Its best anchor, the third, is "
                "positive all the same."
            ),
        ),
        Mistake(
            name="the grey zone became background",
            answer=[0, -1, 1, -1],
            says=(
                "0.40 lies between the thresholds: too good to be called background. It takes no "
                "part in the loss."
            ),
        ),
        Mistake(
            name="every anchor answers for its best object",
            answer=[0, 0, 1, 1],
            says="That is the argmax over the objects, without any threshold: 0.25 is background.",
        ),
        Mistake(
            name="the best anchor of each object",
            answer=[0, 2],
            says=(
                "That is the argmax over the anchors: one number for each object. The rule asks "
                "each *anchor*."
            ),
        ),
    ),
    hints=(
        "Row by row first: the best IoU of each anchor, against 0.7 and 0.3.",
        (
            "Then column by column: which anchor is the best of each object? It is positive "
            "whatever its IoU."
        ),
        (
            "0.75 is positive, 0.40 is ignored, 0.55 is the best that the second object has, 0.25 "
            "is background."
        ),
    ),
)
