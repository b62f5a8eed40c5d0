"""Curves that can be told apart without colour, because each has a dash pattern of its own."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from locviz.viz.theme import Picture, new_figure, series_style, theme


def show_curves(
    curves: Mapping[str, Any],
    x: Any = None,
    *,
    xlabel: str = "",
    ylabel: str = "",
    title: str = "",
    log: str = "",
    width: float | int = 7.0,
    height: float | int = 3.2,
    alt: str = "",
) -> Picture:
    """Several curves over one axis.

    Args:
        curves: name -> values (a tensor, an array or a list of numbers).
        x: the place of each value; 0, 1, 2, ... if not given.
        xlabel, ylabel, title: texts.
        log: ``"x"``, ``"y"`` or ``"xy"`` for logarithmic axes.
        width, height: inches.
        alt: the text alternative; if empty, it gives the first and last values.

    Raises:
        ValueError: there is no curve, or the length of one is not that of ``x``.
    """
    if not curves:
        raise ValueError("curves is empty: give at least one name with its values")
    figure, axes = new_figure(width=width, height=height)
    draw_curves(axes[0, 0], curves, x, xlabel=xlabel, ylabel=ylabel, title=title, log=log)
    return Picture(figure, alt or _described(curves, xlabel, ylabel))


def draw_curves(
    ax: Any,
    curves: Mapping[str, Any],
    x: Any = None,
    *,
    log: str = "",
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> None:
    """Draw the curves on axes of your own, so that several can be side by side. The arguments are
    those of ``show_curves``.
    """
    for index, (name, values) in enumerate(curves.items()):
        heights = _array(values)
        places = np.arange(len(heights)) if x is None else _array(x)
        if len(places) != len(heights):
            raise ValueError(
                f"curve {name!r} has {len(heights)} values, but x has {len(places)}: give one x per value"
            )
        ax.plot(places, heights, label=name, **series_style(index))
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, parse_math=False)
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")
    if len(curves) > 1:
        with theme():
            ax.legend(handlelength=3.2)


def _array(values: Any) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    return np.asarray(values, dtype=float).reshape(-1)


def _described(curves: Mapping[str, Any], xlabel: str, ylabel: str) -> str:
    """Such as ``loss over step. GIoU from 1.5 to 0.02; IoU from 1 to 1.``"""
    parts = [
        f"{name} from {_array(v)[0]:.3g} to {_array(v)[-1]:.3g}"
        for name, v in curves.items()
        if len(_array(v))
    ]
    return f"{ylabel or 'Curves'} over {xlabel or 'index'}. " + "; ".join(parts) + "."
