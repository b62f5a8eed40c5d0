"""What NMSLab and its view send each other."""

from typing import Annotated, Literal, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Limits, Photo

MethodName = Literal[
    "none",
    "greedy",
    "soft_linear",
    "soft_gaussian",
    "diou",
    "iou_guided",
    "matrix",
    "fusion",
    "balanced",
]
MethodKnob = Literal["", "sigma", "beta", "weight"]
Fate = Literal["open", "kept", "below", "suppressed"]
Truth = Literal["found", "lost", "missed", "apart"]
FindingKind = Literal["lost", "missed", "wrong", "repeated", "fine"]


class Knobs(TypedDict):
    """The candidates as they are dragged, two methods and their numbers, and how far they are played.

    ``second`` None is no second method; ``second_threshold`` None is that of the first; ``played``
    None is the end.
    """

    boxes: list[list[float]]
    scores: list[float]
    method: MethodName
    second: MethodName | None
    threshold: Annotated[float, Limits(0, 1)]
    second_threshold: Annotated[float | None, Limits(0, 1)]
    sigma: Annotated[float, Limits(0.05, 2)]
    beta: Annotated[float, Limits(0.1, 2)]
    weight: Annotated[float, Limits(0, 5)]
    score_threshold: Annotated[float, Limits(0, 1)]
    all_labels: bool
    played: Annotated[int | None, Limits(0)]


class UserTraits(Knobs, CommonUserTraits):
    """What the user sets."""


class MethodInfo(TypedDict):
    """A method that is offered; ``knob`` is its own, ``thresholded`` says whether it has the other."""

    name: MethodName
    title: str
    says: str
    knob: MethodKnob
    thresholded: bool


class Scene(TypedDict):
    """What is fixed: ``classes`` names each candidate's class, ``objects`` each ground truth."""

    source: str
    classes: list[str]
    objects: list[str]
    gt: list[list[float]]
    methods: list[MethodInfo]


class Candidate(TypedDict):
    """What has become of a candidate under a method.

    ``fate`` "below" was kept with a score too low to be reported; ``score`` and ``region`` are those
    after the step; ``by`` who suppressed or last lowered it, -1 for nobody,
    ``when`` in which step, 0 in none; ``outcome`` 1 right, 0 wrong, -1 does not count, -2 not
    reported; ``repeated``: a better one lies there; ``victim``: it had found an object that is
    lost; ``outranked``: what suppressed it lies worse on its object. ``brief`` is its score and by
    whom it was changed, ``words`` all there is to say.
    """

    score: float
    region: list[float]
    fate: Fate
    by: int
    when: int
    outcome: int
    repeated: bool
    victim: bool
    outranked: bool
    brief: str
    words: str


class Finding(TypedDict):
    """Something that is wrong, or that nothing is, in a sentence."""

    kind: FindingKind
    words: str


class Tally(TypedDict):
    """How many candidates are reported, right, wrong, repeated; how many objects lost and missed."""

    reported: int
    right: int
    wrong: int
    repeated: int
    lost: int
    missed: int


class Side(TypedDict):
    """One method after step ``at`` of ``steps``.

    ``picked`` is whom that step is about, -1 for nobody; ``center`` where the method believes the
    object's centre to be, empty where it has no belief; ``truth`` what became of each object;
    ``counts`` is the tally in words.
    """

    method: MethodName
    threshold: float
    steps: int
    at: int
    picked: int
    center: list[float]
    words: str
    candidates: list[Candidate]
    truth: list[Truth]
    tally: Tally
    counts: str
    findings: list[Finding]
    outranked: str


class Agreement(TypedDict):
    """Score and IoU before suppression: each candidate's object (-1 none) and its IoU with it.

    ``spearman`` is over all candidates of objects, ``mean`` the mean over the objects, None where
    too few have one.
    """

    owner: list[int]
    overlap: list[float]
    spearman: float | None
    mean: float | None
    words: str


class Result(TypedDict):
    """All that the view draws and says, for the knobs beside it.

    ``differs`` says which candidates only one of two methods reports, and ``difference`` says it in
    words; without a second method they are empty.
    """

    seq: int
    of: Knobs
    sides: list[Side]
    agreement: Agreement
    differs: list[bool]
    difference: str


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
