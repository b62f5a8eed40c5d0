"""The tables of lesson 13: what each change does to a training on one picture."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from locviz.course.table import Table
from locviz.experiments.set_switches import MANY, PICTURES, SWITCHES, Count, last_counts

_SHOWN = (20, 40, 80)
"""After how many steps the live runs are told."""


def switches_table(counts: Mapping[str, Sequence[Count]], stored: Mapping[str, Any]) -> Table:
    """The runs that were just made, and what was stored of three seeds.

    Args:
        counts: name of a switch -> what ``follow`` counted.
        stored: ``locviz.experiments.set_switches.results()``.
    """
    header = ("change", *(f"found after {step}" for step in _SHOWN), "sure boxes")
    seeds = ("found, three seeds", "sure boxes, three seeds")
    return Table(
        header=(*header, *seeds),
        rows=[_row(name, run, last_counts(stored, name)) for name, run in counts.items()],
        caption=(
            f"Left: the runs above; objects found, of 4, and boxes with a score above 0.5 after "
            f"{_SHOWN[-1]} steps. Right: the same after {_SHOWN[-1]} steps, stored. Made by: "
            f"{stored['command']}"
        ),
        numbers=range(1, len(header) + len(seeds)),
    )


def _row(name: str, run: Sequence[Count], seeds: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    at = {count.step: count for count in run}
    told = (str(at[step].found) for step in _SHOWN)
    found, sure = (" ".join(str(pair[i]) for pair in seeds) or "-" for i in (0, 1))
    return (SWITCHES[name].title, *told, str(at[_SHOWN[-1]].sure), found, sure)


def sizes_table(detector: nn.Module) -> Table:
    """The parts of a query detector and how many parameters each has.

    Args:
        detector: a ``QueryDetector``.
    """
    does = {
        "backbone": "image to a map of stride 8, 128 channels",
        "neck": "to the channels of the transformer",
        "encoder": "cells look at each other",
        "queries": "what each query looks for",
        "decoder": "queries look at each other, then at the cells",
        "head": "a class, or no object, and a box",
    }
    rows = [
        (name, text, f"{sum(p.numel() for p in getattr(detector, name).parameters()):,}")
        for name, text in does.items()
    ]
    return Table(header=("part", "what it does", "parameters"), rows=rows, numbers=(2,))


def pictures_table(stored: Mapping[str, Any]) -> Table:
    """AP50 of the runs with few pictures.

    Args:
        stored: ``locviz.experiments.set_switches.results()``.
    """
    runs = stored.get("pictures", {})
    return Table(
        header=("pictures", "AP50 on its own pictures", "AP50 on new ones"),
        rows=[_pictures_row(num, runs.get(str(num))) for num in PICTURES],
        caption=(
            f"detr_tiny_selected after {MANY.steps} steps of 16 pictures, one seed. Made by: "
            f"{stored['command']} --pictures"
        ),
        numbers=(0, 1, 2),
    )


def _pictures_row(num: int, run: Mapping[str, Any] | None) -> tuple[str, ...]:
    told = (f"{run[key]:.2f}" if run else "-" for key in ("own", "held_out"))
    return (f"{num:,}", *told)
