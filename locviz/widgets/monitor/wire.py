"""What Monitor and its view send each other."""

from typing import Annotated, Literal, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Float32, Limits, Photo

Status = Literal["idle", "running", "paused", "finished", "stopped", "failed"]


class UserTraits(CommonUserTraits):
    """Predictions that score less than ``score_threshold`` are not drawn."""

    score_threshold: Annotated[float, Limits(0, 1)]


class Progress(TypedDict, total=False):
    """Steps done and to do, total loss, learning rate, seconds gone and left; empty at first."""

    step: int
    num_steps: int
    total: float
    lr: float
    seconds: float
    left: float


class Losses(TypedDict, total=False):
    """``rows``, of shape ``shape``: the step, then each loss term in the order of ``names``."""

    names: list[str]
    shape: tuple[int, int]
    rows: Float32


class FigureRow(TypedDict):
    """The figures of one evaluation; None where one is undefined."""

    step: int
    figures: dict[str, float | None]


class Found(TypedDict, total=False):
    """The predictions on the fixed scenes after ``step`` steps; empty before the first."""

    step: int
    scenes: list[wire.Scene]


class KernelTraits(CommonKernelTraits):
    """What the training cell publishes, and the widget (``remote``) that takes the commands."""

    status: Status
    progress: Progress
    losses: Losses
    figures: list[FigureRow]
    scenes: list[Photo]
    found: Found
    past: list[Found]
    classes: list[str]
    remote: str


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class Command(wire.Command):
    """Goes to ``remote``, on which the kernel never publishes."""

    name: Literal["pause", "resume", "stop"]
