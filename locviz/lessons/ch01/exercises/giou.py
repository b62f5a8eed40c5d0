"""GIoU from IoU, union and hull."""

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake


def _solution(a, b):
    union = boxes.area(a) + boxes.area(b) - boxes.area(boxes.intersection(a, b))
    hull = boxes.area(boxes.hull(a, b))
    return boxes.iou(a, b) - (hull - union) / hull


def _hull_minus_intersection(a, b):
    hull = boxes.area(boxes.hull(a, b))
    return boxes.iou(a, b) - (hull - boxes.area(boxes.intersection(a, b))) / hull


def _over_the_union(a, b):
    union = boxes.area(a) + boxes.area(b) - boxes.area(boxes.intersection(a, b))
    return boxes.iou(a, b) - (boxes.area(boxes.hull(a, b)) - union) / union


giou = Exercise(
    name="01.giou",
    title="GIoU, also where boxes are apart",
    task=(
        "Write `giou(a, b)` for two boxes (tensors of four numbers). You may use `boxes.iou`, "
        "`boxes.area`, `boxes.intersection` and `boxes.hull`."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([0.0, 0.0, 4.0, 4.0]), torch.tensor([2.0, 2.0, 6.0, 6.0])),
            says="boxes that overlap",
        ),
        Case(
            args=(torch.tensor([0.0, 0.0, 1.0, 1.0]), torch.tensor([3.0, 0.0, 4.0, 1.0])),
            says="two boxes apart",
        ),
        Case(
            args=(torch.tensor([0.0, 0.0, 4.0, 4.0]), torch.tensor([1.0, 1.0, 2.0, 2.0])),
            says="one box in the other",
        ),
    ),
    mistakes=(
        Mistake(
            name="IoU, without the penalty",
            answer=lambda a, b: boxes.iou(a, b),
            says=(
                "For the boxes apart this is 0, wherever they are. GIoU takes off the empty share "
                "of the hull."
            ),
        ),
        Mistake(
            name="the penalty is added",
            answer=lambda a, b: 2 * boxes.iou(a, b) - _solution(a, b),
            says="Empty space in the hull is bad: it must lower the measure. Look at the sign.",
        ),
        Mistake(
            name="the loss instead of the measure",
            answer=lambda a, b: 1 - _solution(a, b),
            says=(
                "1 - GIoU is the loss, and chapter 02. The measure is 1 for the same box and falls "
                "from there."
            ),
        ),
        Mistake(
            name="hull minus intersection",
            answer=_hull_minus_intersection,
            says=(
                "The penalty is what lies in the hull but in neither box: hull minus union, not "
                "minus intersection."
            ),
        ),
        Mistake(
            name="divided by the union",
            answer=_over_the_union,
            says=(
                "The penalty is a share of the hull; divided by the union it grows without bound, "
                "below -1."
            ),
        ),
    ),
    hints=(
        "What does the smallest box around both contain that neither box covers?",
        "Penalty = (hull - union) / hull, as areas.",
        (
            "`union = boxes.area(a) + boxes.area(b) - boxes.area(boxes.intersection(a, b))` and "
            "`hull = boxes.area(boxes.hull(a, b))`; return `boxes.iou(a, b) - (hull - union) / hull`."
        ),
    ),
)
