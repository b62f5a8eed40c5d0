"""One look for all static pictures: the colours of the widgets, in light and in dark.

A picture is an inline SVG whose colours are CSS variables with the light colours as fallback. So
the same committed output follows the reader's theme in JupyterLab, and is a light picture on a
white card where style sheets are removed. The palette is Okabe and Ito's, darkened or lightened
until text has a contrast of 4.5:1. Dashes and labels repeat everything that colours show. A test
keeps the palette equal to ``widgets/src/shared/theme.css``.
"""

import html
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

PALETTE: Mapping[str, tuple[str, str]] = {
    "text": ("#16181d", "#f2f4f7"),
    "soft": ("#545b67", "#b3bac6"),
    "line": ("#d5d9e0", "#3a404a"),
    "target": ("#00664b", "#4fd0a5"),
    "prediction": ("#0063a6", "#6cb8f0"),
    "overlap": ("#8a3d78", "#e09bcb"),
    "hull": ("#6b7280", "#a2aab6"),
    "pull": ("#b84a00", "#ffa04d"),
    "bad": ("#a4262c", "#ff9d9d"),
    "paper": ("#fefefe", "#16191e"),
}
"""Role -> (light, dark)."""

SERIES: tuple[tuple[str, str], ...] = (
    ("#16181d", "#f2f4f7"),
    ("#b84a00", "#ffa04d"),
    ("#8a6d00", "#e6cf55"),
    ("#0063a6", "#6cb8f0"),
    ("#00795a", "#3ccf9f"),
    ("#a0447e", "#e892c4"),
    ("#3f7fb5", "#a5d4f7"),
    ("#7a4fc4", "#b99bf5"),
)
"""Colours of curves, (light, dark). The eight live losses have the colour of their place in ``losses.LIVE_LOSSES``."""

DASHES: tuple[Any, ...] = (
    (0, ()), (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (9, 3)), (0, (3, 2)), (0, (4, 2, 1, 2, 1, 2)),
    (0, (1, 3)),
)  # fmt: skip


LABEL_SIZE, TAG_SIZE = 11, 10
"""Points of axis labels, ticks, titles and legends, and of the names at boxes."""

SHOWN_SCALE = 1.2
"""A figure is shown this much larger than its inches, where the page has room: read from row three."""


def role_colour(role: str) -> str:
    """The colour to draw a role with. It is the light one; ``Picture`` makes it follow the theme.

    Raises:
        ValueError: there is no such role; the message lists all roles.
    """
    if role not in PALETTE:
        raise ValueError(f"role must be one of {', '.join(PALETTE)}, got {role!r}")
    return PALETTE[role][0]


def series_style(index: int) -> dict[str, Any]:
    """Colour and dash of the curve with number ``index``; both repeat after eight curves."""
    return {"color": SERIES[index % len(SERIES)][0], "linestyle": DASHES[index % len(DASHES)]}


@contextmanager
def theme() -> Iterator[None]:
    """Matplotlib's settings while a figure is drawn and written: ``with viz.theme(): ax.legend()``."""
    import matplotlib

    settings: Any = _settings()
    with matplotlib.rc_context(settings):
        yield


