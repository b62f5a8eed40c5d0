"""Small charts and annotated images for the widgets' static pictures."""

from collections.abc import Iterable, Sequence
from typing import SupportsFloat
from xml.etree import ElementTree as ET

import numpy as np

from locviz.widgets.core.colours import LINE, PAPER, SOFT
from locviz.widgets.core.image import data_url, shrunk
from locviz.widgets.core.labels import LabelRules, label_places
from locviz.widgets.core.picture import Canvas, Number

Span = tuple[Number, Number]


class Chart:
    """A frame with axes on a canvas; ``x`` and ``y`` map data to its pixels.

    Args:
        canvas: what to draw on.
        box: left, top, right, bottom of the frame.
        x, y: the ranges of the data, low and high.
        title, x_title: what stands above the frame and below it.
        ticks: about how many there are on each axis.
    """

    def __init__(
        self,
        canvas: Canvas,
        *,
        box: tuple[Number, Number, Number, Number],
        x: Span,
        y: Span,
        title: str,
        x_title: str,
        ticks: tuple[int, int] = (5, 4),
    ):
        self.canvas, self.box = canvas, box
        self.x_range, self.y_range = (float(x[0]), float(x[1])), (float(y[0]), float(y[1]))
        left, top, right, bottom = box
        self._grid(*ticks)
        canvas.add("path", d=f"M{left} {top}V{bottom}H{right}", fill="none", stroke=SOFT)
        self._label((left + right) / 2, bottom + 29, x_title, "middle")
        self._label(left, top - 8, title, "start")

    def _grid(self, along_x: int, along_y: int) -> None:
        left, top, right, bottom = self.box
        for value in round_ticks(*self.x_range, along_x):
            x = self.x(value)
            self.canvas.add("line", x1=x, x2=x, y1=top, y2=bottom, stroke=LINE)
            self._label(x, bottom + 14, f"{value:zg}", "middle")
        for value in round_ticks(*self.y_range, along_y):
            y = self.y(value)
            self.canvas.add("line", x1=left, x2=right, y1=y, y2=y, stroke=LINE)
            self._label(left - 6, y + 4, f"{value:zg}", "end")

    def _label(self, x: Number, y: Number, text: str, anchor: str) -> None:
        self.canvas.add("text", x=x, y=y, content=text, text_anchor=anchor, fill=SOFT, font_size=11)

    def x(self, value: SupportsFloat) -> float:
        """Return the pixel column of a value."""
        return _mapped(value, self.x_range, (self.box[0], self.box[2]))

    def y(self, value: SupportsFloat) -> float:
        """Return the pixel row of a value."""
        return _mapped(value, self.y_range, (self.box[3], self.box[1]))

    def path(self, xs: Iterable[SupportsFloat], ys: Iterable[SupportsFloat]) -> str:
        """Return an SVG path through the points, with a gap where a value is not finite."""
        parts, pen = [], "M"
        for x, y in zip(map(float, xs), map(float, ys), strict=True):
            if not np.isfinite(y):
                pen = "M"
                continue
            parts.append(f"{pen}{self.x(x):z.1f} {self.y(y):z.1f}")
            pen = "L"
        return "".join(parts)

    def line(self, xs, ys, *, colour: str, dash: str | None = None, width: Number = 1.8) -> None:
        """Draw a curve."""
        style = {"fill": "none", "stroke": colour, "stroke_width": width, "stroke_dasharray": dash}
        self.canvas.add("path", d=self.path(xs, ys), stroke_linejoin="round", **style)


def _mapped(value: SupportsFloat, domain: Span, target: Span) -> float:
    """Return where a value of ``domain`` lies in ``target``.

    A domain without width has one place, where the target begins. The twin is ``linear`` of
    ``src/shared/axes.ts``.
    """
    span = domain[1] - domain[0]
    share = (float(value) - domain[0]) / span if span else 0.0
    return target[0] + share * (target[1] - target[0])


def round_ticks(low: Number, high: Number, count: int) -> list[Number]:
    """Return round numbers from low to high, about ``count`` of them.

    Its twin is ``ticks`` of ``src/shared/axes.ts``.
    """
    if not high > low or count < 1:
        return [low]
    rough = (high - low) / count
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough * 0.999)
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    # Twelve significant digits and not twelve decimals: ticks may be small.
    return [float(f"{i * step:.12g}") for i in range(first, last + 1)]


class Photo:
    """An image on a canvas, fitted into a square; boxes go on it in the image's own pixels.

    Args:
        canvas: what to draw on.
        left, top, side: the square.
        size: (h, w) of the image in the units of the boxes.
        content: the image as PNG; empty for plain ground.
    """

    def __init__(
        self,
        canvas: Canvas,
        *,
        left: Number,
        top: Number,
        side: Number,
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
            style = "image-rendering:pixelated" if max(height, width) < 200 else None
            href = data_url(shrunk(content, longest=side))
            canvas.add("image", **place, href=href, preserveAspectRatio="none", style=style)

    def box(
        self, region: Iterable[SupportsFloat], *, colour: str, dash: str | None, note: str = ""
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

    def notes(self, items: Iterable[tuple[Sequence[float], str, str]]) -> None:
        """Write at each region, so that none lies on another; without room for it, nothing.

        Args:
            items: region, note and colour of each, the most important first.
        """
        items = list(items)
        boxes = [[float(value) * self.zoom for value in region] for region, _, _ in items]
        wides = [_note_width(note) for _, note, _ in items]
        rules = LabelRules(width=self.width, height=self.height, high=15, gap=4)
        for (_, note, colour), place in zip(items, label_places(boxes, wides, rules), strict=True):
            if place is not None:
                self._pill(self.left + place[0], self.top + place[1] - 11, note, colour)

    def _note(self, x: Number, y: Number, note: str, colour: str) -> None:
        x = min(max(x - 1, self.left), self.left + self.width - _note_width(note))
        self._pill(x, max(y - 15, self.top), note, colour)

    def _pill(self, x: Number, y: Number, note: str, colour: str) -> None:
        wide = _note_width(note)
        style = {"fill": PAPER, "stroke": colour, "stroke_width": 0.8}
        self.canvas.add("rect", x=x, y=y, width=wide, height=14, rx=3, **style)
        self.canvas.add("text", x=x + 3, y=y + 11, content=note, fill=colour, font_size=10.5)


def _note_width(note: str) -> float:
    return 6.2 * len(note) + 6
