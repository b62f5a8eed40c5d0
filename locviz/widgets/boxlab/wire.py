"""What BoxLab and its view send each other."""

from typing import Annotated, Literal, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Limits

Loss = Literal[
    "l1",
    "smooth_l1",
    "l2",
    "iou",
    "giou",
    "diou",
    "ciou",
    "eiou",
    "focal_l1",
    "focal_eiou",
]
Parametrisation = Literal["corners", "center_size", "offsets"]
Units = Literal["pixels", "normalised"]
Landscape = Literal["off", "center", "size"]


class Knobs(TypedDict):
    """Three boxes in pixels, the loss that is drawn, and how boxes become numbers."""

    target: list[float]
    prediction: list[float]
    anchor: list[float]
    loss: Loss
    focal: bool
    parametrisation: Parametrisation
    units: Units
    landscape: Landscape
    learning_rate: Annotated[float, Limits(0, above_low=True)]
    race_steps: Annotated[int, Limits(1, 2000)]


class UserTraits(Knobs, CommonUserTraits):
    """``size`` is (h, w) of the picture in pixels; ``simple`` shows IoU and nothing else."""

    size: tuple[float, float]
    simple: bool


class Initial(TypedDict):
    """The boxes of the constructor."""

    target: list[float]
    prediction: list[float]


class Result(TypedDict):
    """Torch's values of ``boxes`` (target, prediction, anchor), which confirm those of the view.

    ``values`` and ``gradients`` in the order of ``losses``, the losses that were shown;
    ``measures`` are IoU, GIoU, DIoU, CIoU and EIoU; ``areas`` those of the intersection and of
    the union in square pixels.
    """

    seq: int
    boxes: list[float]
    setting: tuple[Parametrisation, Units]
    losses: list[Loss]
    iou: float
    measures: list[float]
    areas: tuple[float, float]
    values: list[float]
    gradients: list[list[float]]


class KernelTraits(CommonKernelTraits):
    """``raced`` counts the races that Python started; 0 when the boxes have changed since."""

    initial: Initial
    result: Result
    raced: int


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class RaceQuestion(TypedDict):
    """Asks for the race that the view shows, from the very boxes that it started with."""

    name: Literal["race"]
    prediction: list[float]
    target: list[float]
    focal: bool


class RaceAnswer(wire.Answer):
    """Comes with one float32 buffer of this ``shape``: the IoU of every loss after every step."""

    shape: tuple[int, int]
