"""What FocalLab and its view send each other."""

from typing import Annotated, Literal, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import CommonKernelTraits, CommonUserTraits, Float32, Limits

Side = Literal["positive", "negative"]


class Knobs(TypedDict):
    """The loss, the prediction that the curves' point stands for, and the batch.

    ``alpha`` None is off; ``imbalance`` None keeps all negatives.
    """

    gamma: Annotated[float, Limits(0, 5)]
    alpha: Annotated[float | None, Limits(0, 1)]
    side: Side
    p_t: Annotated[float, Limits(0.01, 0.999)]
    threshold: Annotated[float, Limits(0, 1)]
    training_step: int
    imbalance: Annotated[int | None, Limits(1)]


class UserTraits(Knobs, CommonUserTraits):
    """What the user sets."""


class Batch(TypedDict):
    """What is fixed: where the predictions come from, and what sliders stop at.

    ``predictions`` counts a prior and a class; ``imbalances`` are negatives per positive, None (all
    of them) last.
    """

    source: str
    predictions: int
    positives: int
    steps: list[int]
    imbalances: list[int | None]


class Curves(TypedDict):
    """Loss and size of its gradient at each ``p_t`` (n,): ``loss`` and ``gradient`` are (3, n).

    The three are cross entropy, balanced cross entropy and focal loss, as everywhere.
    """

    p_t: Float32
    loss: Float32
    gradient: Float32


class Point(TypedDict):
    """One prediction under the three losses.

    ``times`` says how many times less than cross entropy each of them is, None where it is 0.
    """

    p_t: float
    loss: tuple[float, float, float]
    gradient: tuple[float, float, float]
    times: tuple[float | None, float | None, float | None]
    words: str


class Histogram(TypedDict):
    """How many of the predictions kept have a ``p_t`` in each of equal parts of 0..1."""

    positive: list[int]
    negative: list[int]


class Shares(TypedDict):
    """Who holds the gradient under the three losses.

    ``bars`` give the shares of the easy negatives (p_t above ``threshold``), of the other negatives
    and of the positives, None where there is no gradient. ``above`` (3, n) is the first share at
    each of ``thresholds`` (n,). ``words`` begin with ``counted``, how many negatives are easy.
    """

    threshold: float
    bars: list[tuple[float | None, float | None, float | None]]
    thresholds: Float32
    above: Float32
    counted: str
    words: str


class Result(TypedDict):
    """All that the view draws and says, for the knobs beside it."""

    seq: int
    gamma: float
    alpha: float | None
    side: Side
    training_step: int
    imbalance: int | None
    curves: Curves
    point: Point
    histogram: Histogram
    shares: Shares


class KernelTraits(CommonKernelTraits):
    """What follows from the knobs, and the batch."""

    initial: Knobs
    batch: Batch
    result: Result


class Traits(UserTraits, KernelTraits):
    """Every trait."""


class KnobsQuestion(Knobs, wire.KnobsQuestion):
    """Asks for the result."""