def new_figure(
    *,
    width: float | int = 7.0,
    height: float | int = 3.2,
    rows: int = 1,
    columns: int = 1,
    **options: Any,
) -> tuple:
    """A themed figure and its array of axes, ``(figure, axes)``; ``axes`` has shape (rows,
    columns).

    It does not use ``pyplot``, so it is safe in a widget's thread and leaves no figure open.

    Args:
        width, height: inches; 115 CSS pixels each, less where the page is narrower.
        rows, columns: of axes.
        options: for ``Figure.subplots``, such as ``sharey=True``.
    """
    from matplotlib.figure import Figure

    with theme():
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False, **options)
    return figure, axes


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure that shows itself as a themed inline SVG with a text alternative.

    Attributes:
        figure: a matplotlib figure drawn with this theme's colours.
        alt: what the picture shows, in words, for screen readers and for pages that show no
            pictures.

    Raises:
        ValueError: ``alt`` is empty.
    """

    figure: Any
    alt: str

    def __post_init__(self):
        if not self.alt.strip():
            raise ValueError("Picture: alt must say in words what the picture shows")

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def svg(self) -> str:
        """The ``<svg>`` element, its colours as CSS variables."""
        buffer = io.StringIO()
        with theme():
            self.figure.savefig(
                buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
            )
        return _themed(_element(buffer.getvalue(), self.alt))

    def html(self) -> str:
        """The SVG with the style that lets it follow the theme."""
        return f'{_style()}<div class="locviz-figure">{self.svg()}</div>'

    def save(self, path) -> None:
        """Write a file in the light theme; its ending decides the format (``.png``, ``.svg``,
        ``.pdf``).
        """
        with theme():
            self.figure.savefig(path, facecolor=role_colour("paper"))

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html()}


def _settings() -> dict[str, Any]:
    text, soft, line = (PALETTE[name][0] for name in ("text", "soft", "line"))
    return {
        "svg.fonttype": "none",  # text stays text: small, searchable, and in the page's own font
        "svg.hashsalt": "locviz",  # the same figure gives the same file
        "savefig.dpi": 100,
        "figure.dpi": 100,
        "font.family": "sans-serif",
        "font.size": LABEL_SIZE,
        "text.color": text,
        "axes.labelcolor": text,
        "axes.edgecolor": soft,
        "axes.titlesize": LABEL_SIZE,
        "axes.titlecolor": text,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.facecolor": "none",
        "grid.color": line,
        "grid.linewidth": 0.8,
        "xtick.color": soft,
        "ytick.color": soft,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
    }


def _variables() -> dict[str, tuple[str, str, str]]:
    """Light colour -> (variable name, light, dark). Equal light colours have equal dark ones, which
    a test checks.
    """
    named = {light: (f"--lvp-{role}", light, dark) for role, (light, dark) in PALETTE.items()}
    for index, (light, dark) in enumerate(SERIES):
        named.setdefault(light, (f"--lvp-series-{index}", light, dark))
    return named


def _themed(svg: str) -> str:
    for light, (name, _, _) in _variables().items():
        svg = re.sub(rf"(?<=[:\s\"']){light}(?![0-9a-f])", f"var({name},{light})", svg)
    return svg


def _element(document: str, alt: str) -> str:
    """The document's ``<svg>`` with a role, a label and a width that shrinks with the page."""
    svg = document[document.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(?<= )(width|height)="([\d.]+)pt"', _larger, svg, count=2)
    label = html.escape(alt, quote=True)
    return svg.replace(
        "<svg ", f'<svg role="img" aria-label="{label}" style="max-width:100%;height:auto" ', 1
    )


def _larger(length: re.Match) -> str:
    """The width or height of the drawing, in points, as it is shown; its view box stays."""
    return f'{length[1]}="{float(length[2]) * SHOWN_SCALE:.1f}pt"'


def _style() -> str:
    dark = ";".join(f"{name}:{colour}" for name, _, colour in _variables().values())
    return (
        f"<style>.locviz-figure{{background:var(--lvp-paper,{PALETTE['paper'][0]});display:inline-block;max-width:100%;"
        "border-radius:4px;font-family:var(--jp-content-font-family,system-ui,sans-serif)}"
        ".locviz-figure svg text{font-family:inherit!important}"
        # What was drawn in plain black, matplotlib's default, is written without a colour.
        f'.locviz-figure svg text:not([style*="fill"]){{fill:var(--lvp-text,{PALETTE["text"][0]})}}'
        f'body[data-jp-theme-light="false"] .locviz-figure{{{dark}}}'
        f"@media (prefers-color-scheme:dark){{body:not([data-jp-theme-light]) .locviz-figure{{{dark}}}}}</style>"
    )
