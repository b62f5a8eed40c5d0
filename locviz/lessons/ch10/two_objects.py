"""A scene for NMSLab: two objects with three candidates each, which agree perfectly at first."""

from typing import Any

import torch

from locviz.types import Detections, Targets

_OBJECTS = ((12.0, 24.0, 52.0, 64.0), (78.0, 24.0, 118.0, 64.0))
# How far each candidate is shifted to the right, and its score.
_EASY = ((2.0, 0.9), (4.0, 0.8), (6.0, 0.7))
_HARD = ((-12.0, 0.4), (-15.0, 0.3), (-18.0, 0.2))


def two_objects() -> dict[str, Any]:
    """What ``NMSLab(**two_objects())`` shows: an easy object and a hard one, of one class."""
    boxes, scores = [], []
    for (x1, y1, x2, y2), candidates in zip(_OBJECTS, (_EASY, _HARD), strict=True):
        boxes += [(x1 + dx, y1, x2 + dx, y2) for dx, _ in candidates]
        scores += [score for _, score in candidates]
    labels = torch.zeros(len(boxes), dtype=torch.int64)
    return {
        "detections": Detections(torch.tensor(boxes), torch.tensor(scores), labels),
        "targets": Targets(torch.tensor(_OBJECTS), labels[:2], (90, 130)),
        "class_names": ("square",),
        "source": "made for this challenge",
    }
