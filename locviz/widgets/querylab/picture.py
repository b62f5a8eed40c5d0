"""QueryLab as a static picture: what the query reads, self-attention, and the table of matches.

It draws from what the view gets: ``sent`` holds the traits by name.
"""

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np

from locviz.widgets.core.buffers import float32_array
from locviz.widgets.core.chart import Photo
from locviz.widgets.core.colours import ACCENT, GOOD, INK, LINE, MISSED, PAPER, PULL, SOFT
from locviz.widgets.core.picture import Canvas, Number, StaticPicture, card
from locviz.widgets.core.words import letter

Sent = Mapping[str, Any]

WIDTH, SIDE, TOP, LEFT, MATRIX = 880, 330, 58, 20, 372
MATRIX_SIDE, TABLE = 236, 650
CHARACTERS = 128
MOST_ROWS = 14
HEAT = "#ff8c00"
# Of queries, in the order of ``--lv-query-0`` .. of the view's light half.
QUERY_COLOURS = ("#0063a6", "#b84a00", "#7a4fc4", "#00795a", "#a0447e", "#8a6d00")
STORY, STORY_ROW, STORY_MOST = 90, 18, 24


def draw(sent: Sent) -> StaticPicture:
    """Draw the picture, the matrix and the table side by side, and the words below."""
    result = sent["result"]
    says = [result["match"], result["looks"], result["takes"]]
    lines = [line for words in says for line in textwrap.wrap(words, CHARACTERS)]
    story = _story_height(sent)
    canvas = card(WIDTH, TOP + SIDE + 30 + story + 16 * len(lines), text=_in_words(sent))
    _text(canvas, LEFT, 26, result["words"], size=14, weight=600)
    _text(canvas, LEFT, 46, sent["scene"]["source"] + _trained(sent), colour=SOFT)
    _draw_photo(canvas, sent)
    _draw_matrix(canvas, sent)
    _draw_table(canvas, sent)
    _draw_story(canvas, sent, TOP + SIDE + 12)
    for i, line in enumerate(lines):
        _text(canvas, LEFT, TOP + SIDE + 24 + story + 16 * i, line)
    return canvas.picture()


def _trained(sent: Sent) -> str:
    steps = sent["scene"]["steps"]
    return f", after {steps[sent['step']]} steps of training" if len(steps) > 1 else ""


def _in_words(sent: Sent) -> str:
    result = sent["result"]
    parts = ["QueryLab,", sent["scene"]["source"] + _trained(sent) + ".", result["words"]]
    return " ".join([*parts, result["looks"], result["takes"], result["match"]])


def _draw_photo(canvas: Canvas, sent: Sent) -> None:
    result, size = sent["result"], sent["photo"]["size"]
    photo = Photo(canvas, left=LEFT, top=TOP, side=SIDE, size=size, content=sent["photo"]["png"])
    _draw_heat(photo, result)
    for box in sent["scene"]["gt"]:
        photo.box(box, colour=GOOD, dash="1 3")
    chain = result["chain"]
    for layer, box in enumerate(chain):
        element = photo.box(_inside(box, size), colour=ACCENT, dash=dash_of(layer, len(chain)))
        element.set("stroke-width", "2.6" if layer == sent["layer"] else "1.4")
    _draw_match(photo, sent)
    notes = [(_inside(chain[sent["layer"]], size), f"query {sent['query']}", ACCENT)]
    notes += [(box, letter(i), GOOD) for i, box in enumerate(sent["scene"]["gt"])]
    photo.notes(notes)


def _colour_of(sent: Sent, query: int) -> str:
    """The colour of a query: as in the view, by its number among those that have one."""
    number = sent["scene"]["colours"][query]
    return SOFT if number < 0 else QUERY_COLOURS[number % len(QUERY_COLOURS)]


