"""A function of two variables, such as a loss over a box's centre: colour and level lines."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from locviz.viz.theme import Picture, new_figure, theme


def show_surfaces(
    surfaces: dict[str, Any],
    *,
    extent: Sequence[float | int],
    xlabel: str = "",
    ylabel: str = "",
    size: float | int = 2.6,
    alt: str = "",
) -> Picture:
    """One panel per surface, all with y pointing down as in an image.

    Args:
        surfaces: title -> values ``(h, w)``, row 0 at the top.
        extent: ``x_left, x_right, y_top, y_bottom``.
        xlabel, ylabel: texts.
        size: inches per panel.
        alt: the text alternative; if empty, it gives the ranges of the values.

    Raises:
        ValueError: there is no surface, or one is not two-dimensional.
    """
    if not surfaces:
        raise ValueError("surfaces is empty: give at least one title with its values")
    grids = {title: _grid(title, values) for title, values in surfaces.items()}
    per_row = max(1, min(len(grids), int(8.6 // size)))
    rows = -(-len(grids) // per_row)
    figure, axes = new_figure(width=size * per_row, height=size * rows, rows=rows, columns=per_row)
    for ax in axes.flat[len(grids) :]:
        ax.axis("off")
    with theme():
        for ax, (title, grid) in zip(axes.flat, grids.items(), strict=False):
            _draw(ax, grid, extent)
            ax.set(xlabel=xlabel, ylabel=ylabel)
            ax.set_title(title, parse_math=False)
    return Picture(figure, alt or _described(grids))


def _draw(ax: Any, grid: np.ndarray, extent: Sequence[float | int]) -> None:
    left, right, top, bottom = extent
    # Equal extents suggest that both axes have the same unit, and then circles should look round.
    square = abs(right - left) == abs(bottom - top)
    aspect = "equal" if square else "auto"
    shown = ax.imshow(
        grid, extent=(left, right, bottom, top), cmap="cividis", interpolation="none", aspect=aspect
    )
    ax.grid(False)
    # Level lines cannot be drawn on a constant grid, on a single row, or around NaN.
    if np.isfinite(grid).all() and grid.max() > grid.min() and min(grid.shape) > 1:
        ax.contour(
            grid,
            levels=8,
            extent=(left, right, top, bottom),
            colors="white",
            linewidths=0.6,
            linestyles="solid",
            alpha=0.8,
        )
    ax.figure.colorbar(shown, ax=ax, shrink=0.85)


def _grid(title: str, values: Any) -> np.ndarray:
    grid = np.asarray(
        values.detach().cpu() if hasattr(values, "detach") else values, dtype=np.float32
    )
    if grid.ndim != 2:
        raise ValueError(f"surface {title!r} must be (h, w), got {grid.shape}")
    return grid


def _described(grids: dict[str, np.ndarray]) -> str:
    parts = []
    for title, grid in grids.items():
        known = grid[np.isfinite(grid)]
        parts.append(
            f"{title} from {known.min():.3g} to {known.max():.3g}"
            if known.size
            else f"{title} undefined"
        )
    return "Values over a plane. " + "; ".join(parts) + "."
