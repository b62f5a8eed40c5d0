"""BoxLab as a static picture: boxes and pulls, every loss, and below them the last race.

It draws from what the view gets (``sent``: the traits by name) and from the message of the race.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from locviz.viz.theme import SERIES
from locviz.widgets.boxlab.reading import MEASURES, SYMBOLS
from locviz.widgets.core.buffers import float32_array
from locviz.widgets.core.colours import ACCENT, GOOD, HULL, INK, LINE, MISSED, PULL, SOFT
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card

Sent = Mapping[str, Any]

TITLES = {
    "l1": "L1", "smooth_l1": "Smooth L1", "l2": "L2", "iou": "IoU",
    "giou": "GIoU", "diou": "DIoU", "ciou": "CIoU", "eiou": "EIoU",
    "focal_l1": "Focal-L1", "focal_eiou": "Focal-EIoU",
}  # fmt: skip
ROWS = {name: f"{title} loss" if name in MEASURES else title for name, title in TITLES.items()}
"""What a loss is called where its measure stands beside it: "IoU loss"."""
GROUND = "#f5f6f8"
TARGET, PREDICTION, OVERLAP = GOOD, ACCENT, MISSED
_DASHES = (None, "7 3", "2 2", None, "10 3 2 3", "5 2", "12 4", "4 2 1 2", "1 3", "9 2 2 2 2 2")
_COLOURS = (*(light for light, _ in SERIES), "#6b4423", "#1d6f78")
RACE_STYLES = tuple(zip(_COLOURS, _DASHES, strict=True))
"""Colour and dash of each loss's curve, in the order in which losses show."""
ZERO = 1e-12
LEFT, WIDTH, SIDE, PAD, ROW = 16, 400, 330, 16, 28
MEASURE, VALUE, STEP = 145, 212, 26  # right ends of two columns, and between two bars


def draw(sent: Sent, race: Mapping[str, Any] | None = None) -> StaticPicture:
    """Draw the boxes and the losses and, where there is one, the race that was last run."""
    height, width = sent["size"]
    zoom = WIDTH / width
    if sent["simple"]:
        return _draw_simple(sent, zoom)
    tall = max(height * zoom, 86.0 + ROW * len(sent["result"]["losses"]))
    total = tall + 2 * PAD + (220 if race else 0)
    canvas = card(WIDTH + SIDE + 3 * PAD, total, text=_in_words(sent, race))
    _draw_boxes(canvas, sent, zoom)
    _draw_table(canvas, sent, WIDTH + 2 * PAD)
    if race:
        _draw_race(canvas, race, tall + 2 * PAD)
    return canvas.picture()


def _draw_simple(sent: Sent, zoom: Number) -> StaticPicture:
    """Draw the boxes and, beside them, IoU as intersection over union."""
    words = f"{_boxes_in_words(sent)}; {' '.join(_iou_in_words(sent))}."
    tall = max(sent["size"][0] * zoom, 86.0)
    canvas = card(WIDTH + SIDE + 3 * PAD, tall + 2 * PAD, text=words)
    _draw_boxes(canvas, sent, zoom)
    left = WIDTH + 2 * PAD
    _draw_iou(canvas, sent, left)
    for i, line in enumerate(_iou_in_words(sent)[1:]):
        y = PAD + 50 + 22 * i
        canvas.add("text", x=left, y=y, fill=INK, font_size=13, content=line)
    return canvas.picture()


def _iou_in_words(sent: Sent) -> list[str]:
    """Return IoU and the two areas that it is made of."""
    shared, union = sent["result"]["areas"]
    iou = f"IoU {sent['result']['iou']:.3f}"
    return [iou, f"intersection {shared:.0f} px²,", f"union {union:.0f} px²"]


def _boxes_in_words(sent: Sent) -> str:
    target, prediction = _numbers(sent["target"]), _numbers(sent["prediction"])
    return f"BoxLab: target {target}, prediction {prediction}"


