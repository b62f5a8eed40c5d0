"""Show the package's own source, so that a chapter need not repeat code."""

import html
import inspect
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from locviz.course.table import Link

# Token class -> JupyterLab's own colour for it, with a fallback that reads on white (contrast above
# 4.5:1).
_COLOURS = {
    "k": ("var(--jp-mirror-editor-keyword-color, #006b1b)", "font-weight:600"),
    "s": ("var(--jp-mirror-editor-string-color, #a11)", ""),
    "c": ("var(--jp-mirror-editor-comment-color, #3d6f70)", "font-style:italic"),
    "m": ("var(--jp-mirror-editor-number-color, #075)", ""),
    "nf": ("var(--jp-mirror-editor-def-color, #00f)", ""),
    "nc": ("var(--jp-mirror-editor-def-color, #00f)", ""),
    "nd": ("var(--jp-mirror-editor-meta-color, #8a3fb0)", ""),
    "o": ("var(--jp-mirror-editor-operator-color, #7a1fa2)", ""),
}

_BOX = (
    ".locviz-source pre{padding:.6em .8em;overflow-x:auto;line-height:1.4;white-space:pre;margin:0;border-radius:3px;"
    "border:1px solid var(--jp-cell-editor-border-color,#ddd);color:var(--jp-content-font-color1,inherit);"
    "background:var(--jp-cell-editor-background,rgba(127,127,127,.06));"
    "font-family:var(--jp-code-font-family,monospace);font-size:var(--jp-code-font-size,13px)}"
)


@dataclass(frozen=True)
class Source:
    """A piece of source and where it is, relative to the project."""

    code: str
    place: str

    def __repr__(self) -> str:
        return f"# {self.place}\n{self.code}"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html()}

    def html(self) -> str:
        """Highlighted where Pygments is installed (it comes with JupyterLab), plain otherwise."""
        caption = f'<p style="margin:.2em 0;opacity:.8"><code>{html.escape(self.place)}</code></p>'
        code = f"<pre>{_highlighted(self.code)}</pre>"
        return f'{_style()}<div class="locviz-source">{caption}{code}</div>'


def show_source(*objects: Any, docstring: bool = True) -> Source:
    """The source of functions, classes or modules, one after the other.

    Args:
        objects: functions, classes, methods or modules written in Python.
        docstring: whether to show the first docstring of each function or class.

    Raises:
        TypeError: nothing was given, or an object has no Python source; the message says which.
    """
    if not objects:
        raise TypeError("show_source: give at least one function, class or module")
    pieces = [_source_of(obj) for obj in objects]
    codes = [code if docstring else _without_docstring(code) for code, _ in pieces]
    return Source(
        code="\n\n\n".join(code.strip() for code in codes) + "\n",
        place=_place([at for _, at in pieces]),
    )


def source_link(obj: Any, text: str) -> Link:
    """A link from a page in ``chapters/`` to the line where a class or function begins."""
    plain = inspect.unwrap(obj)
    _, first = inspect.getsourcelines(plain)
    return Link(text, f"../{_relative(Path(inspect.getsourcefile(plain) or '?'))}#L{first}")


def _place(pieces: list[tuple[str, str]]) -> str:
    """Such as ``locviz/boxes/overlap.py, lines 58 to 67, 70 to 71``: each file once, in order."""
    spans: dict[str, list[str]] = {}
    for file, span in pieces:
        spans.setdefault(file, []).extend([span] if span else [])
    return "; ".join(
        file + (f", lines {', '.join(lines)}" if lines else "") for file, lines in spans.items()
    )


def _source_of(obj: Any) -> tuple[str, tuple[str, str]]:
    plain = inspect.unwrap(obj) if callable(obj) else obj
    try:
        lines, first = inspect.getsourcelines(plain)
        file = Path(inspect.getsourcefile(plain) or "?")
    except (TypeError, OSError):
        raise TypeError(
            f"show_source: {obj!r} has no Python source: give a function, class or module"
        ) from None
    span = "" if inspect.ismodule(plain) else f"{first} to {first + len(lines) - 1}"
    return textwrap.dedent("".join(lines)), (_relative(file), span)


def _relative(file: Path) -> str:
    """The path from the package's parent, so that no page shows where somebody installed it."""
    root = Path(__file__).parents[2]
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def _without_docstring(code: str) -> str:
    import ast

    body = ast.parse(code).body
    node = body[0] if len(body) == 1 else None
    if (
        not isinstance(node, ast.FunctionDef | ast.ClassDef)
        or ast.get_docstring(node) is None
        or len(node.body) == 1
    ):
        return code
    lines = code.splitlines()
    doc = node.body[0]
    return "\n".join(lines[: doc.lineno - 1] + lines[doc.end_lineno :]) + "\n"


def _highlighted(code: str) -> str:
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return html.escape(code)
    return highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))


def _style() -> str:
    # Pygments' classes start with the letter of their family: [class^="s"] is every kind of string.
    families = {
        "k": '[class^="k"]',
        "s": '[class^="s"]',
        "c": '[class^="c"]',
        "m": '[class^="m"]',
        "o": '[class^="o"]',
    }
    rules = "".join(
        f".locviz-source span{families.get(token, '.' + token)}{{color:{colour};{more}}}"
        for token, (colour, more) in _COLOURS.items()
    )
    return f"<style>{_BOX}{rules}</style>"
