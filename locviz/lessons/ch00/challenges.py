"""The challenges of lesson 00 in BoxLab, in the order of the chapter."""

from types import SimpleNamespace

from locviz.course import Challenge, Goal
from locviz.lessons.boxlab_state import iou


def _by_hand(state: SimpleNamespace) -> int:
    return int(state.gesture in ("drag", "key"))


first_drag = Challenge(
    name="00.first_drag",
    title="Your first drag",
    task="Drag the blue prediction onto the green target until they are almost the same place.",
    reads=("target", "prediction", "gesture"),
    goals=(
        Goal(says="IoU of 0.90 or more", number=iou, low=0.90),
        Goal(says="by your own hand: a drag or the arrow keys", number=_by_hand, low=1),
    ),
    hint=(
        "Drag the body to bring it near, then pull the corners. Arrow keys move the focused handle "
        "by one pixel."
    ),
    example={
        "target": (90.0, 60.0, 190.0, 150.0),
        "prediction": (91.0, 61.0, 190.0, 150.0),
        "gesture": "drag",
    },
)
