"""IoU of two spans in time: the IoU of boxes with one axis less."""

import torch

from locviz import boxes
from locviz.course import Case, Exercise, Mistake


def _solution(a, b):
    shared = (torch.minimum(a[1], b[1]) - torch.maximum(a[0], b[0])).clamp(min=0)
    return shared / ((a[1] - a[0]) + (b[1] - b[0]) - shared)


def _span_unclamped(a, b):
    shared = torch.minimum(a[1], b[1]) - torch.maximum(a[0], b[0])
    return shared / ((a[1] - a[0]) + (b[1] - b[0]) - shared)


def _span_of_lengths(a, b):
    return _solution(torch.stack([a[0], a[0] + a[1]]), torch.stack([b[0], b[0] + b[1]]))


def _span_over_the_longer(a, b):
    shared = boxes.area(boxes.intersection(a, b))
    return shared / torch.maximum(boxes.area(a), boxes.area(b))


def _span_over_the_target(a, b):
    return boxes.area(boxes.intersection(a, b)) / boxes.area(b)


def _overlap_counted_twice(a, b):
    shared = boxes.area(boxes.intersection(a, b))
    return shared / (boxes.area(a) + boxes.area(b))


def _last_second_counted(a, b):
    shared = (torch.minimum(a[1], b[1]) - torch.maximum(a[0], b[0]) + 1).clamp(min=0)
    return shared / ((a[1] - a[0] + 1) + (b[1] - b[0] + 1) - shared)


span_iou = Exercise(
    name="01.span_iou",
    title="IoU of two moments",
    task=(
        "A moment in a video is a span `start end` in seconds. Write `span_iou(a, b)` for two "
        "tensors of two numbers. Papers on moment retrieval call it tIoU."
    ),
    answer=_solution,
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
            says=(
                "A span is `start end`, low then high, as a box is. Some data sets store start and "
                "length: convert."
            ),
        ),
        Mistake(
            name="divided by the longer span",
            answer=_span_over_the_longer,
            says="The union is longer than the longer span, unless one lies inside the other.",
        ),
        Mistake(
            name="divided by the second span",
            answer=_span_over_the_target,
            says=(
                "That is how much of `b` is covered (recall). A prediction of the whole video "
                "would score 1."
            ),
        ),
        Mistake(
            name="the overlap is counted twice in the union",
            answer=_overlap_counted_twice,
            says="Length plus length counts the common part twice. Take it off once.",
        ),
        Mistake(
            name="the last second is counted in",
            answer=_last_second_counted,
            says=(
                "`+ 1` belongs to inclusive frame numbers. Seconds are continuous: from 2 to 6 "
                "are four seconds."
            ),
        ),
    ),
    hints=(
        "It is the IoU of boxes with one axis less. What is the area of a span?",
        "Overlap: the smaller end minus the larger start, but never below 0.",
        "`shared / (length_a + length_b - shared)`.",
    ),
)
