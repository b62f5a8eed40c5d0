"""A stored drawing is an image that any page may show, and the same drawing."""

import html
import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import pytest
from stored_pictures import as_images

from locviz.viz import show_curves
from locviz.widgets import BoxLab

SVG = '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{alt}" width="30pt"><text>{text}</text></svg>'


def decoded(page):
    """The drawing inside the only image of ``page``, read as a browser reads it."""
    (address,) = re.findall(r'<img src="([^"]*)"', page)
    kind, _, content = html.unescape(address).partition(",")
    assert kind == "data:image/svg+xml;charset=utf-8"
    assert "\n" not in content
    assert "#" not in content
    return unquote(content)


def words(svg):
    return [text.strip() for text in ElementTree.fromstring(svg).itertext() if text.strip()]


@pytest.mark.parametrize("text", ["100 %23", "#1", "it's", "a &lt; b &amp; c", "naïve ≤", '"q"'])
def test_the_words_come_back(text):
    svg = SVG.format(alt="a box", text=text)
    page = as_images(f"<p>before</p>{svg}<p>after</p>")
    assert words(decoded(page)) == words(svg)
    assert page.startswith("<p>before</p><img ")
    assert page.endswith("<p>after</p>")
    assert ' alt="a box" width="40">' in page


def test_line_ends_between_numbers_stay_apart():
    svg = SVG.format(alt="a", text="").replace("<text>", '<path d="M 1 2\nL 3 4"/><text>')
    (path,) = [one for one in ElementTree.fromstring(decoded(as_images(svg))) if one.get("d")]
    assert path.get("d").split() == ["M", "1", "2", "L", "3", "4"]


def test_the_alternative_cannot_become_markup():
    page = as_images(SVG.format(alt="&lt;b&gt; &quot;x&quot;", text=""))
    assert 'alt="&lt;b&gt; &quot;x&quot;"' in page


def test_a_drawing_within_a_drawing_is_one_image():
    inner = SVG.format(alt="b", text="in")
    page = as_images(SVG.format(alt="a", text="").replace("<text></text>", inner))
    assert page.count("<img") == 1
    assert "<svg" not in page[: page.index("<img")]


@pytest.mark.parametrize(
    "page", ["<p>no drawing</p>", "<svg><text>broken</svg>", "<svg></svg>", "</svg>"]
)
def test_what_cannot_be_an_image_stays(page):
    assert as_images(page) == page


@pytest.mark.parametrize(
    "page",
    [
        show_curves({"a": [1, 2, 3], "b": [3, 1, 2]}, xlabel="step", ylabel="loss").html(),
        BoxLab().snapshot().html(),
    ],
    ids=["figure", "widget"],
)
def test_figures_and_widgets_keep_their_drawing_and_their_words(page):
    stored = as_images(page)
    svg = page[page.index("<svg") : page.rindex("</svg>") + len("</svg>")]
    assert words(decoded(stored)) == words(svg)
    assert len(stored) < 1.2 * len(page)
    assert as_images(stored) == stored, "to convert twice is to convert once"
