"""Boxes on an empty plane, or on one image, group by group."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.viz.boxes import draw_boxes, draw_image
from locviz.viz.theme import Picture, new_figure

_MARGIN = 0.08  # of the longer side, around the boxes where no extent is given


@dataclass(frozen=True, eq=False, kw_only=True)
class BoxGroup:
    """Boxes that are drawn alike.

    Attributes:
        boxes: ``x1 y1 x2 y2``, (n, 4).
        role: one of ``theme.PALETTE``, which gives colour and dash.
        texts: one per box, or none.
        fill: whether to tint the inside.
        below: whether texts are at the bottom edge instead of the top one.
    """

    boxes: Float[Tensor, "n 4"]
    role: str = "target"
    texts: Sequence[str] = ()
    fill: bool = False
    below: bool = False


def show_plane(
    groups: Sequence[BoxGroup],
    *,
    image: Tensor | None = None,
    extent: Sequence[float | int] = (),
    width: float | int = 6.0,
    height: float | int = 3.6,
    xlabel: str = "",
    alt: str,
) -> Picture:
    """Groups of boxes in one panel, with y pointing down as in an image.

    Args:
        groups: what to draw; a later group lies above an earlier one.
        image: ``(3, h, w)`` in 0..1 to lie under the boxes.
        extent: ``x1 y1 x2 y2`` of what is seen; if not given, the image, or all boxes and a margin.
        width, height: inches.
        xlabel: text under the plane.
        alt: the text alternative.

    Raises:
        ValueError: there is no group, or a group's boxes, role or texts are wrong.
    """
    if not groups:
        raise ValueError("groups is empty: give at least one BoxGroup")
    figure, axes = new_figure(width=width, height=height)
    ax = axes[0, 0]
    if image is not None:
        draw_image(ax, image)
        ax.axis("off")
    elif not extent:
        extent = _around(torch.cat([group.boxes for group in groups]))
    if extent:
        x1, y1, x2, y2 = extent
        ax.set(xlim=(x1, x2), ylim=(y2, y1))
    ax.set(aspect="equal", xlabel=xlabel)
    for group in groups:
        draw_boxes(
            ax,
            group.boxes,
            role=group.role,
            texts=group.texts,
            fill=group.fill,
            below=group.below,
        )
    return Picture(figure, alt)


def _around(boxes: Float[Tensor, "n 4"]) -> tuple[float, ...]:
    """``x1 y1 x2 y2`` that holds all boxes, with a margin."""
    low, high = boxes[:, :2].amin(0), boxes[:, 2:].amax(0)
    margin = _MARGIN * (high - low).max()
    return tuple(torch.cat([low - margin, high + margin]).tolist())
