"""What APLab and its view send each other."""

from typing import Annotated, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Float32, Limits


class Knobs(TypedDict):
    """Both thresholds, the class (None: all classes in one ranking) and the image."""

    score_threshold: Annotated[float, Limits(0, 1)]
    iou_threshold: Annotated[float, Limits(0, 1, above_low=True)]
    label: int | None
    image: int


class UserTraits(Knobs, CommonUserTraits):
    """What the user sets."""


class ClassInfo(TypedDict):
    """A class, and how many ground truths of it count."""

    label: int
    name: str
    num_gt: int


class Curve(TypedDict):
    """Precision against recall of the class at one IoU threshold.

    ``recall``, ``precision`` and ``score`` at the corners of the curve, best score first;
    ``envelope`` (101,) COCO's interpolated precision; ``ap`` its mean, None without ground truths;
    ``aps`` the same at each of COCO's ``thresholds``; ``pages`` the images that hold the class.
    """

    label: int | None
    iou: float
    ap: float | None
    num_gt: int
    pages: list[int]
    thresholds: list[float]
    aps: list[float | None]
    recall: Float32
    precision: Float32
    score: Float32
    envelope: Float32


class Reading(TypedDict):
    """The working point; ``counts`` are right, wrong and missed over all images.

    The dot, its words and the numbers beside the chart all come from here. ``precision`` is None
    where nothing is predicted. ``area`` is the part of AP between recall 0 and this recall.
    """

    seq: int
    score_threshold: float
    precision: float | None
    recall: float | None
    area: float | None
    counts: tuple[int, int, int]


class Scene(wire.Scene):
    """What became of the image ``image``."""

    image: int


class Photo(wire.Photo):
    """The image ``image`` of ``num``."""

    image: int
    num: int


class KernelTraits(CommonKernelTraits):
    """What follows from the knobs, and the classes."""

    initial: Knobs
    classes: list[ClassInfo]
    curve: Curve
    reading: Reading
    scene: Scene
    photo: Photo


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class KnobsQuestion(Knobs, wire.KnobsQuestion):
    """Asks for the curve, the reading and the scene."""
