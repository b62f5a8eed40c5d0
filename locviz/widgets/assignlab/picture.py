"""AssignLab as a static picture: one scene per assigner, and counts.

Each prior is marked by the object for which it is responsible. It draws from what the view gets:
``sent`` holds the traits by name.
"""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from locviz.widgets.core.buffers import float32_array, int16_array
from locviz.widgets.core.chart import Photo
from locviz.widgets.core.colours import INK, PAPER, SOFT
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.core.words import letter

Sent = Mapping[str, Any]

SIDE, LEFT, TOP, LINE_HEIGHT = 360, 20, 84, 19
TITLE_HEIGHT, KNOB_HEIGHT = 18, 13
# How wide a character is at most on average, in px: an SVG does not wrap text of itself.
TITLE_WIDE, KNOB_WIDE, SUMMARY_WIDE = 9.0, 6.0, 7.0
NO_BREAK = "\N{NO-BREAK SPACE}"
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "down", "star", "hourglass")
COLOURS = (
    "#a76000", "#035282", "#910c4c", "#27836b", "#590097", "#194400", "#8055c3", "#16181d",
)  # fmt: skip
"""The light half of ``--lv-object-0`` .. ``7`` of ``src/assignlab/assignlab.css``."""


def draw(sent: Sent) -> StaticPicture:
    """Draw one scene per assigner."""
    height, width = size = sent["scene"]["size"]
    sides = sent["result"]["sides"]
    heads = [_head(_rule(sent, side), side["settings"]) for side in sides]
    summaries = [_listed_lines(_summary(side), SUMMARY_WIDE) for side in sides]
    top = max(TOP, *(_knobs_top(titles) + KNOB_HEIGHT * len(knobs) - 1 for titles, knobs in heads))
    words_top = top + int(height * SIDE / max(height, width)) + 14
    summary_top = words_top + -(-len(sent["boxes"]) // 2) * LINE_HEIGHT + 12
    tall = summary_top + (max(map(len, summaries)) - 1) * LINE_HEIGHT + 15
    canvas = card(LEFT + len(sides) * (SIDE + LEFT), tall, text=in_words(sent))
    for i, side in enumerate(sides):
        left = LEFT + i * (SIDE + LEFT)
        place = {"left": left, "top": top, "side": SIDE}
        photo = Photo(canvas, **place, size=size, content=sent["photo"]["png"])
        _draw_scene(photo, sent, int16_array(side["owner"]))
        _draw_head(canvas, *heads[i], left)
        _draw_counts(canvas, sent, side["positives"], left, words_top)
        _draw_summary(canvas, summaries[i], left, summary_top)
    return canvas.picture()


def _rule(sent: Sent, side: Sent) -> Sent:
    return next(rule for rule in sent["offered"] if rule["name"] == side["assigner"])


def _num_priors(side: Sent) -> int:
    return len(int16_array(side["owner"]))


def in_words(sent: Sent) -> str:
    """Return what the picture shows, in words."""
    parts = []
    for side in sent["result"]["sides"]:
        counts = ", ".join(f"{letter(i)} {num}" for i, num in enumerate(side["positives"]))
        parts.append(
            f"{_rule(sent, side)['title']}: {sum(side['positives'])} of {_num_priors(side)} priors "
            f"positive ({counts or 'no objects'})"
        )
    return (
        f"AssignLab, {len(sent['boxes'])} objects, training step {sent['training_step']}. "
        f"{'; '.join(parts)}."
    )


# The scene


def _draw_scene(photo: Photo, sent: Sent, owner: np.ndarray) -> None:
    scene = sent["scene"]
    corner = np.array([photo.left, photo.top])
    spots = float32_array(scene["places"], -1, 2) * photo.zoom + corner
    strides = float32_array(scene["strides"])
    reach = np.clip(np.sqrt(strides / strides.min()) * 3, 3, 9)
    _draw_ground(photo.canvas, spots[owner < 0])
    notes = []
    for index, region in enumerate(sent["boxes"]):
        colour, mine = colour_of(index), owner == index
        path = _marks(index, spots[mine], reach[mine])
        if path:
            photo.canvas.add("path", d=path, fill=colour, stroke=PAPER, stroke_width=1)
        tall = [region[0], 0.0, region[1], scene["size"][0]] if len(region) == 2 else region
        photo.box(tall, colour=colour, dash=None)
        notes.append((tall, letter(index), colour))
    photo.notes(notes)


def _draw_ground(canvas: Canvas, spots: Float[np.ndarray, "n 2"]) -> None:
    """Draw priors that are background, or ignored, as dots with a light rim."""
    dots = "".join(f"M{x:z.1f} {y:z.1f}h0" for x, y in spots)
    for colour, wide, opacity in ((PAPER, 2.6, 0.55), (SOFT, 1.6, 0.8)):
        style = {"stroke": colour, "stroke_width": wide, "stroke_opacity": opacity}
        canvas.add("path", d=dots, **style, stroke_linecap="round")


def colour_of(index: int) -> str:
    """Return an object's colour; every eight objects it meets another shape."""
    return COLOURS[(index + index // len(COLOURS)) % len(COLOURS)]


def _marks(index: int, spots: Float[np.ndarray, "n 2"], reach: Float[np.ndarray, "n"]) -> str:
    """Return the priors of an object as a path."""
    shape = SHAPES[index % len(SHAPES)]
    rows = zip(spots.tolist(), reach.tolist(), strict=True)
    return "".join(mark(shape, x, y, r) for (x, y), r in rows)


def mark(shape: str, x: Number, y: Number, r: Number) -> str:
    """Return one prior as a path; its twin is ``mark`` of ``src/assignlab/marks.ts``."""
    if shape == "circle":
        arc = f"a{r:z.1f} {r:z.1f} 0 1 0"
        return f"M{x - r:z.1f} {y:z.1f}{arc} {2 * r:z.1f} 0{arc} {-2 * r:z.1f} 0Z"
    if shape == "square":
        return (
            f"M{x - r * 0.9:z.1f} {y - r * 0.9:z.1f}h{1.8 * r:z.1f}v{1.8 * r:z.1f}h{-1.8 * r:z.1f}Z"
        )
    if shape == "triangle":
        return f"M{x:z.1f} {y - 1.2 * r:z.1f}l{1.1 * r:z.1f} {2 * r:z.1f}h{-2.2 * r:z.1f}Z"
    if shape == "diamond":
        d = 1.3 * r
        return f"M{x:z.1f} {y - d:z.1f}l{d:z.1f} {d:z.1f}l{-d:z.1f} {d:z.1f}l{-d:z.1f} {-d:z.1f}Z"
    if shape == "down":
        return f"M{x:z.1f} {y + 1.2 * r:z.1f}l{1.1 * r:z.1f} {-2 * r:z.1f}h{-2.2 * r:z.1f}Z"
    if shape == "star":
        return _star(x, y, r)
    if shape == "hourglass":
        return (
            f"M{x - r:z.1f} {y - 1.15 * r:z.1f}h{2 * r:z.1f}l{-2 * r:z.1f} {2.3 * r:z.1f}"
            f"h{2 * r:z.1f}Z"
        )
    a, b = 0.45 * r, 0.75 * r  # a cross: arms 2a wide and b long
    return (
        f"M{x - a:z.1f} {y - a - b:z.1f}h{2 * a:z.1f}v{b:z.1f}h{b:z.1f}v{2 * a:z.1f}h{-b:z.1f}"
        f"v{b:z.1f}h{-2 * a:z.1f}v{-b:z.1f}h{-b:z.1f}v{-2 * a:z.1f}h{b:z.1f}Z"
    )


def _star(x: Number, y: Number, r: Number) -> str:
    """Return five points and the five notches between them, from the top."""
    turns = [(0.65 * r if i % 2 else 1.55 * r, i * math.pi / 5) for i in range(10)]
    at = (f"{x + far * math.sin(t):z.1f} {y - far * math.cos(t):z.1f}" for far, t in turns)
    return f"M{'L'.join(at)}Z"


# The words


def _listed_lines(items: Iterable[str], wide: float) -> list[str]:
    """Return a list in lines as wide as a scene, ``wide`` px per character, that break between
    items.
    """
    glued = ", ".join(item.replace(" ", NO_BREAK) for item in items)
    return [line.replace(NO_BREAK, " ") for line in textwrap.wrap(glued, int(SIDE / wide))]


def _head(rule: Sent, settings: Sent) -> tuple[list[str], list[str]]:
    """Return the lines of an assigner's title, and those of its knobs."""
    titles = textwrap.wrap(rule["title"], int(SIDE / TITLE_WIDE))
    knobs = (f"{knob['label']} {settings[knob['name']]:g}" for knob in rule["knobs"])
    return titles, _listed_lines(knobs, KNOB_WIDE)


def _knobs_top(titles: Sequence[str]) -> int:
    """Return the base line of the first line of knobs."""
    return 28 + TITLE_HEIGHT * len(titles)


def _draw_head(canvas: Canvas, titles: Sequence[str], knobs: Sequence[str], left: Number) -> None:
    for row, words in enumerate(titles):
        style = {"fill": INK, "font_size": 15, "font_weight": 600}
        canvas.add("text", x=left, y=30 + TITLE_HEIGHT * row, content=words, **style)
    for row, words in enumerate(knobs):
        y = _knobs_top(titles) + KNOB_HEIGHT * row
        canvas.add("text", x=left, y=y, content=words, fill=SOFT, font_size=11)


def _draw_counts(
    canvas: Canvas, sent: Sent, positives: Sequence[int], left: Number, top: Number
) -> None:
    scene = sent["scene"]
    names = [scene["class_names"][label] for label in scene["labels"][sent["image"]]]
    for index, (num, name) in enumerate(zip(positives, names, strict=True)):
        x, y = left + (index % 2) * SIDE / 2, top + 12 + (index // 2) * LINE_HEIGHT
        shape, colour = SHAPES[index % len(SHAPES)], colour_of(index)
        canvas.add("path", d=mark(shape, x + 6, y - 4, 5), fill=colour)
        short = name if len(name) <= 14 else name[:13] + "…"
        text = f"{letter(index)} {short}: {num}"
        canvas.add("text", x=x + 18, y=y, content=text, fill=INK, font_size=12)


def _draw_summary(canvas: Canvas, lines: Sequence[str], left: Number, top: Number) -> None:
    style = {"fill": INK, "font_size": 12, "font_weight": 600}
    for row, words in enumerate(lines):
        canvas.add("text", x=left, y=top + LINE_HEIGHT * row, content=words, **style)


def _summary(side: Sent) -> list[str]:
    words = [f"{sum(side['positives'])} of {_num_priors(side)} priors positive"]
    if side["num_ambiguous"] is not None:  # they are not counted while an object is dragged
        words.append(f"{side['num_ambiguous']} ambiguous")
    return [*words, f"{side['ignored']} ignored"]
