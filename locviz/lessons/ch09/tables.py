"""The tables of lesson 09: what the methods leave, and what each head of YOLOv10 needs."""

from collections.abc import Mapping
from statistics import mean
from typing import Any

from locviz.course.table import Table
from locviz.experiments import nms_free
from locviz.experiments.suppression_survey import METHODS, rows_of

_DETECTORS = {
    "YOLOX": "yolox_tiny_course-shapes-crowded",
    "FCOS": "fcos_tiny-shapes-crowded",
}
_THRESHOLDS = (0.3, 0.5, 0.7)
_SKETCH = {
    ("one-to-many", False): "43.8 (7.19)",
    ("one-to-many", True): "82.3 (0.97)",
    ("one-to-one", False): "81.2 (1.01)",
    ("one-to-one", True): "80.9 (0.92)",
}
"""AP and boxes per object of an earlier sketch, another network and other scenes, one seed."""


def methods_table(found: Mapping[str, Any], level: str) -> Table:
    """Every method at three thresholds, for each detector: AP, victims, boxes per object.

    Args:
        found: ``locviz.experiments.suppression_survey.results()``.
        level: of the scenes.
    """
    measured = {
        name: rows
        for name, weights in _DETECTORS.items()
        if (rows := rows_of(found, weights, level))
    }
    return Table(
        header=("method", *(f"{name}, at {t}" for name in measured for t in _THRESHOLDS)),
        rows=[
            (
                METHODS[key].title,
                *(_cell(rows.get(key, {}), t) for rows in measured.values() for t in _THRESHOLDS),
            )
            for key in METHODS
        ],
        caption=(
            f"AP, victims in % of the objects, boxes per object; {found['num_scenes']} held-out "
            f"scenes of level {level}. Methods without a threshold stand in the middle. "
            f"Made by: {found['command']} (torch {found['torch']})"
        ),
        numbers=tuple(range(1, 1 + len(measured) * len(_THRESHOLDS))),
    )


def _cell(rows: Mapping[float, Mapping[str, Any]], threshold: float) -> str:
    if threshold not in rows:
        return "-"
    row = rows[threshold]
    return f"{100 * row['ap']:.1f}, {100 * row['victims']:.1f}, {row['boxes_per_object']:.2f}"


def heads_table(found: Mapping[str, Any]) -> Table:
    """AP50 of both heads, without NMS and with it, of every seed.

    Args:
        found: ``locviz.experiments.nms_free.results()``.
    """
    ap50 = nms_free.final_figures(found, "ap50")
    boxes = nms_free.final_figures(found, "boxes_per_object")
    copies = nms_free.final_figures(found, "duplicates_per_object")
    return Table(
        header=(
            "head", "suppression", "AP50 of each seed", "mean", "boxes per object", "duplicates",
            "sketch: AP (boxes)",
        ),
        rows=[
            (
                head,
                "with NMS" if with_nms else "none",
                ", ".join(f"{100 * value:.1f}" for value in values),
                f"{100 * mean(values):.1f}",
                f"{mean(boxes[head, with_nms]):.2f}",
                f"{mean(copies[head, with_nms]):.2f}",
                _SKETCH[head, with_nms],
            )
            for (head, with_nms), values in ap50.items()
        ],
        caption=(
            f"Seeds {', '.join(found['runs'])}; 500 held-out scenes of level first. Duplicates: per "
            "object. Sketch: AP of an earlier network of ours after 900 steps, one seed. "
            f"Made by: {found['command']} (torch {found['torch']})"
        ),
        numbers=(3, 4, 5),
    )  # fmt: skip
