"""The challenges of lesson 10, in the order of the chapter."""

import math
from types import SimpleNamespace

import torch

from locviz.course import Challenge, Goal
from locviz.lessons.ch10.two_objects import two_objects

# The objects of the scene that AssignLab opens, as they lie there, in whole pixels.
_SCENE = (
    (31.0, 24.0, 77.0, 70.0),
    (36.0, 11.0, 69.0, 44.0),
    (62.0, 22.0, 82.0, 42.0),
    (22.0, 17.0, 45.0, 40.0),
    (61.0, 13.0, 81.0, 32.0),
    (8.0, 14.0, 19.0, 25.0),
    (55.0, 27.0, 69.0, 42.0),
    (59.0, 61.0, 68.0, 71.0),
)
_ROUNDED = 1.0  # pixels by which the scene above may be off
_FEW = 60  # positives that are no flood: two or three times as many as without the score


def _moved(state: SimpleNamespace) -> list[int]:
    """The objects that do not lie where they lay."""
    return [
        index
        for index, (now, before) in enumerate(zip(state.boxes, _SCENE, strict=False))
        if max(abs(a - b) for a, b in zip(now, before, strict=True)) > _ROUNDED
    ]


def _kept_size(state: SimpleNamespace) -> int:
    """1 if every object is as wide and as high as it was."""
    return int(
        all(
            abs((now[axis + 2] - now[axis]) - (before[axis + 2] - before[axis])) <= 2 * _ROUNDED
            for now, before in zip(state.boxes, _SCENE, strict=False)
            for axis in (0, 1)
        )
    )


def _positives_of_moved(state: SimpleNamespace) -> torch.Tensor:
    """The IoUs of the boxes that the moved object's positives predict."""
    mine = torch.zeros_like(state.assignment.gt_index, dtype=torch.bool)
    for index in _moved(state):
        mine |= state.assignment.gt_index == index
    return (
        state.assignment.quality[mine] if state.assignment.quality is not None else torch.zeros(0)
    )


def _best_of_moved(state: SimpleNamespace) -> float:
    overlaps = _positives_of_moved(state)
    return float(overlaps.max()) if len(overlaps) else math.nan


def _assigner_is(name: str):
    return lambda state: int(state.assigner == name)


def _first_side(state: SimpleNamespace) -> dict:
    return state.result["sides"][0]


def _other_knobs_moved(state: SimpleNamespace) -> float:
    """How far all knobs but alpha are from where they were."""
    now = _first_side(state)["settings"]
    at_first = {"positive": 0.5, "negative": 0.4, "score_threshold": 0.8, "side": 4.0}
    return sum(abs(now.get(name, value) - value) for name, value in at_first.items())


_A_ASIDE = [[0.0, 10.0, 46.0, 56.0], *(list(box) for box in _SCENE[1:])]

misses = Challenge(
    name="10.misses",
    widget="lab2",
    title="The best of a bad lot",
    task=(
        "Under *Mutual labelling*, drag one object away from what the network predicts, without "
        "changing its size, until all its positives predict boxes with an IoU below 0.5. Why does "
        "it still have positives?"
    ),
    reads=("assigner", "boxes", "result", "assignment"),
    goals=(
        Goal(
            says="the assigner is Mutual labelling", number=_assigner_is("mutual_labelling"), low=1
        ),
        Goal(
            says="one object was moved (in scene 4)", number=lambda s: len(_moved(s)), low=1, high=1
        ),
        Goal(says="every object has the size that it had", number=_kept_size, low=1),
        Goal(
            says="the moved object has three positives or more",
            number=lambda state: len(_positives_of_moved(state)),
            low=3,
        ),
        Goal(says="the best of their IoUs is below 0.5", number=_best_of_moved, high=0.499),
    ),
    hint="Take the largest object, A, to the left edge of the picture.",
    example={
        "assigner": "mutual_labelling",
        "boxes": _A_ASIDE,
        "result": {},
        "assignment": SimpleNamespace(
            gt_index=torch.tensor([0, 0, 0, 1]), quality=torch.tensor([0.2, 0.25, 0.1, 0.9])
        ),
    },
    settings={"assigner": "mutual_labelling", "boxes": _A_ASIDE},
)

flood = Challenge(
    name="10.flood",
    widget="lab3",
    title="A prior for H, and no flood",
    task=(
        "Under *IoU or class*, the small cross H has no positive anchor. Move *alpha* alone until H "
        f"has one, and the scene not more than {_FEW} positives in all. At which alpha does the "
        "flood begin, and why there?"
    ),
    reads=("assigner", "boxes", "result"),
    goals=(
        Goal(says="the assigner is IoU or class", number=_assigner_is("class_aware"), low=1),
        Goal(
            says="no object was moved (in scene 4)", number=lambda state: len(_moved(state)), high=0
        ),
        Goal(says="the other knobs are where they were", number=_other_knobs_moved, high=1e-6),
        Goal(
            says="H has a positive anchor",
            number=lambda state: _first_side(state)["positives"][-1],
            low=1,
        ),
        Goal(
            says=f"at most {_FEW} positives in all",
            number=lambda state: sum(_first_side(state)["positives"]),
            high=_FEW,
        ),
    ),
    hint=(
        "An anchor inside an object that the network does not recognize at all has the score (1 - "
        "alpha) * 1. For which alpha does that reach the threshold 0.8?"
    ),
    example={
        "assigner": "class_aware",
        "boxes": [list(box) for box in _SCENE],
        "result": {"sides": [{"settings": {"alpha": 0.3}, "positives": [3, 5, 4, 3, 8, 4, 8, 1]}]},
    },
    settings={"settings": {"class_aware": {"alpha": 0.3}}},
)

_TWO = two_objects()["detections"].boxes.tolist()


def _candidates_moved(state: SimpleNamespace) -> float:
    """The farthest that an edge of a candidate was dragged."""
    return max(
        abs(a - b)
        for now, before in zip(state.boxes, _TWO, strict=True)
        for a, b in zip(now, before, strict=True)
    )


disagree = Challenge(
    name="10.disagree",
    title="Worse in each, better together",
    task=(
        "Score and IoU agree: rho is +1 for both objects. Change *scores* only, until rho is -1 "
        "for each object and the pooled rho is still above +0.5."
    ),
    reads=("boxes", "scores", "divergence"),
    goals=(
        Goal(says="no box was moved", number=_candidates_moved, high=0.5),
        Goal(
            says="rho is -1 for each object",
            number=lambda state: float(state.divergence.per_object.max()),
            high=-0.999,
        ),
        Goal(
            says="the pooled rho is above +0.5",
            number=lambda state: state.divergence.pooled,
            low=0.5,
        ),
    ),
    hint=(
        "Within an object, let the best placed candidate have the lowest score. Let every score of "
        "the left object stay above those of the right one."
    ),
    example={
        "boxes": _TWO,
        "scores": [0.7, 0.8, 0.9, 0.2, 0.3, 0.4],
        "divergence": SimpleNamespace(per_object=torch.tensor([-1.0, -1.0]), pooled=0.54),
    },
    settings={"scores": [0.7, 0.8, 0.9, 0.2, 0.3, 0.4]},
)
