"""BoxLab as a static picture: boxes and pulls on the left, every loss on the right, the last race
below.
"""

from typing import TYPE_CHECKING

from locviz.widgets.box_truth import SYMBOLS, Race
from locviz.widgets.picture import Canvas, Number, Picture

if TYPE_CHECKING:
    from locviz.widgets.boxlab import BoxLab

TITLES = {
    "l1": "L1", "smooth_l1": "Smooth L1", "l2": "L2", "iou": "IoU",
    "giou": "GIoU", "diou": "DIoU", "ciou": "CIoU", "eiou": "EIoU",
    "focal_l1": "Focal-L1", "focal_eiou": "Focal-EIoU",
}  # fmt: skip
# The light half of src/shared/theme.css: a picture stands on its own white ground, whatever page
# shows it.
INK, SOFT, LINE, GROUND = "#16181d", "#545b67", "#d5d9e0", "#f5f6f8"
TARGET, PREDICTION, OVERLAP, HULL, PULL, ACCENT = (
    "#00664b",
    "#0063a6",
    "#8a3d78",
    "#6b7280",
    "#b84a00",
    "#005f9e",
)
SERIES = [
    ("#16181d", None), ("#b84a00", "7 3"), ("#8a6d00", "2 2"), ("#0063a6", None),
    ("#00795a", "10 3 2 3"), ("#a0447e", "5 2"), ("#3f7fb5", "12 4"), ("#7a4fc4", "4 2 1 2"),
    ("#6b4423", "1 3"), ("#1d6f78", "9 2 2 2 2 2"),
]  # fmt: skip
ZERO = 1e-12
LEFT, WIDTH, SIDE, PAD = 16, 400, 330, 16
ROW = 28


def draw(lab: "BoxLab", race: Race | None) -> Picture:
    """Draw the present state of ``lab`` and, where there is one, the race that it last ran."""
    height, width = lab.size
    zoom = WIDTH / width
    tall = max(height * zoom, 86.0 + ROW * len(lab.loss_names))
    total = tall + 2 * PAD + (220 if race else 0)
    canvas = Canvas(WIDTH + SIDE + 3 * PAD, total, text=_in_words(lab, race))
    canvas.add("rect", width="100%", height="100%", rx=8, fill="#ffffff", stroke=LINE)
    _draw_boxes(canvas, lab, zoom)
    _draw_table(canvas, lab, WIDTH + 2 * PAD)
    if race:
        _draw_race(canvas, race, tall + 2 * PAD)
    return canvas.picture()


def _in_words(lab: "BoxLab", race: Race | None) -> str:
    values = ", ".join(f"{TITLES[name]} {value:.4g}" for name, value in lab.losses.items())
    boxes = f"target {_numbers(lab.target)}, prediction {_numbers(lab.prediction)}"
    silent = [TITLES[name] for name, gradient in lab.gradients.items() if _silent(gradient)]
    words = f"BoxLab: {boxes}; IoU {lab.iou:.3f}. Losses: {values}."
    if silent:
        words += f" No gradient here: {', '.join(silent)}."
    if race:
        ends = ", ".join(f"{TITLES[name]} {iou:.2f}" for name, iou in race.final().items())
        words += f" IoU after a race of {race.ious.shape[1] - 1} steps: {ends}."
    return words


def _numbers(box: list[float]) -> str:
    return "(" + ", ".join(f"{value:g}" for value in box) + ")"


def _silent(gradient: list[float]) -> bool:
    return all(abs(slope) < ZERO for slope in gradient)


