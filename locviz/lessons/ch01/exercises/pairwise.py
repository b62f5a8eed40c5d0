"""The exercises of lesson 01: overlap by hand and in code, pixel conventions, spans."""

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake

by_hand = Exercise(
    name="01.by_hand",
    title="IoU by hand",
    task="On paper: what is the IoU of the boxes `(0, 0, 4, 4)` and `(2, 2, 6, 6)`? Give a number or a fraction.",
    answer=4 / 28,
    mistakes=(
        Mistake(
            name="the overlap is counted twice in the union",
            answer=4 / 32,
            says="16 + 16 counts the common part twice. Take it away once: the union is 28.",
        ),
        Mistake(
            name="divided by one box instead of the union",
            answer=4 / 16,
            says="4 / 16 is how much of one box is covered. A tiny box inside a huge one would then score 1.",
        ),
        Mistake(
            name="divided by the hull",
            answer=4 / 36,
            says="36 is the box around both. Its two empty corners belong to neither box, so not to the union.",
        ),
        Mistake(
            name="pixels counted inclusively",
            answer=9 / 41,
            says="You counted the pixels 0..4 as five. Coordinates here are continuous: from 0 to 4 is a width of 4.",
        ),
    ),
    hints=(
        "Draw them on squared paper. Where does the common part begin and end?",
        "The common part is (2, 2, 4, 4): an area of 4. Each box has 16.",
        "The union is 16 + 16 - 4 = 28.",
    ),
)


def _voc(voc):
    shift = torch.tensor([1.0, 1.0, 0.0, 0.0])
    return voc - shift


voc_to_corners = Exercise(
    name="01.voc_to_corners",
    title="Read a Pascal VOC box",
    task=(
        "Pascal VOC writes `xmin ymin xmax ymax`, counts pixels from 1, and the last pixel is still inside. Write "
        "`voc_to_corners(voc)`: a `(n, 4)` tensor as in the file in, continuous `x1 y1 x2 y2` out, where the first "
        "pixel spans 0 to 1."
    ),
    answer=_voc,
    cases=(
        Case(
            args=(torch.tensor([[1.0, 1.0, 1.0, 1.0]]),),
            says="the first pixel alone, which is (0, 0, 1, 1)",
        ),
        Case(
            args=(torch.tensor([[3.0, 2.0, 10.0, 5.0], [1.0, 1.0, 500.0, 375.0]]),),
            says="two boxes",
        ),
    ),
    mistakes=(
        Mistake(
            name="taken over unchanged",
            answer=lambda voc: voc.clone(),
            says="Then the first pixel has no width at all, and every box sits one pixel too far right and down.",
        ),
        Mistake(
            name="one subtracted everywhere",
            answer=lambda voc: voc - 1,
            says=(
                "The low corner is right. But the last pixel is inside: pixel number 10, counted from 1, ends at 10. "
                "With - 1 every box is one pixel too small."
            ),
        ),
        Mistake(
            name="one added to the high corner",
            answer=lambda voc: voc + torch.tensor([0.0, 0.0, 1.0, 1.0]),
            says="The size is right, but the counting from 1 is still in it: the box is shifted by a pixel.",
        ),
        Mistake(
            name="shifted by half a pixel",
            answer=lambda voc: voc - 0.5,
            says=(
                "That gives the pixels' centres. The first pixel's centre is at 0.5, but the pixel itself reaches from "
                "0 to 1."
            ),
        ),
    ),
    hints=(
        "Draw a row of pixels. Pixel number 1 reaches from 0 to 1. From where to where reaches pixel number 10?",
        "Pixel number n reaches from n - 1 to n. The box starts where its first pixel starts.",
        "Subtract 1 from `xmin` and `ymin`; `xmax` and `ymax` stay.",
    ),
)


def _pairwise(a, b):
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    intersection = (high - low).clamp(min=0).prod(-1)
    area_a = (a[:, 2:] - a[:, :2]).prod(-1)
    area_b = (b[:, 2:] - b[:, :2]).prod(-1)
    return intersection / (area_a[:, None] + area_b[None, :] - intersection)


def _pairwise_unclamped(a, b):
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    intersection = (high - low).prod(-1)
    area_a, area_b = boxes.measure(a), boxes.measure(b)
    return intersection / (area_a[:, None] + area_b[None, :] - intersection)


def _pairwise_clamped_late(a, b):
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    intersection = (high - low).prod(-1).clamp(min=0)
    area_a, area_b = boxes.measure(a), boxes.measure(b)
    return intersection / (area_a[:, None] + area_b[None, :] - intersection)


