"""What AnchorLab and its view send each other."""

from typing import Annotated, Literal, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Float32, Limits, UInt8

Outcome = Literal["positive", "ignored", "negative"]


class Knobs(TypedDict):
    """The design, the thresholds, the box that is dragged, and which cell and level are looked at."""

    scales: Annotated[list[float], Limits(0.25, 64, most=6)]
    ratios: Annotated[list[float], Limits(0.05, 20, most=7)]
    strides: Annotated[list[int], Limits(2, 256, most=7)]
    positive: Annotated[float, Limits(0, 1, above_low=True)]
    negative: Annotated[float, Limits(0, 1, above_low=True)]
    forced: bool
    target: list[float]
    cell: tuple[float, float] | None
    level: Annotated[int | None, Limits(0)]


class Settings(Knobs):
    """The knobs, and those that the view changes by commands."""

    image: int
    selected: Annotated[int, Limits(0)]


class UserTraits(Settings, CommonUserTraits):
    """What the user sets."""


class Design(TypedDict):
    """Scales in strides, ratios as height over width, strides in pixels; in rising order."""

    scales: list[float]
    ratios: list[float]
    strides: list[int]


class Survey(TypedDict):
    """What a design reaches: ``recall`` at each of ``ious``, and its anchors per image."""

    num_anchors: float
    ious: Float32
    recall: Float32


class Reference(Survey):
    """The default design and what it reaches, on how many boxes."""

    design: Design
    num_boxes: int


class Photo(wire.Photo):
    """The image ``image`` of ``num``."""

    image: int
    num: int


class Best(TypedDict):
    """The target's best anchor, and what the thresholds make of its IoU."""

    region: list[float]
    iou: float
    level: int
    scale: float
    ratio: float
    outcome: Outcome


class States(TypedDict):
    """The best state among the anchors of each cell: 2 positive, 1 ignored, 0 negative."""

    shape: tuple[int, int]
    cells: UInt8


class Result(Settings):
    """What the design does to the picture.

    ``tried`` (n, 2) anchors per image and recall of every design so far; ``gt`` (g, 4) the ground
    truths with ``gt_iou`` and ``gt_num``, the best IoU of each and how many anchors are responsible
    for it; ``counts`` positive, ignored and negative anchors, ``level_counts`` by level;
    ``states`` of the level that is shown; ``cell_anchors`` (a, 4) of the cells that hold ``point``.
    """

    seq: int
    design: Design
    recall: float | None
    default_recall: float | None
    tried: Float32
    best: Best
    gt: Float32
    gt_iou: Float32
    gt_num: list[int]
    counts: tuple[int, int, int]
    level_counts: list[tuple[int, int, int]]
    shown_level: int
    point: tuple[float, float]
    states: States
    cell_anchors: Float32
    cell_iou: Float32


class KernelTraits(CommonKernelTraits):
    """What follows from the knobs, and the default design."""

    initial: Settings
    photo: Photo
    reference: Reference
    curve: Survey
    result: Result


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class KnobsQuestion(Knobs, wire.KnobsQuestion):
    """Asks for the result."""


class Command(wire.Command):
    """``step`` turns by so many images, ``select`` makes a box the target, ``reset`` takes none."""

    name: Literal["step", "select", "reset"]
    arguments: list[int]
