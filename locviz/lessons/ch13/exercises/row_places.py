"""The sine encoding of one row of a map, with padding."""

import math

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(padding, channels):
    count = (~padding).cumsum(0).double()
    places = 2 * math.pi * count / count[-1]
    pair = torch.arange(channels // 2)
    angles = places[:, None] / 10000 ** (2 * pair / channels)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def _encoded(places, channels, *, base=10000.0, twice=2):
    pair = torch.arange(channels // 2)
    angles = places[:, None] / base ** (twice * pair / channels)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def _count(padding):
    return (~padding).cumsum(0).double()


def _padding_counted(padding, channels):
    count = torch.arange(1, len(padding) + 1).double()
    return _encoded(2 * math.pi * count / count[-1], channels)


def _divided_by_the_map(padding, channels):
    return _encoded(2 * math.pi * _count(padding) / len(padding), channels)


def _from_zero(padding, channels):
    count = _count(padding)
    return _encoded(2 * math.pi * (count - 1) / count[-1], channels)


def _not_divided(padding, channels):
    return _encoded(_count(padding), channels)


def _no_full_turn(padding, channels):
    count = _count(padding)
    return _encoded(count / count[-1], channels)


def _the_padding_itself(padding, channels):
    count = padding.cumsum(0).double()
    return _encoded(2 * math.pi * count / count[-1].clamp(min=1), channels)


def _halves(padding, channels):
    count = _count(padding)
    both = _encoded(2 * math.pi * count / count[-1], channels)
    return torch.cat([both[:, 0::2], both[:, 1::2]], 1)


def _cosine_first(padding, channels):
    count = _count(padding)
    both = _encoded(2 * math.pi * count / count[-1], channels)
    return both.unflatten(1, (-1, 2)).flip(-1).flatten(1)


def _a_frequency_per_channel(padding, channels):
    count = _count(padding)
    places = 2 * math.pi * count / count[-1]
    channel = torch.arange(channels)
    angles = places[:, None] / 10000 ** (channel / channels)
    return torch.where(channel % 2 == 0, angles.sin(), angles.cos())


def _half_the_power(padding, channels):
    count = _count(padding)
    return _encoded(2 * math.pi * count / count[-1], channels, twice=1)


def _padding_has_no_place(padding, channels):
    count = _count(padding)
    return _encoded(2 * math.pi * count / count[-1] * ~padding, channels)


def _from_zero_to_a_turn(padding, channels):
    count = _count(padding) - 1
    return _encoded(2 * math.pi * count / count[-1].clamp(min=1), channels)


def _half_a_turn(padding, channels):
    count = _count(padding)
    return _encoded(math.pi * count / count[-1], channels)


def _twice_the_channels(padding, channels):
    count = _count(padding)
    return _encoded(2 * math.pi * count / count[-1], 2 * channels)


def _sines_alone(padding, channels):
    return _twice_the_channels(padding, channels)[:, ::2]


def _pairs_kept(padding, channels):
    return _solution(padding, channels).unflatten(1, (-1, 2))


def _multiplied(padding, channels):
    count = _count(padding)
    return _encoded(2 * math.pi * count / count[-1], channels, twice=-2)


def _row(*inside):
    return ~torch.tensor(inside, dtype=torch.bool)


row_places = Exercise(
    name="13.row_places",
    title="Where is a cell?",
    task=(
        "Write `row_places(padding, channels)` for one row of a map: `padding` `(w,)` is True where a "
        "cell is padding. Count the cells that are no padding from the left, so that the first one "
        "has the count 1; a cell of padding keeps the last count. Divide by the largest count and "
        "multiply by 2 pi: the last real cell is at a full turn. Return `(w, channels)`, in "
        "neighbouring pairs: sine, then cosine of `place / 10000 ** (2 * i / channels)` for pair i = "
        "0, 1, ..."
    ),
    answer=_solution,
    cases=(
        Case(args=(_row(1, 1, 1, 1), 4), says="four cells, no padding"),
        Case(args=(_row(1, 1, 1, 0, 0), 4), says="three cells and two of padding"),
        Case(args=(_row(1, 1, 1, 1, 1, 0), 8), says="eight channels"),
        Case(args=(_row(1, 0, 0), 2), says="one cell"),
    ),
    mistakes=(
        Mistake(
            name="padding is counted",
            answer=_padding_counted,
            says=(
                "The same image would get other places in a larger batch, because it is padded "
                "further. Count with `(~padding).cumsum(0)`."
            ),
        ),
        Mistake(
            name="divided by the width of the map",
            answer=_divided_by_the_map,
            says="The width holds the padding too. Divide by the largest count.",
        ),
        Mistake(
            name="the count starts at 0",
            answer=_from_zero,
            says="In DETR the first cell has the count 1: `cumsum` gives that by itself.",
        ),
        Mistake(
            name="counts, not shares",
            answer=_not_divided,
            says="Divide by the largest count, so that every image ends at the same place.",
        ),
        Mistake(
            name="no full turn",
            answer=_no_full_turn,
            says="Multiply by 2 pi. A share alone is a narrow range: all sines are nearly alike.",
        ),
        Mistake(
            name="the mask is turned round",
            answer=_the_padding_itself,
            says="You count the padding. True in `padding` means: not part of the image.",
        ),
        Mistake(
            name="all sines, then all cosines",
            answer=_halves,
            says="Sine and cosine of a pair are neighbours: `torch.stack(..., -1).flatten(1)`.",
        ),
        Mistake(
            name="the cosine comes first",
            answer=_cosine_first,
            says="Each pair is sine, then cosine.",
        ),
        Mistake(
            name="a frequency for every channel",
            answer=_a_frequency_per_channel,
            says="Sine and cosine of a pair share one frequency: i counts pairs.",
        ),
        Mistake(
            name="half the power",
            answer=_half_the_power,
            says="The power is `2 * i / channels`: i counts pairs, and a pair has two channels.",
        ),
        Mistake(
            name="padding at the place 0",
            answer=_padding_has_no_place,
            says="A cell of padding keeps the last count; only the count stops growing.",
        ),
        Mistake(
            name="from 0 to a full turn",
            answer=_from_zero_to_a_turn,
            says="You subtracted 1 from the counts. In DETR the first cell has the count 1.",
        ),
        Mistake(
            name="half a turn",
            answer=_half_a_turn,
            says="A full turn is *2* pi.",
        ),
        Mistake(
            name="twice the channels",
            answer=_twice_the_channels,
            says="A pair has two channels already: i runs over `channels // 2` pairs.",
        ),
        Mistake(
            name="sines alone",
            answer=_sines_alone,
            says="Each frequency has a sine *and* a cosine, so there are `channels // 2` pairs.",
        ),
        Mistake(
            name="the pairs have an axis of their own",
            answer=_pairs_kept,
            says="Return `(w, channels)`: `.flatten(1)` joins the pairs.",
        ),
        Mistake(
            name="multiplied by the power",
            answer=_multiplied,
            says="Divide by `10000 ** (...)`: later pairs turn more slowly.",
        ),
    ),
    hints=(
        "Two steps: a place for each cell, then sines and cosines of it.",
        "`count = (~padding).cumsum(0)`, and the place is `2 * math.pi * count / count[-1]`.",
        (
            "`angles = places[:, None] / 10000 ** (2 * pair / channels)` with `pair = "
            "torch.arange(channels // 2)`; then `torch.stack([angles.sin(), angles.cos()], "
            "-1).flatten(1)`."
        ),
    ),
)
