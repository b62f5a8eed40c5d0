"""DETR's matching cost: what each query would cost each object."""

import torch

from locviz.boxes import center_size_to_corners, pairwise_giou, pairwise_iou
from locviz.course import Case, Exercise, Mistake


def _solution(logits, boxes, labels, gt_boxes):
    probability = logits.softmax(-1)[:, 1 + labels]
    l1 = (boxes[:, None] - gt_boxes).abs().sum(-1)
    giou = pairwise_giou(center_size_to_corners(boxes), center_size_to_corners(gt_boxes))
    return -probability + 5 * l1 - 2 * giou


def _terms(logits, boxes, labels, gt_boxes):
    return (
        logits.softmax(-1)[:, 1 + labels],
        (boxes[:, None] - gt_boxes).abs().sum(-1),
        pairwise_giou(center_size_to_corners(boxes), center_size_to_corners(gt_boxes)),
    )


def _probability_rewarded(*given):
    p, l1, giou = _terms(*given)
    return p + 5 * l1 - 2 * giou


def _cross_entropy(*given):
    p, l1, giou = _terms(*given)
    return -p.log() + 5 * l1 - 2 * giou


def _no_giou(*given):
    p, l1, _ = _terms(*given)
    return -p + 5 * l1


def _no_class(*given):
    _, l1, giou = _terms(*given)
    return 5 * l1 - 2 * giou


def _giou_rewarded(*given):
    p, l1, giou = _terms(*given)
    return -p + 5 * l1 + 2 * giou


def _no_weights(*given):
    p, l1, giou = _terms(*given)
    return -p + l1 - giou


def _mean_of_l1(*given):
    p, l1, giou = _terms(*given)
    return -p + 5 * l1 / 4 - 2 * giou


def _column_off(logits, boxes, labels, gt_boxes):
    _, l1, giou = _terms(logits, boxes, labels, gt_boxes)
    return -logits.softmax(-1)[:, labels] + 5 * l1 - 2 * giou


def _sigmoid(logits, boxes, labels, gt_boxes):
    _, l1, giou = _terms(logits, boxes, labels, gt_boxes)
    return -logits.sigmoid()[:, 1 + labels] + 5 * l1 - 2 * giou


def _softmax_of_classes_alone(logits, boxes, labels, gt_boxes):
    _, l1, giou = _terms(logits, boxes, labels, gt_boxes)
    return -logits[:, 1:].softmax(-1)[:, labels] + 5 * l1 - 2 * giou


def _over_the_queries(logits, boxes, labels, gt_boxes):
    _, l1, giou = _terms(logits, boxes, labels, gt_boxes)
    return -logits.softmax(0)[:, 1 + labels] + 5 * l1 - 2 * giou


def _l1_of_corners(logits, boxes, labels, gt_boxes):
    p, _, giou = _terms(logits, boxes, labels, gt_boxes)
    corners = center_size_to_corners(boxes), center_size_to_corners(gt_boxes)
    return -p + 5 * (corners[0][:, None] - corners[1]).abs().sum(-1) - 2 * giou


def _l2(logits, boxes, labels, gt_boxes):
    p, _, giou = _terms(logits, boxes, labels, gt_boxes)
    return -p + 5 * torch.cdist(boxes, gt_boxes) - 2 * giou


def _giou_without_corners(logits, boxes, labels, gt_boxes):
    p, l1, _ = _terms(logits, boxes, labels, gt_boxes)
    return -p + 5 * l1 - 2 * pairwise_giou(boxes, gt_boxes)


def _iou(logits, boxes, labels, gt_boxes):
    p, l1, _ = _terms(logits, boxes, labels, gt_boxes)
    iou = pairwise_iou(center_size_to_corners(boxes), center_size_to_corners(gt_boxes))
    return -p + 5 * l1 - 2 * iou


def _giou_loss(*given):
    p, l1, giou = _terms(*given)
    return -p + 5 * l1 + 2 * (1 - giou)


def _one_minus_each(*given):
    p, l1, giou = _terms(*given)
    return (1 - p) + 5 * l1 + 2 * (1 - giou)


def _logits_alone(logits, boxes, labels, gt_boxes):
    _, l1, giou = _terms(logits, boxes, labels, gt_boxes)
    return -logits[:, 1 + labels] + 5 * l1 - 2 * giou


def _no_l1(*given):
    p, _, giou = _terms(*given)
    return -p - 2 * giou


def _no_abs(logits, boxes, labels, gt_boxes):
    p, _, giou = _terms(logits, boxes, labels, gt_boxes)
    return -p + 5 * (boxes[:, None] - gt_boxes).sum(-1) - 2 * giou


def _likeliest_class(logits, boxes, labels, gt_boxes):
    _, l1, giou = _terms(logits, boxes, labels, gt_boxes)
    return -logits.softmax(-1)[:, 1:].amax(1, keepdim=True) + 5 * l1 - 2 * giou


def _weights_exchanged(*given):
    p, l1, giou = _terms(*given)
    return -p + 2 * l1 - 5 * giou


def _objects_first(*given):
    return _solution(*given).T


_LOGITS = torch.tensor([[2.0, 0.5, -1.0, 0.0], [0.0, 1.5, 0.2, -0.5], [-1.0, 0.3, 2.5, 1.0]])
_BOXES = torch.tensor([[0.5, 0.5, 0.2, 0.4], [0.3, 0.6, 0.3, 0.2], [0.7, 0.2, 0.1, 0.3]])
_GT = torch.tensor([[0.32, 0.58, 0.25, 0.3], [0.65, 0.3, 0.2, 0.2]])

