"""Monitor as a static picture: loss terms, figures, and the last predictions on the fixed scenes."""

import math
from typing import TYPE_CHECKING

import numpy as np

from locviz.viz.theme import SERIES
from locviz.widgets.chart import INK, LINE, PAPER, SOFT, Chart, Photo, legend
from locviz.widgets.image import png
from locviz.widgets.picture import Canvas, Picture

if TYPE_CHECKING:
    from locviz.widgets.monitor import Monitor

WIDTH, CHARTS, SIDE, GAP, PER_ROW = 880, 300, 200, 14, 4
# As ``src/monitor/charts.ts`` has them: the total in ink, then one colour and dash per term.
DASHES = (None, "7 3", "2 2", "8 3 2 3", "12 4", "5 2")


def draw(monitor: "Monitor") -> Picture:
    """Draw the run as far as it went."""
    shown = monitor.rounds[-1].scenes if monitor.rounds else ()
    rows = -(-len(shown) // PER_ROW)
    height = CHARTS + (rows * (SIDE + GAP) + 34 if rows else 0)
    canvas = Canvas(WIDTH, height, text=_in_words(monitor))
    canvas.add(
        "rect", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=8, fill=PAPER, stroke=LINE
    )
    canvas.add(
        "text", x=20, y=28, content=_headline(monitor), fill=INK, font_size=14, font_weight=600
    )
    _draw_losses(canvas, monitor)
    _draw_figures(canvas, monitor)
    for i, ((image, truth), scene) in enumerate(zip(monitor._scenes, shown, strict=False)):
        left, top = 20 + (i % PER_ROW) * (SIDE + GAP), CHARTS + (i // PER_ROW) * (SIDE + GAP)
        content = png(image, longest=SIDE)
        Photo(canvas, left=left, top=top, side=SIDE, size=truth.size, content=content).scene(scene)
    if shown:
        tally = np.sum([scene.tally for scene in shown], axis=0).tolist()
        legend(canvas, left=20, y=height - 14, tally=tally)
    return canvas.picture()


def style(index: int, name: str) -> tuple[str, str | None]:
    """Colour and dash of a curve."""
    if name == "total":
        return INK, None
    place = 1 + index % (len(SERIES) - 1)
    return SERIES[place][0], DASHES[1 + index % (len(DASHES) - 1)]


def _headline(monitor: "Monitor") -> str:
    if monitor._last is None:
        return "Nothing trained yet"
    step = monitor._last
    return f"{monitor.status} after step {step.index + 1} of {step.num_steps}"


def _in_words(monitor: "Monitor") -> str:
    if monitor._last is None:
        return "Monitor: nothing trained yet."
    rows = monitor.record.binned()
    terms = ", ".join(
        f"{name} {value:.3f}"
        for name, value in zip(monitor.record.names, rows[-1, 1:], strict=True)
    )
    words = f"Monitor: {_headline(monitor)}. Losses at the end: {terms}."
    if monitor.rounds:
        last = monitor.rounds[-1]
        figures = ", ".join(f"{name} {_share(value)}" for name, value in last.figures.items())
        tally = (
            np.sum([scene.tally for scene in last.scenes], axis=0).tolist() if last.scenes else []
        )
        words += f" After step {last.step}: {figures}." if figures else ""
        if tally:
            words += f" On {len(last.scenes)} scenes {tally[0]} right, {tally[1]} wrong, {tally[2]} missed."
    return words


def _share(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.3f}"


def _draw_losses(canvas: Canvas, monitor: "Monitor") -> None:
    rows = monitor.record.binned()
    last = monitor._last
    num_steps = last.num_steps if last else 1
    high = loss_ceiling(rows)
    chart = Chart(
        canvas, box=(60, 84, 440, 236), x=(0, num_steps), y=(0, high), title="loss", x_title="step"
    )
    for i, name in enumerate(monitor.record.names):
        colour, dash = style(i, name)
        values = np.minimum(rows[:, 1 + i], high)
        chart.line(
            rows[:, 0], values, colour=colour, dash=dash, width=2.2 if name == "total" else 1.8
        )
    _names(
        canvas,
        [(name, *style(i, name)) for i, name in enumerate(monitor.record.names)],
        left=60,
        right=450,
    )


def _draw_figures(canvas: Canvas, monitor: "Monitor") -> None:
    last = monitor._last
    x = (0, last.num_steps if last else 1)
    chart = Chart(
        canvas, box=(510, 84, 850, 236), x=x, y=(0, 1), title="on held-out images", x_title="step"
    )
    measured = [entry for entry in monitor.rounds if entry.figures]
    final = measured[-1].figures if measured else {}
    names = list(final)
    for i, name in enumerate(names):
        colour, dash = figure_style(i)
        values = [entry.figures.get(name, math.nan) for entry in measured]
        steps = [entry.step for entry in measured]
        chart.line(steps, values, colour=colour, dash=dash, width=2.2)
        for step, value in zip(steps, values, strict=True):
            if not math.isnan(value):
                canvas.add("circle", cx=chart.x(step), cy=chart.y(value), r=3, fill=colour)
    _names(
        canvas,
        [(f"{n} {_share(final[n])}", *figure_style(i)) for i, n in enumerate(names)],
        left=510,
        right=870,
    )


def figure_style(index: int) -> tuple[str, str | None]:
    """Colour and dash of a figure's curve."""
    return SERIES[(3, 4, 5, 1)[index % 4]][0], (None, "7 3", "2 2", "8 3 2 3")[index % 4]


def loss_ceiling(rows: np.ndarray) -> float:
    """The top of the loss chart: the highest value after the first steps, which tower over all
    others.
    """
    if not len(rows):
        return 1.0
    later = rows[min(len(rows) // 20, len(rows) - 1) :, 1:]
    return float(later.max()) * 1.05 or 1.0


def _names(
    canvas: Canvas, entries: list[tuple[str, str, str | None]], *, left: int, right: int
) -> None:
    """Explain the curves, in a second row where the first is full: two stages have twice the terms
    of one.
    """
    x, y = float(left), 44
    for text, colour, dash in entries:
        wide = 40 + 6.4 * len(text)
        if x > left and x + wide > right:
            x, y = float(left), y + 16
        canvas.add(
            "line",
            x1=x,
            x2=x + 20,
            y1=y,
            y2=y,
            stroke=colour,
            stroke_width=2.4,
            stroke_dasharray=dash,
        )
        canvas.add("text", x=x + 25, y=y + 4, content=text, fill=SOFT, font_size=11)
        x += wide
