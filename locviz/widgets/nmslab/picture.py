"""NMSLab as a static picture: the boxes, the bars of their scores, and score against IoU.

One row per method. It draws from what the view gets: ``sent`` holds the traits by name.
"""

import textwrap
from collections.abc import Mapping
from typing import Any

from locviz.widgets.core.chart import Chart, Photo
from locviz.widgets.core.colours import ACCENT, BAD, GOOD, INK, LINE, MISSED, PAPER, SOFT
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.core.words import letter

Sent = Mapping[str, Any]

WIDTH, SIDE, HEAD, BARS, BARS_WIDE, CHART = 880, 320, 48, 364, 190, 612
ROW, MOST_ROWS = 16, 20
CHARACTERS = 118
STYLES = {
    "open": (SOFT, None, 1.6),
    "kept": (ACCENT, None, 2.4),
    "below": (SOFT, "2 3", 1.2),
    "suppressed": (BAD, "5 4", 1.4),
}
"""Colour, dash and width of a candidate; ``src/nmslab/nmslab.css`` has the same."""
SIGNS = {1: "✓ ", 0: "✗ "}


def draw(sent: Sent) -> StaticPicture:
    """Draw one row per method."""
    sides = sent["result"]["sides"]
    texts = [_lines(side) for side in sides]
    heights = [HEAD + SIDE + 22 + 16 * len(text) for text in texts]
    last = sent["result"]["difference"]
    canvas = card(WIDTH, sum(heights) + (36 if last else 14), text=_in_words(sent))
    top = 0
    for side, text, high in zip(sides, texts, heights, strict=True):
        _draw_side(canvas, sent, side, text, top)
        top += high
    if last:
        _text(canvas, 20, top + 14, last, weight=600)
    return canvas.picture()


def _lines(side: Sent) -> list[str]:
    says = [side["words"], *(finding["words"] for finding in side["findings"])]
    return [line for words in says for line in textwrap.wrap(words, CHARACTERS)]


def title_of(sent: Sent, side: Sent) -> str:
    """Return a method's title with its threshold or its own knob."""
    entry = next(one for one in sent["scene"]["methods"] if one["name"] == side["method"])
    parts = [entry["title"]]
    if entry["thresholded"]:
        parts.append(f"threshold {side['threshold']:.2f}")
    if entry["knob"]:
        parts.append(f"{entry['knob']} {sent[entry['knob']]:g}")
    return ", ".join(parts)


def _in_words(sent: Sent) -> str:
    result = sent["result"]
    parts = [f"NMSLab, {len(sent['scores'])} candidates, {sent['scene']['source']}."]
    for side in result["sides"]:
        found = " ".join(finding["words"] for finding in side["findings"])
        parts.append(
            f"{title_of(sent, side)}, after step {side['at']} of {side['steps']}: "
            f"{side['counts']}. {found}"
        )
    return " ".join([*parts, result["difference"], result["agreement"]["words"]]).replace("  ", " ")


def _draw_side(canvas: Canvas, sent: Sent, side: Sent, text: list[str], top: Number) -> None:
    _text(canvas, 20, top + 24, title_of(sent, side), size=15, weight=600)
    _text(canvas, 20, top + 41, side["counts"], colour=SOFT)
    photo = Photo(
        canvas,
        left=20,
        top=top + HEAD,
        side=SIDE,
        size=sent["photo"]["size"],
        content=sent["photo"]["png"],
    )
    _draw_truth(photo, sent, side)
    _draw_candidates(photo, sent, side)
    _draw_bars(canvas, sent, side, top + HEAD)
    _draw_scatter(canvas, sent, side, top + HEAD)
    for i, line in enumerate(text):
        _text(canvas, 20, top + HEAD + SIDE + 20 + 16 * i, line)


def _draw_truth(photo: Photo, sent: Sent, side: Sent) -> None:
    for region, state in zip(sent["scene"]["gt"], side["truth"], strict=True):
        gone = state in ("lost", "missed")
        photo.box(region, colour=MISSED if gone else GOOD, dash="2 3" if gone else "1 3")


def _draw_candidates(photo: Photo, sent: Sent, side: Sent) -> None:
    candidates = side["candidates"]
    order = sorted(range(len(candidates)), key=lambda i: _importance(candidates[i]), reverse=True)
    for row in order:
        colour, dash, width = STYLES[candidates[row]["fate"]]
        element = photo.box(candidates[row]["region"], colour=colour, dash=dash)
        element.set("stroke-width", str(width))
    _draw_links(photo, candidates, side["at"], side["steps"])
    notes = [
        (region, f"{letter(i)} {state}", MISSED)
        for i, (region, state) in enumerate(zip(sent["scene"]["gt"], side["truth"], strict=True))
        if state in ("lost", "missed")
    ]
    for row in reversed(order):
        one = candidates[row]
        if one["fate"] in ("below", "suppressed") and one["when"] != side["at"]:
            continue
        kept = one["fate"] == "kept"
        words = f"{SIGNS.get(one['outcome'], '') if kept else ''}{row}"
        words += " 2×" if kept and one["repeated"] else ""
        notes.append((one["region"], words, STYLES[one["fate"]][0]))
    photo.notes(notes)


