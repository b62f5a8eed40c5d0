"""Lesson 01, boxes and IoU: what is "the same place"?"""

from types import SimpleNamespace

import torch

from locviz import boxes
from locviz.course import Challenge, Goal, Quiz
from locviz.course.ch01_exercises import (
    by_hand,
    diou_by_hand,
    giou,
    pairwise,
    span_iou,
    voc_to_corners,
)

__all__ = [
    "by_hand", "diou_by_hand", "four_pixels", "giou", "half", "half_shift", "near_miss", "pairwise", "same_centre",
    "same_iou_other_shape", "span_iou", "two_misses", "voc_to_corners",
]  # fmt: skip

# --- predict first
# ---------------------------------------------------------------------------------------------------

half_shift = Quiz(
    name="01.half_shift",
    title="Half aside, half down",
    question=(
        "Two equal squares lie on each other. You move one to the right by half its width and down by half its height. "
        "What is their IoU?"
    ),
    choices=("1/2", "1/3", "1/4", "1/7"),
    right="d",
    because="They share a quarter. The union is 1 + 1 - 1/4 = 7/4 of a square, and 1/4 : 7/4 = 1/7.",
)

four_pixels = Quiz(
    name="01.four_pixels",
    title="The same four pixels",
    question=(
        "A box of 16 x 16 pixels is predicted four pixels too far right. So is a box of 160 x 160. What are "
        "the two IoUs?"
    ),
    choices=("0.75 and 0.75", "0.75 and 0.98", "0.60 and 0.95", "0.60 and 0.60"),
    right="c",
    because=(
        "12 of 16 columns are shared, of a union of 20: 0.60. For the large box it is 156 of 164: 0.95. IoU measures "
        "errors against the size of the thing: the same slip that nobody sees on a bus loses the ball."
    ),
)

two_misses = Quiz(
    name="01.two_misses",
    title="Two misses",
    question=(
        "One prediction misses its target by two pixels, another by two hundred: neither touches it. Which has the "
        "larger IoU?"
    ),
    choices=("the near one", "the far one", "neither: both are 0"),
    right="c",
    because=(
        "Without an intersection IoU is 0, near or far. As a score that may be fair. As something to learn from it is "
        "silent: it does not say which way to go. That silence is why GIoU and its family exist."
    ),
)

# --- challenges in BoxLab
# --------------------------------------------------------------------------------------------


def _pair(state: SimpleNamespace) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(state.target).float(), torch.tensor(state.prediction).float()


def _iou(state: SimpleNamespace) -> float:
    return boxes.iou(*_pair(state)).item()


def _giou(state: SimpleNamespace) -> float:
    return boxes.giou(*_pair(state)).item()


def _centre_distance(state: SimpleNamespace) -> float:
    target, prediction = (boxes.corners_to_center_size(box)[:2] for box in _pair(state))
    return (target - prediction).norm().item()


def _aspect_gap(state: SimpleNamespace) -> float:
    return (boxes.diou(*_pair(state)) - boxes.ciou(*_pair(state))).item()


_TARGET = (110.0, 70.0, 210.0, 170.0)

half = Challenge(
    name="01.half",
    title="Exactly half",
    task="Bring the IoU to one half. Look at the boxes: would you have called this half right?",
    reads=("target", "prediction"),
    goals=(Goal(says="IoU between 0.49 and 0.51", measure=_iou, low=0.49, high=0.51),),
    hint="For two boxes of the same size, one third of the width to the side is enough.",
    example={"target": _TARGET, "prediction": (143.0, 70.0, 243.0, 170.0)},
)

same_centre = Challenge(
    name="01.same_centre",
    title="Half, and not a step aside",
    task=(
        "Keep the IoU at one half, but put the two centres on each other. Then read off IoU and DIoU: why are they the "
        "same number?"
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="IoU between 0.49 and 0.51", measure=_iou, low=0.49, high=0.51),
        Goal(says="centres at most one pixel apart", measure=_centre_distance, high=1.0),
    ),
    hint="Make the prediction smaller or larger instead of moving it: half the area does it.",
    example={"target": _TARGET, "prediction": (125.0, 85.0, 196.0, 156.0)},
)

near_miss = Challenge(
    name="01.near_miss",
    title="The nearest miss",
    task="Let the boxes share nothing at all, and bring GIoU as near to 0 as you can.",
    reads=("target", "prediction"),
    goals=(
        Goal(says="IoU is 0", measure=_iou, low=0.0, high=0.0),
        Goal(says="GIoU is at least -0.05", measure=_giou, low=-0.05),
    ),
    hint="GIoU punishes the part of the hull that belongs to neither box. When is there no such part?",
    example={"target": _TARGET, "prediction": (210.0, 70.0, 310.0, 170.0)},
)

same_iou_other_shape = Challenge(
    name="01.same_iou_other_shape",
    title="What only CIoU sees",
    task="Centres on each other, and yet CIoU is clearly below DIoU. What must differ?",
    reads=("target", "prediction"),
    goals=(
        Goal(says="centres at most one pixel apart", measure=_centre_distance, high=1.0),
        Goal(says="DIoU minus CIoU is at least 0.02", measure=_aspect_gap, low=0.02),
    ),
    hint="CIoU compares the ratio of width to height. Make the prediction long and thin.",
    example={"target": _TARGET, "prediction": (60.0, 105.0, 260.0, 135.0)},
)
