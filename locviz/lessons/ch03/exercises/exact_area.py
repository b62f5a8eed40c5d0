"""Average precision as a program: the exact area under the envelope."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(right, num_gt):
    num_boxes = torch.arange(1, len(right) + 1)
    precision = right.cumsum(0) / num_boxes
    envelope = precision.flip(0).cummax(0).values.flip(0)
    return (envelope * right).sum() / num_gt


def _without_envelope(right, num_gt):
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    return (precision * right).sum() / num_gt


def _envelope_from_the_left(right, num_gt):
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    return (precision.cummax(0).values * right).sum() / num_gt


def _over_what_was_found(right, num_gt):
    return _solution(right, right.sum().clamp(min=1))


def _over_the_boxes(right, num_gt):
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    return precision.flip(0).cummax(0).values.mean()


exact_area = Exercise(
    name="03.exact_area",
    title="Average precision in five lines",
    task=(
        "Write `exact_area(right, num_gt)`: average precision, the exact area under the envelope. "
        "`right` is a float tensor, 1 for a right box and 0 for a wrong one, best score first; "
        "`num_gt` is how many objects there are."
    ),
    answer=_solution,
    cases=(
        Case(args=(torch.tensor([1.0, 0.0, 1.0, 1.0]), 4), says="the four boxes from above"),
        Case(
            args=(torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0]), 3),
            says="a ranking whose best box is wrong",
        ),
        Case(args=(torch.tensor([1.0, 1.0]), 5), says="two right boxes, five objects"),
        Case(args=(torch.tensor([0.0, 0.0, 0.0]), 2), says="nothing but wrong boxes"),
    ),
    mistakes=(
        Mistake(
            name="no envelope",
            answer=_without_envelope,
            says="Raise each precision to the best that follows it, before you add them up.",
        ),
        Mistake(
            name="the envelope runs from the wrong side",
            answer=_envelope_from_the_left,
            says=(
                "You took the best precision *so far*. The envelope looks ahead: the best at this "
                "recall or any higher. Flip, take `cummax`, flip back."
            ),
        ),
        Mistake(
            name="averaged over the objects that were found",
            answer=_over_what_was_found,
            says=(
                "Then a detector that reports a single box, a right one, gets 1.0. Divide by all "
                "objects."
            ),
        ),
        Mistake(
            name="averaged over the boxes",
            answer=_over_the_boxes,
            says=(
                "A wrong box does not move recall, so it has no strip: multiply by `right` before "
                "you sum."
            ),
        ),
    ),
    hints=(
        (
            "`right.cumsum(0)` counts the right boxes so far. What do you divide it by to get "
            "precision?"
        ),
        "A running maximum from the right: `precision.flip(0).cummax(0).values.flip(0)`.",
        (
            "Each right box adds a strip of width `1 / num_gt` and of the envelope's height at "
            "that box."
        ),
    ),
)
