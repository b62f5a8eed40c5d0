"""The tables of lesson 14: what the stored runs say, and what was watched live."""

from collections.abc import Mapping
from typing import Any

from locviz.course.table import Table
from locviz.experiments import query_starts
from locviz.experiments.query_starts import (
    RESULTS,
    STARTS,
    cpu_seconds_to,
    final_ap50,
    runs_of,
    share_of_steps,
    steps_to,
)
from locviz.lessons.ch14.watch import MatchWatch

COMMAND = "python benchmarks/query_starts.py"
BAR = 0.80
_MISSING = "-"


def stored_runs() -> dict[str, Any]:
    """What the benchmark wrote; without runs, where it has written nothing yet."""
    if RESULTS.exists():
        return query_starts.results()
    return {"command": COMMAND, "protocol": {}, "runs": {}}


def starts_table(found: Mapping[str, Any]) -> Table:
    """Per start of the queries, one figure per seed: the final AP50, what AP50 0.80 takes, and after
    which share of plain DETR's steps its final AP50 was reached.

    Args:
        found: ``stored_runs()``.
    """
    rows = [_start_row(found, name) for name in STARTS]
    num = len(found["runs"])
    return Table(
        header=(
            "what changed",
            "final AP50",
            f"steps to {BAR:.2f}",
            f"CPU-s to {BAR:.2f}",
            "plain DETR's final AP50 after",
            "a third or less",
        ),
        rows=rows,
        caption=(
            f"{num or 'No'} stored runs, one figure per seed; - means never, or not run. The fifth "
            "column counts in shares of plain DETR's steps, seed by seed; the last one says at how "
            f"many seeds a third was enough. Made by: {found['command']}"
        ),
        numbers=range(1, 6),
    )


def _start_row(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    runs = runs_of(found, name)
    shares = {} if name == "plain" else share_of_steps(found, name)
    reached = [share for share in shares.values() if share <= 1 / 3]
    return (
        STARTS[name].title,
        _each(f"{final_ap50(run):.2f}" for run in runs.values()),
        _each(_or_never(steps_to(run, BAR)) for run in runs.values()),
        _each(_or_never(cpu_seconds_to(run, BAR)) for run in runs.values()),
        _each(_share(share) for share in shares.values()) if name != "plain" else "",
        f"{len(reached)} of {len(shares)}" if shares else "",
    )


def _share(share: float) -> str:
    return _MISSING if share == float("inf") else f"{share:.2f}"


def _or_never(value: float | int | None) -> str:
    return _MISSING if value is None else f"{value:.0f}"


def _each(figures: Any) -> str:
    return " ".join(figures) or _MISSING


def layers_table(watches: Mapping[str, MatchWatch]) -> Table:
    """The effective number of places that a head reads, per decoder layer, at first and in the end.

    Args:
        watches: name -> the figures of a run.
    """
    first = next(iter(watches.values()))
    layers = range(len(first.places[0]))
    return Table(
        header=("detector", "flips in all", *(f"layer {i + 1}" for i in layers)),
        rows=[
            (
                name,
                str(sum(run.flipped)),
                *(f"{run.places[0][i]:.1f} to {run.places[-1][i]:.1f}" for i in layers),
            )
            for name, run in watches.items()
        ],
        caption=(
            f"Flips of {first.num_objects} objects in the last layer; effective number of places that "
            f"a head reads from, before the first step and after {first.steps[-1]}."
        ),
        numbers=range(1, 2 + len(layers)),
    )
