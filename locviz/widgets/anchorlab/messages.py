"""What AnchorLab's view gets beside the knobs: ``reference``, ``curve`` and ``result``.

``src/anchorlab/view.ts`` reads them, and ``core.image.photo_message`` makes its ``photo``.
"""

from collections.abc import Sequence
from typing import Any

from locviz.widgets.anchorlab.reading import IOUS, AssignedAnchors, Design, Survey
from locviz.widgets.core.buffers import flag_bytes, float32_bytes, number_or_none


def design_message(design: Design) -> dict[str, list]:
    """Return a design's numbers, each once and in rising order."""
    return {
        "scales": list(design.scales),
        "ratios": list(design.ratios),
        "strides": list(design.strides),
    }


def curve_message(found: Survey) -> dict[str, Any]:
    """Return what a design reaches over the set: recall at every one of ``IOUS``."""
    return {
        "num_anchors": found.num_anchors,
        "ious": float32_bytes(IOUS),
        "recall": float32_bytes(found.curve),
    }


def reference_message(design: Design, found: Survey) -> dict[str, Any]:
    """Return the default design, what it reaches, and of how many boxes."""
    num = {"num_boxes": len(found.best)}
    return {"design": design_message(design), **num, **curve_message(found)}


def recall_message(tried: Sequence[Survey], default: Survey, *, iou: float) -> dict[str, Any]:
    """Return recall at one IoU: the present design's, the default's, and of all that were tried.

    ``tried`` becomes rows of anchors per image and recall.
    """
    rows = [(one.num_anchors, one.recall(iou)) for one in tried]
    return {
        "recall": number_or_none(tried[-1].recall(iou)),
        "default_recall": number_or_none(default.recall(iou)),
        "tried": float32_bytes(rows),
    }


def anchors_message(found: AssignedAnchors, *, level: int, point: Sequence[float]) -> dict:
    """Return what becomes of the anchors in the image that is shown.

    Args:
        found: the anchors and the ground truths.
        level: whose cells are shown, with what is best in each.
        point: x, y of the point whose cells' anchors are shown.
    """
    states = found.states(level)
    return {
        "design": design_message(found.design),
        "best": {**vars(found.best), "outcome": found.outcome(found.best.iou)},
        "gt": float32_bytes(found.gt),
        "gt_iou": float32_bytes(found.best_iou),
        "gt_num": found.num_positive.tolist(),
        "counts": found.counts,
        "level_counts": found.level_counts,
        "shown_level": level,
        "point": list(point),
        "states": {"shape": list(states.shape), "cells": flag_bytes(states)},
        "cell_anchors": float32_bytes(found.cell_anchors),
        "cell_iou": float32_bytes(found.cell_iou),
    }
