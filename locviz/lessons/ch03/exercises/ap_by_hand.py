"""The exercises of lesson 03 for paper and pencil: precision and recall, thresholds, an area."""

from locviz.course import Exercise, Mistake

counts = Exercise(
    name="03.counts",
    title="Precision and recall by hand",
    task=(
        "Four objects. A detector's five boxes, best score first, are: right, wrong, right, wrong, wrong. What are "
        "precision and recall after the *third* box? Answer with the pair `(precision, recall)`."
    ),
    answer=(2 / 3, 2 / 4),
    mistakes=(
        Mistake(
            name="the two are exchanged",
            answer=(2 / 4, 2 / 3),
            says="Precision asks about the boxes that were said: 2 of 3. Recall asks about the objects: 2 of 4.",
        ),
        Mistake(
            name="all five boxes were counted",
            answer=(2 / 5, 2 / 4),
            says="After the third box only three have been said. The last two come when the threshold sinks further.",
        ),
        Mistake(
            name="recall of what was found, not of what is there",
            answer=(2 / 3, 1.0),
            says="Two objects were never found by any box. They are still there: recall is a share of all four.",
        ),
        Mistake(
            name="only the third box was looked at",
            answer=(1.0, 1 / 4),
            says="The third box alone is right. But precision and recall are of *all* boxes said so far.",
        ),
    ),
    hints=(
        "Cover the last two boxes with your hand. How many are left, and how many of them are right?",
        "Precision: right boxes over boxes said. Recall: right boxes over objects.",
        "Two right, three said, four objects.",
    ),
)

ten_thresholds = Exercise(
    name="03.ten_thresholds",
    title="Two pixels, ten thresholds",
    task=(
        "A digit is 20 pixels wide and 20 high. Its box is predicted two pixels too far right, and perfect otherwise. "
        "At how many of COCO's ten thresholds, 0.50, 0.55, ... 0.95, is it right?"
    ),
    answer=7,
    mistakes=(
        Mistake(
            name="18/20 instead of the IoU",
            answer=9,
            says="18 of 20 columns are shared, but IoU divides by the union: 18 + 2 + 2 = 22 columns.",
        ),
        Mistake(
            name="rounded up to the next threshold",
            answer=8,
            says="18 / 22 = 0.818 is below 0.85: a threshold must be reached.",
        ),
        Mistake(
            name="the first threshold was forgotten",
            answer=6,
            says="0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80: count again, both ends included.",
        ),
        Mistake(
            name="right is right",
            answer=10,
            says="At 0.5 it is right, and AP50 sees no error at all. The strict thresholds do.",
        ),
    ),
    hints=(
        "First the IoU. Which columns do the two boxes share, and how many do they cover together?",
        "They share 18 columns of a union of 22.",
        "18 / 22 = 0.818. Which of the ten thresholds are not above that?",
    ),
)

ap_by_hand = Exercise(
    name="03.ap_by_hand",
    title="An area by hand",
    task=(
        "Four objects; the boxes, best score first, are right, wrong, right, right. What is the average precision as "
        "the *exact area* under the envelope (Pascal VOC since 2010)?"
    ),
    answer=0.625,
    mistakes=(
        Mistake(
            name="no envelope",
            answer=0.25 * (1 + 2 / 3 + 3 / 4),
            says=(
                "You took precision as it is, 2/3 at recall 0.5. The envelope takes the best at this recall *or any "
                "higher*: 3/4."
            ),
        ),
        Mistake(
            name="averaged over the objects that were found",
            answer=(1 + 0.75 + 0.75) / 3,
            says="The fourth object was never found: from recall 0.75 to 1 the curve is 0, and that strip counts.",
        ),
        Mistake(
            name="averaged over the boxes",
            answer=(1 + 1 / 2 + 2 / 3 + 3 / 4) / 4,
            says="A wrong box does not move recall: it adds no area. Only right boxes have a strip of their own.",
        ),
        Mistake(
            name="the last precision was carried on to recall 1",
            answer=0.25 * 1 + 0.75 * 0.75,
            says="After the last box the detector is silent. Beyond recall 0.75 precision is 0, not 3/4.",
        ),
    ),
    hints=(
        "Write precision and recall after each of the four boxes. Which of them stand at a right box?",
        "Precision at the right boxes: 1, 2/3, 3/4. Now raise each to the best that follows.",
        "Strips of width 1/4 with heights 1, 3/4, 3/4 and, for the object never found, 0.",
    ),
)
