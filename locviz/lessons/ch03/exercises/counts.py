"""Precision and recall on paper, after the third of five boxes."""

from locviz.course import Exercise, Mistake

counts = Exercise(
    name="03.counts",
    title="Precision and recall by hand",
    task=(
        "Four objects. A detector's five boxes, best score first, are: right, wrong, right, wrong, "
        "wrong. What are precision and recall after the *third* box? Answer with the pair "
        "`(precision, recall)`."
    ),
    answer=(2 / 3, 2 / 4),
    working="two of the three boxes so far are right; they find two of the four objects",
    mistakes=(
        Mistake(
            name="the two are exchanged",
            answer=(2 / 4, 2 / 3),
            says=(
                "Precision asks about the boxes reported: 2 of 3. Recall asks about the "
                "objects: 2 of 4."
            ),
        ),
        Mistake(
            name="all five boxes were counted",
            answer=(2 / 5, 2 / 4),
            says=(
                "After the third box only three are reported. The last two come when the "
                "threshold sinks further."
            ),
        ),
        Mistake(
            name="recall of what was found, not of what is there",
            answer=(2 / 3, 1.0),
            says=(
                "Two objects were never found by any box. They are still there: recall is a share "
                "of all four."
            ),
        ),
        Mistake(
            name="only the third box was looked at",
            answer=(1.0, 1 / 4),
            says=(
                "The third box alone is right. But precision and recall are of *all* boxes so far."
            ),
        ),
    ),
    hints=(
        (
            "Cover the last two boxes with your hand. How many are left, and how many of them are "
            "right?"
        ),
        "Precision: right boxes over boxes reported. Recall: right boxes over objects.",
        "Two right, three reported, four objects.",
    ),
)
