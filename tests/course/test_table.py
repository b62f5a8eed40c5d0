"""Tables of the lessons: every form shows every cell, escaped, and links lead where they say."""

import pytest

from locviz.course.table import Link, Table


def table():
    rows = [("<b>", "1.5"), (Link("code & more", "a.py?x=1&y=2"), "22")]
    return Table(header=("who", "how much"), rows=rows, caption="made by hand", numbers=(1,))


def test_text_lines_up():
    assert table().text().splitlines() == [
        "who          how much",
        "<b>               1.5",
        "code & more        22",
        "made by hand",
    ]


def test_html_escapes_and_links():
    page = table().html()
    assert "<td" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert '<a href="a.py?x=1&amp;y=2">code &amp; more</a>' in page
    assert page.count('scope="row"') == 2
    assert page.count('scope="col"') == 2
    assert page.count('class="locviz-number"') == 3


def test_markdown_keeps_links():
    assert table().markdown().splitlines()[2:] == [
        "| <b> | 1.5 |",
        "| [code & more](a.py?x=1&y=2) | 22 |",
    ]


def test_a_row_must_fit():
    with pytest.raises(ValueError, match="1 cells under 2"):
        Table(header=("a", "b"), rows=[("x",)])
