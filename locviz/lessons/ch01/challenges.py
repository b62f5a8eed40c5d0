"""The challenges of lesson 01 in BoxLab, in the order of the chapter."""

from types import SimpleNamespace

from locviz import boxes
from locviz.course import Challenge, Goal
from locviz.lessons.boxlab_state import centre_distance, iou, prediction_and_target


def _giou(state: SimpleNamespace) -> float:
    return boxes.giou(*prediction_and_target(state)).item()


def _aspect_gap(state: SimpleNamespace) -> float:
    """DIoU minus CIoU: what the aspect ratio costs."""
    pair = prediction_and_target(state)
    return (boxes.diou(*pair) - boxes.ciou(*pair)).item()


_TARGET = (110.0, 70.0, 210.0, 170.0)

half = Challenge(
    name="01.half",
    title="Exactly half",
    task="Bring the IoU to one half. Look at the boxes: would you have called this half right?",
    reads=("target", "prediction"),
    goals=(Goal(says="IoU between 0.496 and 0.504", number=iou, low=0.496, high=0.504),),
    hint="For two boxes of the same size, one third of the width to the side is enough.",
    example={"target": _TARGET, "prediction": (143.0, 70.0, 243.0, 170.0)},
)

near_miss = Challenge(
    name="01.near_miss",
    widget="lab2",
    title="The nearest miss",
    task="Let the boxes share nothing at all, and bring GIoU as near to 0 as you can.",
    reads=("target", "prediction"),
    goals=(
        Goal(says="IoU is 0", number=iou, low=0.0, high=0.0),
        Goal(says="GIoU is at least -0.05", number=_giou, low=-0.05),
    ),
    hint=(
        "GIoU punishes the part of the hull that belongs to neither box. When is there no such "
        "part?"
    ),
    example={"target": _TARGET, "prediction": (210.0, 70.0, 310.0, 170.0)},
)

same_centre = Challenge(
    name="01.same_centre",
    widget="lab2",
    title="Half, and not a step aside",
    task=(
        "Bring the IoU to one half, but put the two centres on each other. Then read IoU and DIoU "
        "in the column `measure`: why are they the same number?"
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="IoU between 0.49 and 0.51", number=iou, low=0.49, high=0.51),
        Goal(says="centres at most one pixel apart", number=centre_distance, high=1.0),
    ),
    hint="Make the prediction smaller or larger instead of moving it: half the area does it.",
    example={"target": _TARGET, "prediction": (125.0, 85.0, 196.0, 156.0)},
)

same_iou_other_shape = Challenge(
    name="01.same_iou_other_shape",
    widget="lab2",
    title="What DIoU does not see",
    task="Put the centres on each other, and make CIoU clearly smaller than DIoU. What must differ?",
    reads=("target", "prediction"),
    goals=(
        Goal(says="centres at most one pixel apart", number=centre_distance, high=1.0),
        Goal(says="DIoU minus CIoU is at least 0.02", number=_aspect_gap, low=0.02),
    ),
    hint="CIoU compares the ratio of width to height. Make the prediction long and thin.",
    example={"target": _TARGET, "prediction": (60.0, 105.0, 260.0, 135.0)},
)
