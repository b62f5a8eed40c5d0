"""Lesson 07, matching: who is responsible for what?"""

from types import SimpleNamespace
from typing import Any

import torch

from locviz.course import Challenge, Goal, Quiz
from locviz.course.ch07_exercises import atss_threshold, one_to_one, overlaps, rpn_rule
from locviz.course.ch07_programs import dynamic_k, owners, simota_cost, sinkhorn

__all__ = [
    "atss_threshold", "dynamic_k", "exact", "moving", "nobody", "one_to_one", "overlaps", "owners",
    "rpn_rule", "settled", "silent", "simota_cost", "sinkhorn", "torn", "without_nms",
]  # fmt: skip

# --- predict first
# ---------------------------------------------------------------------------------------------------

silent = Quiz(
    name="07.silent",
    title="A small object",
    question=(
        "A detector has one square anchor per place, 16 pixels and more. It learns by this rule: an anchor answers for "
        "an object that it overlaps by an IoU of 0.5 or more; below 0.4 it is background. What does it learn about an "
        "object of 8 x 8 pixels?"
    ),
    choices=(
        "as much as about any other",
        "less, because fewer anchors answer for it",
        "to call it background",
        "nothing: it is left out of the loss",
    ),
    right="c",
    because=(
        "The best anchor covers it whole and still has an IoU of 64 / 256 = 0.25. So nobody answers for it, and worse: "
        "below the lower threshold an anchor is *background*. The detector is trained to be silent there. That is why "
        "RPN forces the best anchor of each object, whatever its IoU."
    ),
)

without_nms = Quiz(
    name="07.without_nms",
    title="Nobody tidies up",
    question=(
        "The same detector is trained twice: once with several places answering for each object, once with exactly "
        "one. Then the last stage, suppression of duplicates (NMS), is taken away. What happens to AP50?"
    ),
    choices=(
        "both keep it",
        "both lose about half",
        "only the first loses much",
        "only the second loses much",
    ),
    right="c",
    because=(
        "Who was taught by five places that each of them is right says everything five times, and a second box on an "
        "object counts as wrong (chapter 03). Who was taught that all but one are *wrong* says it once. Duplicates are "
        "made by the assigner; NMS only hides them."
    ),
)

moving = Quiz(
    name="07.moving",
    title="Promoted and dismissed",
    question=(
        "SimOTA looks at what the network says. After four fifths of a training you ask, on fixed pictures, who is "
        "responsible; train the last fifth, and ask again. Of the priors that answered at either time, how many have "
        "another object the second time, or none?"
    ),
    choices=("hardly any: it has settled", "about one in seven", "about half", "nearly all"),
    right="b",
    because=(
        "About one in seven, in every run that we measured: after all these steps the network is still being told "
        "new things about the same pictures. Between the first and the second fifth it is about half. The pictures "
        "have not changed; the network has, and it chooses its own teachers."
    ),
)

exact = Quiz(
    name="07.exact",
    title="The exact answer",
    question=(
        "OTA solves a transport problem approximately, by 50 rounds in logarithms. Its problem for 30 objects and "
        "8,400 priors can also be solved exactly. On a CPU, the exact solution takes ..."
    ),
    choices=(
        "about a hundred times as long",
        "about ten times as long",
        "no longer",
        "so long that nobody has waited for it",
    ),
    right="c",
    because=(
        "On a CPU the exact matching is several times faster than the rounds in logarithms, and not far from the "
        "fastest form of the rounds. What speaks for Sinkhorn is the GPU, where "
        "the costs already are, and where scipy is not."
    ),
)

# --- challenges in AssignLab
# -----------------------------------------------------------------------------------------


def _first(state: SimpleNamespace) -> dict[str, Any]:
    """What the lab shows on its first side."""
    return state.result["sides"][0]


def _is(name: str):
    def measure(state: SimpleNamespace) -> int:
        return int(state.assigner == name)

    return measure


def _turned(**at_first: float):
    """How far the knobs are from where they were."""

    def measure(state: SimpleNamespace) -> float:
        return sum(
            abs(_first(state)["settings"].get(name, value) - value)
            for name, value in at_first.items()
        )

    return measure


def _largest_without(state: SimpleNamespace) -> float:
    sizes = [(box[2] - box[0]) * (box[3] - box[1]) for box in state.boxes]
    return max(
        (s for s, count in zip(sizes, _first(state)["positives"], strict=False) if not count),
        default=0.0,
    )


nobody = Challenge(
    name="07.nobody",
    title="Large, and nobody's",
    task=(
        "Under `max_iou`, with its knobs as they are, two small objects have nobody. Make a *large* one that nobody "
        "answers for: at least 600 square pixels. Which property of the anchors do you use?"
    ),
    reads=("assigner", "boxes", "result"),
    goals=(
        Goal(says="the assigner is max_iou", measure=_is("max_iou"), low=1),
        Goal(
            says="its knobs are where they were", measure=_turned(positive=0.5, side=4.0), high=1e-6
        ),
        Goal(
            says="an object of 600 square pixels or more has no prior",
            measure=_largest_without,
            low=600.0,
        ),
    ),
    hint="All anchors are squares. What object has a poor overlap with every square, wherever it lies?",
    example={
        "assigner": "max_iou",
        "boxes": [[0.0, 0.0, 16.0, 48.0]],
        "result": {"sides": [{"settings": {"positive": 0.5, "side": 4.0}, "positives": [0]}]},
    },
)

torn = Challenge(
    name="07.torn",
    title="Torn between two",
    task=(
        "Under `center_sampling` five priors of this scene are ambiguous: alone, each of two objects would take them. "
        "Drag objects until at least nine are. Who gets them?"
    ),
    reads=("assigner", "result"),
    goals=(
        Goal(says="the assigner is center_sampling", measure=_is("center_sampling"), low=1),
        Goal(
            says="its knobs are where they were", measure=_turned(radius=1.5, reach=3.0), high=1e-6
        ),
        Goal(
            says="nine ambiguous priors or more",
            measure=lambda state: (
                _first(state)["num_ambiguous"] or 0
            ),  # not counted while something is dragged
            low=9,
        ),
    ),
    hint="Two objects of about the same size share a level. Put the centre of one on the centre of the other.",
    example={
        "assigner": "center_sampling",
        "result": {"sides": [{"settings": {"radius": 1.5, "reach": 3.0}, "num_ambiguous": 14}]},
    },
)


def _still_to_change(state: SimpleNamespace) -> float:
    """Priors whose owner is not yet the one they end with; NaN where no film runs."""
    film = state.film() if state.assigner == "ota" and state.frame >= 0 else None
    return (
        float("nan") if film is None else float((film.owners[state.frame] != film.owners[-1]).sum())
    )


settled = Challenge(
    name="07.settled",
    title="How soon may you stop?",
    task=(
        "Play Sinkhorn's rounds under `ota`. Stop within the first 25 at a round after which at most five priors have "
        "another owner than after the fiftieth."
    ),
    reads=("assigner", "frame", "film"),
    goals=(
        Goal(says="the assigner is ota", measure=_is("ota"), low=1),
        Goal(
            says="one of the first 25 rounds is shown",
            measure=lambda state: state.frame,
            low=0,
            high=24,
        ),
        Goal(says="at most five priors will still change", measure=_still_to_change, high=5),
    ),
    hint="The plan keeps moving long after the owners have settled: look at the priors in the picture.",
    example={
        "assigner": "ota",
        "frame": 1,
        "film": lambda: SimpleNamespace(owners=torch.tensor([[0, 1, -1], [0, 0, 0], [0, 0, 0]])),
    },
)
