"""CIoU's aspect term: a weight through which no gradient may flow."""

import math

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake
from locviz.lessons.ch02.doubles import doubles


def _value_and_slope(answer, prediction, target):
    """What is compared: the value, then the gradient by the prediction, as five numbers."""
    prediction = prediction.clone().requires_grad_()
    value = answer(prediction, target)
    if value is None or value is Ellipsis:  # not written yet
        return None
    value = torch.as_tensor(value, dtype=torch.float64)
    slope = torch.zeros_like(prediction)  # of a value that hangs on nothing
    if value.requires_grad:
        slope = torch.autograd.grad(value, prediction, materialize_grads=True)[0]
    return torch.cat([value.detach().reshape(1), slope])


def _solution(prediction, target):
    width, height = prediction[2:] - prediction[:2]
    width_gt, height_gt = target[2:] - target[:2]
    angle = torch.atan(width_gt / height_gt) - torch.atan(width / height)
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


def _ratios_without_angles(prediction, target):
    (w, h), (w_gt, h_gt) = (boxes.corners_to_center_size(box)[2:] for box in (prediction, target))
    v = 4 / math.pi**2 * (w_gt / h_gt - w / h) ** 2
    return (v / (1 - boxes.iou(prediction, target) + v)).detach() * v


def _without_alpha(prediction, target):
    return _v_and_iou(prediction, target)[0]


def _wrong_one_detached(prediction, target):
    v, iou = _v_and_iou(prediction, target)
    return v / (1 - iou + v) * v.detach()


def _iou_in_alpha(prediction, target):
    v, iou = _v_and_iou(prediction, target)
    return (v / (iou + v)).detach() * v


ciou_penalty = Exercise(
    name="02.ciou_penalty",
    title="CIoU's aspect term, and what must not be learned",
    task=(
        "Write `ciou_penalty(prediction, target)`: alpha times v, for two tensors of four numbers. "
        "The paper calls alpha a trade-off parameter: no gradient flows through it. `check` "
        "compares the value and the gradient by the prediction."
    ),
    answer=_solution,
    probe=_value_and_slope,
    cases=(
        Case(args=(doubles(0, 0, 4, 2), doubles(0, 0, 3, 4)), says="a wide box on a high one"),
        Case(args=(doubles(0, 0, 2, 6), doubles(1, 1, 7, 3)), says="a high box on a wide one"),
    ),
    mistakes=(
        Mistake(
            name="v is detached, alpha is not",
            answer=_wrong_one_detached,
            says=("It is the other way round: `alpha.detach() * v`. The gradient flows through v."),
        ),
        Mistake(
            name="IoU where 1 - IoU belongs",
            answer=_iou_in_alpha,
            says=(
                "alpha is v / ((1 - IoU) + v): the better the overlap, the more the ratio counts."
            ),
        ),
        Mistake(
            name="the whole CIoU loss",
            answer=lambda prediction, target: 1 - boxes.ciou(prediction, target),
            says=("Asked for is only its last term, `alpha * v`."),
        ),
        Mistake(
            name="alpha is learned too",
            answer=_alpha_learned,
            says=(
                "The value is right, the gradient is not: `alpha.detach()`. Otherwise the loss also "
                "moves the box to make alpha smaller."
            ),
        ),
        Mistake(
            name="alpha is not a fraction",
            answer=_alpha_without_a_fraction,
            says=(
                "alpha is v *divided by* (1 - IoU) + v. You have only what it is divided by; one "
                "survey prints that by mistake."
            ),
        ),
        Mistake(
            name="the factor of pi is missing",
            answer=_without_the_factor,
            says=(
                "Angles of boxes differ by at most pi / 2. The factor 4 / pi**2 brings v into 0..1."
            ),
        ),
        Mistake(
            name="the difference is not squared",
            answer=_without_the_square,
            says=(
                "Without the square v can be negative, and a wide box would be rewarded for being "
                "wide."
            ),
        ),
        Mistake(
            name="ratios instead of angles",
            answer=_ratios_without_angles,
            says="v compares angles: take `torch.atan` of each ratio before you subtract.",
        ),
        Mistake(
            name="v without alpha",
            answer=_without_alpha,
            says="alpha is missing. It keeps the aspect ratio quiet until the boxes overlap.",
        ),
        Mistake(
            name="everything is detached",
            answer=lambda prediction, target: _solution(prediction, target).detach(),
            says=(
                "The value is right, but no gradient is left: detach only alpha, `alpha.detach() "
                "* v`."
            ),
        ),
    ),
    hints=(
        (
            "v compares two angles, `atan(width / height)` of each box; alpha weighs v against 1 - "
            "IoU."
        ),
        (
            "`v = 4 / math.pi**2 * (angle_target - angle_prediction)**2` and `alpha = v / (1 - iou "
            "+ v)`."
        ),
        "Return `alpha.detach() * v`.",
    ),
)
