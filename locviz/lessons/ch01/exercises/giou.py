"""GIoU from IoU, union and hull."""

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake


def _union(a, b):
    return boxes.area(a) + boxes.area(b) - boxes.area(boxes.intersection(a, b))


def _solution(a, b):
    union = boxes.area(a) + boxes.area(b) - boxes.area(boxes.intersection(a, b))
    hull = boxes.area(boxes.hull(a, b))
    return boxes.iou(a, b) - (hull - union) / hull


def _hull_minus_intersection(a, b):
    hull = boxes.area(boxes.hull(a, b))
    return boxes.iou(a, b) - (hull - boxes.area(boxes.intersection(a, b))) / hull


def _over_the_union(a, b):
    return boxes.iou(a, b) - (boxes.area(boxes.hull(a, b)) - _union(a, b)) / _union(a, b)


def _union_without_taking_off(a, b):
    union, hull = boxes.area(a) + boxes.area(b), boxes.area(boxes.hull(a, b))
    return boxes.iou(a, b) - (hull - union) / hull


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
        Mistake(
            name="the overlap is counted twice in the union",
            answer=_union_without_taking_off,
            says=(
                "Area plus area counts the common part twice. Take the area of "
                "`boxes.intersection(a, b)` off once."
            ),
        ),
        Mistake(
            name="DIoU instead of GIoU",
            answer=lambda a, b: boxes.diou(a, b),
            says="That is DIoU: it takes off the distance of the centres. GIoU looks at areas.",
        ),
        Mistake(
            name="the hull itself instead of its area",
            answer=lambda a, b: (
                boxes.iou(a, b) - (boxes.hull(a, b) - _union(a, b)) / boxes.hull(a, b)
            ),
            says="`boxes.hull(a, b)` is a box of four numbers. You need `boxes.area(...)` of it.",
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
