"""What RoILab and its view send each other."""

from typing import Annotated, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Float32, Limits


class Knobs(TypedDict):
    """The region in pixels of the image, and how it is pooled from which map."""

    region: list[float]
    output_size: Annotated[int, Limits(1, 7)]
    sampling_ratio: Annotated[int, Limits(0, 4)]
    aligned: bool
    function: str
    stride: Annotated[int, Limits(1, 64)]


class UserTraits(Knobs, CommonUserTraits):
    """``size`` is (h, w) of the map in cells."""

    size: tuple[int, int]


class Features(TypedDict):
    """The feature map: the function that it holds, (h, w), and its values row by row."""

    function: str
    size: tuple[int, int]
    values: Float32


class Errors(TypedDict):
    """Mean absolute error of both layers, and of RoIPool's rounding alone."""

    pool: float
    align: float
    rounding: float


class Misalignment(TypedDict):
    """Pixels between what a layer looks at and its bin, in the worst bin."""

    pool: float
    align: float


class AxisSamples(TypedDict):
    """RoIAlign's samples on one axis, ``samples`` per bin, in index units: cell 3 lies at 3.

    A sample interpolates the cells ``low`` and ``high`` with their weights.
    """

    samples: int
    position: Float32
    low: Float32
    high: Float32
    low_weight: Float32
    high_weight: Float32


class Result(Knobs):
    """What the layers give for these knobs, n = ``output_size``.

    ``values`` (3, n, n): exact, RoIPool, RoIAlign; ``rounded`` (n, n, 4) RoIPool's bins in cells;
    ``argmax`` (n, n, 2) column and row of each bin's greatest cell, -1 in an empty bin.
    """

    seq: int
    errors: Errors
    misalignment: Misalignment
    values: Float32
    rounded: Float32
    argmax: Float32
    rows: AxisSamples
    columns: AxisSamples


class KernelTraits(CommonKernelTraits):
    """What follows from the knobs, and the functions that a map can hold."""

    initial: Knobs
    functions: list[str]
    features: Features
    result: Result


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class KnobsQuestion(Knobs, wire.KnobsQuestion):
    """Asks for the result."""
