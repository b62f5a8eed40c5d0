"""The table of lesson 04: all detectors side by side, as the package composes them."""

from functools import cache

from locviz.course.source import source_link
from locviz.course.table import Cell, Table
from locviz.experiments.detector_survey import DETECTORS, detector_facts


@cache
def detector_table() -> Table:
    """Every detector: stages, priors, assigners, losses and parameters, read from the model."""
    return Table(
        header=(
            "detector",
            "learned stages",
            "priors",
            "assigner",
            "losses",
            "NMS at",
            "classes",
            "parameters",
        ),
        rows=[_row(title) for title in DETECTORS],
        caption=(
            "Composed and read; two entries are the two stages. Parameters include those that stay "
            "frozen in training, but not frozen batch norms, which are buffers."
        ),
        numbers=(1, 5, 6, 7),
    )


def _row(title: str) -> tuple[Cell, ...]:
    build, num_classes = DETECTORS[title]
    facts = detector_facts(build, num_classes)
    return (
        source_link(build, title),
        str(len(facts.assigners)),
        "; ".join(facts.priors),
        "; ".join(facts.assigners),
        "; ".join(facts.losses),
        "none" if facts.nms_threshold is None else f"{facts.nms_threshold:g}",
        str(num_classes),
        f"{facts.num_parameters:,}",
    )
