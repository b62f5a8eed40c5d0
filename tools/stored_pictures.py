"""How a stored notebook keeps its drawings: as ``<img>``, so that everybody sees them.

JupyterLab removes ``<svg>`` from the outputs of a notebook that it does not trust (every fresh
clone) and leaves the words inside: a figure becomes a heap of labels. An ``<img>`` whose address
holds the drawing passes its sanitizer, with the text alternative as ``alt``. A cell that is run
again shows the inline drawing, which follows the reader's theme.
"""

import html
import re
import xml.etree.ElementTree as ElementTree

_TAG = re.compile(r"<svg\b[^>]*>|</svg>")
_PAPER = "#fefefe"


def as_images(page: str) -> str:
    """Return ``page`` with every outermost ``<svg>`` as an ``<img>``.

    A drawing that is not well-formed XML, or is hidden from screen readers, stays as it is.
    """
    parts, end = [], 0
    for low, high in _outermost(page):
        parts += [page[end:low], _image(page[low:high], framed="locviz-figure" in page[:low])]
        end = high
    return "".join([*parts, page[end:]])


def _outermost(page: str) -> list[tuple[int, int]]:
    """Where each drawing starts and ends; one inside another is a part of it."""
    found, depth, start = [], 0, 0
    for tag in _TAG.finditer(page):
        if tag.group().endswith("/>"):
            continue
        if tag.group() != "</svg>":
            start = tag.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                found.append((start, tag.end()))
    return found


def _image(svg: str, *, framed: bool) -> str:
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return svg
    if not (alt := root.get("aria-label")):
        return svg
    # Alone, a drawing has no page around it that would give it a colour to stand on.
    if framed:
        svg = svg.replace('style="max-width', f'style="background:{_PAPER};max-width', 1)
    if "xmlns=" not in svg[: svg.index(">")]:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    width = html.escape(_pixels(root.get("width", "")), quote=True)
    size = f' width="{width}"' if width else ""
    address = html.escape(_address(svg), quote=False)  # it holds no double quotes any more
    return f'<img src="{address}" alt="{html.escape(alt)}"{size}>'


def _pixels(length: str) -> str:
    """A length in CSS pixels, without a unit: ``504pt`` is 672."""
    if not (found := re.fullmatch(r"([\d.]+)(pt|px|)", length)):
        return ""
    return f"{float(found[1]) * (4 / 3 if found[2] == 'pt' else 1):.0f}"


def _address(svg: str) -> str:
    """A ``data:`` address. Only what an address cannot hold is replaced: base64 takes a third more."""
    svg = re.sub(r"<[^>']*>", lambda tag: tag.group().replace('"', "'"), svg)
    # Browsers remove line ends from an address, also between two numbers.
    svg = re.sub(r"\s*\n\s*", " ", svg.replace("%", "%25").replace("#", "%23").replace('"', "%22"))
    return f"data:image/svg+xml;charset=utf-8,{svg}"
