"""Average precision on paper: the exact area under the envelope."""

from locviz.course import Exercise, Mistake

ap_by_hand = Exercise(
    name="03.ap_by_hand",
    title="An area by hand",
    task=(
        "Four objects; the boxes, best score first, are right, wrong, right, right. What is the "
        "average precision as the *exact area* under the envelope (Pascal VOC since 2010)?"
    ),
    answer=0.625,
    mistakes=(
        Mistake(
            name="no envelope",
            answer=0.25 * (1 + 2 / 3 + 3 / 4),
            says=(
                "You took precision as it is, 2/3 at recall 0.5. The envelope takes the best at "
                "this recall *or any higher*: 3/4."
            ),
        ),
        Mistake(
            name="averaged over the objects that were found",
            answer=(1 + 0.75 + 0.75) / 3,
            says=(
                "The fourth object was never found: from recall 0.75 to 1 the curve is 0, and that "
                "strip counts."
            ),
        ),
        Mistake(
            name="averaged over the boxes",
            answer=(1 + 1 / 2 + 2 / 3 + 3 / 4) / 4,
            says=(
                "A wrong box does not move recall: it adds no area. Only right boxes have a strip "
                "of their own."
            ),
        ),
        Mistake(
            name="the last precision was carried on to recall 1",
            answer=0.25 * 1 + 0.75 * 0.75,
            says=(
                "After the last box the detector is silent. Beyond recall 0.75 precision is 0, not "
                "3/4."
            ),
        ),
    ),
    hints=(
        (
            "Write precision and recall after each of the four boxes. Which of them stand at a "
            "right box?"
        ),
        "Precision at the right boxes: 1, 2/3, 3/4. Now raise each to the best that follows.",
        "Strips of width 1/4 with heights 1, 3/4, 3/4 and, for the object never found, 0.",
    ),
)
