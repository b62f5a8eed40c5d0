"""What a lesson displays: small documents that read well as text and as HTML, in light and in dark.

Everything that a learner or a data file wrote is escaped. Colours are JupyterLab's own variables
with fallbacks. Each tone has a sign and a word, too, so that no meaning depends on colour alone.
"""

import html
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Tone = Literal["task", "right", "wrong", "open", "note"]

SIGNS: Mapping[Tone, str] = {"task": "▸", "right": "✔", "wrong": "✘", "open": "○", "note": "•"}

_COLOURS: Mapping[Tone, str] = {
    "task": "var(--jp-brand-color1, #1976d2)",
    "right": "var(--jp-success-color1, #2e7d32)",
    "wrong": "var(--jp-warn-color1, #c25e00)",
    "open": "var(--jp-border-color1, #9e9e9e)",
    "note": "var(--jp-border-color1, #9e9e9e)",
}

_STYLE = """<style>
.locviz-card{border-left:4px solid;padding:.4em 1em .5em;margin:.2em 0;max-width:48em;line-height:1.5;
 background:var(--jp-layout-color1,transparent);color:var(--jp-content-font-color1,inherit);
 font-family:var(--jp-content-font-family,system-ui,sans-serif);font-size:var(--jp-content-font-size1,14px)}
.locviz-card p,.locviz-card ul{margin:.35em 0}.locviz-card .locviz-title{font-weight:600}
.locviz-card code,.locviz-card pre{font-family:var(--jp-code-font-family,monospace);font-size:.93em;
 background:var(--jp-layout-color2,rgba(127,127,127,.14));color:inherit;border-radius:3px;padding:0 .25em}
.locviz-card pre{padding:.5em .7em;overflow-x:auto;white-space:pre;margin:.4em 0}
.locviz-card summary{cursor:pointer;padding:.15em 0}.locviz-card details{margin:.1em 0}
.locviz-card ul{padding-left:1.4em}.locviz-card ul.locviz-signed{list-style:none;padding-left:.3em}
</style>"""


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``back-quoted`` parts are code."""

    content: str

    def text(self) -> str:
        """Wrapped at 88 characters, one line per line given."""
        return "\n".join(textwrap.fill(line, 88) for line in self.content.splitlines())

    def html(self) -> str:
        """One ``<p>``."""
        return f"<p>{inline_html(self.content)}</p>"


@dataclass(frozen=True)
class Bullets:
    """A short list. ``signed`` items begin with a sign of their own and need no bullet."""

    items: tuple[str, ...]
    signed: bool = False

    def text(self) -> str:
        """One line per item."""
        indent = "  " if self.signed else "  - "
        fill = [
            textwrap.fill(item, 88, initial_indent=indent, subsequent_indent="    ")
            for item in self.items
        ]
        return "\n".join(fill)

    def html(self) -> str:
        """One ``<ul>``."""
        opening = '<ul class="locviz-signed">' if self.signed else "<ul>"
        return opening + "".join(f"<li>{inline_html(item)}</li>" for item in self.items) + "</ul>"


@dataclass(frozen=True)
class Code:
    """A piece of program or of output, shown as it is."""

    content: str

    def text(self) -> str:
        """Indented by four."""
        return textwrap.indent(self.content.rstrip(), "    ")

    def html(self) -> str:
        """One ``<pre>``. It carries its own style: JupyterLab would wrap long lines, and their rest
        would start at column 0 as if it were not indented.
        """
        style = "white-space:pre;overflow-x:auto"
        return f'<pre style="{style}">{html.escape(self.content.rstrip())}</pre>'


@dataclass(frozen=True)
class Folded:
    """Something that the reader may open. In plain text it stays closed and tells how to open it."""

    label: str
    content: str
    instead: str = ""

    def text(self) -> str:
        """Only how to open it."""
        return self.instead

    def html(self) -> str:
        """A ``<details>`` element: it needs no kernel, works by keyboard and is announced by screen
        readers. While it has the focus, JupyterLab's shortcuts leave it alone.
        """
        label, content = inline_html(self.label), inline_html(self.content)
        keys = 'data-lm-suppress-shortcuts="true"'
        return f"<details><summary {keys}>{label}</summary><p>{content}</p></details>"


@dataclass(frozen=True)
class Card:
    """A title, a tone and some blocks."""

    title: str
    tone: Tone
    blocks: tuple[Paragraph | Bullets | Code | Folded, ...] = ()

    def text(self) -> str:
        """Plain text for a terminal, a log or a screen reader."""
        lines = [f"{SIGNS[self.tone]} {_tidy(self.title)}"]
        lines += [body for block in self.blocks if (body := _tidy(block.text()))]
        return "\n".join(lines)

    def html(self) -> str:
        """A self-contained ``<div>``."""
        body = "".join(block.html() for block in self.blocks)
        title = f'<p class="locviz-title">{SIGNS[self.tone]} {inline_html(self.title)}</p>'
        border = f"border-left-color:{_COLOURS[self.tone]}"
        return f'{_STYLE}<div class="locviz-card" role="group" style="{border}">{title}{body}</div>'

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


def inline_html(text: str) -> str:
    """Escape ``text``; `back-quoted` parts become ``<code>``, *starred* words ``<em>`` and line
    ends ``<br>``.
    """
    parts = re.split(r"`([^`]+)`", html.escape(text))
    for i, part in enumerate(parts):
        parts[i] = (
            f"<code>{part}</code>" if i % 2 else re.sub(r"\*(\w[^*\n]*)\*", r"<em>\1</em>", part)
        )
    return "".join(parts).replace("\n", "<br>")


def _tidy(text: str) -> str:
    # Back-quotes stay in plain text: they show where code begins. Only trailing spaces go.
    return "\n".join(line.rstrip() for line in text.splitlines())


def in_live_notebook() -> bool:
    """Whether a Jupyter kernel runs this and anywidget is installed. Only then are buttons of any
    use.
    """
    import importlib.util
    import sys

    if "IPython" not in sys.modules or importlib.util.find_spec("anywidget") is None:
        return False
    from IPython import get_ipython  # type: ignore[attr-defined]

    shell = get_ipython()
    return getattr(shell, "kernel", None) is not None
