"""AnchorLab as a static picture: one image with its anchors, the recall curve, and the designs that
were tried.
"""

import math
from typing import TYPE_CHECKING

from locviz.viz.theme import PALETTE
from locviz.widgets.anchor_truth import IOUS
from locviz.widgets.chart import ACCENT, GOOD, INK, LINE, MISSED, PAPER, SOFT, Chart, Photo
from locviz.widgets.image import png
from locviz.widgets.picture import Canvas, Picture

if TYPE_CHECKING:
    from locviz.widgets.anchorlab import AnchorLab

WIDTH, HEIGHT, SIDE = 880, 430, 340
PULL = PALETTE["pull"][0]


def draw(lab: "AnchorLab") -> Picture:
    """Draw the present state of ``lab``."""
    canvas = Canvas(WIDTH, HEIGHT, text=_in_words(lab))
    canvas.add(
        "rect", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=8, fill=PAPER, stroke=LINE
    )
    _draw_scene(canvas, lab)
    _draw_curve(canvas, lab)
    _draw_design(canvas, lab)
    return canvas.picture()


def listed(values, *, digits: int = 2) -> str:
    """Numbers as people write them: 0.5, 1 and 2."""
    return ", ".join(f"{round(float(value), digits):g}" for value in values)


def share(value: float) -> str:
    """A number in 0..1, or words where it has no meaning."""
    return "undefined" if math.isnan(value) else f"{value:.3f}"


def _in_words(lab: "AnchorLab") -> str:
    counts, best, design = lab.counts, lab.best, lab.design
    return (
        f"AnchorLab: scales {listed(design.scales)} at strides {listed(design.strides)} with ratios "
        f"{listed(design.ratios)} are {lab.num_anchors:,.0f} anchors per image. Of {len(lab.best_iou)} boxes "
        f"{share(lab.recall)} have an anchor of IoU {lab.positive:.2f}; with the default design's "
        f"{lab.default_num_anchors:,.0f} anchors {share(lab.default_recall)}. Image {lab.image + 1}: the target's best "
        f"anchor (stride {design.strides[best.level]}) has IoU {best.iou:.3f}; {counts['positive']} anchors are "
        f"positive, {counts['ignored']} ignored, {counts['negative']} negative."
    )


def _draw_scene(canvas: Canvas, lab: "AnchorLab") -> None:
    images = lab._set.images
    content = b"" if images is None else png(images[lab.image], longest=SIDE)
    photo = Photo(canvas, left=20, top=44, side=SIDE, size=lab.size, content=content)
    level, scene = lab.shown_level, lab.scene
    head = f"image {lab.image + 1} of {lab.num_images}, level of stride {lab.design.strides[level]}"
    canvas.add("text", x=20, y=30, content=head, fill=INK, font_size=13)
    per_cell = scene.design.per_cell
    for region in scene.cell_anchors[level * per_cell : (level + 1) * per_cell].tolist():
        photo.box(region, colour=SOFT, dash="1 3")
    for i, (region, iou) in enumerate(zip(scene.gt.tolist(), scene.best_iou.tolist(), strict=True)):
        chosen = i == lab.shown_selected
        colour = GOOD if iou >= lab.positive else MISSED
        photo.box(region, colour=colour, dash=None if chosen else "4 2", note=f"{iou:.2f}")
    photo.box(scene.best.region, colour=ACCENT, dash="7 3")
    says = f"best anchor of the target: IoU {scene.best.iou:.3f}; " + ", ".join(
        f"{number} {name}" for name, number in lab.counts.items()
    )
    canvas.add("text", x=20, y=HEIGHT - 18, content=says, fill=INK, font_size=12)


def _draw_curve(canvas: Canvas, lab: "AnchorLab") -> None:
    chart = Chart(
        canvas,
        box=(420, 66, 850, 290),
        x=(0.3, 0.95),
        y=(0, 1),
        title="recall",
        x_title="IoU threshold",
    )
    head = (
        f"recall {share(lab.recall)} at IoU {lab.positive:.2f}, default {share(lab.default_recall)}"
    )
    canvas.add("text", x=420, y=30, content=head, fill=INK, font_size=15, font_weight=600)
    ious = IOUS.tolist()
    chart.line(ious, lab._default_survey.curve.tolist(), colour=INK, dash="5 4")
    chart.line(ious, lab._tried[-1].curve.tolist(), colour=ACCENT, width=2.4)
    if 0.3 <= lab.positive <= 0.95 and not math.isnan(lab.recall):
        x = chart.x(lab.positive)
        canvas.add("line", x1=x, x2=x, y1=66, y2=290, stroke=PULL, stroke_dasharray="2 3")
        canvas.add(
            "circle", cx=x, cy=chart.y(lab.recall), r=5.5, fill=ACCENT, stroke=PAPER, stroke_width=2
        )


def _draw_design(canvas: Canvas, lab: "AnchorLab") -> None:
    rows = (
        ("this design", lab.design, lab.num_anchors, ACCENT, None),
        ("default", lab.default, lab.default_num_anchors, INK, "5 4"),
    )
    for i, (name, design, number, colour, dash) in enumerate(rows):
        y = 346 + 38 * i
        canvas.add(
            "line",
            x1=420,
            x2=446,
            y1=y - 4,
            y2=y - 4,
            stroke=colour,
            stroke_width=2.4,
            stroke_dasharray=dash,
        )
        text = f"{name}: {number:,.0f} anchors per image"
        canvas.add("text", x=454, y=y, content=text, fill=INK, font_size=12.5, font_weight=600)
        parts = f"scales {listed(design.scales)}; ratios {listed(design.ratios)}; strides {listed(design.strides)}"
        canvas.add("text", x=454, y=y + 16, content=parts, fill=SOFT, font_size=11.5)
