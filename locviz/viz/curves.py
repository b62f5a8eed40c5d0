"""Curves that can be told apart without colour, because each has a dash pattern of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from locviz.viz.legend import legend_above
from locviz.viz.theme import Picture, new_figure, role_colour, series_style

Dots = Mapping[str, tuple[Any, Any]]
"""Name of a curve -> places and values."""


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
    dots: Dots | None = None,
    alt: str = "",
) -> Picture:
    """Several curves over one axis.

    Args:
        curves: name -> values (a tensor, an array or a list of numbers).
        x: the place of each value; 0, 1, 2, ... if not given.
        xlabel, ylabel, title: texts.
        log: ``"x"``, ``"y"`` or ``"xy"`` for logarithmic axes.
        width, height: inches.
        dots: name of a curve -> places and values of single points, such as those that a paper
            prints; each has the colour of its curve.
        alt: the text alternative; if empty, it gives the first and last values.

    Raises:
        ValueError: there is no curve, the length of one is not that of ``x``, or dots belong to a
            curve that is not there.
    """
    if not curves:
        raise ValueError("curves is empty: give at least one name with its values")
    figure, axes = new_figure(width=width, height=height)
    draw_curves(
        axes[0, 0], curves, x, xlabel=xlabel, ylabel=ylabel, title=title, log=log, dots=dots
    )
    return Picture(figure, alt or _described(curves, xlabel, ylabel))


def show_panels(
    panels: Mapping[str, Mapping[str, Any]],
    x: Any = None,
    *,
    xlabel: str = "",
    ylabel: str = "",
    log: str = "",
    ylims: Sequence[Sequence[float | int] | None] = (),
    sharey: bool = False,
    dots: Dots | None = None,
    width: float | int = 8.4,
    height: float | int = 3.4,
    alt: str = "",
) -> Picture:
    """Several figures of curves side by side, over the same axis.

    Args:
        panels: title -> curves, as ``show_curves`` takes them.
        x: the place of each value; 0, 1, 2, ... if not given.
        xlabel, ylabel: texts, the second one at the first panel only.
        log: as for ``show_curves``.
        ylims: lowest and highest value that each panel shows; None shows all.
        sharey: whether all panels have the same vertical axis.
        dots: as for ``show_curves``; each panel gets those of its curves.
        width, height: inches of all panels together.
        alt: the text alternative; if empty, it gives the first and last values.

    Raises:
        ValueError: there is no panel, the number of limits is wrong, or a curve or a dot is.
    """
    if not panels:
        raise ValueError("panels is empty: give at least one title with its curves")
    if ylims and len(ylims) != len(panels):
        raise ValueError(f"ylims has {len(ylims)} entries for {len(panels)} panels: give one each")
    figure, axes = new_figure(width=width, height=height, columns=len(panels), sharey=sharey)
    for index, (title, curves) in enumerate(panels.items()):
        ax, words = axes[0, index], {"xlabel": xlabel, "ylabel": ylabel * (index == 0)}
        draw_curves(ax, curves, x, title=title, log=log, dots=dots, **words)
        if ylims and (limits := ylims[index]) is not None:
            ax.set_ylim(*limits)
    parts = [f"{title}: {_described(curves, xlabel, ylabel)}" for title, curves in panels.items()]
    return Picture(figure, alt or " ".join(parts))


def draw_curves(
    ax: Any,
    curves: Mapping[str, Any],
    x: Any = None,
    *,
    log: str = "",
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    dots: Dots | None = None,
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
    _draw_dots(ax, list(curves), dots or {})
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, parse_math=False)
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")
    if len(curves) > 1:
        legend_above(ax)


def _draw_dots(ax: Any, names: list[str], dots: Dots) -> None:
    for name, (places, values) in dots.items():
        if name not in names:
            raise ValueError(
                f"dots has {name!r}, but the curves are {', '.join(names)}: use one of their names"
            )
        colour = series_style(names.index(name))["color"]
        look = {"facecolor": role_colour("paper"), "edgecolor": colour, "linewidth": 2, "s": 42}
        ax.scatter(_array(places), _array(values), zorder=3, **look)


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
