"""Deformable attention by hand: one query, one head, a few levels."""

from typing import Any

import torch
from torch.nn import functional as F

from locviz.course import Case, Exercise, Mistake


def _solution(maps, reference, offsets, scores):
    weights = scores.flatten().softmax(0).view(scores.shape)
    total = 0
    for level, cells in enumerate(maps):
        size = torch.tensor([cells.shape[1], cells.shape[0]])
        places = reference + offsets[level] / size
        grid = (2 * places - 1)[None, None]
        found = F.grid_sample(cells[None, None], grid, align_corners=False).flatten()
        total = total + (weights[level] * found).sum()
    return total


def _read(
    maps,
    reference,
    offsets,
    scores,
    *,
    weigh=lambda scores: scores.flatten().softmax(0).view(scores.shape),
    unit=lambda h, w: torch.tensor([w, h]),
    grid=lambda places: 2 * places - 1,
    **sampling: Any,
):
    """The solution with one thing changed."""
    weights, total = weigh(scores), 0
    for level, cells in enumerate(maps):
        places = grid(reference + offsets[level] / unit(*cells.shape))[None, None]
        how: dict[str, Any] = {"align_corners": False} | sampling
        found = F.grid_sample(cells[None, None], places, **how).flatten()
        total = total + (weights[level] * found).sum()
    return total


def _corners(*given):
    return _read(*given, align_corners=True)


def _not_divided(*given):
    return _read(*given, unit=lambda h, w: torch.tensor([1, 1]))


def _height_first(*given):
    return _read(*given, unit=lambda h, w: torch.tensor([h, w]))


def _finest_size(maps, *given):
    size = torch.tensor(maps[0].shape).flip(0)
    return _read(maps, *given, unit=lambda h, w: size)


def _per_level(*given):
    return _read(*given, weigh=lambda scores: scores.softmax(-1))


def _over_levels(*given):
    return _read(*given, weigh=lambda scores: scores.softmax(0))


def _no_softmax(*given):
    return _read(*given, weigh=lambda scores: scores)


def _mean_of_levels(*given):
    return _read(*given, weigh=lambda scores: scores.softmax(-1) / len(scores))


def _sigmoids(*given):
    return _read(*given, weigh=torch.sigmoid)


def _all_equal(*given):
    return _read(*given, weigh=lambda scores: torch.ones_like(scores) / scores.numel())


def _not_to_minus_one(*given):
    return _read(*given, grid=lambda places: places)


def _y_first(*given):
    return _read(*given, grid=lambda places: (2 * places - 1).flip(-1))


def _nearest(*given):
    return _read(*given, mode="nearest")


def _border(*given):
    return _read(*given, padding_mode="border")


def _half_offsets(*given):
    # As in `2 * reference - 1 + offsets / size`.
    return _read(*given, unit=lambda h, w: 2 * torch.tensor([w, h]))


def _no_offsets(maps, reference, offsets, scores):
    return _read(maps, reference, torch.zeros_like(offsets), scores)


def _half_a_cell_off(maps, reference, offsets, scores):
    return _read(maps, reference, offsets + 0.5, scores)


def _moved_to_the_edge(*given):
    return _read(*given, grid=lambda places: 2 * places.clamp(0, 1) - 1)


def _no_weights(*given):
    return _read(*given, weigh=torch.ones_like)


def _softmax_twice(*given):
    return _read(*given, weigh=lambda s: s.flatten().softmax(0).softmax(0).view(s.shape))


def _one_level(maps, reference, offsets, scores, level):
    weights = scores.flatten().softmax(0).view(scores.shape)[level]
    return _read([maps[level]], reference, offsets[level][None], weights[None], weigh=lambda w: w)


def _first_level(*given):
    return _one_level(*given, level=0)


def _last_level(*given):
    return _one_level(*given, level=-1)


def _offset_alone(maps, reference, *given):
    return _read(maps, torch.zeros_like(reference), *given)


_FINE = torch.tensor([
    [0.0, 1, 4, 2, 7, 3], [5.0, 9, 2, 6, 1, 8], [3.0, 3, 8, 0, 4, 5], [6.0, 2, 5, 7, 9, 1],
])  # fmt: skip
_COARSE = torch.tensor([[10.0, 40, 20], [30.0, 5, 60]])

