"""RoILab as a static picture: the map twice, with RoIPool's rounding and RoIAlign's points; what
each says.
"""

from typing import TYPE_CHECKING, Any

from locviz.viz.theme import PALETTE
from locviz.widgets.chart import ACCENT, GOOD, INK, LINE, PAPER, SOFT
from locviz.widgets.picture import Canvas, Number, Picture

if TYPE_CHECKING:
    from locviz.widgets.roilab import RoILab

WIDTH, SIDE, TOP = 880, 400, 62
PULL = PALETTE["pull"][0]
_TITLES = {"pool": "RoIPool rounds", "align": "RoIAlign samples"}


def draw(lab: "RoILab") -> Picture:
    """Draw the present state of ``lab``."""
    cell = SIDE / max(lab.size)
    tables = TOP + cell * lab.size[0] + 40
    height = tables + 22 * lab.output_size + 34
    canvas = Canvas(WIDTH, height, text=_in_words(lab))
    canvas.add(
        "rect", x=0.5, y=0.5, width=WIDTH - 1, height=height - 1, rx=8, fill=PAPER, stroke=LINE
    )
    for name, left in (("pool", 20.0), ("align", 20.0 + SIDE + 40)):
        _head(canvas, lab, name, left)
        _map(canvas, lab, left, cell)
        (_rounding if name == "pool" else _sampling)(canvas, lab, left, cell)
        _box(
            canvas,
            [value / lab.stride for value in lab.region],
            left,
            cell,
            stroke=GOOD,
            stroke_width=2.5,
        )
    tables_of = (
        ("exact average", lab.exact, INK),
        ("RoIPool", lab.pool, PULL),
        ("RoIAlign", lab.align, ACCENT),
    )
    for i, (title, values, colour) in enumerate(tables_of):
        _table(canvas, title, values.tolist(), left=20.0 + 290 * i, top=tables, colour=colour)
    return canvas.picture()


def _in_words(lab: "RoILab") -> str:
    cells = ", ".join(f"{value / lab.stride:.2f}" for value in lab.region)
    errors, far = lab.errors, lab.misalignment
    samples = (
        "as many samples as cells" if lab.sampling_ratio == 0 else f"{lab.sampling_ratio} samples"
    )
    return (
        f"RoILab: the region {cells} (in cells of stride {lab.stride}) on a map of {lab.size[0]} by {lab.size[1]} "
        f"that holds {lab.function!r}, pooled to {lab.output_size} by {lab.output_size}. RoIPool rounds and takes the "
        f"maximum: mean error {errors['pool']:.3f}, and the average over the rounded bins {errors['rounding']:.3f}; it "
        f"looks up to {far['pool']:.1f} px beside its bins. RoIAlign takes {samples} per bin and axis, "
        f"{'with' if lab.aligned else 'without'} the half pixel: mean error {errors['align']:.3f}, "
        f"{far['align']:.1f} px beside."
    )


def _head(canvas: Canvas, lab: "RoILab", name: str, left: Number) -> None:
    canvas.add("text", x=left, y=28, content=_TITLES[name], fill=INK, font_size=15, font_weight=600)
    says = f"mean error {lab.errors[name]:.3f}, {lab.misalignment[name]:.1f} px beside its bins"
    canvas.add("text", x=left, y=48, content=says, fill=SOFT, font_size=12)


def _map(canvas: Canvas, lab: "RoILab", left: Number, cell: float) -> None:
    values = lab.map.tolist()
    low, high = float(lab.map.min()), float(lab.map.max())
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            place: dict[str, Any] = {
                "x": left + j * cell,
                "y": TOP + i * cell,
                "width": cell,
                "height": cell,
            }
            share = 0.06 + 0.4 * (value - low) / ((high - low) or 1.0)
            canvas.add("rect", **place, fill=ACCENT, fill_opacity=share, stroke=LINE)
            at: dict[str, Any] = {
                "x": place["x"] + cell * 0.5,
                "y": place["y"] + cell * 0.6,
                "text_anchor": "middle",
            }
            canvas.add("text", **at, content=label(value), fill=INK, font_size=cell * 0.26)


def label(value: float) -> str:
    """A value of the map as its cell shows it."""
    return f"{value:.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.1f}"


def _rounding(canvas: Canvas, lab: "RoILab", left: Number, cell: float) -> None:
    for box in lab.reading.rounded.flatten(0, 1).tolist():
        _box(canvas, box, left, cell, stroke=PULL, stroke_width=1.8, stroke_dasharray="6 3")
    for x, y in lab.reading.argmax.flatten(0, 1).tolist():
        if x >= 0:
            place = {"cx": left + (x + 0.5) * cell, "cy": TOP + (y + 0.5) * cell}
            canvas.add("circle", **place, r=cell * 0.36, fill="none", stroke=PULL, stroke_width=2.2)


def _sampling(canvas: Canvas, lab: "RoILab", left: Number, cell: float) -> None:
    for box in lab.reading.bins.flatten(0, 1).tolist():
        _box(canvas, box, left, cell, stroke=GOOD, stroke_width=1)
    for x, y in lab.reading.samples.points.flatten(0, 3).tolist():
        place = {"cx": left + (x + 0.5) * cell, "cy": TOP + (y + 0.5) * cell}
        canvas.add("circle", **place, r=3, fill=ACCENT, stroke=PAPER, stroke_width=1.2)


def _box(canvas: Canvas, box: list[float], left: Number, cell: float, **style) -> None:
    x1, y1, x2, y2 = (value * cell for value in box)
    place = {"x": left + x1, "y": TOP + y1, "width": max(x2 - x1, 0), "height": max(y2 - y1, 0)}
    canvas.add("rect", **place, fill="none", **style)


def _table(
    canvas: Canvas, title: str, values: list[list[float]], *, left: Number, top: Number, colour: str
) -> None:
    canvas.add("text", x=left, y=top, content=title, fill=colour, font_size=13, font_weight=600)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            place: dict[str, Any] = {
                "x": left + 34 + 37 * j,
                "y": top + 22 * (i + 1),
                "text_anchor": "end",
            }
            canvas.add("text", **place, content=f"{value:.1f}", fill=INK, font_size=11.5)
