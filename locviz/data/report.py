"""What was wrong with single boxes of a file. Such boxes are skipped or clipped, and always
reported; they never stop the reading.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Box = tuple[float, float, float, float]
# Pixels. Coordinates that are written with two decimals may pass the border by their rounding,
# which is not reported.
ROUNDING = 0.01


@dataclass(frozen=True)
class Problem:
    """One box that could not be used as it is in the file.

    ``image`` is the image's file name, ``box`` has the numbers of the file, ``reason`` tells what
    is wrong with them, and ``skipped`` whether the box was left out (otherwise it was clipped to
    the image).
    """

    image: str
    box: Box
    reason: str
    skipped: bool

    def __str__(self) -> str:
        numbers = ", ".join(f"{value:g}" for value in self.box)
        return f"{self.image}: box ({numbers}) {self.reason}: {'skipped' if self.skipped else 'clipped'}"


def fit(box: Box, size: tuple[int, int]) -> tuple[Box | None, str | None]:
    """Return the box ``x1 y1 x2 y2`` clipped to an image (h, w), and what was wrong with it, or
    None where nothing was.

    The box is None where it is NaN or infinite, has no width or no height, or lies outside the
    image.
    """
    if not all(math.isfinite(value) for value in box):
        return None, "holds NaN or infinity"
    if box[2] <= box[0] or box[3] <= box[1]:
        return None, "has no area"
    height, width = size
    clipped = (
        max(box[0], 0.0),
        max(box[1], 0.0),
        min(box[2], float(width)),
        min(box[3], float(height)),
    )
    if clipped[2] <= clipped[0] or clipped[3] <= clipped[1]:
        return None, f"lies outside the {width} x {height} image"
    beyond = max(abs(a - b) for a, b in zip(box, clipped, strict=True))
    return clipped, f"reaches outside the {width} x {height} image" if beyond > ROUNDING else None


def summary(report: Sequence[Problem], *, limit: int = 5) -> str:
    """Return what a command line prints about a report: one line of counts, then the first
    ``limit`` skipped boxes.
    """
    if not report:
        return "all boxes are valid"
    counts = Counter((problem.reason, problem.skipped) for problem in report)
    skipped = [problem for problem in report if problem.skipped]
    lines = [f"boxes skipped: {len(skipped)}, clipped: {len(report) - len(skipped)}"]
    lines += [
        f"  {num} x {reason} ({'skipped' if gone else 'clipped'})"
        for (reason, gone), num in counts.most_common()
    ]
    lines += [f"  {problem}" for problem in skipped[:limit]]
    if len(skipped) > limit:
        lines.append(f"  ... and {len(skipped) - limit} more skipped: see .report")
    return "\n".join(lines)
