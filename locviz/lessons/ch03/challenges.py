"""The challenges of lesson 03 in APLab, in the order of the chapter."""

from types import SimpleNamespace

import torch

from locviz import boxes
from locviz.course import Challenge, Goal
from locviz.evaluate import FALSE_POSITIVE


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
    settings={"score_threshold": 0.5, "iou_threshold": 0.5, "label": 6},
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
        Goal(says="the digit 6", number=_label, low=6, high=6),
        Goal(says="AP between 0.40 and 0.50", number=lambda state: state.ap, low=0.4, high=0.5),
    ),
    hint=(
        "The bars show AP at COCO's ten thresholds. Between which two does it pass 0.5? Go there, "
        "then take small steps with the arrow keys."
    ),
    example={"iou_threshold": 0.925, "label": 6, "ap": 0.47},
    settings={"iou_threshold": 0.925, "label": 6},
)


def _num_twice_wrong(state: SimpleNamespace) -> int:
    """How many wrong boxes lie on a missed digit of their own class, IoU 0.3 or more."""
    shown = state.shown
    wrong = torch.as_tensor(shown.outcome) == FALSE_POSITIVE
    missed = torch.as_tensor(shown.found) == 0
    overlap = boxes.pairwise_iou(*map(torch.as_tensor, (shown.detections, shown.gt)))
    alike = torch.as_tensor(shown.labels)[:, None] == torch.as_tensor(shown.gt_labels)
    both = (overlap >= 0.3) & alike & wrong[:, None] & missed
    return int(both.any(1).sum())


# A box that lies beside its digit by a quarter of its width: IoU 0.6, too little for 0.9.
_ONE_SLIP = SimpleNamespace(
    detections=[[15.0, 10.0, 35.0, 30.0]],
    labels=[6],
    outcome=[FALSE_POSITIVE],
    gt=[[10.0, 10.0, 30.0, 30.0]],
    gt_labels=[6],
    found=[0],
)

two_in_one = Challenge(
    name="03.two_in_one",
    title="One box, two errors",
    task=(
        "Find an image, and if you like an IoU threshold, where a digit counts as missed although "
        "a box of its class lies on it, and that box counts as wrong. One slip costs both "
        "precision and recall."
    ),
    # `shown` follows from the other four, by which a change is noticed.
    reads=("image", "label", "iou_threshold", "score_threshold", "shown"),
    goals=(
        Goal(
            says="a wrong box lies on a missed digit of its class, with an IoU of 0.3 or more",
            number=_num_twice_wrong,
            low=1,
        ),
    ),
    hint="Raise the IoU threshold to 0.9 or so and look at images that hold the chosen digit.",
    example={
        "image": 19,
        "label": 6,
        "iou_threshold": 0.9,
        "score_threshold": 0.1,
        "shown": _ONE_SLIP,
    },
    settings={"image": 19, "label": 6, "iou_threshold": 0.9, "score_threshold": 0.1},
)
