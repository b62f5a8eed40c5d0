"""AnchorLab as a static picture: one image with its anchors, the recall curve, and both designs.

It draws from what the view gets: ``sent`` holds the traits by name.
"""

import math
from collections.abc import Mapping
from typing import Any

from locviz.widgets.core.buffers import float32_array, number_or_nan
from locviz.widgets.core.chart import Chart, Photo
from locviz.widgets.core.colours import ACCENT, GOOD, INK, MISSED, PAPER, PULL, SOFT
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.core.words import listed, share

Sent = Mapping[str, Any]

WIDTH, HEIGHT, SIDE = 880, 430, 340
_KINDS = ("positive", "ignored", "negative")


def draw(sent: Sent) -> StaticPicture:
    """Draw the image, the curve and the designs."""
    canvas = card(WIDTH, HEIGHT, text=_in_words(sent))
    _draw_scene(canvas, sent)
    _draw_curve(canvas, sent)
    _draw_design(canvas, "this design", sent["curve"], sent["result"]["design"], 346, ACCENT, None)
    reference = sent["reference"]
    _draw_design(canvas, "default", reference, reference["design"], 384, INK, "5 4")
    return canvas.picture()


def _recalls(sent: Sent) -> tuple[Number, Number]:
    """Return recall with the present and with the default design."""
    result = sent["result"]
    return number_or_nan(result["recall"]), number_or_nan(result["default_recall"])


def _in_words(sent: Sent) -> str:
    result, reference = sent["result"], sent["reference"]
    design, best = result["design"], result["best"]
    recall, default = map(share, _recalls(sent))
    positive, ignored, negative = result["counts"]
    return (
        f"AnchorLab: scales {listed(design['scales'])} at strides {listed(design['strides'])} with "
        f"ratios {listed(design['ratios'])} are {sent['curve']['num_anchors']:,.0f} anchors per "
        f"image. Of {reference['num_boxes']} boxes {recall} have an anchor of IoU "
        f"{sent['positive']:.2f}; with the default design's {reference['num_anchors']:,.0f} "
        f"anchors {default}. Image {sent['image'] + 1}: the target's best anchor (stride "
        f"{design['strides'][best['level']]}) has IoU {best['iou']:.3f}; {positive} anchors are "
        f"positive, {ignored} ignored, {negative} negative."
    )


def _draw_scene(canvas: Canvas, sent: Sent) -> None:
    shown, result = sent["photo"], sent["result"]
    stride = result["design"]["strides"][result["shown_level"]]
    head = f"image {shown['image'] + 1} of {shown['num']}, level of stride {stride}"
    canvas.add("text", x=20, y=30, content=head, fill=INK, font_size=13)
    place = {"left": 20, "top": 44, "side": SIDE}
    photo = Photo(canvas, **place, size=shown["size"], content=shown["png"])
    notes = _draw_boxes(photo, sent)
    best = result["best"]
    photo.box(best["region"], colour=ACCENT, dash="7 3")
    photo.notes(notes)
    counts = zip(result["counts"], _KINDS, strict=True)
    says = f"best anchor of the target: IoU {best['iou']:.3f}; "
    says += ", ".join(f"{number} {name}" for number, name in counts)
    canvas.add("text", x=20, y=HEIGHT - 18, content=says, fill=INK, font_size=12)


def _draw_boxes(photo: Photo, sent: Sent) -> list[tuple[list[float], str, str]]:
    """Draw the anchors of the cell, level by level in the message, and the ground truths.

    It returns what is to be written at the ground truths: region, best IoU and colour of each.
    """
    result = sent["result"]
    levels = float32_array(result["cell_anchors"], len(result["design"]["strides"]), -1, 4)
    for region in levels[result["shown_level"]].tolist():
        photo.box(region, colour=SOFT, dash="1 3")
    regions, ious = float32_array(result["gt"], -1, 4), float32_array(result["gt_iou"])
    target = min(sent["selected"], len(regions) - 1)
    notes = []
    for i, (region, iou) in enumerate(zip(regions.tolist(), ious.tolist(), strict=True)):
        colour = GOOD if iou >= sent["positive"] else MISSED
        photo.box(region, colour=colour, dash=None if i == target else "4 2")
        notes.append((region, f"{iou:.2f}", colour))
    return [*notes[target:], *notes[:target]]  # the target's comes first


def _draw_curve(canvas: Canvas, sent: Sent) -> None:
    box = {"box": (420, 66, 850, 290), "x": (0.3, 0.95), "y": (0, 1)}
    chart = Chart(canvas, **box, title="recall", x_title="IoU threshold")
    (recall, default), positive = _recalls(sent), sent["positive"]
    head = f"recall {share(recall)} at IoU {positive:.2f}, default {share(default)}"
    canvas.add("text", x=420, y=30, content=head, fill=INK, font_size=15, font_weight=600)
    chart.line(*_curve(sent["reference"]), colour=INK, dash="5 4")
    chart.line(*_curve(sent["curve"]), colour=ACCENT, width=2.4)
    if 0.3 <= positive <= 0.95 and not math.isnan(recall):
        x, y = chart.x(positive), chart.y(recall)
        canvas.add("line", x1=x, x2=x, y1=66, y2=290, stroke=PULL, stroke_dasharray="2 3")
        canvas.add("circle", cx=x, cy=y, r=5.5, fill=ACCENT, stroke=PAPER, stroke_width=2)


def _curve(message: Sent):
    return float32_array(message["ious"]), float32_array(message["recall"])


def _draw_design(
    canvas: Canvas, name: str, found: Sent, design: Sent, y: int, colour: str, dash: str | None
) -> None:
    style = {"stroke": colour, "stroke_width": 2.4, "stroke_dasharray": dash}
    canvas.add("line", x1=420, x2=446, y1=y - 4, y2=y - 4, **style)
    text = f"{name}: {found['num_anchors']:,.0f} anchors per image"
    canvas.add("text", x=454, y=y, content=text, fill=INK, font_size=12.5, font_weight=600)
    parts = "; ".join(f"{part} {listed(design[part])}" for part in ("scales", "ratios", "strides"))
    canvas.add("text", x=454, y=y + 16, content=parts, fill=SOFT, font_size=11.5)
