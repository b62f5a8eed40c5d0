"""IoU of all pairs of boxes at once, with broadcasting instead of loops."""

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake


def _solution(a, b):
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
    area_a, area_b = boxes.area(a), boxes.area(b)
    return intersection / (area_a[:, None] + area_b[None, :] - intersection)


def _pairwise_clamped_late(a, b):
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    intersection = (high - low).prod(-1).clamp(min=0)
    area_a, area_b = boxes.area(a), boxes.area(b)
    return intersection / (area_a[:, None] + area_b[None, :] - intersection)


def _pairwise_double_union(a, b):
    shared = boxes.area(boxes.intersection(a[:, None], b[None]))
    return shared / (boxes.area(a)[:, None] + boxes.area(b)[None])


def _row_with_row(a, b):
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    return shared / (boxes.area(a) + boxes.area(b) - shared)


def _sides_added(a, b):
    low, high = (
        torch.maximum(a[:, None, :2], b[None, :, :2]),
        torch.minimum(a[:, None, 2:], b[None, :, 2:]),
    )
    shared = (high - low).clamp(min=0).sum(-1)
    sides_a, sides_b = ((box[:, 2:] - box[:, :2]).sum(-1) for box in (a, b))
    return shared / (sides_a[:, None] + sides_b[None, :] - shared)


def _read_as_centres(a, b):
    return _solution(boxes.center_size_to_corners(a), boxes.center_size_to_corners(b))


def _last_pixel_counted(a, b):
    wider = torch.tensor([0.0, 0.0, 1.0, 1.0])
    return _solution(a + wider, b + wider)


pairwise = Exercise(
    name="01.pairwise",
    title="All pairs at once",
    task=(
        "Write `pairwise(a, b)`: the IoU of each of n boxes with each of m boxes, `(n, 4)` and "
        "`(m, 4)` in, `(n, m)` out, without a loop. Detectors call this on a hundred thousand "
        "boxes."
    ),
    answer=_solution,
    loops=False,
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
        Case(
            args=(
                torch.tensor([[0.0, 0.0, 4.0, 4.0], [1.0, 0.0, 3.0, 2.0]]),
                torch.tensor([[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 4.0, 3.0], [3.0, 0.0, 6.0, 4.0]]),
            ),
            says="two boxes against three",
        ),
    ),
    mistakes=(
        Mistake(
            name="negative widths are let in",
            answer=_pairwise_unclamped,
            says=(
                "Boxes that are apart have a negative `high - low`. Clamp each side at 0 before "
                "you multiply."
            ),
        ),
        Mistake(
            name="clamped after the product",
            answer=_pairwise_clamped_late,
            says=(
                "Apart along x and y, two negative sides multiply to a positive area: a phantom "
                "overlap. Clamp the sides, then multiply."
            ),
        ),
        Mistake(
            name="the overlap is counted twice in the union",
            answer=_pairwise_double_union,
            says=(
                "Area plus area counts the common part twice. Even a box with itself then only "
                "reaches 1/2."
            ),
        ),
        Mistake(
            name="rows and columns exchanged",
            answer=lambda a, b: _solution(b, a),
            says=(
                "Row i belongs to box i of `a`, column j to box j of `b`. Your table is the "
                "transposed one."
            ),
        ),
        Mistake(
            name="row with row instead of every pair",
            answer=_row_with_row,
            says=(
                "Row i of `a` met only row i of `b` (or one box met all). Give each its own axis: "
                "`a[:, None]` against `b[None, :]`."
            ),
        ),
        Mistake(
            name="the shared area alone",
            answer=lambda a, b: boxes.area(boxes.intersection(a[:, None], b[None])),
            says="That is the intersection in square pixels. IoU divides it by the union.",
        ),
        Mistake(
            name="the sides are added",
            answer=_sides_added,
            says="An area is width *times* height: `.prod(-1)` over the last axis, not `.sum(-1)`.",
        ),
        Mistake(
            name="corners read as centre and size",
            answer=_read_as_centres,
            says=(
                "The four numbers are two corners, `x1 y1 x2 y2`. The last two are no width and "
                "no height."
            ),
        ),
        Mistake(
            name="the last pixel is counted in",
            answer=_last_pixel_counted,
            says="`+ 1` belongs to formats in which the last pixel is inside. Here a width is x2 - x1.",
        ),
    ),
    hints=(
        (
            "Give `a` and `b` an axis of their own: what is the shape of `a[:, None]` and of "
            "`b[None, :]`?"
        ),
        (
            "The common part begins at the larger of the low corners and ends at the smaller of "
            "the high corners."
        ),
        (
            "`low = torch.maximum(a[:, None, :2], b[None, :, :2])`, the same for `high`, then "
            "`(high - low).clamp(min=0)`."
        ),
    ),
)