def _in_words(sent: Sent, race: Mapping[str, Any] | None) -> str:
    result = sent["result"]
    rows = list(zip(result["losses"], result["values"], result["gradients"], strict=True))
    values = ", ".join(f"{ROWS[name]} {value:z.4g}" for name, value, _ in rows)
    measures = ", ".join(f"{TITLES[name]} {value:z.3f}" for name, value in _measures(sent).items())
    silent = [ROWS[name] for name, _, gradient in rows if _silent(gradient)]
    words = f"{_boxes_in_words(sent)}; {measures}. Losses: {values}."
    if silent:
        words += f" No gradient here: {', '.join(silent)}."
    if race:
        names, ious = race["losses"], _ious(race)
        ends = ", ".join(
            f"{TITLES[name]} {path[-1]:.2f}" for name, path in zip(names, ious, strict=True)
        )
        words += f" IoU after a race of {len(ious[0]) - 1} steps: {ends}."
    return words


def _measures(sent: Sent) -> dict[str, float]:
    return dict(zip(MEASURES, sent["result"]["measures"], strict=True))


def _ious(race: Mapping[str, Any]) -> list[list[float]]:
    """Return the IoU of each loss after every step."""
    return float32_array(race["ious"], *race["shape"]).tolist()


def _numbers(box: Sequence[Number]) -> str:
    return "(" + ", ".join(f"{value:zg}" for value in box) + ")"


def _silent(gradient: Sequence[Number]) -> bool:
    return all(abs(slope) < ZERO for slope in gradient)


# The boxes


def _draw_boxes(canvas: Canvas, sent: Sent, zoom: Number) -> None:
    height, width = (side * zoom for side in sent["size"])
    group = canvas.add("svg", x=LEFT, y=PAD, width=width, height=height, overflow="hidden")
    target, prediction = (
        [value * zoom for value in sent[name]] for name in ("target", "prediction")
    )
    _rect(canvas, group, [0, 0, width, height], fill=GROUND)
    union = canvas.add("g", parent=group, fill=INK, opacity=0.07)
    for box in (target, prediction):
        _rect(canvas, union, box)
    _draw_overlap(canvas, group, target, prediction)
    if not sent["simple"]:
        _draw_hull(canvas, group, target, prediction)
        _draw_centres(canvas, group, target, prediction)
    _rect(canvas, group, target, fill="none", stroke=TARGET, stroke_width=2.5)
    style = {"stroke": PREDICTION, "stroke_width": 2.5, "stroke_dasharray": "9 4"}
    _rect(canvas, group, prediction, fill="none", **style)
    if not sent["simple"]:
        _draw_pulls(canvas, group, sent, prediction)
    _draw_names(canvas, group, target, prediction, width, height)


def _rect(canvas: Canvas, parent: ET.Element, box: Sequence[Number], **style) -> None:
    x1, y1, x2, y2 = box
    size = {"width": max(x2 - x1, 0), "height": max(y2 - y1, 0)}
    canvas.add("rect", parent=parent, x=x1, y=y1, **size, **style)


def _draw_overlap(canvas: Canvas, group, target, prediction) -> None:
    lows, highs = (list(zip(*pair, strict=True)) for pair in _ends(target, prediction))
    low, high = [max(pair) for pair in lows], [min(pair) for pair in highs]
    if low[0] < high[0] and low[1] < high[1]:
        _rect(canvas, group, [*low, *high], fill=OVERLAP, fill_opacity=0.22)


def _draw_hull(canvas: Canvas, group, target, prediction) -> None:
    lows, highs = (list(zip(*pair, strict=True)) for pair in _ends(target, prediction))
    outer = [*map(min, lows), *map(max, highs)]
    _rect(canvas, group, outer, fill="none", stroke=HULL, stroke_dasharray="2 4")


def _ends(target, prediction):
    """Return the low corners of both boxes, and their high corners."""
    return (target[:2], prediction[:2]), (target[2:], prediction[2:])


def _draw_centres(canvas: Canvas, group, target, prediction) -> None:
    (ax, ay), (bx, by) = (((x1 + x2) / 2, (y1 + y2) / 2) for x1, y1, x2, y2 in (target, prediction))
    dots = {"stroke": OVERLAP, "stroke_width": 2, "stroke_dasharray": "1 4"}
    ends = {"x1": ax, "y1": ay, "x2": bx, "y2": by}
    canvas.add("line", parent=group, **ends, **dots, stroke_linecap="round")


