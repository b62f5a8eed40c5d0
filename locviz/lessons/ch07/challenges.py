"""The challenges of lesson 07 in AssignLab, in the order of the chapter."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch

from locviz.course import Challenge, Goal

# The objects of the scene that the chapter opens, as they lie there, in whole pixels.
_SCENE = (
    [31.0, 24.0, 77.0, 70.0],
    [36.0, 11.0, 69.0, 44.0],
    [62.0, 22.0, 82.0, 42.0],
    [22.0, 17.0, 45.0, 40.0],
    [61.0, 13.0, 81.0, 32.0],
    [8.0, 14.0, 19.0, 25.0],
    [55.0, 27.0, 69.0, 42.0],
    [59.0, 61.0, 68.0, 71.0],
)


def _first_side(state: SimpleNamespace) -> dict[str, Any]:
    return state.result["sides"][0]


def _assigner_is(name: str) -> Callable[[SimpleNamespace], int]:
    return lambda state: int(state.assigner == name)


def _knobs_moved(**at_first: float) -> Callable[[SimpleNamespace], float]:
    """How far the knobs are from where they were, added up."""

    def number(state: SimpleNamespace) -> float:
        now = _first_side(state)["settings"]
        return sum(abs(now.get(name, value) - value) for name, value in at_first.items())

    return number


def _largest_without_prior(state: SimpleNamespace) -> float:
    """Square pixels of the largest object without a positive prior; 0 if all have one."""
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in state.boxes]
    counts = _first_side(state)["positives"]
    without = [area for area, count in zip(areas, counts, strict=False) if not count]
    return max(without, default=0.0)


def _num_ambiguous(state: SimpleNamespace) -> int:
    # The lab does not count them while something is dragged: its figure is None then.
    return _first_side(state)["num_ambiguous"] or 0


def _still_to_change(state: SimpleNamespace) -> float:
    """Priors whose owner is not yet the one that they end with; NaN where no film runs."""
    if state.assigner != "ota" or state.frame < 0 or (film := state.film()) is None:
        return math.nan
    return float((film.owners[state.frame] != film.owners[-1]).sum())


def _before(state: SimpleNamespace) -> float:
    """The same one round earlier; the first round has none before it."""
    if state.frame == 0:
        return math.inf
    return _still_to_change(SimpleNamespace(**{**vars(state), "frame": state.frame - 1}))


_STRIP = [[0.0, 0.0, 96.0, 42.0], *_SCENE[1:]]
_TWO_PAIRS = [
    *_SCENE[:4],
    [24.0, 19.0, 43.0, 38.0],  # E on D
    [56.0, 29.0, 68.0, 40.0],  # F on G
    *_SCENE[6:],
]

nobody = Challenge(
    name="07.nobody",
    title="Large, and without a prior",
    task=(
        "Under *Max IoU*, with its knobs as they are, two small objects have no positive prior. "
        "Make a *large* object without one: at least 3,600 square pixels. Which property of the "
        "anchors do you use?"
    ),
    reads=("assigner", "boxes", "result"),
    goals=(
        Goal(says="the assigner is Max IoU", number=_assigner_is("max_iou"), low=1),
        Goal(
            says="its knobs are where they were",
            number=_knobs_moved(positive=0.5, side=4.0),
            high=1e-6,
        ),
        Goal(
            says="an object of 3,600 square pixels or more has no positive prior",
            number=_largest_without_prior,
            low=3600.0,
        ),
    ),
    hint=(
        "All anchors are squares, and the largest has sides of 64. What object has a poor overlap "
        "with every square, wherever it lies?"
    ),
    example={
        "assigner": "max_iou",
        "boxes": _STRIP,
        "result": {"sides": [{"settings": {"positive": 0.5, "side": 4.0}, "positives": [0]}]},
    },
    settings={"assigner": "max_iou", "boxes": _STRIP},
)

torn = Challenge(
    name="07.torn",
    title="Torn between two",
    task=(
        "Under *Centre sampling* five priors of this scene are ambiguous: alone, each of two "
        "objects would take them. Drag objects until at least sixteen are. Which object gets them?"
    ),
    reads=("assigner", "boxes", "result"),
    goals=(
        Goal(says="the assigner is Centre sampling", number=_assigner_is("center_sampling"), low=1),
        Goal(
            says="its knobs are where they were",
            number=_knobs_moved(radius=1.5, reach=3.0),
            high=1e-6,
        ),
        Goal(
            says="sixteen ambiguous priors or more",
            number=_num_ambiguous,
            low=16,
        ),
    ),
    hint=(
        "Two objects of about the same size share a level. Put the centre of one on the centre of "
        "the other. One pair makes fourteen at most, so make two pairs: F on G, then E on D."
    ),
    example={
        "assigner": "center_sampling",
        "boxes": _TWO_PAIRS,
        "result": {"sides": [{"settings": {"radius": 1.5, "reach": 3.0}, "num_ambiguous": 19}]},
    },
    settings={"assigner": "center_sampling", "boxes": _TWO_PAIRS},
)


settled = Challenge(
    name="07.settled",
    widget="lab2",
    title="How soon may you stop?",
    task=(
        "Play Sinkhorn's rounds under *OTA*. Stop at the *first* round after which at most five "
        "priors have another owner than after the fiftieth: one round earlier it was more."
    ),
    reads=("assigner", "frame", "film"),
    goals=(
        Goal(says="the assigner is OTA", number=_assigner_is("ota"), low=1),
        Goal(
            says="all fifty rounds are computed",
            number=lambda state: state.film().owners.shape[0] if state.film() else 0,
            low=50,
        ),
        Goal(
            says="one of the first 25 rounds is shown",
            number=lambda state: state.frame,
            low=0,
            high=24,
        ),
        Goal(says="at most five priors will still change", number=_still_to_change, high=5),
        Goal(says="one round earlier, more than five would still change", number=_before, low=6),
    ),
    hint=(
        "The plan keeps moving long after the owners have settled: look at the priors in the "
        "picture."
    ),
    example={
        "assigner": "ota",
        "frame": 18,
        "film": lambda: SimpleNamespace(owners=(torch.arange(50) >= 18).long().repeat(7, 1).T),
    },
    settings={"assigner": "ota", "frame": 18},
)
