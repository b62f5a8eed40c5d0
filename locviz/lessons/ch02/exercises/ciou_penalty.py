"""The exercises of lesson 02: a loss, a slope by hand, a weight that must not be learned, and a
mistake to find.
"""

import math

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake


def _numbers(*values: float | int) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def _smooth_l1(d, beta):
    a = d.abs()
    return torch.where(a < beta, 0.5 * a**2 / beta, a - 0.5 * beta)


smooth_l1 = Exercise(
    name="02.smooth_l1",
    title="Smooth L1 with a beta",
    task=(
        "Write `smooth_l1(d, beta)` for a tensor of errors `d`, positive or negative: a parabola below `beta`, a line "
        "of slope 1 above it, and neither a jump nor a kink where they meet."
    ),
    answer=_smooth_l1,
    cases=(
        Case(args=(_numbers(0.5, 2.0), 1.0), says="beta 1, a small and a large error"),
        Case(args=(_numbers(0.05, 2.0), 1 / 9), says="beta 1/9, as detectors use it"),
        Case(args=(_numbers(-0.5, -3.0), 2.0), says="beta 2, negative errors"),
    ),
    mistakes=(
        Mistake(
            name="the parabola is not divided by beta",
            answer=lambda d, beta: torch.where(d.abs() < beta, 0.5 * d**2, d.abs() - 0.5 * beta),
            says=(
                "Right for beta = 1 only, and so it stands in many papers. At `|d| = beta` the parabola must reach "
                "`beta / 2`, with slope 1."
            ),
        ),
        Mistake(
            name="the line starts at zero",
            answer=lambda d, beta: torch.where(d.abs() < beta, 0.5 * d**2 / beta, d.abs()),
            says="At `|d| = beta` the parabola has reached `beta / 2`, your line starts at `beta`: the loss jumps.",
        ),
        Mistake(
            name="Huber's loss",
            answer=lambda d, beta: torch.where(
                d.abs() < beta, 0.5 * d**2, beta * (d.abs() - 0.5 * beta)
            ),
            says="That is Huber's loss, `beta` times this one. Its line has slope `beta`, not 1.",
        ),
        Mistake(
            name="negative errors are taken as small",
            answer=lambda d, beta: torch.where(d < beta, 0.5 * d**2 / beta, d - 0.5 * beta),
            says="`d < beta` holds for every negative error. Take the absolute value first.",
        ),
        Mistake(
            name="the half is missing",
            answer=lambda d, beta: torch.where(d.abs() < beta, d**2 / beta, d.abs() - 0.5 * beta),
            says="The slope of `d**2 / beta` at beta is 2, that of the line is 1: a kink.",
        ),
    ),
    hints=(
        "Take the line of slope 1 and the parabola `c * d**2`. Which c gives the parabola slope 1 at `beta`?",
        "The slope of `c * d**2` at `beta` is `2 * c * beta`, so `c = 1 / (2 * beta)`. How high is it there?",
        "`torch.where(a < beta, 0.5 * a**2 / beta, a - 0.5 * beta)` with `a = d.abs()`.",
    ),
)

slope_by_hand = Exercise(
    name="02.slope_by_hand",
    title="A slope by hand",
    task=(
        "On paper: the prediction is `(0, 0, 2, 2)`, the target `(1, 0, 3, 2)`. What is the derivative of `1 - IoU` "
        "by the prediction's left edge `x1`?"
    ),
    answer=-1 / 9,
    mistakes=(
        Mistake(
            name="the sign is turned",
            answer=1 / 9,
            says="That is the slope of IoU. The loss is 1 - IoU: where one rises, the other falls.",
        ),
        Mistake(
            name="the union was held still",
            answer=0.0,
            says="The intersection does not feel `x1`, true. But the prediction gets smaller, and with it the union.",
        ),
        Mistake(
            name="the intersection moves along",
            answer=1 / 3,
            says="The intersection begins at the *target's* left edge, x = 1. Moving `x1` from 0 does not change it.",
        ),
        Mistake(
            name="divided by the union once",
            answer=-2 / 3,
            says="By the quotient rule the derivative of I / U by U is -I / U squared: 36, not 6.",
        ),
        Mistake(
            name="the slope of the union",
            answer=-2.0,
            says="-2 is how the union changes. What does that do to I / U?",
        ),
    ),
    hints=(
        "Write IoU = I / U. How do I and U change when the left edge moves to the right by a little?",
        "I = 2 stays. U = 4 + 4 - 2 = 6 falls by 2 per pixel.",
        "d(I/U) = -I / U**2 * dU = -2 / 36 * (-2) = 1/9. The loss has the opposite sign.",
    ),
)


