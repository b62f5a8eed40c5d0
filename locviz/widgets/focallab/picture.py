"""FocalLab as a static picture: curves of one prediction above, the gradient of a batch below.

It draws from what the view gets: ``sent`` holds the traits by name.
"""

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np

from locviz.viz.theme import SERIES
from locviz.widgets.core.buffers import float32_array, number_or_nan
from locviz.widgets.core.chart import Chart
from locviz.widgets.core.colours import ACCENT, GOOD, INK, LINE, PAPER, PULL, SOFT
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.focallab.reading import NAMES
from locviz.widgets.focallab.words import percent

Sent = Mapping[str, Any]

WIDTH, HEIGHT = 880, 500
STYLES: tuple[tuple[str, str | None], ...] = ((INK, "2 3"), (SERIES[5][0], "7 3"), (ACCENT, None))
"""Colour and dash of the three losses; ``src/focallab/focallab.css`` has the same."""
HARD = "#efb48c"
"""Negatives that are not easy: a light tone of the easy ones'."""
PARTS, COLOURS = ("easy negatives", "other negatives", "positives"), (PULL, HARD, GOOD)
LEFT, MIDDLE, RIGHT = (48, 280), (340, 572), 614
TOP, LOW = (66, 216), (292, 432)


def draw(sent: Sent) -> StaticPicture:
    """Draw both rows."""
    canvas = card(WIDTH, HEIGHT, text=_in_words(sent))
    _draw_keys(canvas)
    _draw_curves(canvas, sent)
    _draw_batch(canvas, sent)
    _draw_bars(canvas, sent["result"]["shares"])
    return canvas.picture()


def _in_words(sent: Sent) -> str:
    result, batch = sent["result"], sent["batch"]
    return (
        f"FocalLab. {result['point']['words']} The batch: {batch['source']}, after "
        f"{result['training_step']} training steps. {result['shares']['words']}"
    )


def _draw_keys(canvas: Canvas) -> None:
    x = LEFT[0]
    for name, (colour, dash) in zip(NAMES, STYLES, strict=True):
        style = {"stroke": colour, "stroke_width": 2.4, "stroke_dasharray": dash}
        canvas.add("line", x1=x, x2=x + 26, y1=26, y2=26, **style)
        canvas.add("text", x=x + 33, y=30, content=name, fill=INK, font_size=12)
        x += 60 + 6.5 * len(name)


def _draw_curves(canvas: Canvas, sent: Sent) -> None:
    result = sent["result"]
    point, p_t = result["point"], float32_array(result["curves"]["p_t"])
    side = f"p_t of a {result['side']}"
    wide = {"x": (0, 1), "x_title": side}
    title = "size of its gradient by the logit"
    charts = {
        "loss": Chart(canvas, box=_box(LEFT, TOP), y=(0, 5), title="loss", **wide),
        "gradient": Chart(canvas, box=_box(MIDDLE, TOP), y=(0, 1.4), title=title, **wide),
    }
    for name, chart in charts.items():
        rows = float32_array(result["curves"][name], 3, len(p_t))
        for row, value, (colour, dash) in zip(rows, point[name], STYLES, strict=True):
            chart.line(p_t, row, colour=colour, dash=dash, width=2.2)
            x, y = chart.x(point["p_t"]), chart.y(value)
            canvas.add("circle", cx=x, cy=y, r=4.5, fill=colour, stroke=PAPER, stroke_width=1.5)
    _paragraph(canvas, point["words"], x=RIGHT, y=TOP[0] + 6)


