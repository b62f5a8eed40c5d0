"""What GIoU, DIoU, CIoU and EIoU look at, beside the overlap of two boxes: the hull and the part of
it that is empty, the distance of the centres and the hull's diagonal, and the sides.
"""

from typing import Any

from torch import Tensor

from locviz import boxes as geometry
from locviz.viz.boxes import draw_boxes
from locviz.viz.theme import LABEL_SIZE, Picture, new_figure, role_colour

Place = tuple[float, ...]
"""x and y."""

_GAP = 0.07  # of the hull's longer side, between a box and the arrow that measures it


def show_terms(
    target: Tensor,
    prediction: Tensor,
    *,
    width: float | int = 8.4,
    height: float | int = 2.5,
) -> Picture:
    """Three panels with the same two boxes: what GIoU adds to IoU, what DIoU adds, and what CIoU
    and EIoU add. The letters are those of the papers' formulas; ``gt`` marks the target, ``c`` as
    an exponent the hull.

    Args:
        target: ``x1 y1 x2 y2``, (4,).
        prediction: ``x1 y1 x2 y2``, (4,).
        width, height: inches of all panels together.

    Raises:
        ValueError: a box is not four numbers.
    """
    for name, box in (("target", target), ("prediction", prediction)):
        if box.shape != (4,):
            raise ValueError(f"{name} must be four numbers (4,), got {tuple(box.shape)}")
    hull = geometry.hull(target, prediction)
    figure, axes = new_figure(width=width, height=height, columns=3)
    panels = {
        "GIoU: the empty part of C": _draw_empty,
        "DIoU: distance ρ, diagonal c": _draw_distances,
        "CIoU, EIoU: the sides": _draw_sides,
    }
    for ax, (title, draw) in zip(axes[0], panels.items(), strict=True):
        _prepare(ax, hull, title)
        draw(ax, target, prediction, hull)
    return Picture(figure, _described(target, prediction, hull))


def _prepare(ax: Any, hull: Tensor, title: str) -> None:
    x1, y1, x2, y2 = hull.tolist()
    room = 3 * _gap(hull)
    ax.set(xlim=(x1 - room, x2 + room), ylim=(y2 + room, y1 - room), aspect="equal")
    ax.axis("off")
    ax.set_title(title, parse_math=False)


def _gap(hull: Tensor) -> float:
    return _GAP * (hull[2:] - hull[:2]).max().item()


def _draw_pair(ax: Any, target: Tensor, prediction: Tensor, *, fill: bool) -> None:
    draw_boxes(ax, target[None], role="target", fill=fill)
    draw_boxes(ax, prediction[None], role="prediction", fill=fill)


def _draw_empty(ax: Any, target: Tensor, prediction: Tensor, hull: Tensor) -> None:
    """The hull is hatched, and the two boxes cover a part of the hatching."""
    from matplotlib.patches import Rectangle

    for box, hatch in ((hull, "///"), (target, None), (prediction, None)):
        corner, (w, h) = tuple(box[:2].tolist()), (box[2:] - box[:2]).tolist()
        face = role_colour("paper")
        look = {"facecolor": face, "edgecolor": role_colour("bad"), "linewidth": 0, "hatch": hatch}
        ax.add_patch(Rectangle(corner, w, h, **look))
    draw_boxes(ax, hull[None], role="hull")
    _draw_pair(ax, target, prediction, fill=True)
    for name, box, role in (("A", target, "target"), ("B", prediction, "prediction")):
        _write(ax, name, _center(box), role)
    _write(ax, "C", (hull[2].item() - _gap(hull), hull[1].item() + _gap(hull)), "hull")


def _draw_distances(ax: Any, target: Tensor, prediction: Tensor, hull: Tensor) -> None:
    draw_boxes(ax, hull[None], role="hull")
    _draw_pair(ax, target, prediction, fill=False)
    (x1, y1), (x2, y2) = _center(target), _center(prediction)
    start, end = _diagonal(hull, falling=(x2 - x1) * (y2 - y1) < 0)
    ax.plot(*zip(start, end, strict=True), color=role_colour("hull"), linestyle=":", linewidth=1.8)
    ax.plot([x1, x2], [y1, y2], color=role_colour("pull"), linewidth=2.4, marker="o")
    _write(ax, "c", _between(start, end, 0.85), "hull")
    _write(ax, "ρ", _between((x1, y1), (x2, y2), 0.3), "pull")


def _diagonal(hull: Tensor, *, falling: bool) -> tuple[Place, Place]:
    """The diagonal that crosses the line between the centres, and so can be told from it."""
    x1, y1, x2, y2 = hull.tolist()
    return ((x1, y1), (x2, y2)) if falling else ((x1, y2), (x2, y1))


def _between(start: Place, end: Place, share: float) -> Place:
    return tuple((1 - share) * a + share * b for a, b in zip(start, end, strict=True))


def _draw_sides(ax: Any, target: Tensor, prediction: Tensor, hull: Tensor) -> None:
    draw_boxes(ax, hull[None], role="hull")
    _draw_pair(ax, target, prediction, fill=False)
    gap = _gap(hull)
    for box, mark, role in ((target, "ᵍᵗ", "target"), (prediction, "", "prediction")):
        _measure(ax, box, mark, role, inside=gap)
    _measure(ax, hull, "ᶜ", "hull", inside=-gap)


def _measure(ax: Any, box: Tensor, mark: str, role: str, *, inside: float) -> None:
    """Arrows along the bottom and the right edge of a box, ``inside`` of it or beyond it."""
    x1, y1, x2, y2 = box.tolist()
    y, x = y2 - inside, x2 - inside
    look = {"arrowstyle": "<->", "color": role_colour(role), "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (x1, y), (x2, y), arrowprops=look)
    ax.annotate("", (x, y1), (x, y2), arrowprops=look)
    _write(ax, f"w{mark}", ((x1 + x2) / 2, y), role)
    _write(ax, f"h{mark}", (x, (y1 + y2) / 2), role)


def _write(ax: Any, text: str, place: Place, role: str) -> None:
    """The text on a small card, which keeps lines and hatching away from it."""
    card = {"facecolor": role_colour("paper"), "edgecolor": "none", "pad": 1.2}
    look = {"ha": "center", "va": "center", "fontsize": LABEL_SIZE, "parse_math": False}
    ax.text(*place, text, color=role_colour(role), bbox=card, **look)


def _center(box: Tensor) -> Place:
    return tuple(((box[:2] + box[2:]) / 2).tolist())


def _described(target: Tensor, prediction: Tensor, hull: Tensor) -> str:
    """The numbers that the three panels show."""
    # GIoU is IoU minus the share of the hull that is empty.
    empty = geometry.iou(target, prediction) - geometry.giou(target, prediction)
    offset = (target[:2] + target[2:] - prediction[:2] - prediction[2:]).norm() / 2
    diagonal = (hull[2:] - hull[:2]).norm()
    sizes = [
        " x ".join(f"{side:g}" for side in (box[2:] - box[:2]).tolist())
        for box in (target, prediction, hull)
    ]
    return (
        f"Two boxes and their hull C, three times. {empty:.0%} of the hull is empty. "
        f"The centres are {offset:.1f} apart, the hull's diagonal is {diagonal:.1f}. "
        f"Sides: target {sizes[0]}, prediction {sizes[1]}, hull {sizes[2]}."
    )
