"""Small charts and annotated images for the widgets' static pictures."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

import numpy as np

from locviz.evaluate import FALSE_POSITIVE, TRUE_POSITIVE
from locviz.viz.theme import PALETTE
from locviz.widgets.ap_truth import Scene
from locviz.widgets.image import data_url
from locviz.widgets.picture import Canvas

# The light half of the palette: a picture stands on its own white ground, whatever page shows it.
INK, SOFT, LINE, GOOD, BAD, MISSED, ACCENT = (
    PALETTE[role][0] for role in ("text", "soft", "line", "target", "pull", "overlap", "prediction")
)
PAPER = "#ffffff"
# Outcome -> colour, dash, sign: no outcome is told by its colour alone.
_IGNORED = (SOFT, "2 3", "·")
OUTCOMES = {TRUE_POSITIVE: (GOOD, None, "✓"), FALSE_POSITIVE: (BAD, "6 3", "✗")}


class Chart:
    """A frame with axes on a canvas; ``x`` and ``y`` map data to its pixels."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        box: tuple[float | int, float | int, float | int, float | int],
        x: tuple[float | int, float | int],
        y: tuple[float | int, float | int],
        title: str,
        x_title: str,
        ticks: tuple[int, int] = (5, 4),
    ):
        self.canvas, self.box = canvas, box
        self.x_range, self.y_range = (float(x[0]), float(x[1])), (float(y[0]), float(y[1]))
        left, top, right, bottom = box
        for value in _ticks(*self.x_range, ticks[0]):
            canvas.add("line", x1=self.x(value), x2=self.x(value), y1=top, y2=bottom, stroke=LINE)
            self._label(self.x(value), bottom + 14, f"{value:g}", "middle")
        for value in _ticks(*self.y_range, ticks[1]):
            canvas.add("line", x1=left, x2=right, y1=self.y(value), y2=self.y(value), stroke=LINE)
            self._label(left - 6, self.y(value) + 4, f"{value:g}", "end")
        canvas.add("path", d=f"M{left} {top}V{bottom}H{right}", fill="none", stroke=SOFT)
        self._label((left + right) / 2, bottom + 29, x_title, "middle")
        self._label(left, top - 8, title, "start")

    def _label(self, x: float | int, y: float | int, text: str, anchor: str) -> None:
        self.canvas.add("text", x=x, y=y, content=text, text_anchor=anchor, fill=SOFT, font_size=11)

    def x(self, value: float | int) -> float:
        """Pixel column of a value."""
        return _mapped(value, self.x_range, (self.box[0], self.box[2]))

    def y(self, value: float | int) -> float:
        """Pixel row of a value."""
        return _mapped(value, self.y_range, (self.box[3], self.box[1]))

    def path(self, xs: Iterable[float | int], ys: Iterable[float | int]) -> str:
        """SVG path through the points, at a tenth of a pixel; a gap where a value is not finite."""
        parts, pen = [], "M"
        for x, y in zip(xs, ys, strict=True):
            if not np.isfinite(y):
                pen = "M"
                continue
            parts.append(f"{pen}{self.x(x):.1f} {self.y(y):.1f}")
            pen = "L"
        return "".join(parts)

    def line(
        self, xs, ys, *, colour: str, dash: str | None = None, width: float | int = 1.8
    ) -> None:
        """Draw a curve."""
        style = {"fill": "none", "stroke": colour, "stroke_width": width, "stroke_dasharray": dash}
        self.canvas.add("path", d=self.path(xs, ys), stroke_linejoin="round", **style)


def _mapped(value, domain, target) -> float:
    span = domain[1] - domain[0] or 1.0
    return target[0] + (value - domain[0]) / span * (target[1] - target[0])


def _ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers from low to high, about ``count`` of them, as ``ticks`` of
    ``src/shared/axes.ts``.
    """
    if not high > low:
        return [low]
    rough = (high - low) / count
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough * 0.999)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [round(i * step, 12) for i in range(first, last + 1)]


class Photo:
    """An image on a canvas, fitted into a square; boxes go on it in the image's own pixels."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        left: float | int,
        top: float | int,
        side: float | int,
        size,
        content: bytes,
    ):
        height, width = size
        self.zoom = side / max(height, width, 1)
        self.canvas = canvas
        self.width, self.height = width * self.zoom, height * self.zoom
        self.left, self.top = left + (side - self.width) / 2, top
        place = {"x": self.left, "y": self.top, "width": self.width, "height": self.height}
        canvas.add("rect", **place, fill="#eceef2")
        if content:
            sharp = "image-rendering:pixelated" if max(height, width) < 200 else None
            canvas.add(
                "image", **place, href=data_url(content), preserveAspectRatio="none", style=sharp
            )

    def scene(self, shown: Scene, *, notes: bool = True) -> None:
        """Draw what became of the ground truths and detections of one image."""
        for region, found in zip(shown.gt, shown.found, strict=True):
            missed = found == 0
            self.box(region, colour=MISSED if missed else INK, dash="2 3" if missed else "1 3")
        said = list(zip(shown.detections, shown.outcome, shown.scores, strict=True))
        for region, outcome, score in reversed(said):  # the best on top
            colour, dash, sign = OUTCOMES.get(int(outcome), _IGNORED)
            self.box(region, colour=colour, dash=dash, note=f"{sign} {score:.2f}" if notes else "")

    def box(
        self, region: Iterable[float], *, colour: str, dash: str | None, note: str = ""
    ) -> ET.Element:
        """Draw one box, with a light rim so that it shows on any ground, and a note above it."""
        x1, y1, x2, y2 = (float(value) * self.zoom for value in region)
        place = {
            "x": self.left + x1,
            "y": self.top + y1,
            "width": max(x2 - x1, 0),
            "height": max(y2 - y1, 0),
        }
        self.canvas.add(
            "rect", **place, fill="none", stroke=PAPER, stroke_width=4, stroke_opacity=0.75
        )
        element = self.canvas.add(
            "rect", **place, fill="none", stroke=colour, stroke_width=2, stroke_dasharray=dash
        )
        if note:
            self._note(place["x"], place["y"], note, colour)
        return element

    def _note(self, x: float, y: float, note: str, colour: str) -> None:
        wide = 6.2 * len(note) + 6
        x = min(max(x - 1, self.left), self.left + self.width - wide)
        y = max(y - 15, self.top)
        self.canvas.add(
            "rect",
            x=x,
            y=y,
            width=wide,
            height=14,
            rx=3,
            fill=PAPER,
            stroke=colour,
            stroke_width=0.8,
        )
        self.canvas.add("text", x=x + 3, y=y + 11, content=note, fill=colour, font_size=10.5)


def legend(canvas: Canvas, *, left: float | int, y: float | int, tally: Sequence[int]) -> None:
    """Explain the boxes' colours and dashes, with how many there are of each."""
    styles = (OUTCOMES[TRUE_POSITIVE], OUTCOMES[FALSE_POSITIVE], (MISSED, "2 3", ""))
    for i, ((colour, dash, sign), word) in enumerate(
        zip(styles, ("right", "wrong", "missed"), strict=True)
    ):
        x = left + i * 104
        line = {"stroke": colour, "stroke_width": 2.5, "stroke_dasharray": dash}
        canvas.add("line", x1=x, x2=x + 22, y1=y - 4, y2=y - 4, **line)
        canvas.add(
            "text",
            x=x + 28,
            y=y,
            content=f"{sign} {tally[i]} {word}".strip(),
            fill=colour,
            font_size=12,
        )