def _draw_batch(canvas: Canvas, sent: Sent) -> None:
    result, batch = sent["result"], sent["batch"]
    easy, histogram = result["shares"], result["histogram"]
    top = math.ceil(math.log10(max(batch["predictions"], 10)))
    counts = {"y": (-0.3, top), "title": "number of predictions: powers of ten", "ticks": (5, top)}
    chart = Chart(canvas, box=_box(LEFT, LOW), x=(0, 1), x_title="p_t", **counts)
    _draw_threshold(canvas, chart, easy["threshold"])
    _draw_columns(canvas, chart, histogram, easy["threshold"])
    where = {"x": (0, 1), "y": (0, 1), "x_title": "… negatives with a p_t above this"}
    chart = Chart(canvas, box=_box(MIDDLE, LOW), title="share of the gradient held by …", **where)
    _draw_threshold(canvas, chart, easy["threshold"])
    thresholds = float32_array(easy["thresholds"])
    rows = float32_array(easy["above"], 3, len(thresholds))
    for row, (colour, dash) in zip(rows, STYLES, strict=True):
        chart.line(thresholds, row, colour=colour, dash=dash, width=2.2)
    kept = result["imbalance"]
    negatives = "all negatives" if kept is None else f"{kept} negatives per positive"
    says = f"{batch['source']}; training step {result['training_step']}, {negatives}"
    canvas.add("text", x=LEFT[0], y=HEIGHT - 18, content=says, fill=SOFT, font_size=11)


def _draw_columns(canvas: Canvas, chart: Chart, histogram: Sent, threshold: Number) -> None:
    border, wide = chart.x(threshold), (chart.x(1) - chart.x(0)) / len(histogram["negative"])
    for i, (negative, positive) in enumerate(
        zip(histogram["negative"], histogram["positive"], strict=True)
    ):
        left, middle, right = (chart.x(0) + wide * (i + at) for at in (0.1, 0.5, 0.9))
        split = min(max(border, left), middle)
        for start, end, count, colour in (
            (left, split, negative, HARD),
            (split, middle, negative, PULL),
            (middle, right, positive, GOOD),
        ):
            if count and end > start:
                y = chart.y(np.log10(count))
                high = chart.y(-0.3) - y
                canvas.add("rect", x=start, y=y, width=end - start, height=high, fill=colour)


def _draw_threshold(canvas: Canvas, chart: Chart, threshold: Number) -> None:
    x, (_, top, right, bottom) = chart.x(threshold), chart.box
    size = {"width": right - x, "height": bottom - top}
    canvas.add("rect", x=x, y=top, **size, fill=PULL, fill_opacity=0.08)
    canvas.add("line", x1=x, x2=x, y1=top, y2=bottom, stroke=INK, stroke_width=1.5)


def _draw_bars(canvas: Canvas, shares: Sent) -> None:
    words = {"x": RIGHT, "y": LOW[0] - 8, "fill": SOFT, "font_size": 11}
    canvas.add("text", content="who holds the gradient", **words)
    for i, (name, bar) in enumerate(zip(NAMES, shares["bars"], strict=True)):
        _draw_bar(canvas, name, tuple(map(number_or_nan, bar)), LOW[0] + 4 + 42 * i)
    places = ((RIGHT, 0), (RIGHT + 110, 0), (RIGHT, 17))
    for name, colour, (x, down) in zip(PARTS, COLOURS, places, strict=True):
        y = LOW[1] + down
        canvas.add("rect", x=x, y=y - 8, width=9, height=9, fill=colour)
        canvas.add("text", x=x + 14, y=y, content=name, fill=SOFT, font_size=11)


def _draw_bar(canvas: Canvas, name: str, parts: tuple[Number, ...], y: Number) -> None:
    wide, x = WIDTH - 20 - RIGHT, float(RIGHT)
    words = {"y": y + 9, "fill": INK, "font_size": 12}
    canvas.add("text", x=x, content=name, **words)
    bold = {"text_anchor": "end", "font_weight": 600}
    canvas.add("text", x=x + wide, content=percent(parts[0]), **words, **bold)
    for part, colour in zip(parts, COLOURS, strict=True):
        length = 0.0 if math.isnan(part) else part * wide
        canvas.add("rect", x=x, y=y + 15, width=length, height=14, fill=colour)
        x += length
    canvas.add("rect", x=RIGHT, y=y + 15, width=wide, height=14, fill="none", stroke=LINE)


def _box(columns: tuple[int, int], rows: tuple[int, int]) -> tuple[int, int, int, int]:
    return columns[0], rows[0], columns[1], rows[1]


def _paragraph(canvas: Canvas, text: str, *, x: Number, y: Number) -> None:
    for i, line in enumerate(textwrap.wrap(text, 36)):
        canvas.add("text", x=x, y=y + 17 * i, content=line, fill=INK, font_size=12)
