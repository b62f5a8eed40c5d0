"""The quizzes of lesson 03, in the order of the chapter."""

from locviz.course import Quiz

twice_found = Quiz(
    name="03.twice_found",
    title="Found twice",
    question=(
        "A detector puts two boxes on the same digit, with the scores 0.9 and 0.8. Both overlap it "
        "by an IoU of 0.9. How do they count?"
    ),
    choices=(
        "both are right",
        "one is right, the other is left out",
        "one is right, the other is wrong",
    ),
    right="c",
    because=(
        "An object can be found once. The box with the better score has found it; the second one "
        "claims an object that is not there. Counting it as right would reward repetition, so "
        "detectors remove their duplicates (chapter 09)."
    ),
)

quieter = Quiz(
    name="03.quieter",
    title="Report less",
    question=(
        "You raise the score threshold: boxes that the detector is unsure of are not reported. "
        "What cannot happen?"
    ),
    choices=("precision rises", "precision falls", "recall rises", "recall falls"),
    right="c",
    because=(
        "Boxes only disappear, so nothing new is found: recall can fall or stay. Precision usually "
        "rises, but it falls whenever a right box disappears: the curve has teeth."
    ),
)

tenfold = Quiz(
    name="03.tenfold",
    title="A modest detector",
    question=(
        "You divide all scores of a detector by ten, and change nothing else. What happens to its "
        "AP?"
    ),
    choices=("it falls to about a tenth", "it falls a little", "it stays the same", "it rises"),
    right="c",
    because=(
        "AP looks at the order of the boxes and at nothing else. A detector that gives 0.09 where "
        "it is always right has the same AP as one that gives 0.9. Whether scores *mean* something "
        "is another question (chapter 10)."
    ),
)

which_is_better = Quiz(
    name="03.which_is_better",
    title="Rough and Careful",
    question=(
        "Rough finds every digit that Careful finds and more, but rounds its boxes to a grid of "
        "four pixels. Careful is silent where it is unsure, and its boxes lie well. AP50 prefers "
        "Rough. Whom does AP (0.50:0.95) prefer?"
    ),
    choices=("Rough, too", "Careful", "AP cannot tell them apart"),
    right="b",
    because=(
        "AP50 asks whether a box is half right, and Rough's are. Seven of COCO's ten thresholds "
        "lie above 0.6, and there a rounded box round a small digit fails. Which one *you* want "
        "depends on what you do with the boxes."
    ),
)
