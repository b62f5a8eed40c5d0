"""A value at each point of a plane, such as the error that is left where a box began."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from locviz.viz.theme import Picture, new_figure, role_colour, theme


def show_points(
    points: Tensor,
    values: Mapping[str, Tensor],
    *,
    xlabel: str = "",
    ylabel: str = "",
    size: float | int = 3.4,
    alt: str,
) -> Picture:
    """One panel per set of values; each point has the colour of its value.

    Args:
        points: x and y of each point, (n, 2).
        values: title -> one value per point, (n,).
        xlabel, ylabel: texts, the second one at the first panel only.
        size: inches per panel.
        alt: the text alternative.

    Raises:
        ValueError: there are no values, or not one per point.
    """
    if not values:
        raise ValueError("values is empty: give at least one title with a value per point")
    figure, axes = new_figure(width=size * len(values), height=size, columns=len(values))
    for index, (title, shown) in enumerate(values.items()):
        if shown.shape != (len(points),):
            raise ValueError(
                f"values {title!r} must be ({len(points)},), one per point, got {tuple(shown.shape)}"
            )
        ax = axes[0, index]
        _draw(ax, points, shown)
        ax.set(xlabel=xlabel, ylabel=ylabel * (index == 0))
        ax.set_title(title, parse_math=False)
    return Picture(figure, alt)


def _draw(ax: Any, points: Tensor, values: Tensor) -> None:
    look = {"cmap": "cividis", "s": 40, "edgecolors": role_colour("soft"), "linewidths": 0.5}
    with theme():
        dots = ax.scatter(*points.detach().cpu().T.numpy(), c=values.detach().cpu().numpy(), **look)
        ax.set_aspect("equal")
        ax.figure.colorbar(dots, ax=ax, shrink=0.85)