def _draw_boxes(canvas: Canvas, lab: "BoxLab", zoom: Number) -> None:
    height, width = (side * zoom for side in lab.size)
    group = canvas.add("svg", x=LEFT, y=PAD, width=width, height=height, overflow="hidden")
    target, prediction = ([value * zoom for value in box] for box in (lab.target, lab.prediction))

    def rect(box, **style):
        x1, y1, x2, y2 = box
        canvas.add(
            "rect", parent=group, x=x1, y=y1, width=max(x2 - x1, 0), height=max(y2 - y1, 0), **style
        )

    rect([0, 0, width, height], fill=GROUND)
    union = canvas.add("g", parent=group, fill=INK, opacity=0.07)
    for x1, y1, x2, y2 in (target, prediction):
        canvas.add("rect", parent=union, x=x1, y=y1, width=x2 - x1, height=y2 - y1)
    low = [max(a, b) for a, b in zip(target[:2], prediction[:2], strict=True)]
    high = [min(a, b) for a, b in zip(target[2:], prediction[2:], strict=True)]
    if low[0] < high[0] and low[1] < high[1]:
        rect([*low, *high], fill=OVERLAP, fill_opacity=0.22)
    outer = [min(a, b) for a, b in zip(target[:2], prediction[:2], strict=True)]
    outer += [max(a, b) for a, b in zip(target[2:], prediction[2:], strict=True)]
    rect(outer, fill="none", stroke=HULL, stroke_dasharray="2 4")
    (ax, ay), (bx, by) = (((x1 + x2) / 2, (y1 + y2) / 2) for x1, y1, x2, y2 in (target, prediction))
    dots = {
        "stroke": OVERLAP,
        "stroke_width": 2,
        "stroke_dasharray": "1 4",
        "stroke_linecap": "round",
    }
    canvas.add("line", parent=group, x1=ax, y1=ay, x2=bx, y2=by, **dots)
    rect(target, fill="none", stroke=TARGET, stroke_width=2.5)
    rect(prediction, fill="none", stroke=PREDICTION, stroke_width=2.5, stroke_dasharray="9 4")
    _draw_pulls(canvas, group, lab, prediction)
    _draw_names(canvas, group, target, prediction, width, height)


def _draw_names(canvas: Canvas, group, target, prediction, width: Number, height: Number) -> None:
    style = {
        "font_size": 13,
        "font_weight": 600,
        "paint_order": "stroke",
        "stroke": GROUND,
        "stroke_width": 3,
    }

    def spot(box, below):
        y = min(box[3] + 17, height - 4) if below else max(box[1] - 7, 14)
        return min(max(box[0], 2), width - 75), y

    (x, y), (a, b) = spot(prediction, False), spot(target, False)
    if abs(x - a) < 80 and abs(y - b) < 17:
        a, b = spot(target, True)
    canvas.add("text", parent=group, x=x, y=y, fill=PREDICTION, content="prediction", **style)
    canvas.add("text", parent=group, x=a, y=b, fill=TARGET, content="target", **style)


def _draw_pulls(canvas: Canvas, group, lab: "BoxLab", box: list[float]) -> None:
    """Arrows against the gradient of the chosen loss; the longest has a fixed length, the others
    their share's root.
    """
    x1, y1, x2, y2 = box
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    a, b, c, d = (-slope for slope in lab.gradients[lab.loss])
    if lab.parametrisation == "corners":
        pulls = [(x1, cy, a, 0), (cx, y1, 0, b), (x2, cy, c, 0), (cx, y2, 0, d)]
    else:
        pulls = [
            (cx, cy, a, b),
            (x1, cy, -c / 2, 0),
            (x2, cy, c / 2, 0),
            (cx, y1, 0, -d / 2),
            (cx, y2, 0, d / 2),
        ]
    sizes = [(dx**2 + dy**2) ** 0.5 for _, _, dx, dy in pulls]
    for (x, y, dx, dy), size in zip(pulls, sizes, strict=True):
        if size < ZERO:
            continue
        length = max(10.0, 52 * (size / max(sizes)) ** 0.5)
        _arrow(canvas, group, x, y, dx / size, dy / size, length)


def _arrow(
    canvas: Canvas, group, x: Number, y: Number, ux: Number, uy: Number, length: Number
) -> None:
    tx, ty = x + ux * length, y + uy * length
    bx, by = tx - 9 * ux, ty - 9 * uy
    canvas.add("line", parent=group, x1=x, y1=y, x2=bx, y2=by, stroke=PULL, stroke_width=3)
    points = [(tx, ty), (bx - 4.5 * uy, by + 4.5 * ux), (bx + 4.5 * uy, by - 4.5 * ux)]
    canvas.add(
        "polygon",
        parent=group,
        points=" ".join(f"{px:.1f},{py:.1f}" for px, py in points),
        fill=PULL,
    )


