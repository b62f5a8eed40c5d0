"""AssignLab as a static picture: one scene per assigner, priors marked by the object they answer
for, and counts.
"""

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from locviz.viz.theme import SERIES
from locviz.widgets.assign_truth import Reading, letter
from locviz.widgets.assign_wire import drawn_size, places
from locviz.widgets.chart import INK, LINE, PAPER, SOFT, Photo
from locviz.widgets.image import png
from locviz.widgets.picture import Canvas, Number, Picture

if TYPE_CHECKING:
    from locviz.widgets.assignlab import AssignLab

SIDE, LEFT, TOP, LINE_HEIGHT = 360, 20, 84, 19
SHAPES = ("circle", "square", "triangle", "diamond", "cross")
COLOURS = tuple(light for light, _ in SERIES[1:])


def draw(lab: "AssignLab") -> Picture:
    """Draw the present state of ``lab``."""
    height, width = drawn_size(lab._replay)
    zoom = SIDE / max(height, width)
    num, deep = len(lab._sides), int(height * zoom)
    lines = -(-len(lab.boxes) // 2) + 1
    wide = LEFT + num * (SIDE + LEFT)
    canvas = Canvas(wide, TOP + deep + 14 + lines * LINE_HEIGHT + 8, text=in_words(lab))
    tall = TOP + deep + 13 + lines * LINE_HEIGHT + 8
    canvas.add("rect", x=0.5, y=0.5, width=wide - 1, height=tall, rx=8, fill=PAPER, stroke=LINE)
    content = (
        b"" if lab._replay.images is None else png(lab._replay.images[lab.image], longest=SIDE)
    )
    for side in lab._sides:
        left = LEFT + side * (SIDE + LEFT)
        photo = Photo(canvas, left=left, top=TOP, side=SIDE, size=(height, width), content=content)
        _scene(canvas, photo, lab, lab.reading(side))
        _words(canvas, lab, lab.reading(side), left, TOP + deep + 14)
    return canvas.picture()


def in_words(lab: "AssignLab") -> str:
    """What the picture says."""
    parts = []
    for side in lab._sides:
        one = lab.reading(side)
        counts = (
            ", ".join(f"{letter(i)} {num}" for i, num in enumerate(one.positives)) or "no objects"
        )
        parts.append(
            f"{one.rule.title}: {sum(one.positives)} of {len(one.owner)} priors positive ({counts})"
        )
    return f"AssignLab, {len(lab.boxes)} objects, training step {lab.training_step}. {'; '.join(parts)}."


def _scene(canvas: Canvas, photo: Photo, lab: "AssignLab", one: Reading) -> None:
    ground = np.flatnonzero(one.owner < 0)
    spots = places(lab._replay) * photo.zoom + (photo.left, photo.top)
    dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in spots[ground])
    canvas.add(
        "path", d=dots, stroke=PAPER, stroke_width=2.6, stroke_linecap="round", stroke_opacity=0.55
    )
    canvas.add(
        "path", d=dots, stroke=SOFT, stroke_width=1.6, stroke_linecap="round", stroke_opacity=0.8
    )
    reach = np.clip(
        np.sqrt(lab.priors.strides.numpy() / lab.priors.strides.numpy().min()) * 3, 3, 9
    )
    for index, region in enumerate(lab.boxes):
        colour = COLOURS[index % len(COLOURS)]
        mine = np.flatnonzero(one.owner == index)
        path = "".join(
            mark(SHAPES[index % len(SHAPES)], *map(float, (*spots[i], reach[i]))) for i in mine
        )
        if path:
            canvas.add("path", d=path, fill=colour, stroke=PAPER, stroke_width=1)
        tall = (
            [region[0], 0.0, region[1], drawn_size(lab._replay)[0]] if len(region) == 2 else region
        )
        photo.box(tall, colour=colour, dash=None, note=letter(index))


def mark(shape: str, x: Number, y: Number, r: Number) -> str:
    """One prior as a path; ``mark`` of ``src/assignlab/marks.ts``."""
    if shape == "circle":
        return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0Z"
    if shape == "square":
        return f"M{x - r * 0.9:.1f} {y - r * 0.9:.1f}h{1.8 * r:.1f}v{1.8 * r:.1f}h{-1.8 * r:.1f}Z"
    if shape == "triangle":
        return f"M{x:.1f} {y - 1.2 * r:.1f}l{1.1 * r:.1f} {2 * r:.1f}h{-2.2 * r:.1f}Z"
    if shape == "diamond":
        d = 1.3 * r
        return f"M{x:.1f} {y - d:.1f}l{d:.1f} {d:.1f}l{-d:.1f} {d:.1f}l{-d:.1f} {-d:.1f}Z"
    a, b = 0.45 * r, 0.75 * r  # a cross: arms 2a wide and b long
    return (
        f"M{x - a:.1f} {y - a - b:.1f}h{2 * a:.1f}v{b:.1f}h{b:.1f}v{2 * a:.1f}h{-b:.1f}v{b:.1f}h{-2 * a:.1f}"
        f"v{-b:.1f}h{-b:.1f}v{-2 * a:.1f}h{b:.1f}Z"
    )


def _words(
    canvas: Canvas, lab: "AssignLab", one: Reading, left: float | int, top: float | int
) -> None:
    canvas.add(
        "text", x=left, y=30, content=one.rule.title, fill=INK, font_size=15, font_weight=600
    )
    knobs = ", ".join(f"{knob.label} {one.settings[knob.name]:g}" for knob in one.rule.knobs)
    for row, words in enumerate(textwrap.wrap(knobs, SIDE // 6)):
        canvas.add("text", x=left, y=46 + 13 * row, content=words, fill=SOFT, font_size=11)
    labels = lab._replay.targets[lab.image].labels.tolist()
    for index, (num, label) in enumerate(zip(one.positives, labels, strict=True)):
        x, y = left + (index % 2) * SIDE / 2, top + 12 + (index // 2) * LINE_HEIGHT
        colour = COLOURS[index % len(COLOURS)]
        canvas.add("path", d=mark(SHAPES[index % len(SHAPES)], x + 6, y - 4, 5), fill=colour)
        name = lab.class_names[label]
        text = f"{letter(index)} {name if len(name) <= 14 else name[:13] + '…'}: {num}"
        canvas.add("text", x=x + 18, y=y, content=text, fill=INK, font_size=12)
    y = top + 12 + -(-len(labels) // 2) * LINE_HEIGHT
    torn = int(one.ambiguous.sum())
    summary = f"{sum(one.positives)} of {len(one.owner)} priors positive, {torn} ambiguous, {one.ignored} ignored"
    canvas.add("text", x=left, y=y, content=summary, fill=INK, font_size=12, font_weight=600)
