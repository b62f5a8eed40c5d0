"""RoILab as a static picture: the map for each layer, and below them the values of the bins.

It draws from what the view gets: ``sent`` holds the traits by name.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from locviz.widgets.core.buffers import float32_array
from locviz.widgets.core.colours import ACCENT, GOOD, INK, LINE, PAPER, PULL, SOFT
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.roilab.reading import true_bins

Sent = Mapping[str, Any]

WIDTH, SIDE, TOP = 880, 400, 62
_TITLES = {"pool": "RoIPool rounds", "align": "RoIAlign samples"}
_TABLES = (("exact average", INK), ("RoIPool", PULL), ("RoIAlign", ACCENT))


def draw(sent: Sent) -> StaticPicture:
    """Draw the region on the map, once per layer, and what the layers return."""
    (rows, columns), n = sent["size"], sent["output_size"]
    cell = SIDE / max(rows, columns)
    tables = TOP + cell * rows + 40
    canvas = card(WIDTH, tables + 22 * n + 34, text=_in_words(sent))
    region = [value / sent["stride"] for value in sent["region"]]
    for name, left, marks in (("pool", 20.0, _rounding), ("align", 20.0 + SIDE + 40, _sampling)):
        _head(canvas, sent["result"], name, left)
        _map(canvas, sent["features"], left, cell)
        marks(canvas, sent, left, cell)
        _box(canvas, region, left, cell, stroke=GOOD, stroke_width=2.5)
    values = float32_array(sent["result"]["values"], 3, n, n).tolist()
    for i, ((title, colour), table) in enumerate(zip(_TABLES, values, strict=True)):
        _table(canvas, title, table, left=20.0 + 290 * i, top=tables, colour=colour)
    return canvas.picture()


def _in_words(sent: Sent) -> str:
    stride, n, ratio = (sent[name] for name in ("stride", "output_size", "sampling_ratio"))
    rows, columns = sent["size"]
    cells = ", ".join(f"{value / stride:z.2f}" for value in sent["region"])
    errors, far = sent["result"]["errors"], sent["result"]["misalignment"]
    samples = "as many samples as cells" if ratio == 0 else f"{ratio} samples"
    return (
        f"RoILab: the region {cells} (in cells of stride {stride}) on a map of {rows} by {columns} "
        f"that holds {sent['function']!r}, pooled to {n} by {n}. RoIPool rounds and takes the "
        f"maximum: mean error {errors['pool']:.3f}, and the average over the rounded bins "
        f"{errors['rounding']:.3f}; it looks up to {far['pool']:.1f} px beside its bins. RoIAlign "
        f"takes {samples} per bin and axis, {'with' if sent['aligned'] else 'without'} the half "
        f"pixel: mean error {errors['align']:.3f}, {far['align']:.1f} px beside."
    )


def _head(canvas: Canvas, result: Sent, name: str, left: Number) -> None:
    canvas.add("text", x=left, y=28, content=_TITLES[name], fill=INK, font_size=15, font_weight=600)
    error, far = result["errors"][name], result["misalignment"][name]
    says = f"mean error {error:.3f}, {far:.1f} px beside its bins"
    canvas.add("text", x=left, y=48, content=says, fill=SOFT, font_size=12)


def _map(canvas: Canvas, features: Sent, left: Number, cell: Number) -> None:
    values = float32_array(features["values"], *features["size"])
    low, high = float(values.min()), float(values.max())
    for i, row in enumerate(values.tolist()):
        for j, value in enumerate(row):
            x, y = left + j * cell, TOP + i * cell
            share = 0.06 + 0.4 * (value - low) / ((high - low) or 1.0)
            paint = {"fill": ACCENT, "fill_opacity": share, "stroke": LINE}
            canvas.add("rect", x=x, y=y, width=cell, height=cell, **paint)
            style = {"text_anchor": "middle", "fill": INK, "font_size": cell * 0.26}
            canvas.add("text", x=x + cell * 0.5, y=y + cell * 0.6, content=label(value), **style)


def label(value: float) -> str:
    """Return a value of the map as its cell shows it."""
    return f"{value:z.0f}" if abs(value) >= 100 or value == round(value) else f"{value:z.1f}"


def _rounding(canvas: Canvas, sent: Sent, left: Number, cell: Number) -> None:
    result = sent["result"]
    for box in float32_array(result["rounded"], -1, 4).tolist():
        _box(canvas, box, left, cell, stroke=PULL, stroke_width=1.8, stroke_dasharray="6 3")
    for x, y in float32_array(result["argmax"], -1, 2).tolist():
        if x >= 0:
            place = {"cx": left + (x + 0.5) * cell, "cy": TOP + (y + 0.5) * cell}
            canvas.add("circle", **place, r=cell * 0.36, fill="none", stroke=PULL, stroke_width=2.2)


def _sampling(canvas: Canvas, sent: Sent, left: Number, cell: Number) -> None:
    bins = true_bins(sent["region"], sent["output_size"], float(sent["stride"]))
    for box in bins.flatten(0, 1).tolist():
        _box(canvas, box, left, cell, stroke=GOOD, stroke_width=1)
    rows, columns = (
        float32_array(sent["result"][axis]["position"]).tolist() for axis in ("rows", "columns")
    )
    for y, x in product(rows, columns):
        place = {"cx": left + (x + 0.5) * cell, "cy": TOP + (y + 0.5) * cell}
        canvas.add("circle", **place, r=3, fill=ACCENT, stroke=PAPER, stroke_width=1.2)


def _box(canvas: Canvas, box: Sequence[Number], left: Number, cell: Number, **style) -> None:
    x1, y1, x2, y2 = (value * cell for value in box)
    place = {"x": left + x1, "y": TOP + y1, "width": max(x2 - x1, 0), "height": max(y2 - y1, 0)}
    canvas.add("rect", **place, fill="none", **style)


def _table(
    canvas: Canvas, title: str, values: list[list[float]], *, left: Number, top: Number, colour: str
) -> None:
    canvas.add("text", x=left, y=top, content=title, fill=colour, font_size=13, font_weight=600)
    style = {"text_anchor": "end", "fill": INK, "font_size": 11.5}
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            x, y = left + 34 + 37 * j, top + 22 * (i + 1)
            canvas.add("text", x=x, y=y, content=f"{value:z.1f}", **style)