def _draw_match(photo: Photo, sent: Sent) -> None:
    """Draw a line from every query that is responsible for an object to that object."""
    for query, one in enumerate(sent["result"]["queries"]):
        if one["object"] < 0:
            continue
        boxes = one["box"], sent["scene"]["gt"][one["object"]]
        (x1, y1), (x2, y2) = (_centre(_inside(box, sent["photo"]["size"]), photo) for box in boxes)
        line: dict[str, Any] = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        colour = _colour_of(sent, query)
        photo.canvas.add("line", **line, stroke="#ffffff", stroke_width=4, stroke_opacity=0.75)
        photo.canvas.add("line", **line, stroke=colour, stroke_width=2)
        photo.canvas.add("circle", cx=x1, cy=y1, r=4.5, fill=colour, stroke="#ffffff")


def _centre(box: list[float], photo: Photo) -> tuple[float, float]:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return photo.left + x * photo.zoom, photo.top + y * photo.zoom


def _story_height(sent: Sent) -> int:
    scene = sent["scene"]
    if len(scene["steps"]) < 2:
        return 0
    return 44 + STORY_ROW * min(len(scene["objects"]), MOST_ROWS)


def _draw_story(canvas: Canvas, sent: Sent, top: Number) -> None:
    """Draw whose each object was at every look of a training; what has flipped has a frame."""
    scene, layer = sent["scene"], sent["layer"]
    num = len(scene["steps"])
    if num < 2:
        return
    end = top + 32 + STORY_ROW * min(len(scene["objects"]), MOST_ROWS)
    note = f"whose each object was after layer {layer + 1}; framed: flipped since the look before"
    _text(canvas, LEFT, end, note, colour=SOFT, size=11)
    wide = (WIDTH - 2 * LEFT - STORY) / num
    _text(canvas, LEFT, top + 14, "step", colour=SOFT, size=11)
    for row, name in enumerate(scene["objects"][:MOST_ROWS]):
        _text(canvas, LEFT, top + 31 + STORY_ROW * row, name, size=11)
    for at, step in enumerate(scene["steps"]):
        x = LEFT + STORY + wide * at
        if num <= STORY_MOST:
            weight = 700 if at == sent["step"] else None
            _text(canvas, x + 3, top + 14, str(step), colour=SOFT, size=11, weight=weight)
        for row, queries in enumerate(scene["owners"][at][layer][:MOST_ROWS]):
            y = top + 18 + STORY_ROW * row
            colour = _colour_of(sent, queries[0]) if queries else SOFT
            flipped = row in scene["since"][at][layer]
            place = {"x": x, "y": y, "width": wide - 2, "height": STORY_ROW - 2}
            frame = {"stroke": INK, "stroke_width": 1.6} if flipped else {}
            canvas.add("rect", **place, fill=colour, **frame)
            if num <= STORY_MOST:
                number = ",".join(map(str, queries)) or "–"
                _text(canvas, x + 5, y + 13, number, colour=PAPER, size=11)


def dash_of(layer: int, num: int) -> str | None:
    """Return the dash of a layer's box: the later the layer, the longer; the last has none.

    Its twin is ``dashOf`` of ``src/querylab/marks.ts``.
    """
    return None if layer == num - 1 else f"{2 + 3 * layer} 3"


def opacities(weights: np.ndarray, num: int, most: float) -> np.ndarray:
    """Return how opaque each weight of a whole is drawn, up to ``most`` for the greatest.

    Among ``num`` places a weight has to be four times the equal share to be the most opaque: equal
    weights are pale. Its twin is ``opacities`` of ``src/querylab/marks.ts``.
    """
    return most * weights / max(float(weights.max(initial=0)), 4 / num)


def _inside(box: list[float], size) -> list[float]:
    height, width = size
    return [min(max(v, 0.0), most) for v, most in zip(box, (width, height) * 2, strict=True)]


