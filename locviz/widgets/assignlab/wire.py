"""What AssignLab and its view send each other."""

from typing import Literal, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import (
    CommonKernelTraits,
    CommonUserTraits,
    Float32,
    Int16,
    Png,
    UInt8,
)

Reference = Literal["previous", "pinned", "step", "other"]
FilmKind = Literal["sinkhorn", "auction", ""]
SquareKind = Literal["anchor", "cell"]


class Knobs(TypedDict):
    """The scene with its objects, both assigners with their turned knobs, and what is selected."""

    image: int
    training_step: int
    boxes: list[list[float]]
    assigner: str
    second: str | None
    settings: dict[str, dict[str, float]]
    second_settings: dict[str, dict[str, float]]
    selected: int
    looked: int
    against: Reference
    frame: int
    second_frame: int


class UserTraits(Knobs, CommonUserTraits):
    """What the user sets."""


class KnobInfo(TypedDict):
    """A number of an assigner: its limits, its step, where it stands at first, and what it does."""

    name: str
    label: str
    low: float
    high: float
    step: float
    default: float
    whole: bool
    help: str


class RuleInfo(TypedDict):
    """An assigner on offer; ``measure`` is what its matrix holds and ``caption`` says it in words,
    ``film`` what can be played.
    """

    name: str
    title: str
    says: str
    dynamic: bool
    measure: str
    caption: str
    film: FilmKind
    knobs: list[KnobInfo]


class SceneInfo(TypedDict):
    """What stays the same while an image is looked at.

    ``size`` (h, w) of the drawing in units of the boxes; ``places`` (p, 2) and ``strides`` (p,) of
    the priors, ``levels`` how many each level has; for every image the ``labels``, the ``boxes``
    and which objects are set ``apart`` (crowds, ignored ones).
    """

    dim: int
    size: tuple[float, float]
    places: Float32
    strides: Float32
    levels: list[int]
    steps: list[int]
    images: int
    labels: list[list[int]]
    apart: list[list[bool]]
    class_names: list[str]
    boxes: list[list[list[float]]]


class Photo(TypedDict):
    """The image ``image``."""

    image: int
    png: Png


class BySteps(TypedDict):
    """Positives at every training step, and priors that change owner on the way to it."""

    positives: list[int]
    flips: list[int]


class Verdict(TypedDict):
    """What became of the prior that is looked at and one object, and why, in a sentence."""

    won: bool
    says: str
    values: list[float | None]


class Why(TypedDict):
    """Why the prior that is looked at is responsible for what it is responsible for.

    ``square`` is the region that the rule compares, or the prior's cell (``square_is``),
    ``predicted`` what the network predicts there (empty without predictions), ``columns`` what the
    values of each object's verdict are, ``rule`` what the rule asks of all priors.
    """

    prior: int
    says: str
    square: list[float]
    square_is: SquareKind
    predicted: list[float]
    columns: list[str]
    rule: str
    verdicts: list[Verdict]


class Side(TypedDict):
    """One assigner's answer.

    ``owner`` (p,) the object that each prior is responsible for, -1 background, -2 ignored;
    ``ambiguous`` (p,) empty while an object is dragged, ``flipped`` (p,) empty where there is
    nothing to compare; ``rows`` (r,) the priors of the matrix and ``values`` (r, g) its numbers.
    """

    assigner: str
    measure: str
    owner: Int16
    ambiguous: UInt8
    flipped: UInt8
    positives: list[int]
    num_ambiguous: int | None
    ignored: int
    background: int
    rows: Int16
    values: Float32
    flips: int | None
    settings: dict[str, float]
    by_step: BySteps | None
    why: Why | None


class Difference(TypedDict):
    """How many priors differ between the two rules: ``count`` in all, ``first`` and ``second`` are
    responsible for an object under that rule alone, ``other`` for another object under each.
    """

    count: int
    first: int
    second: int
    other: int


class Result(TypedDict):
    """The answer of one assigner, or of two; ``of`` are the knobs that it is the answer to."""

    seq: int
    image: int
    of: Knobs
    pinned: bool
    difference: Difference | None
    sides: list[Side]


class KernelTraits(CommonKernelTraits):
    """What follows from the knobs, and what there is to choose from."""

    initial: Knobs
    offered: list[RuleInfo]
    scene: SceneInfo
    photo: Photo
    result: Result


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class KnobsQuestion(Knobs, wire.KnobsQuestion):
    """Asks for the result."""


class FilmQuestion(Knobs):
    """Asks for the iterations inside a side's assigner, of the state that travels with it."""

    name: Literal["film"]
    side: int
    gesture: str
    at: int


class FilmAnswer(wire.Answer):
    """``film`` is empty where there is nothing to play; otherwise a ``Film`` with its buffers."""

    name: Literal["film"]
    side: int
    at: int
    film: FilmKind


class Film(FilmAnswer):
    """``frames`` n and ``columns`` c, and a sentence per frame.

    Its buffers: int16 ``rows`` (r,) and ``owners`` (n, p); float32 ``values`` (n, r, c),
    ``totals`` (n, r) and ``gap`` (n,).
    """

    frames: int
    columns: int
    says: list[str]


class Command(wire.Command):
    """Remember the present answer, or forget it."""

    name: Literal["pin", "unpin"]
