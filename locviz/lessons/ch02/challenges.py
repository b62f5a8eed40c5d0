"""Lesson 02, regression losses: what pulls a box, and when does nothing pull?"""

from types import SimpleNamespace

import torch
from torch import Tensor

from locviz import boxes
from locviz.course import Challenge, Goal, Quiz
from locviz.course.ch02_exercises import (
    ciou_penalty,
    edges_to_size,
    eiou_loss,
    slope_by_hand,
    smooth_l1,
)
from locviz.losses import LIVE_LOSSES

__all__ = [
    "by_far", "ciou_penalty", "edges_to_size", "eiou_loss", "hollow", "inside", "repaired", "silence", "slope_by_hand",
    "smooth_l1", "two_fates", "winner",
]  # fmt: skip

# --- predict first
# ---------------------------------------------------------------------------------------------------

by_far = Quiz(
    name="02.by_far",
    title="A miss, near and far",
    question=(
        "A prediction lies 5 pixels beside its target, another 500 pixels; neither touches it. The loss is 1 - IoU. "
        "Which of the two does gradient descent pull harder?"
    ),
    choices=(
        "the near one",
        "the far one",
        "both alike, towards the target",
        "neither: there is no gradient",
    ),
    right="d",
    because=(
        "Without an intersection the loss is 1, and it stays 1 however you move the box a little. A flat place has no "
        "slope. In the experiment of this chapter five boxes of six end where they began for that reason."
    ),
)

inside = Quiz(
    name="02.inside",
    title="A small box inside",
    question=(
        "A small prediction lies wholly inside a large target, but off its centre. Which losses pull its *centre* "
        "towards the middle?"
    ),
    choices=(
        "all five: IoU, GIoU, DIoU, CIoU, EIoU",
        "all but IoU",
        "only DIoU, CIoU and EIoU",
        "none of them",
    ),
    right="c",
    because=(
        "Shift the small box a little: the intersection stays (it is the small box), the union stays (the target), "
        "and so does the hull (the target again). So IoU and GIoU do not change. The three others measure the "
        "distance of the centres, and that changes."
    ),
)

winner = Quiz(
    name="02.winner",
    title="The winner of the race",
    question=(
        "1,715,000 boxes descend to their targets, each step along the exact gradient. After 50 steps, which loss has "
        "left the smaller total error: GIoU (2019), or DIoU (2020), which was made to converge faster?"
    ),
    choices=("DIoU, by a factor of six", "DIoU, by a little", "GIoU", "they are equal"),
    right="c",
    because=(
        "GIoU is ahead at steps 10, 50, 100 and 200. The printed curves show DIoU ahead by a factor of six, and they "
        "are honest curves: of gradients that were written by hand, with mistakes. The chapter shows which."
    ),
)

repaired = Quiz(
    name="02.repaired",
    title="One sign",
    question=(
        "The released gradient of DIoU has a wrong sign in one term and cross terms too many in another. Suppose you "
        "repair the sign and leave the rest as it is. What happens to the famous fast convergence?"
    ),
    choices=(
        "it gets faster still",
        "nothing much",
        "it becomes as slow as the exact gradient",
        "it breaks down",
    ),
    right="d",
    because=(
        "The error stays near where it started. With the right sign the cross terms push the wrong way, and hard. Two "
        "mistakes had held each other up: the curve looked so good because they met."
    ),
)

# --- challenges in BoxLab
# --------------------------------------------------------------------------------------------


def _pair(state: SimpleNamespace) -> tuple[Tensor, Tensor]:
    return torch.tensor([list(state.prediction)]).double(), torch.tensor(
        [list(state.target)]
    ).double()


def _slope(state: SimpleNamespace, loss: str) -> Tensor:
    """Gradient of a loss by the prediction's corners, (4,)."""
    prediction, target = _pair(state)
    prediction.requires_grad_()
    return torch.autograd.grad(LIVE_LOSSES[loss](prediction, target).sum(), prediction)[0][0]


def _pull(state: SimpleNamespace, loss: str) -> float:
    return _slope(state, loss).norm().item()


def _pull_on_centre(state: SimpleNamespace, loss: str) -> float:
    low, high = _slope(state, loss).chunk(2)
    return (low + high).norm().item()


def _iou(state: SimpleNamespace) -> float:
    return boxes.iou(*_pair(state)).item()


def _l1(state: SimpleNamespace) -> float:
    return LIVE_LOSSES["l1"](*_pair(state)).item()


def _centre_distance(state: SimpleNamespace) -> float:
    prediction, target = (boxes.corners_to_center_size(box)[0, :2] for box in _pair(state))
    return (prediction - target).norm().item()


_TARGET = (110.0, 70.0, 210.0, 170.0)

silence = Challenge(
    name="02.silence",
    title="Almost there, and nothing pulls",
    task=(
        "Bring the prediction as near to the target as you can while the IoU loss has no gradient at all. Nothing "
        "pulls; the box will lie there forever."
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="the gradient of IoU is 0", measure=lambda state: _pull(state, "iou"), high=0.0),
        Goal(
            says="L1 is at most 210: nearly as near as a box of this size can get without touching",
            measure=_l1,
            high=210.0,
        ),
        Goal(
            says="the prediction is at least 80 pixels wide",
            measure=lambda s: s.prediction[2] - s.prediction[0],
            low=80.0,
        ),
    ),
    hint="Put it beside the target, one pixel apart, as high as the target.",
    example={"target": _TARGET, "prediction": (211.0, 70.0, 311.0, 170.0)},
)

hollow = Challenge(
    name="02.hollow",
    title="GIoU does not see where",
    task=(
        "Find a place where GIoU does not pull the prediction's centre, though it is 15 pixels or more off, and "
        "DIoU does."
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="centres at least 15 pixels apart", measure=_centre_distance, low=15.0),
        Goal(
            says="GIoU does not pull the centre",
            measure=lambda s: _pull_on_centre(s, "giou"),
            high=1e-9,
        ),
        Goal(says="DIoU pulls the centre", measure=lambda s: _pull_on_centre(s, "diou"), low=1e-4),
    ),
    hint="Remember the quiz: when do intersection, union and hull all stay as they are while the box moves?",
    example={"target": _TARGET, "prediction": (120.0, 80.0, 170.0, 130.0)},
)

two_fates = Challenge(
    name="02.two_fates",
    title="The same L1, another fate",
    task=(
        "In the first lab, L1 of 40 pixels comes with an IoU of 0.6 or more. Change both boxes: L1 between 38 and 42, "
        "but an IoU below 0.3. What must change about the target?"
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="L1 between 38 and 42", measure=_l1, low=38.0, high=42.0),
        Goal(says="IoU below 0.3", measure=_iou, high=0.3),
    ),
    hint="L1 counts pixels. On what target are 10 pixels per side a disaster?",
    example={"target": (110.0, 70.0, 130.0, 90.0), "prediction": (120.0, 80.0, 140.0, 100.0)},
)
