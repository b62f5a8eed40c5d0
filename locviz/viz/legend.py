"""Where a legend stands: above its axes, where no curve can lie behind it."""

import math
from typing import Any

from locviz.viz.theme import LABEL_SIZE, theme

_HANDLE, _GAP = 2.2, 1.0
"""Lengths of a legend's dash and of the space between its columns, in font sizes."""


def legend_above(ax: Any) -> None:
    """Put the legend of some axes above them, in as many columns as fit, and the title above it."""
    labels = ax.get_legend_handles_labels()[1]
    if not labels:
        return
    # A letter is about 0.55 of the font's size wide; the dash is followed by 0.8.
    wide = max(len(label) for label in labels) * 0.55 + _HANDLE + 0.8 + _GAP
    room = 72 * ax.figure.get_figwidth() / ax.get_subplotspec().get_gridspec().ncols - 50
    columns = min(len(labels), max(1, int(room / (wide * LABEL_SIZE))))
    rows = math.ceil(len(labels) / columns)
    columns = math.ceil(len(labels) / rows)  # as even as it gets
    with theme():
        ax.legend(
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=columns,
            handlelength=_HANDLE,
            columnspacing=_GAP,
        )
        if ax.get_title():
            ax.set_title(ax.get_title(), pad=10 + 1.6 * LABEL_SIZE * rows, parse_math=False)
