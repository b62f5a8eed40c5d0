"""The EIoU loss: one term for the centres, one for each side."""

from locviz import boxes
from locviz.course import Case, Exercise, Mistake
from locviz.lessons.ch02.doubles import doubles


def _solution(prediction, target):
    hull = boxes.hull(prediction, target)
    difference = boxes.corners_to_center_size(prediction) - boxes.corners_to_center_size(target)
    sides = hull[2:] - hull[:2]
    distance = (difference[:2] ** 2).sum() / (sides**2).sum()
    return 1 - boxes.iou(prediction, target) + distance + (difference[2:] ** 2 / sides**2).sum()


def _eiou(prediction, target, sides_of=boxes.hull, square=True, distance=True):
    """EIoU, with the places to go wrong as arguments."""
    sides = boxes.corners_to_center_size(sides_of(prediction, target))[2:]
    hull = boxes.corners_to_center_size(boxes.hull(prediction, target))[2:]
    difference = boxes.corners_to_center_size(prediction) - boxes.corners_to_center_size(target)
    size_term = (difference[2:] / sides) ** 2 if square else (difference[2:] / sides).abs()
    distance_term = (difference[:2] ** 2).sum() / (hull**2).sum() if distance else 0
    return 1 - boxes.iou(prediction, target) + distance_term + size_term.sum()


eiou_loss = Exercise(
    name="02.eiou_loss",
    title="EIoU",
    task=(
        "Write `eiou_loss(prediction, target)` for two tensors of four numbers. You may use "
        "`boxes.iou`, `boxes.hull` and `boxes.corners_to_center_size`."
    ),
    answer=_solution,
    cases=(
        Case(args=(doubles(0, 0, 1, 1), doubles(0, 0, 2, 2)), says="a quarter inside"),
        Case(args=(doubles(0, 0, 2, 1), doubles(3, 2, 4, 6)), says="boxes apart"),
    ),
    mistakes=(
        Mistake(
            name="sides over the target's",
            answer=lambda prediction, target: _eiou(prediction, target, sides_of=lambda a, b: b),
            says=(
                "EIoU divides by the sides of the hull: then each term is at most 1, however large "
                "the prediction."
            ),
        ),
        Mistake(
            name="the sides' differences are not squared",
            answer=lambda prediction, target: _eiou(prediction, target, square=False),
            says=(
                "Square the difference and the hull's side. The slope then fades as the sides come "
                "together."
            ),
        ),
        Mistake(
            name="the centres are forgotten",
            answer=lambda prediction, target: _eiou(prediction, target, distance=False),
            says="EIoU keeps DIoU's term, squared centre distance over squared diagonal.",
        ),
        Mistake(
            name="the measure instead of the loss",
            answer=lambda prediction, target: boxes.eiou(prediction, target),
            says="That is the measure, 1 at best. The loss is 1 minus it, 0 at best.",
        ),
        Mistake(
            name="DIoU instead of EIoU",
            answer=lambda prediction, target: 1 - boxes.diou(prediction, target),
            says=(
                "That is the DIoU loss: IoU and the distance of the centres. EIoU has one more "
                "term for each side."
            ),
        ),
    ),
    hints=(
        "DIoU's loss plus one term per side. What are differences of sides compared with?",
        (
            "`1 - IoU + distance**2 / diagonal**2 + (w - w_gt)**2 / hull_w**2 + (h - h_gt)**2 / "
            "hull_h**2`."
        ),
        "`boxes.corners_to_center_size(box)` holds `cx cy w h`: subtract, square, divide.",
    ),
)