def _draw_names(canvas: Canvas, group, target, prediction, width: Number, height: Number) -> None:
    style = {"font_size": 13, "font_weight": 600}
    halo = {"paint_order": "stroke", "stroke": GROUND, "stroke_width": 3}

    def spot(box, below):
        y = min(box[3] + 17, height - 4) if below else max(box[1] - 7, 14)
        return min(max(box[0], 2), width - 75), y

    (x, y), (a, b) = spot(prediction, False), spot(target, False)
    if abs(x - a) < 80 and abs(y - b) < 17:
        a, b = spot(target, True)
    words = ((x, y, PREDICTION, "prediction"), (a, b, TARGET, "target"))
    for left, top, colour, name in words:
        canvas.add("text", parent=group, x=left, y=top, fill=colour, content=name, **style, **halo)


def _draw_pulls(canvas: Canvas, group, sent: Sent, box: Sequence[Number]) -> None:
    """Draw arrows against the gradient of the chosen loss.

    The longest has a fixed length, the others the root of their share of it.
    """
    result = sent["result"]
    gradient = result["gradients"][result["losses"].index(sent["loss"])]
    pulls = _pulls(box, [-slope for slope in gradient], sent["parametrisation"] == "corners")
    sizes = [(dx**2 + dy**2) ** 0.5 for _, _, dx, dy in pulls]
    for (x, y, dx, dy), size in zip(pulls, sizes, strict=True):
        if size >= ZERO:
            length = max(10.0, 52 * (size / max(sizes)) ** 0.5)
            _arrow(canvas, group, x, y, dx / size, dy / size, length)


def _pulls(box: Sequence[Number], pull: Sequence[Number], corners: bool):
    """Return where the arrows begin and which way they point: (x, y, dx, dy) each."""
    x1, y1, x2, y2 = box
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    a, b, c, d = pull
    if corners:
        return [(x1, cy, a, 0), (cx, y1, 0, b), (x2, cy, c, 0), (cx, y2, 0, d)]
    wider = [(x1, cy, -c / 2, 0), (x2, cy, c / 2, 0)]
    taller = [(cx, y1, 0, -d / 2), (cx, y2, 0, d / 2)]
    return [(cx, cy, a, b), *wider, *taller]


def _arrow(
    canvas: Canvas, group, x: Number, y: Number, ux: Number, uy: Number, length: Number
) -> None:
    tx, ty = x + ux * length, y + uy * length
    bx, by = tx - 9 * ux, ty - 9 * uy
    canvas.add("line", parent=group, x1=x, y1=y, x2=bx, y2=by, stroke=PULL, stroke_width=3)
    points = [(tx, ty), (bx - 4.5 * uy, by + 4.5 * ux), (bx + 4.5 * uy, by - 4.5 * ux)]
    corners = " ".join(f"{px:z.1f},{py:z.1f}" for px, py in points)
    canvas.add("polygon", parent=group, points=corners, fill=PULL)


# The losses


def _draw_iou(canvas: Canvas, sent: Sent, left: Number) -> None:
    canvas.add("text", x=left, y=PAD + 22, fill=SOFT, font_size=13, content="IoU")
    big = {"fill": INK, "font_size": 25, "font_weight": 600}
    canvas.add("text", x=left + 30, y=PAD + 22, content=f"{sent['result']['iou']:.3f}", **big)


def _draw_table(canvas: Canvas, sent: Sent, left: Number) -> None:
    result, measures = sent["result"], _measures(sent)
    _draw_iou(canvas, sent, left)
    top, bars = PAD + 48, left + 225
    _draw_head(canvas, sent, left, top, bars)
    rows = zip(result["losses"], result["values"], result["gradients"], strict=True)
    for index, (name, value, gradient) in enumerate(rows):
        y = top + 8 + ROW * index
        cells = [ROWS[name], measures.get(name), value]
        _draw_row(canvas, cells, left, y, chosen=name == sent["loss"])
        _draw_gradient(canvas, gradient, bars, y)


