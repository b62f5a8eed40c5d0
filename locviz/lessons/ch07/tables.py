"""The tables of lesson 07: the survey of assigners, and what the comparison of seven measured."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from locviz.course.source import source_link
from locviz.course.table import Cell, Table
from locviz.experiments.assigner_comparison import (
    CLAIMS,
    ENTRANTS,
    Claim,
    averages,
    by_seed,
    complete_seeds,
    measured_gains,
)
from locviz.experiments.assigner_survey import (
    NUM_OBJECTS,
    NUM_SCENES,
    looks_at,
    positives,
)
from locviz.models import ASSIGNERS, AssignerEntry


@cache
def assigner_table() -> Table:
    """Every assigner: what it looks at and how many priors it gives, measured on crowded scenes."""
    return Table(
        header=(
            "assigner",
            "known from",
            "kind",
            "decided for",
            "priors an object",
            "on average",
            "looks at",
        ),
        rows=[_survey_row(entry) for entry in ASSIGNERS],
        caption=(
            f"Measured on {NUM_SCENES} made-up scenes of {NUM_OBJECTS} crowded objects with "
            "half-trained predictions. An assigner looks at what changes its answer when it alone "
            "changes; it is dynamic if that is a prediction."
        ),
    )


def _survey_row(entry: AssignerEntry) -> tuple[Cell, ...]:
    inputs, (fewest, mean, most) = looks_at(entry), positives(entry)
    return (
        source_link(entry.source, entry.title),
        entry.origin,
        "dynamic" if any(name.startswith("predicted") for name in inputs) else "static",
        entry.decided,
        "one" if most <= 1 else "many",
        f"{mean:.1f} ({fewest} to {most})",
        ", ".join(inputs),
    )


def comparison_table(found: Mapping[str, Any]) -> Table:
    """The comparison of seven assigners: means over the complete seeds, and AP50 of every run.

    Args:
        found: ``locviz.experiments.assigner_comparison.results()``.
    """
    return Table(
        header=(
            "assigner", "kind", "AP", "AP50", "each run", "no NMS", "priors", "none", "ambiguous",
            "flips", "time",
        ),
        rows=[_comparison_row(found, name) for name in ENTRANTS],
        caption=(
            f"Means over seeds {complete_seeds(found)}. Each run: the AP50 of every seed. No NMS: AP50 "
            "without it. Priors: per object. None: objects without a prior. Flips: in the last "
            "fifth of the training. Time: of a step, the fastest is 1. "
            f"Made by: {found['command']} (torch {found['torch']})"
        ),
        numbers=tuple(range(2, 11)),
    )  # fmt: skip


def _comparison_row(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    entrant, mean = ENTRANTS[name], averages(found, name)
    return (
        entrant.title,
        f"{entrant.looks}, {entrant.decides}, {entrant.takes}",
        f"{mean['ap']:.3f}",
        f"{mean['ap50']:.3f}",
        " ".join(f"{value:.2f}" for value in by_seed(found, "ap50")[name]),
        f"{mean['ap50_without_nms']:.3f}",
        f"{mean['priors_per_object']:.1f}",
        f"{mean['objects_without']:.1%}",
        f"{mean['ambiguous']:.1%}",
        f"{mean['flips']:.0%}",
        f"{mean['relative_time']:.2f} x",
    )


def against_the_papers(found: Mapping[str, Any]) -> Table:
    """What papers reported on COCO beside what was measured here: AP in percent, gain per seed."""
    return Table(
        header=("claim", "reported AP on COCO", "gain", "AP here, per seed", "gain at each seed"),
        rows=[_claim_row(found, claim) for claim in CLAIMS],
        caption=(
            "Reported with a ResNet-50 and the short schedule. OTA's 40.7 includes a branch that "
            "predicts the IoU. Here all assigners train the same network with the same loss."
        ),
    )


def _claim_row(found: Mapping[str, Any], claim: Claim) -> tuple[str, ...]:
    reported_before, reported_after = claim.reported
    pairs = measured_gains(found, claim)
    return (
        claim.text,
        f"{reported_before} to {reported_after}",
        f"{reported_after - reported_before:+.1f}",
        ", ".join(f"{before:.1f} to {after:.1f}" for before, after in pairs),
        ", ".join(f"{after - before:+.1f}" for before, after in pairs),
    )
