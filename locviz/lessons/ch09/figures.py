"""The figures of lesson 09, each drawn from what the chapter or a benchmark has computed."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from locviz.experiments import nms_free, suppression_survey
from locviz.types import Detections, Targets
from locviz.viz import Picture, draw_boxes, draw_image, new_figure, show_panels

YOLOX = "yolox_tiny_course-shapes-crowded"
_LEVELS = {"crowded": "crowded: mixed classes", "packed": "packed: one class"}


def candidates_figure(
    image: Tensor, targets: Targets, candidates: Detections, kept: Detections
) -> Picture:
    """A scene with its objects, with all candidates, and with those that are kept.

    Args:
        image: (3, h, w) in 0..1.
        targets: boxes (g, 4).
        candidates: before suppression.
        kept: after it.
    """
    figure, ((left, middle, right),) = new_figure(width=8.4, height=3.1, columns=3)
    shown = {
        left: (targets.boxes, "target", f"{len(targets)} objects"),
        middle: (candidates.boxes, "prediction", f"{len(candidates)} candidates"),
        right: (kept.boxes, "prediction", f"{len(kept)} kept"),
    }
    for ax, (boxes, role, title) in shown.items():
        draw_image(ax, image)
        draw_boxes(ax, boxes, role=role)
        ax.axis("off")
        ax.set_title(title)
    return Picture(
        figure,
        f"One scene three times: {len(targets)} objects, {len(candidates)} candidates, {len(kept)} kept.",
    )


def thresholds_figure(found: Mapping[str, Any], weights: str = YOLOX) -> Picture:
    """AP, victims and boxes per object of greedy NMS over its threshold, on both kinds of scenes.

    Args:
        found: ``locviz.experiments.suppression_survey.results()``.
        weights: of which detector.
    """
    rows = {
        title: suppression_survey.rows_of(found, weights, level)["greedy"]
        for level, title in _LEVELS.items()
    }
    thresholds = sorted(next(iter(rows.values())))
    wanted = {
        "AP": ("ap", 100),
        "victims, %": ("victims", 100),
        "boxes per object": ("boxes_per_object", 1),
    }
    panels = {
        label: {title: [factor * at[t][figure] for t in thresholds] for title, at in rows.items()}
        for label, (figure, factor) in wanted.items()
    }
    return show_panels(
        panels,
        thresholds,
        xlabel="threshold",
        ylims=(None, None, (0, 4)),
        alt="AP, victims and boxes per object of greedy NMS over its threshold.",
    )


def duplicates_figure(found: Mapping[str, Any]) -> Picture:
    """Duplicates per object of both heads while they train, a curve per seed.

    Args:
        found: ``locviz.experiments.nms_free.results()``.
    """
    curve = nms_free.figure_at_steps(found, "duplicates_per_object")
    steps = sorted(curve["one-to-one", False])
    panels = {
        f"{head}: duplicates per object": {
            f"seed {seed}": [curve[head, False][step][place] for step in steps]
            for place, seed in enumerate(found["runs"])
        }
        for head in nms_free.HEADS
    }
    return show_panels(
        panels,
        steps,
        xlabel="training step",
        ylims=((0, 10), (0, 0.5)),
        alt="Duplicates per object while YOLOv10's two heads train, without suppression.",
    )


def live_figure(steps: Sequence[int], looks: Sequence[Sequence[nms_free.HeadFigures]]) -> Picture:
    """What the live training did: duplicates per object and AP50 of both heads without suppression.

    Args:
        steps: when it was looked at.
        looks: the four rows of ``compare_heads``, at each of the steps.
    """
    wanted = {"duplicates per object": "duplicates_per_object", "AP50 without NMS": "ap50"}
    panels = {
        title: {
            row.head: [getattr(look[at], figure) for look in looks]
            for at, row in enumerate(looks[0])
            if not row.suppressed
        }
        for title, figure in wanted.items()
    }
    alt = "Duplicates per object and AP50 of both heads, without suppression, over the live steps."
    return show_panels(panels, steps, xlabel="training step", alt=alt)
