"""Every word of a figure can be read from the third row, also where the page is narrow."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
import torch

from locviz.types import Targets
from locviz.viz import (
    BoxGroup,
    as_boxes,
    new_figure,
    show_boxes,
    show_curves,
    show_panels,
    show_plane,
    show_points,
    show_surfaces,
    show_terms,
    show_timeline,
)
from locviz.viz.theme import Picture

NARROW = 760  # CSS pixels that JupyterLab leaves to an output in a window of 1024
SMALLEST = 11  # CSS pixels


def own_axes():
    """A figure as chapters draw it themselves, as wide as any of them."""
    figure, axes = new_figure(width=8.4, height=3.2, columns=2)
    axes[0, 0].plot([1, 1000], [0, 1], label="recall")
    axes[0, 0].set(xlabel="proposals", xscale="log", title="Recall")
    axes[0, 0].legend()
    axes[0, 1].set_yticks([0, 1], ["soft", "hard"])
    return Picture(figure, "two panels")


def boxes():
    targets = Targets(boxes=as_boxes((2, 2, 20, 20)), labels=torch.tensor([0]), size=(32, 32))
    return show_boxes([torch.zeros(3, 32, 32)] * 3, [targets] * 3, titles=["a", "b", "c"])


FIGURES = {
    "own": own_axes,
    "boxes": boxes,
    "curves": lambda: show_curves({"a": [1, 2], "b": [2, 1]}, xlabel="step", ylabel="loss"),
    "panels": lambda: show_panels({"loss": {"a": [1, 2]}, "slope": {"a": [1, 1]}}, xlabel="error"),
    "plane": lambda: show_plane(
        [BoxGroup(boxes=as_boxes((0, 0, 9, 9)), texts=["target"])], alt="one box"
    ),
    "points": lambda: show_points(
        torch.rand(9, 2), {"iou": torch.rand(9), "ciou": torch.rand(9)}, xlabel="x", alt="points"
    ),
    "terms": lambda: show_terms(*as_boxes((0, 0, 4, 4), (5, 2, 9, 5))),
    "surfaces": lambda: show_surfaces(
        {name: torch.rand(4, 4) for name in "abc"}, extent=(0, 4, 0, 4), size=2.8
    ),
    "timeline": lambda: show_timeline({"target": [(1, 2)]}, length=4),
}


def sizes(picture, page):
    """Word -> its height in CSS pixels on a page that wide."""
    svg = picture.svg()
    root = ElementTree.fromstring(svg)
    shown = min(float(root.attrib["width"].removesuffix("pt")) * 4 / 3, page)
    scale = shown / float(root.attrib["viewBox"].split()[2])
    found = {}
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        for part in (text, *text):
            if part.text and part.text.strip():
                size = re.search(r"font(?:-size)?:[^;]*?([\d.]+)px", part.attrib["style"])
                found[part.text] = float(size[1]) * scale
    return found


@pytest.mark.parametrize("name", FIGURES)
def test_no_word_is_small_on_a_narrow_page(name):
    found = sizes(FIGURES[name](), NARROW)
    assert found
    small = {word: size for word, size in found.items() if size < SMALLEST}
    # Exponents, as in 10^3, are set smaller than the number that they belong to.
    assert {word for word in small if not re.fullmatch(r"[−\d]", word)} == set()


def test_where_there_is_room_words_are_larger():
    assert sizes(FIGURES["curves"](), 2000)["step"] == pytest.approx(11 * 1.2 * 4 / 3)
