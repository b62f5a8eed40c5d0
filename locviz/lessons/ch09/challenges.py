"""The challenges of lesson 09 in NMSLab, in the order of the chapter."""

from collections.abc import Callable
from types import SimpleNamespace

from locviz.course import Challenge, Goal
from locviz.evaluate import victims
from locviz.experiments.suppression_survey import shown, suppressed
from locviz.postprocess import GreedyNMS
from locviz.widgets.nmslab.crowd import crowd

# The widget's own crowd as it opens: two rings, a square and a star.
_CROWD = crowd()
_SQUARE = 2
_STEP = 0.01


def _method_is(name: str) -> Callable[[SimpleNamespace], int]:
    return lambda state: int(state.method == name)


def _moved(state: SimpleNamespace) -> int:
    """How many boxes are not where they were."""
    pairs = zip(state.boxes, _CROWD.boxes, strict=True)
    return sum(
        max(abs(a - b) for a, b in zip(now, then, strict=True)) > 1e-3 for now, then in pairs
    )


def _rescored(state: SimpleNamespace) -> int:
    return sum(abs(a - b) > 1e-3 for a, b in zip(state.scores, _CROWD.scores, strict=True))


def _other_knobs(state: SimpleNamespace) -> float:
    """How far the score threshold is from 0.25, and 1 if all classes suppress each other."""
    return abs(state.score_threshold - 0.25) + int(state.all_labels)


def _lost_one_hundredth_lower(state: SimpleNamespace) -> int:
    """How many objects greedy NMS takes at a threshold lower by a step of the slider."""
    threshold = state.threshold - _STEP
    if not 0 <= threshold <= 1:
        return 0
    found = state.detections
    kept = suppressed([found], GreedyNMS(), threshold)
    return int(victims([shown(found)], [shown(kept[0])], [state.targets]).sum())


_AS_THEY_WERE = (
    Goal(
        says="no box is moved, no score changed", number=lambda s: _moved(s) + _rescored(s), high=0
    ),
    Goal(
        says="the score threshold is 0.25, class by class",
        number=_other_knobs,
        high=1e-6,
    ),
)
_READS = (
    "method", "threshold", "boxes", "scores", "score_threshold", "all_labels", "victims", "result",
)  # fmt: skip
_EXAMPLE = {
    "method": "greedy",
    "threshold": 0.52,
    "boxes": _CROWD.boxes,
    "scores": _CROWD.scores,
    "score_threshold": 0.25,
    "all_labels": False,
    "victims": (),
    "false_positives": (11, 13),
    "result": {},
    "detections": _CROWD.found,
    "targets": _CROWD.truth,
}  # fmt: skip
_USURPED = [list(box) for box in _CROWD.boxes]
_USURPED[2] = [side - 12.0 for side in _USURPED[2]]

rescue = Challenge(
    name="09.rescue",
    title="Rescue the second ring",
    task=(
        "Greedy NMS at 0.5 takes one of the two rings. Find the *lowest* threshold, in steps of "
        "0.01, at which no object is lost: one step lower, one is. What does the rescue cost?"
    ),
    reads=(*_READS, "detections", "targets"),
    goals=(
        Goal(says="the method is greedy NMS", number=_method_is("greedy"), low=1),
        *_AS_THEY_WERE,
        Goal(says="no object is lost", number=lambda state: len(state.victims), high=0),
        Goal(says="0.01 lower, an object is lost", number=_lost_one_hundredth_lower, low=1),
    ),
    hint=(
        "Any candidate that finds the second ring will do. Which of them overlaps box 0 least, and "
        "by how much?"
    ),
    example=_EXAMPLE,
    settings={"method": "greedy", "threshold": 0.52},
)

no_threshold = Challenge(
    name="09.no_threshold",
    title="Better than any threshold",
    task=(
        "With greedy NMS, no threshold keeps all four objects with fewer than three wrong boxes: "
        "try. Now choose *Soft-NMS, Gaussian* and find a sigma that loses no object and reports at "
        "most two wrong boxes."
    ),
    reads=(*_READS, "false_positives"),
    goals=(
        Goal(says="the method is Soft-NMS, Gaussian", number=_method_is("soft_gaussian"), low=1),
        *_AS_THEY_WERE,
        Goal(says="no object is lost", number=lambda state: len(state.victims), high=0),
        Goal(
            says="at most two boxes are wrong",
            number=lambda state: len(state.false_positives),
            high=2,
        ),
    ),
    hint="Small is hard: at 0.1 the ring is lost, at 0.5 a third wrong box stays.",
    example={**_EXAMPLE, "method": "soft_gaussian"},
    settings={"method": "soft_gaussian", "sigma": 0.3},
)

usurper = Challenge(
    name="09.usurper",
    widget="lab2",
    title="The confident box that lies badly",
    task=(
        "Here the threshold is 0.3. Drag *one* box so that the square becomes a victim: candidates "
        "find it, and NMS throws all of them out."
    ),
    reads=_READS,
    goals=(
        Goal(says="the method is greedy NMS", number=_method_is("greedy"), low=1),
        Goal(
            says="the threshold is 0.3",
            number=lambda state: abs(state.threshold - 0.3) + _other_knobs(state),
            high=1e-6,
        ),
        Goal(says="one box is moved", number=_moved, low=1, high=1),
        Goal(says="no score is changed", number=_rescored, high=0),
        Goal(
            says="the square is lost to suppression",
            number=lambda state: int(_SQUARE in state.victims),
            low=1,
        ),
    ),
    hint=(
        "The square's best candidate is picked first, wherever it lies. It must miss the square, "
        "with an IoU below 0.5, and still overlap the square's other candidates by more than 0.3."
    ),
    example={**_EXAMPLE, "threshold": 0.3, "boxes": _USURPED, "victims": (1, 2)},
    settings={"threshold": 0.3, "boxes": _USURPED},
)