deformable = Exercise(
    name="14.deformable",
    title="Deformable attention by hand",
    task=(
        "One query, one head. `maps` is a list of levels, each `(h, w)` numbers; `reference` (2,) is "
        "a point in shares of the image, x first; `offsets` (levels, points, 2) count in *cells* of "
        "their level, x first; `scores` (levels, points) become weights by *one* softmax over all "
        "levels and points. Write `deformable(maps, reference, offsets, scores)`: the weighted sum "
        "of the values at all places, bilinear between the centres of cells, 0 outside. "
        "`F.grid_sample` reads at places from -1 (the map's low edge) to 1 (its high edge)."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(
                [_FINE],
                torch.tensor([0.4, 0.6]),
                torch.tensor([[[0.5, -0.75], [-1.25, 0.5]]]),
                torch.tensor([[0.3, -0.6]]),
            ),
            says="one level, two points",
        ),
        Case(
            args=(
                [_FINE, _COARSE],
                torch.tensor([0.45, 0.35]),
                torch.tensor([[[1.0, 0.0], [0.0, 1.5]], [[-0.5, 0.25], [0.25, 0.5]]]),
                torch.tensor([[1.0, -0.5], [0.2, 2.0]]),
            ),
            says="two levels",
        ),
        Case(
            args=(
                [_FINE, _COARSE],
                torch.tensor([0.9, 0.15]),
                torch.tensor([[[0.4, 0.2], [-2.0, 0.3]], [[0.5, -0.1], [-1.1, 0.4]]]),
                torch.tensor([[0.5, 0.1], [-0.4, 1.2]]),
            ),
            says="places near the border and beyond it",
        ),
    ),
    mistakes=(
        Mistake(
            name="the corners are centres",
            answer=_corners,
            says=(
                "With `align_corners=True` -1 is the *centre* of the first cell. Shares of the image "
                "run from edge to edge: `align_corners=False`."
            ),
        ),
        Mistake(
            name="offsets are not divided",
            answer=_not_divided,
            says=(
                "Offsets count in cells, the reference in shares of the image. Divide each offset by "
                "the map's width and height."
            ),
        ),
        Mistake(
            name="divided by height and width",
            answer=_height_first,
            says="`cells.shape` is (h, w), an offset is x, y: turn the size round.",
        ),
        Mistake(
            name="the size of the finest map for all",
            answer=_finest_size,
            says="A cell of a coarse map is larger. Divide by the size of the offset's own level.",
        ),
        Mistake(
            name="a softmax per level",
            answer=_per_level,
            says=(
                "Then the weights sum to the number of levels. One softmax over levels *and* points: "
                "so a query may choose a level."
            ),
        ),
        Mistake(
            name="a softmax over the levels",
            answer=_over_levels,
            says="Levels and points compete together: flatten before the softmax.",
        ),
        Mistake(
            name="the scores are the weights",
            answer=_no_softmax,
            says="Scores may be negative. A softmax makes weights that sum to 1.",
        ),
        Mistake(
            name="a mean over the levels",
            answer=_mean_of_levels,
            says="Now they sum to 1, but every level has the same part. Flatten before the softmax.",
        ),
        Mistake(
            name="sigmoids",
            answer=_sigmoids,
            says="Sigmoids do not sum to 1. Take a softmax.",
        ),
        Mistake(
            name="all places count the same",
            answer=_all_equal,
            says="So it is at the start of training only. Use the scores.",
        ),
        Mistake(
            name="shares where -1..1 is asked for",
            answer=_not_to_minus_one,
            says="`grid_sample` takes 0 for the middle. A share s becomes 2 * s - 1.",
        ),
        Mistake(
            name="y before x",
            answer=_y_first,
            says="`grid_sample` takes x first, as the reference is given.",
        ),
        Mistake(
            name="the nearest cell",
            answer=_nearest,
            says=(
                "That number does not change when a place moves a little: the offsets would have no "
                "gradient. Interpolate (bilinear)."
            ),
        ),
        Mistake(
            name="the border goes on",
            answer=_border,
            says="Outside the map the value is 0: torch's default, `padding_mode='zeros'`.",
        ),
        Mistake(
            name="half of each offset",
            answer=_half_offsets,
            says=(
                "From -1 to 1 a map is 2 wide, so an offset counts twice there. Add it in shares, "
                "then take 2 * place - 1."
            ),
        ),
        Mistake(
            name="the offsets are missing",
            answer=_no_offsets,
            says="All points read at the reference. Add each point's own offset.",
        ),
        Mistake(
            name="half a cell off",
            answer=_half_a_cell_off,
            says="The centre of the first cell lies at 0.5 cells, not at 0: subtract a half.",
        ),
        Mistake(
            name="places are moved to the edge",
            answer=_moved_to_the_edge,
            says="Do not clamp the places. One that lies outside reads 0.",
        ),
        Mistake(
            name="no weights",
            answer=_no_weights,
            says="Each value counts by its weight: the softmax of the scores.",
        ),
        Mistake(
            name="softmax once more",
            answer=_softmax_twice,
            says="The weights sum to 1 already. A second softmax makes them more alike.",
        ),
        Mistake(
            name="the first level alone",
            answer=_first_level,
            says="The other levels are missing. Does `return` stand inside the loop?",
        ),
        Mistake(
            name="the last level alone",
            answer=_last_level,
            says="The levels before are lost. Add to the total, `total = total + ...`.",
        ),
        Mistake(
            name="the reference is missing",
            answer=_offset_alone,
            says="Offsets count from the reference point. Add it.",
        ),
    ),
    hints=(
        "Three steps per level: places in shares, values at the places, weighted sum.",
        (
            "`reference + offsets[level] / size`, where size is (w, h). `grid_sample` wants "
            "`(1, 1, h, w)` and `(1, 1, points, 2)`."
        ),
        (
            "`weights = scores.flatten().softmax(0).view(scores.shape)`, and per level "
            "`F.grid_sample(cells[None, None], (2 * places - 1)[None, None], align_corners=False)`."
        ),
    ),
)
