"""RoIPool's two roundings, along one axis."""

import math

from locviz.course import Case, Exercise, Mistake


def _solution(low, high, stride, num_bins):
    start, end = round(low / stride), round(high / stride)
    length = max(end - start + 1, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


def _no_rounding(low, high, stride, num_bins):
    start, length = low / stride, (high - low) / stride
    return [
        (start + i * length / num_bins, start + (i + 1) * length / num_bins)
        for i in range(num_bins)
    ]


def _last_cell_lost(low, high, stride, num_bins):
    start, end = round(low / stride), round(high / stride)
    length = max(end - start, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


def _truncated(low, high, stride, num_bins):
    start, end = int(low / stride), int(high / stride)
    length = max(end - start + 1, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


def _bins_do_not_share(low, high, stride, num_bins):
    start, end = round(low / stride), round(high / stride)
    length = max(end - start + 1, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.floor((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


def _without_the_start(low, high, stride, num_bins):
    start = round(low / stride)
    return [(a - start, b - start) for a, b in _solution(low, high, stride, num_bins)]


def _last_cell_itself(low, high, stride, num_bins):
    return [(first, after - 1) for first, after in _solution(low, high, stride, num_bins)]


def _in_pixels(low, high, stride, num_bins):
    cells = _solution(low, high, stride, num_bins)
    return [(first * stride, after * stride) for first, after in cells]


pool_edges = Exercise(
    name="04.pool_edges",
    title="Rounded twice",
    task=(
        "Write `pool_edges(low, high, stride, num_bins)`: the cells that RoIPool looks at, along "
        "one axis. A region from `low` to `high` pixels is first rounded to cells: from `round(low "
        "/ stride)` to `round(high / stride)`, *both included*, so its length in cells is their "
        "difference plus 1. Then bin i of `num_bins` begins at the floor of its exact beginning "
        "and ends at the ceiling of its exact end. Return a list of pairs (first cell, cell after "
        "the last)."
    ),
    answer=_solution,
    cases=(
        Case(args=(0.4, 2.6, 1, 2), says="four cells for two bins"),
        Case(args=(10.0, 74.0, 16, 2), says="a stride of 16"),
        Case(args=(30.0, 130.0, 16, 3), says="seven cells, three bins"),
        Case(args=(5.0, 6.0, 16, 2), says="smaller than a cell"),
    ),
    mistakes=(
        Mistake(
            name="the last cell instead of the cell after it",
            answer=_last_cell_itself,
            says=(
                "Each pair ends with the cell *after* the last, as a slice of Python does: add 1."
            ),
        ),
        Mistake(
            name="pixels instead of cells",
            answer=_in_pixels,
            says=(
                "Those are pixels. Leave out the factor `stride`: the answer is cells of the map."
            ),
        ),
        Mistake(
            name="nothing was rounded",
            answer=_no_rounding,
            says=(
                "Those are the exact edges, which RoIAlign samples between. RoIPool knows whole "
                "cells only."
            ),
        ),
        Mistake(
            name="the last cell was lost",
            answer=_last_cell_lost,
            says="Both ends are included, so from cell 1 to cell 5 there are five cells: add 1.",
        ),
        Mistake(
            name="cut off instead of rounded",
            answer=_truncated,
            says=(
                "`int` always goes down. The region is rounded to the *nearest* cell: up to half a "
                "stride either way."
            ),
        ),
        Mistake(
            name="bins that share no cell",
            answer=_bins_do_not_share,
            says=(
                "The end of a bin is rounded *up*: where the division leaves a rest, neighbouring "
                "bins share a cell."
            ),
        ),
        Mistake(
            name="counted from the region instead of from the map",
            answer=_without_the_start,
            says="Your bins begin at 0. They are cells of the *map*: add `start` to both ends.",
        ),
    ),
    hints=(
        (
            "First rounding: `start, end = round(low / stride), round(high / stride)`, then the "
            "length in cells."
        ),
        (
            "Bin i runs exactly from `i * length / num_bins` to `(i + 1) * length / num_bins`, "
            "counted from the start."
        ),
        (
            "`(start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / "
            "num_bins))`."
        ),
    ),
)
