"""The challenges of lesson 02 in BoxLab, in the order of the chapter."""

from types import SimpleNamespace

import torch
from torch import Tensor

from locviz.course import Challenge, Goal
from locviz.lessons.boxlab_state import centre_distance, iou, prediction_and_target
from locviz.losses import LIVE_LOSSES


def _slope(state: SimpleNamespace, loss: str) -> Tensor:
    """Gradient of a loss by the prediction's corners, (4,)."""
    prediction, target = prediction_and_target(state)
    prediction.requires_grad_()
    return torch.autograd.grad(LIVE_LOSSES[loss](prediction, target).sum(), prediction)[0][0]


def _pull(state: SimpleNamespace, loss: str) -> float:
    return _slope(state, loss).norm().item()


def _pull_on_centre(state: SimpleNamespace, loss: str) -> float:
    # When the centre moves, both corners move with it: their slopes add.
    low, high = _slope(state, loss).chunk(2)
    return (low + high).norm().item()


def _l1(state: SimpleNamespace) -> float:
    return LIVE_LOSSES["l1"](*prediction_and_target(state)).item()


_TARGET = (110.0, 70.0, 210.0, 170.0)


def _target_moved(state: SimpleNamespace) -> float:
    return (torch.tensor(state.target) - torch.tensor(_TARGET)).abs().sum().item()


silence = Challenge(
    name="02.silence",
    title="Almost there, and nothing pulls",
    task=(
        "Press Reset. Then bring the prediction as near to the target as you can, while the IoU "
        "loss has no gradient at all. Nothing pulls, so the box would stay there forever."
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="the target is where the lab began", number=_target_moved, high=1e-6),
        Goal(says="the gradient of IoU is 0", number=lambda state: _pull(state, "iou"), high=0.0),
        Goal(
            says="L1 is at most 203: as near as a box of this size can get without touching",
            number=_l1,
            high=203.0,
        ),
        Goal(
            says="the prediction is at least 99 pixels wide, nearly as the target",
            number=lambda s: s.prediction[2] - s.prediction[0],
            low=99.0,
        ),
    ),
    hint="Put it beside the target, one pixel apart, as high as the target.",
    example={"target": _TARGET, "prediction": (211.0, 70.0, 311.0, 170.0)},
)

hollow = Challenge(
    name="02.hollow",
    title="GIoU does not see where",
    task=(
        "Find a prediction whose centre GIoU does not pull, although the centre is 30 pixels or "
        "more off and the IoU is 0.50 or more, and DIoU does pull it."
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="centres at least 30 pixels apart", number=centre_distance, low=30.0),
        Goal(says="IoU of 0.50 or more", number=iou, low=0.5),
        Goal(
            says="GIoU does not pull the centre",
            number=lambda s: _pull_on_centre(s, "giou"),
            high=1e-9,
        ),
        Goal(says="DIoU pulls the centre", number=lambda s: _pull_on_centre(s, "diou"), low=1e-4),
    ),
    hint=(
        "Under `the model predicts`, choose `centre and size`: an arrow at the centre is its pull. "
        "Then remember the quiz: when do intersection, union and hull stay as they are while the "
        "box moves?"
    ),
    example={"target": _TARGET, "prediction": (108.0, 68.0, 272.0, 172.0)},
)

two_fates = Challenge(
    name="02.two_fates",
    title="The same L1, another fate",
    task=(
        "When the lab opens, L1 is 40 pixels and the IoU is 0.67. Change both boxes until the IoU "
        "is below 0.3, while L1 is about the same. What must change about the target?"
    ),
    reads=("target", "prediction"),
    goals=(
        Goal(says="L1 between 38 and 42", number=_l1, low=38.0, high=42.0),
        Goal(says="IoU below 0.3", number=iou, high=0.3),
    ),
    hint="L1 counts pixels. On what target are 10 pixels per side a disaster?",
    example={"target": (110.0, 70.0, 130.0, 90.0), "prediction": (120.0, 80.0, 140.0, 100.0)},
)
