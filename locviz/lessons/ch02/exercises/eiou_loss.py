"""The EIoU loss: one term for the centres, one for each side."""

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake
from locviz.lessons.ch02.doubles import doubles


def _solution(prediction, target):
    hull = boxes.hull(prediction, target)
    difference = boxes.corners_to_center_size(prediction) - boxes.corners_to_center_size(target)
    sides = hull[2:] - hull[:2]
    distance = (difference[:2] ** 2).sum() / (sides**2).sum()
    return 1 - boxes.iou(prediction, target) + distance + (difference[2:] ** 2 / sides**2).sum()


def _corners_for_centres(prediction, target):
    hull, difference = boxes.hull(prediction, target), prediction - target
    sides = hull[2:] - hull[:2]
    distance = (difference[:2] ** 2).sum() / (sides**2).sum()
    return 1 - boxes.iou(prediction, target) + distance + (difference[2:] ** 2 / sides**2).sum()


def _far_corner_for_the_sides(prediction, target):
    return _eiou(prediction, target, sides_of=_from_the_origin, hull_of=_from_the_origin)


def _from_the_origin(a, b):
    hull = boxes.hull(a, b)
    return torch.cat([torch.zeros_like(hull[:2]), hull[2:]])


def _over_the_area(prediction, target):
    sides = boxes.corners_to_center_size(boxes.hull(prediction, target))[2:]
    offset = (boxes.corners_to_center_size(prediction) - boxes.corners_to_center_size(target))[:2]
    return _eiou(prediction, target, distance=False) + (offset**2).sum() / sides.prod()


def _not_summed(prediction, target):
    sides = boxes.corners_to_center_size(boxes.hull(prediction, target))[2:]
    size = (boxes.corners_to_center_size(prediction) - boxes.corners_to_center_size(target))[2:]
    return 1 - boxes.diou(prediction, target) + size**2 / sides**2


def _eiou(prediction, target, sides_of=boxes.hull, hull_of=boxes.hull, square=True, distance=True):
    """EIoU, with the places to go wrong as arguments."""
    sides = boxes.corners_to_center_size(sides_of(prediction, target))[2:]
    hull = boxes.corners_to_center_size(hull_of(prediction, target))[2:]
    difference = boxes.corners_to_center_size(prediction) - boxes.corners_to_center_size(target)
    size_term = (difference[2:] / sides) ** 2 if square else (difference[2:] / sides).abs()
    distance_term = (difference[:2] ** 2).sum() / (hull**2).sum() if distance else 0
    return 1 - boxes.iou(prediction, target) + distance_term + size_term.sum()


def _over_the_diagonal(prediction, target):
    sides = boxes.corners_to_center_size(boxes.hull(prediction, target))[2:]
    size = (boxes.corners_to_center_size(prediction) - boxes.corners_to_center_size(target))[2:]
    return 1 - boxes.diou(prediction, target) + (size**2).sum() / (sides**2).sum()


def _sides_subtracted(prediction, target):
    diou = 1 - boxes.diou(prediction, target)
    return 2 * diou - _solution(prediction, target)


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
        Case(args=(doubles(3, 2, 6, 4), doubles(2, 1, 4, 5)), says="boxes away from the origin"),
    ),
    mistakes=(
        Mistake(
            name="GIoU instead of EIoU",
            answer=lambda prediction, target: 1 - boxes.giou(prediction, target),
            says=(
                "That is the GIoU loss. EIoU looks at centres and sides, not at the empty part of the hull."
            ),
        ),
        Mistake(
            name="the sides over the hull's diagonal",
            answer=_over_the_diagonal,
            says=(
                "Each side is divided by the *same* side of the hull; only the distance is divided by its diagonal."
            ),
        ),
        Mistake(
            name="the side terms are subtracted",
            answer=_sides_subtracted,
            says=(
                "In a loss every difference costs: add the two terms. In the measure they are subtracted."
            ),
        ),
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
        Mistake(
            name="CIoU instead of EIoU",
            answer=lambda prediction, target: 1 - boxes.ciou(prediction, target),
            says="That is the CIoU loss: it compares ratios. EIoU compares the sides themselves.",
        ),
        Mistake(
            name="the IoU loss alone",
            answer=lambda prediction, target: 1 - boxes.iou(prediction, target),
            says="Three terms are missing: one for the centres, and one for each side.",
        ),
        Mistake(
            name="corners instead of centres and sizes",
            answer=_corners_for_centres,
            says=(
                "You compared corners. `boxes.corners_to_center_size` turns each box into "
                "`cx cy w h` first."
            ),
        ),
        Mistake(
            name="the hull's far corner instead of its sides",
            answer=_far_corner_for_the_sides,
            says=(
                "`boxes.hull` gives two corners. Its sides are `hull[2:] - hull[:2]`; they equal "
                "`hull[2:]` only where the hull begins at (0, 0)."
            ),
        ),
        Mistake(
            name="the distance over the hull's area",
            answer=_over_the_area,
            says="c is the diagonal of the hull: c² is the sum of its squared sides, not their product.",
        ),
        Mistake(
            name="the two sides are not summed",
            answer=_not_summed,
            says="Each side has a term of its own. The loss is one number: add the two terms.",
        ),
    ),
    hints=(
        "DIoU's loss plus one term per side. What is the difference of two sides divided by?",
        (
            "`1 - IoU + distance**2 / diagonal**2 + (w - w_gt)**2 / hull_w**2 + (h - h_gt)**2 / "
            "hull_h**2`."
        ),
        "`boxes.corners_to_center_size(box)` holds `cx cy w h`: subtract, square, divide.",
    ),
)
