"""Spans along time: the one-dimensional picture of boxes."""

from collections.abc import Mapping, Sequence

from locviz.viz.theme import PALETTE, Picture, new_figure, role_colour

Span = tuple[float | int, float | int]


def show_timeline(
    rows: Mapping[str, Sequence[Span]],
    *,
    length: float | int,
    unit: str = "s",
    roles: Mapping[str, str] | None = None,
    width: float | int = 7.0,
    alt: str = "",
) -> Picture:
    """One row of bars per name.

    Args:
        rows: name -> spans ``(start, end)``.
        length: the end of the axis, in ``unit``.
        unit: of time.
        roles: name -> role of ``theme.PALETTE``; a name that is itself a role, such as "target",
            needs none.
        width: inches.
        alt: the text alternative; if empty, it lists the spans.

    Raises:
        ValueError: there is no row, a role is unknown, or a span ends before it starts.
    """
    if not rows:
        raise ValueError("rows is empty: give at least one name with its spans")
    figure, axes = new_figure(width=width, height=0.75 + 0.38 * len(rows))
    ax = axes[0, 0]
    for place, (name, spans) in enumerate(rows.items()):
        role = (roles or {}).get(name, name if name in PALETTE else "soft")
        for start, end in spans:
            if end < start:
                raise ValueError(
                    f"row {name!r}: the span ({start}, {end}) ends before it starts; spans are start, end"
                )
            ax.barh(place, end - start, left=start, height=0.6, color=role_colour(role))
    ax.set(
        xlim=(0, length),
        ylim=(len(rows) - 0.5, -0.5),
        xlabel=f"time [{unit}]",
        yticks=range(len(rows)),
    )
    ax.set_yticklabels(list(rows), parse_math=False)
    ax.grid(axis="y", visible=False)
    return Picture(figure, alt or _described(rows, unit))


def _described(rows: Mapping[str, Sequence[Span]], unit: str) -> str:
    parts = [
        f"{name}: " + (", ".join(f"{s:g} to {e:g} {unit}" for s, e in spans) or "none")
        for name, spans in rows.items()
    ]
    return "Spans along time. " + "; ".join(parts) + "."
