import pytest

from locviz.widgets.core.picture import Canvas, number


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (2.50, "2.5"), (0.126, "0.13"), (-0.5, "-0.5"), ("50%", "50%")]
)
def test_number_is_short(value, text):
    assert number(value) == text


def test_a_picture_is_an_image_with_words():
    canvas = Canvas(10, 20, text="two boxes & a line")
    canvas.add("line", x1=0, x2=10, stroke_width=2)
    picture = canvas.picture()
    assert picture.svg.startswith("<svg")
    assert 'role="img" aria-label="two boxes &amp; a line"' in picture.svg
    assert 'viewBox="0 0 10 20"' in picture.svg
    assert 'stroke-width="2"' in picture.svg
    assert picture.text == "two boxes & a line"
    assert picture._repr_svg_() == picture.svg


def test_text_can_not_become_markup():
    canvas = Canvas(10, 10, text="<b onmouseover=x>")
    group = canvas.add("g")
    canvas.add("text", parent=group, content="<img src=x onerror=alert(1)>", fill='"><script>')
    svg = canvas.picture().svg
    assert "<img" not in svg
    assert "<script" not in svg
    assert "<b " not in svg


def test_what_is_none_is_left_out():
    canvas = Canvas(10, 10, text="")
    canvas.add("path", stroke_dasharray=None)
    assert "dash" not in canvas.picture().svg


def test_save(tmp_path):
    path = Canvas(1, 1, text="é").picture().save(str(tmp_path / "a.svg"))
    assert "é" in path.read_text(encoding="utf-8")