def _draw_head(canvas: Canvas, sent: Sent, left: Number, top: Number, bars: Number) -> None:
    head = {"y": top, "fill": SOFT, "font_size": 12}
    canvas.add("text", x=left + 8, content="loss", **head)
    canvas.add("text", x=left + MEASURE, text_anchor="end", content="measure", **head)
    canvas.add("text", x=left + VALUE, text_anchor="end", content="value", **head)
    for i, name in enumerate(SYMBOLS[sent["parametrisation"]]):
        canvas.add("text", x=bars + STEP * i + 11, text_anchor="middle", content=name, **head)


def _draw_row(
    canvas: Canvas, cells: Sequence[Any], left: Number, top: Number, *, chosen: bool
) -> None:
    if chosen:
        canvas.add("rect", x=left, y=top, width=SIDE, height=ROW, fill=ACCENT, opacity=0.1)
        canvas.add("rect", x=left, y=top, width=3, height=ROW, fill=ACCENT)
    canvas.add("line", x1=left, x2=left + SIDE, y1=top, y2=top, stroke=LINE)
    style = {"y": top + 19, "font_size": 13, "font_weight": 600 if chosen else 400, "fill": INK}
    title, measure, value = cells
    canvas.add("text", x=left + 10, content=title, **style)
    canvas.add("text", x=left + VALUE, text_anchor="end", content=f"{value:z.4g}", **style)
    if measure is not None:
        canvas.add("text", x=left + MEASURE, text_anchor="end", content=f"{measure:z.3f}", **style)


def _draw_gradient(canvas: Canvas, gradient: Sequence[Number], bars: Number, top: Number) -> None:
    if _silent(gradient):
        words = {"font_style": "italic", "font_size": 13, "fill": SOFT}
        canvas.add("text", x=bars, y=top + 19, content="no gradient", **words)
        return
    canvas.add("line", x1=bars, x2=bars + 100, y1=top + 14, y2=top + 14, stroke="#767c87")
    largest = max(map(abs, gradient))
    for i, slope in enumerate(gradient):
        size = max(1.5, 11 * abs(slope) / largest) if abs(slope) >= ZERO else 0
        y = top + 14 - (size if slope > 0 else 0)
        canvas.add("rect", x=bars + STEP * i, y=y, width=22, height=size, rx=1.5, fill=PULL)


# The race


def _draw_race(canvas: Canvas, race: Mapping[str, Any], top: Number) -> None:
    left, right, base, tall = 48, WIDTH + SIDE - 80, top + 170, 140
    ious = _ious(race)
    steps = len(ious[0]) - 1
    _draw_race_axes(canvas, left, right, base, tall, steps)
    order = sorted(range(len(ious)), key=lambda i: -ious[i][-1])
    gap = min(19.0, 152 / len(order))
    for place, i in enumerate(order):
        points = [
            f"{left + (right - left) * k / steps:z.1f},{base - tall * iou:z.1f}"
            for k, iou in enumerate(ious[i])
        ]
        colour, dash = RACE_STYLES[i]
        style = {"stroke": colour, "stroke_width": 2, "stroke_dasharray": dash}
        canvas.add("polyline", points=" ".join(points), fill="none", **style)
        text = f"{TITLES[race['losses'][i]]} {ious[i][-1]:.2f}"
        at = {"x": right + 10, "y": base - tall + 4 + gap * place}
        canvas.add("text", **at, fill=colour, font_size=12, content=text)


def _draw_race_axes(canvas: Canvas, left: int, right: int, base: Number, tall: int, steps: int):
    label = {"fill": SOFT, "font_size": 12}
    middle = {"text_anchor": "middle", **label}
    canvas.add("text", x=left, y=base - tall - 10, content="IoU with the target", **label)
    canvas.add("text", x=(left + right) / 2, y=base + 32, content="step", **middle)
    for part in (0, 0.5, 1):
        y, x = base - tall * part, left + (right - left) * part
        canvas.add("line", x1=left, x2=right, y1=y, y2=y, stroke=LINE)
        canvas.add("text", x=left - 6, y=y + 4, text_anchor="end", content=f"{part:g}", **label)
        canvas.add("text", x=x, y=base + 16, content=f"{steps * part:g}", **middle)
