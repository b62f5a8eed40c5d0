"""Lesson 03, evaluation: when is a detector good?"""

from types import SimpleNamespace

from locviz.course import Challenge, Goal, Quiz
from locviz.course.ch03_exercises import ap_by_hand, counts, ten_thresholds
from locviz.course.ch03_programs import coco_ap, exact_area, greedy

__all__ = [
    "ap_by_hand", "careful", "coco_ap", "counts", "exact_area", "greedy", "half_the_area", "quieter",
    "ten_thresholds", "tenfold", "twice_found", "two_in_one", "which_is_better",
]  # fmt: skip

# --- predict first
# ---------------------------------------------------------------------------------------------------

twice_found = Quiz(
    name="03.twice_found",
    title="Found twice",
    question=(
        "A detector puts two boxes on the same digit, with the scores 0.9 and 0.8. Both overlap it by an IoU of 0.9. "
        "How do they count?"
    ),
    choices=(
        "both are right",
        "one is right, the other is left out",
        "one is right, the other is wrong",
    ),
    right="c",
    because=(
        "An object can be found once. The box with the better score has found it; the second one claims an object that "
        "is not there. Counting it as right would reward stuttering, so detectors suppress their duplicates (chapter "
        "09)."
    ),
)

quieter = Quiz(
    name="03.quieter",
    title="Say less",
    question="You raise the score threshold: boxes that the detector is unsure of are not said. What can not happen?",
    choices=("precision rises", "precision falls", "recall rises", "recall falls"),
    right="c",
    because=(
        "Boxes only disappear, so nothing new is found: recall can fall or stay. Precision usually rises, but it falls "
        "whenever a right box goes silent: the curve has teeth."
    ),
)

tenfold = Quiz(
    name="03.tenfold",
    title="A modest detector",
    question="You divide all scores of a detector by ten, and change nothing else. What happens to its AP?",
    choices=("it falls to about a tenth", "it falls a little", "it stays the same", "it rises"),
    right="c",
    because=(
        "AP looks at the order of the boxes and at nothing else. A detector that says 0.09 where it is always right "
        "has the same AP as one that says 0.9. Whether scores *mean* something is another question (chapter 10)."
    ),
)

which_is_better = Quiz(
    name="03.which_is_better",
    title="Rough and Careful",
    question=(
        "Rough finds every digit that Careful finds and more, but rounds its boxes to a grid of four pixels. Careful "
        "is silent where it is unsure, and its boxes lie well. AP50 prefers Rough. Whom does AP (0.50:0.95) prefer?"
    ),
    choices=("Rough, too", "Careful", "AP cannot tell them apart"),
    right="b",
    because=(
        "AP50 asks whether a box is half right, and Rough's are. Seven of COCO's ten thresholds lie above 0.6, and "
        "there a rounded box round a small digit fails. Which one *you* want depends on what you do with the boxes."
    ),
)

# --- challenges in APLab
# ---------------------------------------------------------------------------------------------


def _label(state: SimpleNamespace) -> int:
    return -1 if state.label is None else state.label


careful = Challenge(
    name="03.careful",
    title="Nineteen out of twenty",
    task=(
        "Somebody is woken by each box. For the digit 6 at an IoU threshold of 0.5, choose the score threshold so that "
        "at least 95 of 100 boxes are right, and still find as many as you can."
    ),
    reads=("score_threshold", "iou_threshold", "label", "precision", "recall"),
    goals=(
        Goal(says="the digit 6", measure=_label, low=6, high=6),
        Goal(
            says="IoU threshold 0.5",
            measure=lambda state: state.iou_threshold,
            low=0.495,
            high=0.505,
        ),
        Goal(says="precision of 0.95 or more", measure=lambda state: state.precision, low=0.95),
        Goal(says="recall of 0.90 or more", measure=lambda state: state.recall, low=0.90),
    ),
    hint="Drag the point along the curve to the right, until precision is about to fall below 0.95.",
    example={
        "score_threshold": 0.5,
        "iou_threshold": 0.5,
        "label": 6,
        "precision": 0.97,
        "recall": 0.93,
    },
)

half_the_area = Challenge(
    name="03.half_the_area",
    title="How strict is half?",
    task=(
        "Leave the boxes as they are and make the judge stricter: for which IoU threshold is average precision between "
        "0.40 and 0.50? No box has moved. What has changed?"
    ),
    reads=("iou_threshold", "label", "ap"),
    goals=(
        Goal(says="AP between 0.40 and 0.50", measure=lambda state: state.ap, low=0.4, high=0.5),
    ),
    hint="The bars show AP at COCO's ten thresholds. Between which two does it pass 0.5?",
    example={"iou_threshold": 0.93, "label": 6, "ap": 0.45},
)


def _here(index: int):
    def measure(state: SimpleNamespace) -> int:
        return state.scene["tally"][index]

    return measure


two_in_one = Challenge(
    name="03.two_in_one",
    title="One box, two errors",
    task=(
        "Find an image, and if you like an IoU threshold, where a digit counts as missed although a box of its class "
        "lies on it, and that box counts as wrong. One slip costs both precision and recall."
    ),
    reads=("scene", "image", "iou_threshold"),
    goals=(
        Goal(says="at least one wrong box in this image", measure=_here(1), low=1),
        Goal(says="at least one missed digit in this image", measure=_here(2), low=1),
    ),
    hint="Raise the IoU threshold to 0.9 or so and look at images that hold the chosen digit.",
    example={"scene": {"tally": [1, 1, 1]}, "image": 0, "iou_threshold": 0.9},
)
