"""A table that a lesson generates. It can be read as text and as HTML, in light and in dark, and its
cells may be links.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

_STYLE = """<style>
.locviz-table{border-collapse:collapse;margin:.3em 0;font-size:var(--jp-content-font-size1,14px);line-height:1.4;
 font-family:var(--jp-content-font-family,system-ui,sans-serif);color:var(--jp-content-font-color1,inherit)}
.locviz-table th,.locviz-table td{padding:.25em .7em;text-align:left;vertical-align:top;background:transparent;
 border-bottom:1px solid var(--jp-border-color2,#bbb);white-space:normal}
.locviz-table td.locviz-number,.locviz-table th.locviz-number{text-align:right;white-space:nowrap}
.locviz-table caption{caption-side:bottom;text-align:left;padding-top:.4em;opacity:.85;
 color:var(--jp-content-font-color1,inherit)}
.locviz-table a{color:var(--jp-content-link-color,#0b63b5)}
</style>"""


@dataclass(frozen=True)
class Link:
    """A cell that is a link: its text and its address."""

    text: str
    href: str

    def __str__(self) -> str:
        return self.text


Cell = str | Link


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a header; the first cell of a row names it.

    Attributes:
        header: one word or two per column.
        rows: as many cells as the header has; everything is escaped.
        caption: a sentence below the table, which tells where the figures come from.
        numbers: indices of the columns that are aligned right.

    Raises:
        ValueError: a row does not have one cell per column.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str = ""
    numbers: Sequence[int] = ()

    def __post_init__(self):
        for row in self.rows:
            if len(row) != len(self.header):
                raise ValueError(
                    f"a row has {len(row)} cells under {len(self.header)} headings: "
                    f"{list(map(str, row))}"
                )

    def text(self) -> str:
        """Columns of equal width, for a terminal or a screen reader."""
        lines = [list(self.header), *(list(map(str, row)) for row in self.rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        padded = [
            "  ".join(
                cell.rjust(width) if i in self.numbers else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        return "\n".join([*padded, *([self.caption] if self.caption else [])])

    def html(self) -> str:
        """A ``<table>`` with row and column headings."""
        head = "".join(
            f'<th scope="col"{self._side(i)}>{html.escape(name)}</th>'
            for i, name in enumerate(self.header)
        )
        body = "".join(self._row(row) for row in self.rows)
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        table = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f'{_STYLE}<table class="locviz-table">{table}</table>'

    def markdown(self) -> str:
        """For a README: the same rows; links stay links."""
        lines = [
            self.header,
            ["---:" if i in self.numbers else "---" for i in range(len(self.header))],
            *self.rows,
        ]
        return "\n".join("| " + " | ".join(map(_markdown, line)) + " |" for line in lines)

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}

    def _row(self, row: Sequence[Cell]) -> str:
        first = f'<th scope="row"{self._side(0)}>{_html(row[0])}</th>'
        others = [f"<td{self._side(i)}>{_html(row[i])}</td>" for i in range(1, len(row))]
        return f"<tr>{first}{''.join(others)}</tr>"

    def _side(self, column: int) -> str:
        return ' class="locviz-number"' if column in self.numbers else ""


def _html(cell: Cell) -> str:
    text = html.escape(str(cell))
    return f'<a href="{html.escape(cell.href)}">{text}</a>' if isinstance(cell, Link) else text


def _markdown(cell: Cell) -> str:
    text = str(cell).replace("|", "\\|")
    return f"[{text}]({cell.href})" if isinstance(cell, Link) else text
