"""Greedy suppression for one class."""

import torch

from locviz.boxes import pairwise_iou
from locviz.course import Case, Exercise, Mistake


def _solution(boxes, scores, threshold):
    left = scores.argsort(descending=True, stable=True).tolist()
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        overlaps = pairwise_iou(boxes[best][None], boxes)[0]
        left = [row for row in left if overlaps[row] <= threshold]
    return kept


def _at_the_threshold_it_is_out(boxes, scores, threshold):
    left = scores.argsort(descending=True, stable=True).tolist()
    kept = []
    while left:
        best = left.pop(0)
        kept.append(best)
        overlaps = pairwise_iou(boxes[best][None], boxes)[0]
        left = [row for row in left if overlaps[row] < threshold]
    return kept


def _in_the_order_of_the_list(boxes, scores, threshold):
    return _solution(boxes, torch.linspace(1, 0, len(scores)), threshold)


def _worst_first(boxes, scores, threshold):
    return _solution(boxes, -scores, threshold)


def _the_dead_suppress(boxes, scores, threshold):
    overlap = pairwise_iou(boxes, boxes)
    order = scores.argsort(descending=True, stable=True).tolist()
    return [
        row
        for place, row in enumerate(order)
        if all(overlap[row, better] <= threshold for better in order[:place])
    ]


def _only_the_last_kept_is_asked(boxes, scores, threshold):
    kept = []
    for row in scores.argsort(descending=True, stable=True).tolist():
        if not kept or pairwise_iou(boxes[kept[-1]][None], boxes[row][None]) <= threshold:
            kept.append(row)
    return kept


def _keeps_the_overlapping(boxes, scores, threshold):
    overlap = pairwise_iou(boxes, boxes)
    left, kept = scores.argsort(descending=True, stable=True).tolist(), []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [row for row in left if overlap[best, row] > threshold]
    return kept


def _places_in_the_sorted_list(boxes, scores, threshold):
    order = scores.argsort(descending=True, stable=True)
    return sorted(order.tolist().index(row) for row in _solution(boxes, scores, threshold))


def _sorted_by_row(boxes, scores, threshold):
    return sorted(_solution(boxes, scores, threshold))


def _sides_with_one_more(boxes, scores, threshold):
    return _solution(boxes + torch.tensor([0.0, 0, 1, 1]), scores, threshold)


# A row of boxes 10 high; IoU 1/3 for a shift of 5, 2/3 for 2, 3/7 for 4, 1/2 where one is half of it.
_CHAIN = torch.tensor([[8.0, 0, 18, 10], [0, 0, 10, 10], [4.0, 0, 14, 10], [40.0, 0, 50, 10]])
_HALF = torch.tensor([[0.0, 0, 5, 10], [20.0, 0, 30, 10], [0.0, 0, 10, 10]])
_TWICE = torch.tensor([[0.0, 0, 10, 10], [30.0, 0, 40, 10], [1.0, 0, 11, 10], [31.0, 0, 41, 10]])

greedy_nms = Exercise(
    name="09.greedy_nms",
    title="Greedy NMS",
    task=(
        "Write `greedy_nms(boxes, scores, threshold)`: boxes `(n, 4)` and scores `(n,)` of one "
        "class to a list of the rows that are kept, best score first. Take the best box that is "
        "left, keep it, drop every box left that overlaps it by an IoU *above* the threshold; "
        "repeat. `pairwise_iou` is there; a loop is welcome."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(_CHAIN, torch.tensor([0.5, 0.9, 0.7, 0.3]), 0.4),
            says="a chain: the middle box overlaps both others, which do not overlap each other much",
        ),
        Case(
            args=(_CHAIN, torch.tensor([0.5, 0.9, 0.7, 0.3]), 0.45),
            says="the same chain with a threshold that no IoU of it reaches",
        ),
        Case(
            args=(_HALF, torch.tensor([0.6, 0.8, 0.9]), 0.5),
            says="an IoU of exactly the threshold",
        ),
        Case(
            args=(_TWICE, torch.tensor([0.4, 0.9, 0.8, 0.7]), 0.5),
            says="two objects, whose boxes alternate in the list",
        ),
        Case(
            args=(torch.zeros(0, 4), torch.zeros(0), 0.5),
            says="no boxes at all",
        ),
    ),
    mistakes=(
        Mistake(
            name="the list's order",
            answer=_in_the_order_of_the_list,
            says="The first box of the list is not the best: sort by score first.",
        ),
        Mistake(
            name="worst first",
            answer=_worst_first,
            says="`argsort` sorts upwards. The *best* score comes first: `descending=True`.",
        ),
        Mistake(
            name="out at the threshold",
            answer=_at_the_threshold_it_is_out,
            says=(
                "The task says *above* the threshold, as in every library: an IoU that equals it "
                "stays. (The Soft-NMS paper writes it your way.)"
            ),
        ),
        Mistake(
            name="one pixel more",
            answer=_sides_with_one_more,
            says=(
                "Old code counts whole pixels, with sides of x2 - x1 + 1. In this course a side is "
                "x2 - x1: leave out the + 1."
            ),
        ),
        Mistake(
            name="the suppressed still suppress",
            answer=_the_dead_suppress,
            says=(
                "A box that is out may not throw others out. In a chain, the middle box dies first "
                "and the third one lives."
            ),
        ),
        Mistake(
            name="only the last kept is asked",
            answer=_only_the_last_kept_is_asked,
            says="A box must not overlap *any* kept box too much, not only the latest.",
        ),
        Mistake(
            name="the comparison turned round",
            answer=_keeps_the_overlapping,
            says="You keep what overlaps and drop what does not.",
        ),
        Mistake(
            name="places in the sorted list",
            answer=_places_in_the_sorted_list,
            says=(
                "You return places in the *sorted* list. The caller needs rows of its own `boxes`: "
                "`order[place]`."
            ),
        ),
        Mistake(
            name="rows in ascending order",
            answer=_sorted_by_row,
            says="The right rows, in another order: the best score should come first.",
        ),
    ),
    hints=(
        "Who is asked first? And who may still throw others out?",
        (
            "Keep a list of rows that are left, sorted by score. Take its first; then keep in the "
            "list only the rows whose IoU with it is at most the threshold."
        ),
        (
            "`best = left.pop(0)`, `iou = pairwise_iou(boxes[best][None], boxes)[0]`, `left = [r "
            "for r in left if iou[r] <= threshold]`, and so on while `left` is not empty."
        ),
    ),
)