def _importance(one: Sent) -> tuple[int, float]:
    """The most important is drawn last, on top, and named first."""
    return {"kept": 0, "open": 1, "below": 2, "suppressed": 3}[one["fate"]], -one["score"]


def _draw_links(photo: Photo, candidates: list[Sent], at: int, steps: int) -> None:
    """Draw a line from each candidate of the last step to what suppressed or lowered it; at the end
    from all.
    """
    for row, one in enumerate(candidates):
        if one["by"] in (-1, row) or (one["when"] != at and at < steps):
            continue
        (x1, y1), (x2, y2) = (_middle(photo, candidates[i]["region"]) for i in (row, one["by"]))
        colour, dash = (BAD, "4 3") if one["fate"] == "suppressed" else (MISSED, "1 3")
        photo.canvas.add(
            "line",
            x1=x1,
            y1=y1,
            x2=x2,
            y2=y2,
            stroke=colour,
            stroke_width=1.3,
            stroke_dasharray=dash,
        )
        photo.canvas.add("circle", cx=x1, cy=y1, r=2.6, fill=colour)


def _middle(photo: Photo, region: list[float]) -> tuple[float, float]:
    x1, y1, x2, y2 = region
    return photo.left + (x1 + x2) / 2 * photo.zoom, photo.top + (y1 + y2) / 2 * photo.zoom


def _draw_bars(canvas: Canvas, sent: Sent, side: Sent, top: Number) -> None:
    _text(canvas, BARS, top + 8, "score before (line) and now (bar)", colour=SOFT, size=11)
    rows = list(zip(sent["scores"], side["candidates"], strict=True))
    for row, (score, one) in enumerate(rows[:MOST_ROWS]):
        y, left = top + 16 + row * 15.2, BARS + 26
        _text(canvas, BARS + 20, y + 10, str(row), size=11, anchor="end")
        colour = STYLES[one["fate"]][0]
        wide = BARS_WIDE - 66
        canvas.add("rect", x=left, y=y + 1, width=wide, height=10, fill="none", stroke=LINE)
        canvas.add("rect", x=left, y=y + 1, width=wide * one["score"], height=10, fill=colour)
        x = left + wide * score
        canvas.add("line", x1=x, x2=x, y1=y - 1, y2=y + 13, stroke=INK, stroke_width=1.5)
        _text(canvas, left + wide + 6, y + 10, one["brief"], size=11)
    if len(rows) > MOST_ROWS:
        more = f"and {len(rows) - MOST_ROWS} more"
        _text(canvas, BARS + 26, top + SIDE, more, colour=SOFT, size=11)


def _draw_scatter(canvas: Canvas, sent: Sent, side: Sent, top: Number) -> None:
    agreement = sent["result"]["agreement"]
    chart = Chart(
        canvas,
        box=(CHART + 20, top + 16, WIDTH - 24, top + 226),
        x=(0, 1),
        y=(0, 1),
        title="IoU with its object",
        x_title="score before suppression",
    )
    for score, overlap, one in zip(
        sent["scores"], agreement["overlap"], side["candidates"], strict=True
    ):
        x, y, colour = chart.x(score), chart.y(overlap), STYLES[one["fate"]][0]
        out = one["fate"] == "suppressed"
        paint = {"fill": PAPER if out else colour, "stroke": colour, "stroke_width": 1.8}
        canvas.add("circle", cx=x, cy=y, r=4, **paint)
        if one["outranked"]:
            canvas.add("circle", cx=x, cy=y, r=7, fill="none", stroke=INK, stroke_width=1.2)
        if one["victim"]:
            cross = f"M{x - 6:.1f} {y - 6:.1f}l12 12M{x + 6:.1f} {y - 6:.1f}l-12 12"
            canvas.add("path", d=cross, stroke=MISSED, stroke_width=2.4, fill="none")
    words = f"{agreement['words']} {side['outranked']}"
    for i, line in enumerate(textwrap.wrap(words, 42)):
        _text(canvas, CHART + 20, top + 272 + 14 * i, line, size=11, colour=SOFT)


def _text(
    canvas: Canvas,
    x: Number,
    y: Number,
    content: str,
    *,
    colour: str = INK,
    size: Number = 12,
    weight: int | None = None,
    anchor: str | None = None,
) -> None:
    style = {"fill": colour, "font_size": size, "font_weight": weight, "text_anchor": anchor}
    canvas.add("text", x=x, y=y, content=content, **style)