def _pairwise_double_union(a, b):
    shared = boxes.measure(boxes.intersection(a[:, None], b[None]))
    return shared / (boxes.measure(a)[:, None] + boxes.measure(b)[None])


pairwise = Exercise(
    name="01.pairwise",
    title="All pairs at once",
    task=(
        "Write `pairwise(a, b)`: the IoU of each of n boxes with each of m boxes, `(n, 4)` and `(m, 4)` in, `(n, m)` "
        "out, without a loop. Detectors call this on a hundred thousand boxes."
    ),
    answer=_pairwise,
    cases=(
        Case(
            args=(
                torch.tensor([[0.0, 0.0, 4.0, 4.0]]),
                torch.tensor([[2.0, 2.0, 6.0, 6.0], [0.0, 0.0, 4.0, 4.0]]),
            ),
            says="one box against two",
        ),
        Case(
            args=(
                torch.tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 2.0, 2.0]]),
                torch.tensor([[5.0, 1.0, 8.0, 3.0]]),
            ),
            says="boxes apart along x only",
        ),
        Case(
            args=(torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([[3.0, 3.0, 6.0, 6.0]])),
            says="boxes apart along x and along y",
        ),
        Case(
            args=(torch.zeros(0, 4), torch.tensor([[0.0, 0.0, 1.0, 1.0]])),
            says="no box at all against one",
        ),
    ),
    mistakes=(
        Mistake(
            name="negative widths are let in",
            answer=_pairwise_unclamped,
            says="Boxes that are apart have a negative `high - low`. Clamp each side at 0 before you multiply.",
        ),
        Mistake(
            name="clamped after the product",
            answer=_pairwise_clamped_late,
            says=(
                "Apart along x and y, two negative sides multiply to a positive area: a phantom overlap. Clamp the "
                "sides, then multiply."
            ),
        ),
        Mistake(
            name="the overlap is counted twice in the union",
            answer=_pairwise_double_union,
            says="Area plus area counts the common part twice. Even a box with itself then only reaches 1/2.",
        ),
        Mistake(
            name="rows and columns exchanged",
            answer=lambda a, b: _pairwise(b, a),
            says="Row i belongs to box i of `a`, column j to box j of `b`. Your table is the transposed one.",
        ),
    ),
    hints=(
        "Give `a` and `b` an axis of their own: what is the shape of `a[:, None]` and of `b[None, :]`?",
        "The common part begins at the larger of the low corners and ends at the smaller of the high corners.",
        "`low = torch.maximum(a[:, None, :2], b[None, :, :2])`, the same for `high`, then `(high - low).clamp(min=0)`.",
    ),
)


def _giou_answer(a, b):
    union = boxes.measure(a) + boxes.measure(b) - boxes.measure(boxes.intersection(a, b))
    hull = boxes.measure(boxes.hull(a, b))
    return boxes.iou(a, b) - (hull - union) / hull


def _hull_minus_intersection(a, b):
    hull = boxes.measure(boxes.hull(a, b))
    return boxes.iou(a, b) - (hull - boxes.measure(boxes.intersection(a, b))) / hull


def _over_the_union(a, b):
    union = boxes.measure(a) + boxes.measure(b) - boxes.measure(boxes.intersection(a, b))
    return boxes.iou(a, b) - (boxes.measure(boxes.hull(a, b)) - union) / union


giou = Exercise(
    name="01.giou",
    title="GIoU, also where boxes are apart",
    task=(
        "Write `giou(a, b)` for two boxes (tensors of four numbers). You may use `boxes.iou`, `boxes.measure`, "
        "`boxes.intersection` and `boxes.hull`."
    ),
    answer=_giou_answer,
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
            says="For the boxes apart this is 0, wherever they are. GIoU takes off the empty share of the hull.",
        ),
        Mistake(
            name="the penalty is added",
            answer=lambda a, b: 2 * boxes.iou(a, b) - _giou_answer(a, b),
            says="Empty space in the hull is bad: it must lower the measure. Look at the sign.",
        ),
        Mistake(
            name="the loss instead of the measure",
            answer=lambda a, b: 1 - _giou_answer(a, b),
            says="1 - GIoU is the loss, and chapter 02. The measure is 1 for the same box and falls from there.",
        ),
        Mistake(
            name="hull minus intersection",
            answer=_hull_minus_intersection,
            says="The penalty is what lies in the hull but in neither box: hull minus union, not minus intersection.",
        ),
        Mistake(
            name="divided by the union",
            answer=_over_the_union,
            says="The penalty is a share of the hull; divided by the union it grows without bound, below -1.",
        ),
    ),
    hints=(
        "What does the smallest box around both contain that neither box covers?",
        "Penalty = (hull - union) / hull, as areas.",
        "`union = measure(a) + measure(b) - measure(intersection(a, b))`; return `iou - (hull - union) / hull`.",
    ),
)

