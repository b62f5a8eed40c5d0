"""APLab as a static picture: the image with what was right, wrong and missed; the curve; AP at
COCO's thresholds.
"""

import math
from typing import TYPE_CHECKING

from locviz.evaluate import IOU_THRESHOLDS
from locviz.evaluate.average_precision import RECALL_POINTS
from locviz.widgets.chart import ACCENT, INK, LINE, PAPER, Chart, Photo, legend
from locviz.widgets.image import png
from locviz.widgets.picture import Canvas, Picture

if TYPE_CHECKING:
    from locviz.widgets.aplab import APLab

WIDTH, HEIGHT, SIDE = 880, 372, 300


def draw(lab: "APLab") -> Picture:
    """Draw the present state of ``lab``."""
    canvas = Canvas(WIDTH, HEIGHT, text=_in_words(lab))
    canvas.add(
        "rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=8, fill=PAPER, stroke=LINE
    )
    _draw_scene(canvas, lab)
    _draw_curve(canvas, lab)
    _draw_bars(canvas, lab)
    return canvas.picture()


def class_name(lab: "APLab") -> str:
    """The chosen class in words."""
    return "all classes in one ranking" if lab.label is None else lab.class_names[lab.label]


def _in_words(lab: "APLab") -> str:
    counts, here = lab.counts, lab.shown.tally
    return (
        f"APLab, {class_name(lab)}: average precision {share(lab.ap)} at IoU {lab.iou_threshold:.2f} over "
        f"{lab.num_images} images. At score {lab.score_threshold:.2f} precision is {share(lab.precision)} and recall "
        f"{share(lab.recall)}: {counts.true_positives} right, {counts.false_positives} wrong, "
        f"{counts.false_negatives} missed. Image {lab.image + 1}: {here[0]} right, {here[1]} wrong, {here[2]} missed."
    )


def share(value: float) -> str:
    """A number in 0..1, or words where it has no meaning."""
    return "undefined" if math.isnan(value) else f"{value:.3f}"


def _draw_scene(canvas: Canvas, lab: "APLab") -> None:
    content = b"" if lab._images is None else png(lab._images[lab.image], longest=SIDE)
    photo = Photo(
        canvas, left=20, top=44, side=SIDE, size=lab._truth.targets[lab.image].size, content=content
    )
    shown = lab.shown
    photo.scene(shown)
    text = f"image {lab.image + 1} of {lab.num_images}: {class_name(lab)}"
    canvas.add("text", x=20, y=30, content=text, fill=INK, font_size=13)
    legend(canvas, left=20, y=362, tally=shown.tally)


def _draw_curve(canvas: Canvas, lab: "APLab") -> None:
    chart = Chart(
        canvas, box=(380, 66, 660, 306), x=(0, 1), y=(0, 1), title="precision", x_title="recall"
    )
    curve, working = lab._curve, lab.counts
    head = f"AP {share(lab.ap)} at IoU {lab.iou_threshold:.2f}"
    canvas.add("text", x=380, y=30, content=head, fill=INK, font_size=15, font_weight=600)
    if curve.num_gt:
        stairs = chart.path(RECALL_POINTS, curve.envelope)
        left, bottom = chart.x(0), chart.y(0)
        area = f"{stairs}V{bottom:.1f}H{left:.1f}Z"
        canvas.add("path", d=area, fill=ACCENT, fill_opacity=0.16)
        canvas.add(
            "path", d=stairs, fill="none", stroke=ACCENT, stroke_width=1.2, stroke_dasharray="4 3"
        )
        recall, precision, _ = curve.thinned()
        chart.line(recall, precision, colour=ACCENT, width=2)
    if not math.isnan(working.precision) and not math.isnan(working.recall):
        x, y = chart.x(working.recall), chart.y(working.precision)
        canvas.add("circle", cx=x, cy=y, r=6, fill=INK, stroke=PAPER, stroke_width=2)
    says = f"score ≥ {lab.score_threshold:.2f}: precision {share(working.precision)}, recall {share(working.recall)}"
    canvas.add("text", x=380, y=362, content=says, fill=INK, font_size=12)


def _draw_bars(canvas: Canvas, lab: "APLab") -> None:
    aps = lab._truth.ap_per_threshold(lab.label)
    left, top, wide = 740, 58, 80
    canvas.add(
        "text", x=left - 40, y=30, content="AP at COCO's IoU thresholds", fill=INK, font_size=12
    )
    for i, (iou, ap) in enumerate(zip(IOU_THRESHOLDS, aps, strict=True)):
        y = top + i * 24
        chosen = abs(iou - lab.iou_threshold) < 1e-6
        canvas.add(
            "text",
            x=left - 8,
            y=y + 11,
            content=f"{iou:.2f}",
            fill=INK,
            font_size=11,
            text_anchor="end",
        )
        length = 0 if math.isnan(ap) else ap * wide
        canvas.add("rect", x=left, y=y + 1, width=wide, height=13, fill=LINE, fill_opacity=0.5)
        canvas.add("rect", x=left, y=y + 1, width=length, height=13, fill=INK if chosen else ACCENT)
        text = "–" if math.isnan(ap) else f"{ap:.2f}"
        canvas.add("text", x=left + wide + 8, y=y + 11, content=text, fill=INK, font_size=11)
    mean = [ap for ap in aps if not math.isnan(ap)]
    text = f"mean {sum(mean) / len(mean):.3f}" if mean else "nothing to find"
    canvas.add(
        "text", x=left, y=top + 10 * 24 + 14, content=text, fill=INK, font_size=12, font_weight=600
    )