def _value_and_slope(answer, prediction, target):
    """What is compared: the value, then the gradient by the prediction, as five numbers."""
    prediction = prediction.clone().requires_grad_()
    value = answer(prediction, target)
    if value is None or value is Ellipsis:  # not written yet
        return None
    slope = torch.autograd.grad(value, prediction, materialize_grads=True)[0]
    return torch.cat([value.detach().reshape(1), slope])


def _ciou_penalty(prediction, target):
    x1, y1, x2, y2 = prediction
    u1, v1, u2, v2 = target
    angle = torch.atan((u2 - u1) / (v2 - v1)) - torch.atan((x2 - x1) / (y2 - y1))
    v = 4 / math.pi**2 * angle**2
    alpha = v / ((1 - boxes.iou(prediction, target)) + v)
    return alpha.detach() * v


def _v_and_iou(prediction, target, power=2, factor=4 / math.pi**2):
    (w, h), (w_gt, h_gt) = (boxes.corners_to_center_size(box)[2:] for box in (prediction, target))
    v = factor * (torch.atan(w_gt / h_gt) - torch.atan(w / h)) ** power
    return v, boxes.iou(prediction, target)


def _alpha_learned(prediction, target):
    v, iou = _v_and_iou(prediction, target)
    return v / (1 - iou + v) * v


def _alpha_without_a_fraction(prediction, target):
    v, iou = _v_and_iou(prediction, target)
    return ((1 - iou) + v).detach() * v


def _without_the_factor(prediction, target):
    v, iou = _v_and_iou(prediction, target, factor=1.0)
    return (v / (1 - iou + v)).detach() * v


def _without_the_square(prediction, target):
    v, iou = _v_and_iou(prediction, target, power=1)
    return (v / (1 - iou + v)).detach() * v


def _without_alpha(prediction, target):
    return _v_and_iou(prediction, target)[0]


ciou_penalty = Exercise(
    name="02.ciou_penalty",
    title="CIoU's aspect term, and what must not be learned",
    task=(
        "Write `ciou_penalty(prediction, target)`: alpha times v, for two tensors of four numbers. The paper calls "
        "alpha a trade-off parameter: no gradient flows through it. `check` compares the value and the gradient by "
        "the prediction."
    ),
    answer=_ciou_penalty,
    probe=_value_and_slope,
    cases=(
        Case(args=(_numbers(0, 0, 4, 2), _numbers(0, 0, 3, 4)), says="a wide box on a high one"),
        Case(args=(_numbers(0, 0, 2, 6), _numbers(1, 1, 7, 3)), says="a high box on a wide one"),
    ),
    mistakes=(
        Mistake(
            name="alpha is learned too",
            answer=_alpha_learned,
            says=(
                "The value is right, the gradient is not: `alpha.detach()`. Else boxes are pulled to lower alpha "
                "as well."
            ),
        ),
        Mistake(
            name="alpha is not a fraction",
            answer=_alpha_without_a_fraction,
            says="alpha is v *divided by* (1 - IoU) + v. As a sum it is found in a survey; it is a slip of the pen.",
        ),
        Mistake(
            name="the factor of pi is missing",
            answer=_without_the_factor,
            says="Angles of boxes differ by at most pi / 2. The factor 4 / pi**2 brings v into 0..1.",
        ),
        Mistake(
            name="the difference is not squared",
            answer=_without_the_square,
            says="Without the square v can be negative, and a wide box would be rewarded for being wide.",
        ),
        Mistake(
            name="v without alpha",
            answer=_without_alpha,
            says="alpha is missing. It keeps the aspect ratio quiet until the boxes overlap.",
        ),
    ),
    hints=(
        "v compares two angles, `atan(width / height)` of each box; alpha weighs v against 1 - IoU.",
        "`v = 4 / math.pi**2 * (angle_target - angle_prediction)**2` and `alpha = v / (1 - iou + v)`.",
        "Return `alpha.detach() * v`.",
    ),
)


