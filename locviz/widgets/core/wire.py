"""What every widget and its view send each other, declared once.

Each widget has a file like this one. ``tools/widget_messages.py`` writes them out as TypeScript
interfaces (``src/shared/messages.ts`` and ``src/<name>/messages.ts``), which the views are checked
against. A class named ``UserTraits`` holds the traits that the user owns, ``KernelTraits`` those
that the kernel owns, ``Knobs`` those that travel with every question.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal, NotRequired, TypedDict

# Arrays travel as raw little-endian buffers; the shape follows from the fields beside them.
Float32 = Annotated[bytes, "float32"]
Int16 = Annotated[bytes, "int16"]
UInt8 = Annotated[bytes, "uint8"]
Png = Annotated[bytes, "png"]
"""An image file, empty where there is no image."""


@dataclass(frozen=True)
class Limits:
    """The least and the greatest value of a knob; ``most`` values where it holds several.

    ``above_low`` says that ``low`` itself is refused. The view reads the limits as ``LIMITS``, the
    trait of the same name (``Ranged``, ``Numbers``) takes its range from them.
    """

    low: float | int
    high: float | int = math.inf
    most: int = 1
    above_low: bool = False


class CommonUserTraits(TypedDict):
    """The size of text, the browser's count of its own changes, and what the user did last."""

    scale: Annotated[float, Limits(0.5, 4)]
    seq: int
    gesture: str


class Watched(TypedDict):
    """A challenge that watches the widget: its goals in words, and which of them are met now."""

    title: str
    proved: bool
    goals: list[str]
    met: list[bool]


class CommonKernelTraits(TypedDict):
    """What went wrong in the last handler, empty if nothing did, and the challenges' goals."""

    last_error: str
    challenges: list[Watched]


class CommonTraits(CommonUserTraits, CommonKernelTraits):
    """The traits of every widget."""


class Asked(TypedDict):
    """The kernel is asked: it answers with the same ``seq``, and the latest question wins."""

    kind: Literal["ask"]
    seq: int


class KnobsQuestion(TypedDict):
    """Asks for what follows from the knobs beside it, in the state that the view counts ``at``."""

    name: Literal["knobs"]
    gesture: str
    at: int


class Answer(TypedDict):
    """Every question is answered; ``error`` says what went wrong."""

    kind: Literal["answer"]
    seq: int
    error: NotRequired[str]


class Command(TypedDict):
    """A button was pressed. Commands are never dropped."""

    kind: Literal["command"]


class Photo(TypedDict):
    """An image to draw on: height and width in pixels, and the file."""

    size: tuple[float, float]
    png: Png


class Scene(TypedDict):
    """What became of the detections and the ground truths of one image.

    ``detections`` (d, 4) and ``gt`` (g, 4) in pixels; ``outcome`` 1 right, 0 wrong, -1 does not
    count; ``overlap`` the IoU with the ground truth; ``found`` 1 found, 0 missed, -1 does not
    count; ``tally`` how many are right, wrong and missed.
    """

    detections: Float32
    scores: Float32
    labels: list[int]
    outcome: list[int]
    overlap: Float32
    gt: Float32
    gt_labels: list[int]
    found: list[int]
    tally: tuple[int, int, int]
