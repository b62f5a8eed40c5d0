"""The tables of lesson 08: what the comparison of losses measured."""

from collections.abc import Mapping
from typing import Any

from locviz.course.table import Table
from locviz.experiments import imbalance
from locviz.experiments.imbalance import REMEDIES


def comparison_table(found: Mapping[str, Any]) -> Table:
    """AP and AP50 of every remedy: means over the seeds, and AP50 of each run.

    Args:
        found: ``locviz.experiments.imbalance.results()``.
    """
    first, *_, last = found["protocol"]["measured_after"]
    return Table(
        header=(
            "loss",
            "prior",
            f"AP50 at {first}",
            f"AP50 at {last}",
            "each run",
            f"AP at {last}",
        ),
        rows=[_comparison_row(found, name, first, last) for name in REMEDIES],
        caption=(
            f"Means over seeds {imbalance.seeds_of(found)} after {first} and {last} steps, on "
            f"{found['protocol']['num_test_scenes']} held-out scenes. Made by: {found['command']} "
            f"(torch {found['torch']})"
        ),
        numbers=(1, 2, 3, 4, 5),
    )


def _comparison_row(found: Mapping[str, Any], name: str, first: int, last: int) -> tuple[str, ...]:
    early, late = imbalance.ap50_after(first), imbalance.ap50_after(last)
    return (
        REMEDIES[name].title,
        f"{REMEDIES[name].prior:g}",
        f"{imbalance.average(found, name, early):.3f}",
        f"{imbalance.average(found, name, late):.3f}",
        " ".join(f"{value:.2f}" for value in imbalance.by_seed(found, name, late)),
        f"{imbalance.average(found, name, imbalance.ap_after(last)):.3f}",
    )


def held_table(found: Mapping[str, Any]) -> Table:
    """The share of the gradient that easy negatives hold while each remedy trains, under its own
    loss: means over the seeds.

    Args:
        found: ``locviz.experiments.imbalance.results()``.
    """
    steps = found["protocol"]["looked_after"]
    return Table(
        header=("loss", "prior", *(f"step {step}" for step in steps)),
        rows=[
            (
                REMEDIES[name].title,
                f"{REMEDIES[name].prior:g}",
                *(
                    f"{imbalance.average(found, name, imbalance.easy_at(step)):.1%}"
                    for step in steps
                ),
            )
            for name in REMEDIES
        ],
        caption=(
            "Of the gradient of the classification, the share that easy negatives hold (p_t above "
            f"{found['protocol']['easy']}), on {found['protocol']['num_fixed_scenes']} held-out "
            f"scenes. Means over seeds {imbalance.seeds_of(found)}."
        ),
        numbers=tuple(range(1, 2 + len(steps))),
    )