def _draw_table(canvas: Canvas, lab: "BoxLab", left: Number) -> None:
    canvas.add("text", x=left, y=PAD + 22, fill=SOFT, font_size=13, content="IoU")
    canvas.add(
        "text",
        x=left + 30,
        y=PAD + 22,
        fill=INK,
        font_size=25,
        font_weight=600,
        content=f"{lab.iou:.3f}",
    )
    top, bars = PAD + 48, left + 205
    head = {"y": top, "fill": SOFT, "font_size": 12}
    canvas.add("text", x=left + 8, content="loss", **head)
    canvas.add("text", x=left + 180, text_anchor="end", content="value", **head)
    for i, name in enumerate(SYMBOLS[lab.parametrisation]):
        canvas.add("text", x=bars + 30 * i + 12, text_anchor="middle", content=name, **head)
    for index, name in enumerate(lab.loss_names):
        _draw_row(canvas, lab, name, left, top + 8 + ROW * index, bars)


def _draw_row(
    canvas: Canvas, lab: "BoxLab", name: str, left: Number, top: Number, bars: Number
) -> None:
    chosen = name == lab.loss
    if chosen:
        canvas.add("rect", x=left, y=top, width=SIDE, height=ROW, fill=ACCENT, opacity=0.1)
        canvas.add("rect", x=left, y=top, width=3, height=ROW, fill=ACCENT)
    canvas.add("line", x1=left, x2=left + SIDE, y1=top, y2=top, stroke=LINE)
    style = {"y": top + 19, "font_size": 13, "font_weight": 600 if chosen else 400}
    canvas.add("text", x=left + 10, fill=INK, content=TITLES[name], **style)
    canvas.add(
        "text",
        x=left + 180,
        text_anchor="end",
        fill=INK,
        content=f"{lab.losses[name]:.4g}",
        **style,
    )
    gradient = lab.gradients[name]
    if _silent(gradient):
        words = {"font_style": "italic", "font_size": 13, "fill": SOFT}
        canvas.add("text", x=bars, y=top + 19, content="no gradient", **words)
        return
    canvas.add("line", x1=bars, x2=bars + 114, y1=top + 14, y2=top + 14, stroke="#767c87")
    largest = max(map(abs, gradient))
    for i, slope in enumerate(gradient):
        size = max(1.5, 11 * abs(slope) / largest) if abs(slope) >= ZERO else 0
        y = top + 14 - (size if slope > 0 else 0)
        canvas.add("rect", x=bars + 30 * i, y=y, width=24, height=size, rx=1.5, fill=PULL)


def _draw_race(canvas: Canvas, race: Race, top: Number) -> None:
    left, right, base, tall = 48, WIDTH + SIDE - 80, top + 170, 140
    steps = race.ious.shape[1] - 1
    label = {"fill": SOFT, "font_size": 12}
    canvas.add("text", x=left, y=base - tall - 10, content="IoU with the target", **label)
    canvas.add(
        "text", x=(left + right) / 2, y=base + 32, text_anchor="middle", content="step", **label
    )
    for share in (0, 0.5, 1):
        y = base - tall * share
        canvas.add("line", x1=left, x2=right, y1=y, y2=y, stroke=LINE)
        canvas.add("text", x=left - 6, y=y + 4, text_anchor="end", content=f"{share:g}", **label)
        x = left + (right - left) * share
        canvas.add(
            "text", x=x, y=base + 16, text_anchor="middle", content=f"{steps * share:g}", **label
        )
    order = sorted(range(len(race.losses)), key=lambda i: -race.ious[i, -1].item())
    gap = min(19.0, 152 / len(order))
    for place, i in enumerate(order):
        colour, dash = SERIES[i]
        ious = race.ious[i].tolist()
        points = [
            f"{left + (right - left) * k / steps:.1f},{base - tall * iou:.1f}"
            for k, iou in enumerate(ious)
        ]
        style = {"fill": "none", "stroke": colour, "stroke_width": 2, "stroke_dasharray": dash}
        canvas.add("polyline", points=" ".join(points), **style)
        text = f"{TITLES[race.losses[i]]} {ious[-1]:.2f}"
        canvas.add(
            "text",
            x=right + 10,
            y=base - tall + 4 + gap * place,
            fill=colour,
            font_size=12,
            content=text,
        )
