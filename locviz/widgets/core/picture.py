"""Static pictures of widgets: SVG with a text alternative, which GitHub and nbviewer show."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from locviz.widgets.core.colours import LINE, PAPER

Number = float | int
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


class Canvas:
    """An SVG drawing of ``width`` x ``height`` px.

    Text goes through the XML tree, so data can never become markup.

    Args:
        width, height: the size in px.
        text: what the drawing shows, in words; readers of the screen hear it.
    """

    def __init__(self, width: Number, height: Number, *, text: str):
        box = {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(width)} {number(height)}",
        }
        size = {
            "width": number(width),
            "height": number(height),
            "style": "max-width:100%;height:auto",
        }
        self.root = ET.Element(
            "svg", {**box, **size, "role": "img", "aria-label": text, "font-family": FONT}
        )
        self.text = text

    def add(
        self,
        tag: str,
        *,
        parent: ET.Element | None = None,
        content: str | None = None,
        **attributes,
    ) -> ET.Element:
        """Append an element; ``stroke_width=2`` becomes ``stroke-width="2"``.

        ``content`` becomes its text; an attribute that is None is left out.
        """
        names = {
            name.replace("_", "-"): number(value)
            for name, value in attributes.items()
            if value is not None
        }
        element = ET.SubElement(self.root if parent is None else parent, tag, names)
        element.text = content
        return element

    def picture(self) -> "StaticPicture":
        """Return what was drawn."""
        return StaticPicture(svg=ET.tostring(self.root, encoding="unicode"), text=self.text)


def card(width: Number, height: Number, *, text: str) -> Canvas:
    """Return a canvas with the white card that every widget's picture stands on."""
    canvas = Canvas(width, height, text=text)
    inside = {"x": 0.5, "y": 0.5, "width": width - 1, "height": height - 1}
    canvas.add("rect", **inside, rx=8, fill=PAPER, stroke=LINE)
    return canvas


def number(value: Number | str) -> str:
    """Write a coordinate with at most two decimals and no "-0": small files, stable diffs."""
    return value if isinstance(value, str) else f"{value:z.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class StaticPicture:
    """A finished drawing: ``svg`` is the markup, ``text`` says in words what it shows."""

    svg: str
    text: str

    def html(self) -> str:
        """Return the SVG inline, as a notebook output holds it."""
        return f'<div class="locviz-picture">{self.svg}</div>'

    def save(self, path: str | Path) -> Path:
        """Write the SVG to ``path`` and return it."""
        path = Path(path)
        path.write_text(self.svg, encoding="utf-8")
        return path

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"
