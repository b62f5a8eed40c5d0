"""APLab as a static picture: the image with its matched boxes, the curve, and the bars of AP.

It draws from what the view gets: ``sent`` holds the traits by name.
"""

import math
from collections.abc import Mapping
from typing import Any

from locviz.evaluate.average_precision import RECALL_POINTS
from locviz.widgets.core.buffers import float32_array, number_or_nan
from locviz.widgets.core.chart import Chart, Photo
from locviz.widgets.core.colours import ACCENT, INK, LINE, PAPER
from locviz.widgets.core.matched_picture import draw_legend, draw_matched_image
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.core.words import share

Sent = Mapping[str, Any]

WIDTH, HEIGHT, SIDE = 880, 372, 300


def draw(sent: Sent) -> StaticPicture:
    """Draw the image, the curve and the bars."""
    canvas = card(WIDTH, HEIGHT, text=_in_words(sent))
    _draw_scene(canvas, sent)
    _draw_curve(canvas, sent)
    _draw_bars(canvas, sent)
    return canvas.picture()


def class_name(sent: Sent) -> str:
    """Return the chosen class in words."""
    label = sent["label"]
    return "all classes in one ranking" if label is None else sent["classes"][label]["name"]


def _shares(sent: Sent) -> tuple[Number, Number, Number]:
    """Return AP, precision and recall."""
    reading = sent["reading"]
    found = (sent["curve"]["ap"], reading["precision"], reading["recall"])
    ap, precision, recall = map(number_or_nan, found)
    return ap, precision, recall


def _in_words(sent: Sent) -> str:
    ap, precision, recall = map(share, _shares(sent))
    right, wrong, missed = sent["reading"]["counts"]
    here, photo = sent["scene"]["tally"], sent["photo"]
    return (
        f"APLab, {class_name(sent)}: average precision {ap} at IoU {sent['iou_threshold']:.2f} "
        f"over {photo['num']} images. At score {sent['score_threshold']:.2f} precision is {precision} "
        f"and recall {recall}: {right} right, {wrong} wrong, {missed} missed. "
        f"Image {photo['image'] + 1}: {here[0]} right, {here[1]} wrong, {here[2]} missed."
    )


def _draw_scene(canvas: Canvas, sent: Sent) -> None:
    shown = sent["photo"]
    text = f"image {shown['image'] + 1} of {shown['num']}: {class_name(sent)}"
    canvas.add("text", x=20, y=30, content=text, fill=INK, font_size=13)
    place = {"left": 20, "top": 44, "side": SIDE}
    photo = Photo(canvas, **place, size=shown["size"], content=shown["png"])
    draw_matched_image(photo, sent["scene"])
    draw_legend(canvas, left=20, y=362, tally=sent["scene"]["tally"])


def _draw_curve(canvas: Canvas, sent: Sent) -> None:
    where = {"box": (380, 66, 660, 306), "x": (0, 1), "y": (0, 1)}
    chart = Chart(canvas, **where, title="precision", x_title="recall")
    ap, precision, recall = _shares(sent)
    head = f"AP {share(ap)} at IoU {sent['iou_threshold']:.2f}"
    canvas.add("text", x=380, y=30, content=head, fill=INK, font_size=15, font_weight=600)
    if sent["curve"]["num_gt"]:
        _draw_area(canvas, chart, sent["curve"])
    if not math.isnan(precision) and not math.isnan(recall):
        x, y = chart.x(recall), chart.y(precision)
        canvas.add("circle", cx=x, cy=y, r=6, fill=INK, stroke=PAPER, stroke_width=2)
    threshold = f"score ≥ {sent['score_threshold']:.2f}"
    says = f"{threshold}: precision {share(precision)}, recall {share(recall)}"
    canvas.add("text", x=380, y=362, content=says, fill=INK, font_size=12)


def _draw_area(canvas: Canvas, chart: Chart, curve: Sent) -> None:
    """Draw the area under COCO's interpolated curve, and the curve as it is."""
    stairs = chart.path(RECALL_POINTS, float32_array(curve["envelope"]))
    area = f"{stairs}V{chart.y(0):z.1f}H{chart.x(0):z.1f}Z"
    canvas.add("path", d=area, fill=ACCENT, fill_opacity=0.16)
    style = {"stroke": ACCENT, "stroke_width": 1.2, "stroke_dasharray": "4 3"}
    canvas.add("path", d=stairs, fill="none", **style)
    points = (float32_array(curve[name]) for name in ("recall", "precision"))
    chart.line(*points, colour=ACCENT, width=2)


def _draw_bars(canvas: Canvas, sent: Sent) -> None:
    curve, left, top = sent["curve"], 740, 58
    words = {"fill": INK, "font_size": 12}
    canvas.add("text", x=left - 40, y=30, content="AP at COCO's IoU thresholds", **words)
    if sent["label"] is None:
        canvas.add("text", x=left - 40, y=46, content="mean of the classes", **words)
    for i, (iou, ap) in enumerate(zip(curve["thresholds"], curve["aps"], strict=True)):
        chosen = abs(iou - sent["iou_threshold"]) < 1e-6
        _draw_bar(canvas, iou, ap, left, top + i * 24, INK if chosen else ACCENT)
    known = [ap for ap in curve["aps"] if ap is not None]
    text = f"mean {sum(known) / len(known):.3f}" if known else "nothing to find"
    canvas.add("text", x=left, y=top + 10 * 24 + 14, content=text, **words, font_weight=600)


def _draw_bar(
    canvas: Canvas, iou: Number, ap: Number | None, left: int, y: int, colour: str
) -> None:
    wide, words = 80, {"y": y + 11, "fill": INK, "font_size": 11}
    canvas.add("text", x=left - 8, content=f"{iou:.2f}", text_anchor="end", **words)
    ground = {"fill": LINE, "fill_opacity": 0.5}
    canvas.add("rect", x=left, y=y + 1, width=wide, height=13, **ground)
    canvas.add("rect", x=left, y=y + 1, width=(ap or 0) * wide, height=13, fill=colour)
    canvas.add("text", x=left + wide + 8, content="–" if ap is None else f"{ap:.2f}", **words)
