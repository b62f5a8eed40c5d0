"""The challenges of lesson 07 in AssignLab, in the order of the chapter."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch

from locviz.course import Challenge, Goal


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


# The objects A to H of the scene in which the labs open, in pixels.
_SCENE = (
    [30.8, 24.4, 76.5, 70.1],
    [35.7, 11.4, 68.5, 44.0],
    [61.6, 21.6, 81.6, 42.3],
    [22.3, 17.5, 45.0, 40.2],
    [61.4, 12.8, 80.7, 32.2],
    [7.9, 14.1, 19.3, 24.8],
    [55.0, 27.4, 69.4, 41.8],
    [58.6, 60.8, 68.4, 70.6],
)

nobody = Challenge(
    name="07.nobody",
    title="Large, and without a prior",
    task=(
        "Under `max_iou`, with its knobs as they are, two small objects have no positive prior. "
        "Make a *large* object without one: at least 4,000 square pixels. Which property of the "
        "anchors do you use?"
    ),
    reads=("assigner", "boxes", "result"),
    goals=(
        Goal(says="the assigner is max_iou", number=_assigner_is("max_iou"), low=1),
        Goal(
            says="its knobs are where they were",
            number=_knobs_moved(positive=0.5, side=4.0),
            high=1e-6,
        ),
        Goal(
            says="an object of 4,000 square pixels or more has no positive prior",
            number=_largest_without_prior,
            low=4000.0,
        ),
    ),
    hint=(
        "All anchors are squares, and the largest has sides of 64. What object has a poor overlap "
        "with every square, wherever it lies?"
    ),
    example={
        "assigner": "max_iou",
        "boxes": [[0.0, 0.0, 96.0, 42.0]],
        "result": {"sides": [{"settings": {"positive": 0.5, "side": 4.0}, "positives": [0]}]},
    },
    settings={"assigner": "max_iou", "boxes": [[0, 0, 96, 42], *_SCENE[1:]]},
)

torn = Challenge(
    name="07.torn",
    title="Torn between two",
    task=(
        "Under `center_sampling` five priors of this scene are ambiguous: alone, each of two "
        "objects would take them. Drag objects until at least sixteen are. Which object gets them?"
    ),
    reads=("assigner", "result"),
    goals=(
        Goal(says="the assigner is center_sampling", number=_assigner_is("center_sampling"), low=1),
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
        "the other. One pair is not enough: sixteen need two."
    ),
    example={
        "assigner": "center_sampling",
        "result": {"sides": [{"settings": {"radius": 1.5, "reach": 3.0}, "num_ambiguous": 17}]},
    },
    # E moved onto D, and F onto G.
    settings={
        "assigner": "center_sampling",
        "boxes": [*_SCENE[:4], [24, 19, 44, 38], [57, 29, 68, 40], *_SCENE[6:]],
    },
)


settled = Challenge(
    name="07.settled",
    widget="lab2",
    title="How soon may you stop?",
    task=(
        "Play Sinkhorn's rounds under `ota`. Stop at the *first* round after which at most five "
        "priors have another owner than after the fiftieth: one round earlier it was more."
    ),
    reads=("assigner", "frame", "film"),
    goals=(
        Goal(says="the assigner is ota", number=_assigner_is("ota"), low=1),
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
        Goal(says="one round earlier more than five would", number=_before, low=6),
    ),
    hint=(
        "The plan keeps moving long after the owners have settled: look at the priors in the "
        "picture."
    ),
    example={
        "assigner": "ota",
        "frame": 1,
        "film": lambda: SimpleNamespace(owners=torch.arange(50).clamp(max=1).repeat(7, 1).T),
    },
    settings={"assigner": "ota", "frame": 18},
)
