"""locviz: learn how machines localize.

Every part loads when it is first used, so that a script on a GPU server pays for neither widgets
nor plots, and the Jupyter Server that loads ``locviz.server`` does not pay for torch (700 MB of
memory and a second of its start).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locviz import (
        assign,
        boxes,
        checkpoints,
        course,
        data,
        evaluate,
        experiments,
        inputs,
        layers,
        lessons,
        losses,
        models,
        postprocess,
        priors,
        train,
        types,
        viz,
        widgets,
    )
    from locviz.types import (
        BACKGROUND,
        IGNORE,
        Assignment,
        Detections,
        Losses,
        Predictions,
        Priors,
        Targets,
    )

__version__ = "0.1.0"

_PARTS = {
    "assign", "boxes", "checkpoints", "course", "data", "evaluate", "experiments", "inputs",
    "layers", "lessons", "losses", "models", "postprocess", "priors", "train", "types", "viz",
    "widgets",
}  # fmt: skip
_TYPES = {
    "BACKGROUND",
    "IGNORE",
    "Assignment",
    "Detections",
    "Losses",
    "Predictions",
    "Priors",
    "Targets",
}

__all__ = [
    "BACKGROUND", "IGNORE", "Assignment", "Detections", "Losses", "Predictions", "Priors",
    "Targets", "assign", "boxes", "checkpoints", "course", "data", "evaluate", "experiments",
    "inputs", "layers", "lessons", "losses", "models", "postprocess", "priors", "train", "types",
    "viz", "widgets",
]  # fmt: skip


def __getattr__(name: str):
    if name in _PARTS:
        return import_module(f"locviz.{name}")
    if name in _TYPES:
        return getattr(import_module("locviz.types"), name)
    raise AttributeError(f"module 'locviz' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