matching_cost = Exercise(
    name="13.matching_cost",
    title="What a query costs an object",
    task=(
        "Write `matching_cost(logits, boxes, labels, gt_boxes)` for one image: `logits` `(q, 1 + k)` "
        'with "no object" in column 0, `boxes` `(q, 4)` and `gt_boxes` `(g, 4)` as shares of the '
        "image, centre and size, and `labels` `(g,)` in 0..k-1. Return the costs `(q, g)`: minus the "
        "softmax probability of the object's class, plus 5 times the L1 distance (the sum of the four "
        "differences), minus 2 times the GIoU. `pairwise_giou` and `center_size_to_corners` are "
        "imported."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(_LOGITS, _BOXES, torch.tensor([0, 2]), _GT), says="three queries and two objects"
        ),
        Case(
            args=(_LOGITS[1:], _BOXES[1:], torch.tensor([1, 1, 0]), torch.cat([_GT, _GT[:1]])),
            says="more objects than queries",
        ),
        Case(args=(_LOGITS[:2], _BOXES[:2], torch.tensor([2]), _BOXES[:1]), says="a perfect box"),
    ),
    mistakes=(
        Mistake(
            name="the probability has the wrong sign",
            answer=_probability_rewarded,
            says="A cost: the surer the query of the right class, the *cheaper*. Minus.",
        ),
        Mistake(
            name="the cross entropy instead of the probability",
            answer=_cross_entropy,
            says=(
                "That is the loss. -log p has no limit, so one unsure class would outweigh any box; "
                "the paper takes the probability itself, which is of the size of the other terms."
            ),
        ),
        Mistake(
            name="the GIoU is missing",
            answer=_no_giou,
            says=(
                "L1 alone favours small objects: the same relative error is a smaller distance. "
                "Subtract 2 times the GIoU."
            ),
        ),
        Mistake(
            name="the class is missing",
            answer=_no_class,
            says="A query that sees a triangle would be matched to the square beside it.",
        ),
        Mistake(
            name="the GIoU has the wrong sign",
            answer=_giou_rewarded,
            says="A high GIoU is a good box, so it lowers the cost.",
        ),
        Mistake(
            name="no weights",
            answer=_no_weights,
            says="The weights are 1 for the class, 5 for L1 and 2 for GIoU.",
        ),
        Mistake(
            name="the mean of the four differences",
            answer=_mean_of_l1,
            says="L1 is the sum of the four absolute differences.",
        ),
        Mistake(
            name="the columns are one off",
            answer=_column_off,
            says=(
                'Column 0 is "no object", so class 0 is in column 1. You asked for the wrong class, '
                "and nothing crashed."
            ),
        ),
        Mistake(
            name="a sigmoid instead of the softmax",
            answer=_sigmoid,
            says="DETR's classes exclude each other: a softmax. (Deformable DETR has sigmoids.)",
        ),
        Mistake(
            name="the softmax leaves out no object",
            answer=_softmax_of_classes_alone,
            says='"No object" takes part in the softmax. First softmax, then pick the columns.',
        ),
        Mistake(
            name="the softmax runs over the queries",
            answer=_over_the_queries,
            says="The columns of one query add up to 1: `softmax(-1)`.",
        ),
        Mistake(
            name="the L1 distance of corners",
            answer=_l1_of_corners,
            says="Corners are needed for the GIoU alone. L1 compares centres and sizes.",
        ),
        Mistake(
            name="the L2 distance",
            answer=_l2,
            says="`torch.cdist` takes L2 by itself; L1 is the sum of the differences, `p=1`.",
        ),
        Mistake(
            name="the GIoU of centres and sizes",
            answer=_giou_without_corners,
            says=(
                "`pairwise_giou` reads four numbers as two corners. Nothing crashed, but these "
                "are other boxes: `center_size_to_corners` first, for both."
            ),
        ),
        Mistake(
            name="the IoU instead of the GIoU",
            answer=_iou,
            says="All boxes beside the object have the IoU 0. The GIoU tells near from far.",
        ),
        Mistake(
            name="the GIoU loss",
            answer=_giou_loss,
            says=(
                "1 - GIoU adds 2 to every cost. The matching stays the same, but the formula "
                "has minus 2 times the GIoU."
            ),
        ),
        Mistake(
            name="1 minus each",
            answer=_one_minus_each,
            says=(
                "You added the same constant to every cost. The matching stays the same, but "
                "the formula has no 1."
            ),
        ),
        Mistake(
            name="logits instead of probabilities",
            answer=_logits_alone,
            says="A logit has no limit, so one class could outweigh any box: take the softmax.",
        ),
        Mistake(
            name="L1 is missing",
            answer=_no_l1,
            says="Add 5 times the L1 distance of centres and sizes.",
        ),
        Mistake(
            name="differences without their absolute value",
            answer=_no_abs,
            says="Too far left and too far down would cancel. Take `.abs()` before the sum.",
        ),
        Mistake(
            name="the probability of the likeliest class",
            answer=_likeliest_class,
            says="Take the probability of the *object's* class, which may be another one.",
        ),
        Mistake(
            name="the weights are exchanged",
            answer=_weights_exchanged,
            says="5 belongs to L1, 2 to the GIoU.",
        ),
        Mistake(
            name="objects in the rows",
            answer=_objects_first,
            says="Rows are queries, columns are objects: `(q, g)`.",
        ),
    ),
    hints=(
        "Three tables `(q, g)`, added. Which of them are good when large?",
        "`logits.softmax(-1)[:, 1 + labels]` and `(boxes[:, None] - gt_boxes).abs().sum(-1)`.",
        (
            "`-probability + 5 * l1 - 2 * giou`, with `giou = "
            "pairwise_giou(center_size_to_corners(boxes), center_size_to_corners(gt_boxes))`."
        ),
    ),
)
