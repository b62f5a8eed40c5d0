"""A matched image in a static picture: boxes that are right, wrong and missed, and their legend.

It draws from ``matched_image_message``, what the view gets.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from locviz.evaluate import FALSE_POSITIVE, TRUE_POSITIVE
from locviz.widgets.core.buffers import float32_array
from locviz.widgets.core.chart import Photo
from locviz.widgets.core.colours import BAD, GOOD, INK, MISSED, SOFT
from locviz.widgets.core.picture import Canvas, Number

# Outcome -> colour, dash, sign: no outcome is told by its colour alone.
OUTCOMES = {TRUE_POSITIVE: (GOOD, None, "✓"), FALSE_POSITIVE: (BAD, "6 3", "✗")}
_IGNORED = (SOFT, "2 3", "·")
_KINDS = (
    ("right", *OUTCOMES[TRUE_POSITIVE]),
    ("wrong", *OUTCOMES[FALSE_POSITIVE]),
    ("missed", MISSED, "2 3", ""),
)


def draw_matched_image(photo: Photo, message: Mapping[str, Any]) -> None:
    """Draw the ground truths and the detections of a message on their image, the right ones on top."""
    for region, found in zip(float32_array(message["gt"], -1, 4), message["found"], strict=True):
        missed = found == 0
        photo.box(region, colour=MISSED if missed else INK, dash="2 3" if missed else "1 3")
    detections, scores = (
        float32_array(message["detections"], -1, 4),
        float32_array(message["scores"]),
    )
    predicted = list(zip(detections, message["outcome"], scores, strict=True))
    for i in draw_order(message["outcome"], scores):
        region, outcome, score = predicted[i]
        colour, dash, sign = OUTCOMES.get(outcome, _IGNORED)
        photo.box(region, colour=colour, dash=dash, note=f"{sign} {score:.2f}")


def draw_order(outcome: Sequence[int], scores: ArrayLike) -> list[int]:
    """Return the order in which detections are drawn, the topmost last.

    What does not count lies below what is wrong, and that below what is right, so that no wrong
    box hides a right one; among equals the best score lies on top. ``fromBelow`` in
    ``src/shared/marks.ts`` is the same.
    """
    values = np.asarray(scores).tolist()
    return sorted(range(len(outcome)), key=lambda i: (outcome[i], values[i], -i))


def draw_legend(canvas: Canvas, *, left: Number, y: Number, tally: Sequence[int]) -> None:
    """Explain the boxes' colours and dashes, with how many there are of each."""
    for i, (word, colour, dash, sign) in enumerate(_KINDS):
        x = left + i * 104
        line = {"stroke": colour, "stroke_width": 2.5, "stroke_dasharray": dash}
        canvas.add("line", x1=x, x2=x + 22, y1=y - 4, y2=y - 4, **line)
        text = f"{sign} {tally[i]} {word}".strip()
        canvas.add("text", x=x + 28, y=y, content=text, fill=colour, font_size=12)