def _eiou_loss(prediction, target):
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
        "Write `eiou_loss(prediction, target)` for two tensors of four numbers. You may use `boxes.iou`, `boxes.hull` "
        "and `boxes.corners_to_center_size`."
    ),
    answer=_eiou_loss,
    cases=(
        Case(args=(_numbers(0, 0, 1, 1), _numbers(0, 0, 2, 2)), says="a quarter inside"),
        Case(args=(_numbers(0, 0, 2, 1), _numbers(3, 2, 4, 6)), says="boxes apart"),
    ),
    mistakes=(
        Mistake(
            name="sides over the target's",
            answer=lambda prediction, target: _eiou(prediction, target, sides_of=lambda a, b: b),
            says="EIoU divides by the sides of the hull: then each term is at most 1, however large the prediction.",
        ),
        Mistake(
            name="the sides' differences are not squared",
            answer=lambda prediction, target: _eiou(prediction, target, square=False),
            says="Square the difference and the hull's side. The slope then fades as the sides come together.",
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
    ),
    hints=(
        "DIoU's loss plus one term per side. What are differences of sides compared with?",
        "`1 - IoU + distance**2 / diagonal**2 + (w - w_gt)**2 / hull_w**2 + (h - h_gt)**2 / hull_h**2`.",
        "`boxes.corners_to_center_size(box)` holds `cx cy w h`: subtract, square, divide.",
    ),
)


def _edges_to_size(left, top, right, bottom):
    return left + right, top + bottom, (right - left) / 2, (bottom - top) / 2


edges_to_size = Exercise(
    name="02.edges_to_size",
    title="Find the mistake: from edges to centre and size",
    task=(
        "Somebody has the derivatives of a loss by the four edges of a box and descends on centre and size. Write "
        "`edges_to_size(left, top, right, bottom)`: the derivatives by `cx`, `cy`, `w`, `h`, as four values."
    ),
    answer=_edges_to_size,
    cases=(
        Case(args=(1.0, 2.0, 5.0, 3.0), says="the derivatives by left, top, right, bottom"),
        Case(args=(-1.0, 0.0, 1.0, 0.0), says="the loss falls as the box gets narrower"),
    ),
    mistakes=(
        Mistake(
            name="the released one: size twice too strong",
            answer=lambda left, top, right, bottom: (
                left + right,
                top + bottom,
                right - left,
                bottom - top,
            ),
            says=(
                "So it stands in the released code of the experiment. But right = cx + w / 2: when w grows by 1, each "
                "edge moves by a half."
            ),
        ),
        Mistake(
            name="the centre is halved as well",
            answer=lambda left, top, right, bottom: (
                (left + right) / 2,
                (top + bottom) / 2,
                (right - left) / 2,
                (bottom - top) / 2,
            ),
            says="When the centre moves by 1, both edges move by 1: their derivatives add. It is no mean.",
        ),
        Mistake(
            name="left and right exchanged",
            answer=lambda left, top, right, bottom: (
                left + right,
                top + bottom,
                (left - right) / 2,
                (top - bottom) / 2,
            ),
            says="left = cx - w / 2: a wider box has its left edge further left. The minus belongs to left and top.",
        ),
        Mistake(
            name="edges added for the size too",
            answer=lambda left, top, right, bottom: (
                left + right,
                top + bottom,
                (left + right) / 2,
                (top + bottom) / 2,
            ),
            says="When the box widens, its edges move in opposite directions: the derivatives are subtracted.",
        ),
    ),
    hints=(
        "Write the edges by centre and size: left = cx - w / 2, right = cx + w / 2. Then the chain rule.",
        "d/dcx = d/dleft * 1 + d/dright * 1. And d/dw?",
        "d/dw = d/dleft * (-1/2) + d/dright * (1/2).",
    ),
)