diou_by_hand = Exercise(
    name="01.diou_by_hand",
    title="DIoU by hand",
    task="On paper: what is the DIoU of the boxes `(0, 0, 2, 2)` and `(2, 0, 4, 2)`, which touch along an edge?",
    answer=-4 / 20,
    mistakes=(
        Mistake(
            name="divided by the hull's area",
            answer=-4 / 8,
            says="c is the diagonal of the hull, not its area. The hull is 4 wide and 2 high: c² = 16 + 4.",
        ),
        Mistake(
            name="the distance is not squared",
            answer=-2 / 20,
            says="The centres are 2 apart; the formula wants ρ², which is 4.",
        ),
        Mistake(
            name="nothing is squared",
            answer=-2 / 20**0.5,
            says="That is ρ / c. DIoU takes the squares: ρ² / c².",
        ),
        Mistake(
            name="the penalty is added",
            answer=4 / 20,
            says="Distance is bad, so the term is taken off: the measure of boxes apart is negative.",
        ),
        Mistake(
            name="IoU, without the penalty",
            answer=0.0,
            says="That is their IoU. DIoU also looks at how far apart the centres are.",
        ),
    ),
    hints=(
        "Their IoU is 0. How far apart are the centres? How long is the diagonal of the box around both?",
        "The centres are (1, 1) and (3, 1). The hull is (0, 0, 4, 2).",
        "ρ² = 4 and c² = 4² + 2² = 20.",
    ),
)


def _span(a, b):
    shared = (torch.minimum(a[1], b[1]) - torch.maximum(a[0], b[0])).clamp(min=0)
    return shared / ((a[1] - a[0]) + (b[1] - b[0]) - shared)


def _span_unclamped(a, b):
    shared = torch.minimum(a[1], b[1]) - torch.maximum(a[0], b[0])
    return shared / ((a[1] - a[0]) + (b[1] - b[0]) - shared)


def _span_of_lengths(a, b):
    return _span(torch.stack([a[0], a[0] + a[1]]), torch.stack([b[0], b[0] + b[1]]))


def _span_over_the_longer(a, b):
    shared = boxes.measure(boxes.intersection(a, b))
    return shared / torch.maximum(boxes.measure(a), boxes.measure(b))


def _span_over_the_target(a, b):
    return boxes.measure(boxes.intersection(a, b)) / boxes.measure(b)


span_iou = Exercise(
    name="01.span_iou",
    title="IoU of two moments",
    task=(
        "A moment in a video is a span `start end` in seconds. Write `span_iou(a, b)` for two tensors of two numbers. "
        "Papers on moment retrieval call it tIoU."
    ),
    answer=_span,
    cases=(
        Case(
            args=(torch.tensor([2.0, 6.0]), torch.tensor([4.0, 10.0])),
            says="two moments that overlap",
        ),
        Case(args=(torch.tensor([0.0, 3.0]), torch.tensor([5.0, 8.0])), says="two moments apart"),
        Case(
            args=(torch.tensor([1.0, 9.0]), torch.tensor([3.0, 5.0])),
            says="one moment inside the other",
        ),
    ),
    mistakes=(
        Mistake(
            name="negative overlaps are let in",
            answer=_span_unclamped,
            says="Moments apart share nothing, not less than nothing: clamp the overlap at 0.",
        ),
        Mistake(
            name="the second number is read as a length",
            answer=_span_of_lengths,
            says="A span is `start end`, low then high, as a box is. Some data sets store start and length: convert.",
        ),
        Mistake(
            name="divided by the longer span",
            answer=_span_over_the_longer,
            says="The union is longer than the longer span, unless one lies inside the other.",
        ),
        Mistake(
            name="divided by the second span",
            answer=_span_over_the_target,
            says="That is how much of `b` is covered (recall). A prediction of the whole video would score 1.",
        ),
    ),
    hints=(
        "It is the IoU of boxes with one axis less. What is the area of a span?",
        "Overlap: the smaller end minus the larger start, but never below 0.",
        "`shared / (length_a + length_b - shared)`.",
    ),
)
