"""Boxes on images: ground truth in solid green, predictions dashed in blue, each with its name."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from locviz.types import Detections, Targets
from locviz.viz.theme import TAG_SIZE, Picture, new_figure, role_colour

_TRIED = (0, -1.1, 1.1, -2.2, 2.2)  # heights of a text by which it is moved, in the order tried
_DASHES = {"prediction": (0, (5, 2)), "hull": (0, (1.5, 2)), "bad": (0, (5, 2, 1, 2))}


def show_boxes(
    images: Tensor | Sequence[Tensor],
    targets: Targets | Sequence[Targets] | None = None,
    detections: Detections | Sequence[Detections] | None = None,
    *,
    class_names: Sequence[str] = (),
    titles: Sequence[str] = (),
    min_score: float | int = 0.3,
    size: float | int = 2.4,
    alt: str = "",
) -> Picture:
    """One image or a row of them, with ground truth and detections drawn.

    Args:
        images: ``(3, h, w)`` in 0..1, or several.
        targets: of each image.
        detections: of each image; those below ``min_score`` are not drawn.
        class_names: names to print instead of the numbers of labels. They are shown as plain text,
            whatever they contain.
        titles: one per image.
        min_score: in 0..1.
        size: inches per image.
        alt: the text alternative; if empty, it gives the numbers of boxes.

    Raises:
        ValueError: the numbers of images, targets and detections differ, or an image is not
            ``(3, h, w)``.
    """
    shown = [images] if isinstance(images, Tensor) else list(images)
    truths, found = (
        _per_image(targets, len(shown), "targets"),
        _per_image(detections, len(shown), "detections"),
    )
    per_row = max(1, min(len(shown), int(8.2 // size)))
    rows = -(-max(1, len(shown)) // per_row)
    figure, axes = new_figure(
        width=size * per_row, height=(size + 0.25 * bool(titles)) * rows, rows=rows, columns=per_row
    )
    for ax in axes.flat:
        ax.axis("off")
    for index, (ax, image) in enumerate(zip(axes.flat, shown, strict=False)):
        draw_image(ax, image)
        if (truth := truths[index]) is not None:
            draw_boxes(ax, truth.boxes, role="target", texts=_names(truth.labels, class_names))
        if (detected := found[index]) is not None:
            kept = detected.scores >= min_score
            texts = _names(detected.labels[kept], class_names, detected.scores[kept])
            draw_boxes(ax, detected.boxes[kept], role="prediction", texts=texts, below=True)
        if titles:
            ax.set_title(titles[index], parse_math=False)
    _keep_tags_readable(figure)
    return Picture(figure, alt or _counts(truths, found, min_score))


def draw_image(ax: Any, image: Tensor) -> None:
    """Show an image ``(3, h, w)`` or ``(1, h, w)`` in the package's coordinates: pixel 0 reaches
    from 0 to 1.

    Raises:
        ValueError: the image has another shape.
    """
    if image.ndim != 3 or image.shape[0] not in (1, 3):
        raise ValueError(f"image must be (3, h, w), got {tuple(image.shape)}")
    # matplotlib's own extent would put the centre of the first pixel at 0.
    height, width = image.shape[-2:]
    pixels = image.detach().float().cpu().clamp(0, 1).expand(3, -1, -1).permute(1, 2, 0).numpy()
    ax.imshow(pixels, extent=(0, width, height, 0), interpolation="none")
    ax.grid(False)


def draw_boxes(
    ax: Any,
    boxes: Tensor,
    *,
    role: str = "target",
    texts: Sequence[str] = (),
    fill: bool = False,
    below: bool = False,
) -> None:
    """Draw boxes ``(n, 4)`` with a role's colour and dash, and a small text at each.

    Args:
        ax: matplotlib axes in image coordinates.
        boxes: ``x1 y1 x2 y2``.
        role: one of ``theme.PALETTE``.
        texts: one per box, or none.
        fill: whether to tint the inside.
        below: whether texts are at the bottom edge instead of the top one.

    Raises:
        ValueError: the shape of the boxes is wrong, the role is unknown, or there is not one text
            per box.
    """
    from matplotlib.patches import Rectangle

    if boxes.ndim != 2 or boxes.shape[-1] != 4:
        raise ValueError(f"boxes must be (n, 4), got {tuple(boxes.shape)}")
    if texts and len(texts) != len(boxes):
        raise ValueError(
            f"texts has {len(texts)} entries for {len(boxes)} boxes: give one each, or none"
        )
    colour, dash = role_colour(role), _DASHES.get(role, "solid")
    for index, (x1, y1, x2, y2) in enumerate(boxes.tolist()):
        edge = Rectangle(
            (x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor=colour, linestyle=dash, linewidth=1.8
        )
        # A wider line of the page's colour behind it keeps the edge visible on any photograph.
        ax.add_patch(
            Rectangle(
                (x1, y1),
                x2 - x1,
                y2 - y1,
                fill=False,
                edgecolor=role_colour("paper"),
                linewidth=3.2,
                alpha=0.7,
            )
        )
        if fill:
            ax.add_patch(
                Rectangle(
                    (x1, y1), x2 - x1, y2 - y1, facecolor=colour, edgecolor="none", alpha=0.18
                )
            )
        ax.add_patch(edge)
        if texts:
            _tag(ax, x1, y2 if below else y1, texts[index], colour, "top" if below else "bottom")


def _tag(ax: Any, x: float, y: float, text: str, colour: str, anchor: str) -> None:
    box = {"facecolor": role_colour("paper"), "edgecolor": "none", "alpha": 0.85, "pad": 0.8}
    ax.text(
        x,
        y,
        text,
        color=colour,
        fontsize=TAG_SIZE,
        va=anchor,
        ha="left",
        bbox=box,
        parse_math=False,
        clip_on=True,
    )


def _keep_tags_readable(figure: Any) -> None:
    """Move each text into its image, and off the texts before it where there is room for that."""
    figure.draw_without_rendering()  # only then is it known how large a text is
    for ax in figure.axes:
        frame, placed = ax.get_window_extent(), []
        for text in ax.texts:
            area = text.get_window_extent()
            places = [_inside(area.translated(0, k * area.height), frame) for k in _TRIED]
            free = (place for place in places if not any(place.overlaps(one) for one in placed))
            place = next(free, places[0])
            placed.append(place)
            x, y = ax.transData.transform(text.get_position())
            moved = (x + place.x0 - area.x0, y + place.y0 - area.y0)
            text.set_position(ax.transData.inverted().transform(moved))


def _inside(area: Any, frame: Any) -> Any:
    right, up = max(0.0, frame.x0 - area.x0), max(0.0, frame.y0 - area.y0)
    left, down = max(0.0, area.x1 - frame.x1), max(0.0, area.y1 - frame.y1)
    return area.translated(right or -left, up or -down)


def _names(labels: Tensor, class_names: Sequence[str], scores: Tensor | None = None) -> list[str]:
    names = [
        str(class_names[label]) if label < len(class_names) else str(label)
        for label in labels.tolist()
    ]
    if scores is None:
        return names
    return [f"{name} {score:.2f}" for name, score in zip(names, scores.tolist(), strict=True)]


def _per_image(given: Any, num_images: int, name: str) -> list:
    if given is None:
        return [None] * num_images
    items = [given] if isinstance(given, Targets | Detections) else list(given)
    if len(items) != num_images:
        raise ValueError(
            f"{name} has {len(items)} entries for {num_images} images: give one per image"
        )
    return items


def _counts(
    truths: Sequence[Targets | None], found: Sequence[Detections | None], min_score: float | int
) -> str:
    """Such as ``3 images. Ground truths: 2, 1, 4. Detections: 3, 1, 4.``"""
    words = [f"{len(truths)} image{'s' if len(truths) != 1 else ''}."]
    if any(truth is not None for truth in truths):
        words.append(
            "Ground truths: " + ", ".join(str(len(t.boxes) if t else 0) for t in truths) + "."
        )
    if any(detected is not None for detected in found):
        counts = [int((d.scores >= min_score).sum()) if d is not None else 0 for d in found]
        words.append(
            f"Detections scored {min_score:g} or more: " + ", ".join(map(str, counts)) + "."
        )
    return " ".join(words)


def as_boxes(*boxes: Sequence[float | int]) -> Tensor:
    """A ``(n, 4)`` float tensor from plain numbers: ``as_boxes((0, 0, 4, 4), (2, 2, 6, 6))``."""
    return torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
