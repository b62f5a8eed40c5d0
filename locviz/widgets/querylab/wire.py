"""What QueryLab and its view send each other."""

from typing import Annotated, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Float32, Limits, Photo


class Knobs(TypedDict):
    """The step of the training, the query, the decoder layer and the head that are looked at.

    All count from 0; ``head`` None is the mean of all heads. ``reference`` is where the reference
    point of deformable attention was dragged to, x and y or a time; empty where it is the
    detector's.
    """

    step: Annotated[int, Limits(0)]
    query: Annotated[int, Limits(0)]
    layer: Annotated[int, Limits(0)]
    head: Annotated[int | None, Limits(0)]
    reference: list[float]


class UserTraits(Knobs, CommonUserTraits):
    """What the user sets."""


class Scene(TypedDict):
    """What is fixed: ``objects`` names each ground truth, ``steps`` are those of the training.

    ``dim`` is 2 for boxes, 1 for spans, which are drawn as boxes on a time line. ``colours`` number
    the queries that have a colour of their own, -1 for the others. ``owners`` are by step, layer
    and object the queries that are responsible for it, ``since`` by step and layer the objects that
    have another query than at the step before: their matches have flipped.
    """

    source: str
    objects: list[str]
    gt: list[list[float]]
    dim: int
    colours: list[int]
    owners: list[list[list[list[int]]]]
    since: list[list[list[int]]]
    queries: int
    layers: int
    heads: int
    steps: list[int]


class Query(TypedDict):
    """A query after the layer: its box in pixels, the object that it is responsible for, or -1.

    ``brief`` is its likeliest class and that class's probability, ``words`` all there is to say.
    """

    box: list[float]
    object: int
    brief: str
    words: str


class Cell(TypedDict):
    """Who is responsible for an object in a layer; whether others were in the layer before, and at
    the step before.
    """

    queries: list[int]
    flipped: bool
    since: bool


class Result(TypedDict):
    """All that the view draws and says, for the knobs beside it.

    ``heat`` are the weights of the chosen query over a map of ``heat_size`` rows and columns that
    covers ``extent`` (width and height, in pixels); empty where attention is deformable, and then
    ``dots`` hold x, y and weight. ``between`` (q, q) is self-attention, a row per query that takes.
    ``reference`` is the detector's own reference point, x and y, empty without one; ``trail`` is
    where the centre of the query's box was at each step of a training, after this layer.
    ``chain`` are the boxes of the chosen query after each layer, ``matches`` a row per object with
    a cell per layer.
    """

    seq: int
    of: Knobs
    heat: Float32
    heat_size: tuple[int, int]
    extent: tuple[float, float]
    dots: Float32
    between: Float32
    queries: list[Query]
    reference: list[float]
    trail: list[list[float]]
    chain: list[list[float]]
    matches: list[list[Cell]]
    words: str
    looks: str
    takes: str
    match: str


class KernelTraits(CommonKernelTraits):
    """What follows from the knobs, and the scene."""

    initial: Knobs
    scene: Scene
    photo: Photo
    result: Result


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class KnobsQuestion(Knobs, wire.KnobsQuestion):
    """Asks for the result."""
