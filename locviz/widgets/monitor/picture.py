"""Monitor as a static picture: loss terms, figures, and the last predictions on the fixed scenes.

It draws from what the view gets: ``sent`` holds the traits by name.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Real

from locviz.viz.theme import SERIES
from locviz.widgets.core.buffers import float32_array, number_or_nan
from locviz.widgets.core.chart import Chart, Photo
from locviz.widgets.core.colours import INK, SOFT
from locviz.widgets.core.matched_picture import draw_legend, draw_matched_image
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.core.words import share

Sent = Mapping[str, Any]
Style = tuple[str, str | None]

WIDTH, CHARTS, SIDE, GAP, PER_ROW = 880, 300, 200, 14, 4
# As ``src/monitor/charts.ts`` has them: the total in ink, then one colour and dash per term.
DASHES = (None, "7 3", "2 2", "8 3 2 3", "12 4", "5 2")


def draw(sent: Sent) -> StaticPicture:
    """Draw the run as far as it went."""
    found = sent["found"].get("scenes", [])
    rows = -(-len(found) // PER_ROW)
    height = CHARTS + (rows * (SIDE + GAP) + 34 if rows else 0)
    canvas = card(WIDTH, height, text=_in_words(sent))
    head = {"fill": INK, "font_size": 14, "font_weight": 600}
    canvas.add("text", x=20, y=28, content=_headline(sent), **head)
    _draw_losses(canvas, sent)
    _draw_figures(canvas, sent)
    for i, (scene, matched) in enumerate(zip(sent["scenes"], found, strict=False)):
        row, column = divmod(i, PER_ROW)
        place = {"left": 20 + column * (SIDE + GAP), "top": CHARTS + row * (SIDE + GAP)}
        photo = Photo(canvas, **place, side=SIDE, size=scene["size"], content=scene["png"])
        draw_matched_image(photo, matched)
    if found:
        draw_legend(canvas, left=20, y=height - 14, tally=_tally(found))
    return canvas.picture()


def _tally(found: Sequence[Sent]) -> list[int]:
    """Return how many are right, wrong and missed on all scenes."""
    return [sum(kind) for kind in zip(*(one["tally"] for one in found), strict=True)]


def _rows(sent: Sent) -> Float[np.ndarray, "n columns"]:
    """Return rows of the step, every loss term, and the total."""
    losses = sent["losses"]
    return float32_array(losses["rows"], *losses["shape"]) if losses else np.zeros((0, 1))


def _num_steps(sent: Sent) -> int:
    return sent["progress"].get("num_steps", 1)


# The words


def _headline(sent: Sent) -> str:
    progress = sent["progress"]
    if not progress:
        return "Nothing trained yet"
    return f"{sent['status']} after step {progress['step']} of {progress['num_steps']}"


def _in_words(sent: Sent) -> str:
    if not sent["progress"]:
        return "Monitor: nothing trained yet."
    last = zip(sent["losses"]["names"], _rows(sent)[-1, 1:].tolist(), strict=True)
    terms = ", ".join(f"{name} {value:z.3f}" for name, value in last)
    words = [f"Monitor: {_headline(sent)}.", f"Losses at the end: {terms}."]
    return " ".join([*words, *_evaluation_in_words(sent)])


def _evaluation_in_words(sent: Sent) -> Iterator[str]:
    """Say the figures and the tally of the last evaluation, where it has them."""
    figures: Sent = sent["figures"][-1] if sent["figures"] else {"step": 0}
    found: Sent = sent["found"] or {"step": 0}
    step = max(figures["step"], found["step"])
    if step and figures["step"] == step:
        values = figures["figures"].items()
        listed = ", ".join(f"{name} {share(number_or_nan(value))}" for name, value in values)
        yield f"After step {step}: {listed}."
    if step and found["step"] == step:
        right, wrong, missed = _tally(found["scenes"])
        yield f"On {len(found['scenes'])} scenes {right} right, {wrong} wrong, {missed} missed."


# The charts


def _draw_losses(canvas: Canvas, sent: Sent) -> None:
    rows, names = _rows(sent), sent["losses"].get("names", [])
    high = loss_ceiling(rows)
    where = {"box": (60, 84, 440, 236), "x": (0, _num_steps(sent)), "y": (0, high)}
    chart = Chart(canvas, **where, title="loss", x_title="step")
    styles = [loss_style(i, name) for i, name in enumerate(names)]
    for i, (name, (colour, dash)) in enumerate(zip(names, styles, strict=True)):
        values, width = rows[:, 1 + i], 2.2 if name == "total" else 1.8
        cut = np.where(np.isinf(values), np.nan, np.minimum(values, high))
        chart.line(rows[:, 0], cut, colour=colour, dash=dash, width=width)
    _draw_names(canvas, names, styles, left=60, right=450)


def _draw_figures(canvas: Canvas, sent: Sent) -> None:
    where = {"box": (510, 84, 850, 236), "x": (0, _num_steps(sent)), "y": (0, 1)}
    chart = Chart(canvas, **where, title="on held-out images", x_title="step")
    measured = sent["figures"]
    names = list(measured[-1]["figures"]) if measured else []
    steps = [point["step"] for point in measured]
    labels = []
    for i, name in enumerate(names):
        values = [number_or_nan(point["figures"].get(name)) for point in measured]
        _draw_figure(canvas, chart, steps, values, figure_style(i))
        labels.append(f"{name} {share(values[-1])}")
    _draw_names(canvas, labels, map(figure_style, range(len(names))), left=510, right=870)


def _draw_figure(canvas: Canvas, chart: Chart, steps, values: Sequence[Number], style: Style):
    colour, dash = style
    chart.line(steps, values, colour=colour, dash=dash, width=2.2)
    for step, value in zip(steps, values, strict=True):
        if not math.isnan(value):
            canvas.add("circle", cx=chart.x(step), cy=chart.y(value), r=3, fill=colour)


def loss_style(index: int, name: str) -> Style:
    """Return colour and dash of a loss term's curve."""
    if name == "total":
        return INK, None
    place = 1 + index % (len(SERIES) - 1)
    return SERIES[place][0], DASHES[1 + index % (len(DASHES) - 1)]


def figure_style(index: int) -> Style:
    """Return colour and dash of a figure's curve."""
    return SERIES[(3, 4, 5, 1)[index % 4]][0], DASHES[index % 4]


def loss_ceiling(rows: Real[np.ndarray, "n columns"]) -> float:
    """Return the top of the loss chart: the highest finite value after the first steps.

    Those tower over all others. Its twin is ``ceiling`` of ``src/monitor/charts.ts``.
    """
    later = rows[min(len(rows) // 20, max(len(rows) - 1, 0)) :, 1:]
    finite = later[np.isfinite(later)]
    return (float(finite.max()) * 1.05 if len(finite) else 1.0) or 1.0


def _draw_names(canvas: Canvas, names, styles, *, left: Number, right: Number) -> None:
    """Explain the curves, in a second row where the first is full.

    A detector of two stages has twice the loss terms of one.
    """
    x, y = float(left), 44
    for text, (colour, dash) in zip(names, styles, strict=True):
        wide = 40 + 6.4 * len(text)
        if x > left and x + wide > right:
            x, y = float(left), y + 16
        style = {"stroke": colour, "stroke_width": 2.4, "stroke_dasharray": dash}
        canvas.add("line", x1=x, x2=x + 20, y1=y, y2=y, **style)
        canvas.add("text", x=x + 25, y=y + 4, content=text, fill=SOFT, font_size=11)
        x += wide
