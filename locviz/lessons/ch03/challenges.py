"""The challenges of lesson 03 in APLab, in the order of the chapter."""

from types import SimpleNamespace

from locviz.course import Challenge, Goal


def _label(state: SimpleNamespace) -> int:
    return -1 if state.label is None else state.label


careful = Challenge(
    name="03.careful",
    title="Nineteen out of twenty",
    task=(
        "Somebody is woken by each box. For the digit 6 at an IoU threshold of 0.5, choose the "
        "score threshold so that at least 95 of 100 boxes are right, and still find as many as you "
        "can."
    ),
    reads=("score_threshold", "iou_threshold", "label", "precision", "recall"),
    goals=(
        Goal(says="the digit 6", number=_label, low=6, high=6),
        Goal(
            says="IoU threshold 0.5",
            number=lambda state: state.iou_threshold,
            low=0.495,
            high=0.505,
        ),
        Goal(says="precision of 0.95 or more", number=lambda state: state.precision, low=0.95),
        Goal(says="recall of 0.90 or more", number=lambda state: state.recall, low=0.90),
    ),
    hint=(
        "Drag the point along the curve to the right, until precision is about to fall below 0.95."
    ),
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
        "Leave the boxes as they are and make the judge stricter: for which IoU threshold is "
        "average precision between 0.40 and 0.50? No box has moved. What has changed?"
    ),
    reads=("iou_threshold", "label", "ap"),
    goals=(
        Goal(says="AP between 0.40 and 0.50", number=lambda state: state.ap, low=0.4, high=0.5),
    ),
    hint="The bars show AP at COCO's ten thresholds. Between which two does it pass 0.5?",
    example={"iou_threshold": 0.93, "label": 6, "ap": 0.45},
)


def _num_wrong(state: SimpleNamespace) -> int:
    _, wrong, _ = state.scene["tally"]
    return wrong


def _num_missed(state: SimpleNamespace) -> int:
    _, _, missed = state.scene["tally"]
    return missed


two_in_one = Challenge(
    name="03.two_in_one",
    title="One box, two errors",
    task=(
        "Find an image, and if you like an IoU threshold, where a digit counts as missed although "
        "a box of its class lies on it, and that box counts as wrong. One slip costs both "
        "precision and recall."
    ),
    reads=("scene", "image", "iou_threshold"),
    goals=(
        Goal(says="at least one wrong box in this image", number=_num_wrong, low=1),
        Goal(says="at least one missed digit in this image", number=_num_missed, low=1),
    ),
    hint="Raise the IoU threshold to 0.9 or so and look at images that hold the chosen digit.",
    example={"scene": {"tally": [1, 1, 1]}, "image": 0, "iou_threshold": 0.9},
)