def _draw_heat(photo: Photo, result: Sent) -> None:
    """Cells by their weight, or dots whose area is the weight."""
    if result["dots"]:
        for x, y, weight in float32_array(result["dots"], -1, 3).tolist():
            at = {"cx": photo.left + x * photo.zoom, "cy": photo.top + y * photo.zoom}
            if 0 <= x * photo.zoom <= photo.width and 0 <= y * photo.zoom <= photo.height:
                radius = 2 + 22 * weight**0.5
                photo.canvas.add("circle", **at, r=radius, fill=HEAT, fill_opacity=0.6)
        return
    heat = float32_array(result["heat"], *result["heat_size"])
    wide, high = (result["extent"][i] / heat.shape[1 - i] * photo.zoom for i in (0, 1))
    drawn = opacities(heat, heat.size, 0.8)
    for row, column in np.argwhere(drawn > 0.04).tolist():
        x, y = column * wide, row * high
        kept = {"width": min(wide, photo.width - x), "height": min(high, photo.height - y)}
        if min(kept.values()) > 0:
            opacity = f"{drawn[row, column]:.2f}"
            place = {"x": photo.left + x, "y": photo.top + y, **kept}
            photo.canvas.add("rect", **place, fill=HEAT, fill_opacity=opacity)


def _draw_matrix(canvas: Canvas, sent: Sent) -> None:
    num, query = sent["scene"]["queries"], sent["query"]
    between = float32_array(sent["result"]["between"], num, num)
    cell = MATRIX_SIDE / num
    _text(canvas, MATRIX, TOP + 12, "self-attention: each row takes from the columns", size=11)
    top = TOP + 20
    frame: dict[str, Any] = {"x": MATRIX, "y": top, "width": MATRIX_SIDE, "height": MATRIX_SIDE}
    drawn = opacities(between, num, 1.0)
    for row, column in np.argwhere(drawn > 0.1).tolist():
        place = {"x": MATRIX + column * cell, "y": top + row * cell}
        opacity = f"{drawn[row, column]:.2f}"
        canvas.add("rect", **place, width=cell, height=cell, fill=ACCENT, fill_opacity=opacity)
    canvas.add("rect", **frame, fill="none", stroke=LINE)
    chosen = {"x": MATRIX, "y": top + query * cell, "width": MATRIX_SIDE, "height": cell}
    canvas.add("rect", **chosen, fill="none", stroke=PULL, stroke_width=1.6)
    _text(canvas, MATRIX, top + MATRIX_SIDE + 16, f"framed: query {query}", size=11, colour=SOFT)


def _draw_table(canvas: Canvas, sent: Sent) -> None:
    matches, layers = sent["result"]["matches"], sent["scene"]["layers"]
    step = min(34.0, (WIDTH - TABLE - 110) / layers)
    _text(canvas, TABLE, TOP + 12, "matched query, by layer", size=11)
    for layer in range(layers):
        weight = 700 if layer == sent["layer"] else None
        x = TABLE + 96 + layer * step
        _text(canvas, x, TOP + 30, str(layer + 1), size=11, colour=SOFT, weight=weight)
    for i, row in enumerate(matches[:MOST_ROWS]):
        y = TOP + 50 + 20 * i
        _text(canvas, TABLE, y, sent["scene"]["objects"][i])
        for layer, one in enumerate(row):
            number = ",".join(map(str, one["queries"])) or "–"
            words = number + ("*" if one["flipped"] else "") + ("′" if one["since"] else "")
            colour = MISSED if one["flipped"] or one["since"] else INK
            _text(canvas, TABLE + 96 + layer * step, y, words, colour=colour)
    if len(matches) > MOST_ROWS:
        more = f"and {len(matches) - MOST_ROWS} more objects"
        _text(canvas, TABLE, TOP + 50 + 20 * MOST_ROWS, more, colour=SOFT, size=11)
    note = "* another query than in the layer before"
    _text(canvas, TABLE, TOP + SIDE - 18, note, size=11, colour=SOFT)
    if len(sent["scene"]["steps"]) > 1:
        _text(
            canvas, TABLE, TOP + SIDE - 2, "′ another one than a step before", size=11, colour=SOFT
        )


def _text(
    canvas: Canvas,
    x: Number,
    y: Number,
    content: str,
    *,
    colour: str = INK,
    size: Number = 12,
    weight: int | None = None,
) -> None:
    style = {"fill": colour, "font_size": size, "font_weight": weight}
    canvas.add("text", x=x, y=y, content=content, **style)
