import pytest

from locviz.course.display import (
    Bullets,
    Card,
    Code,
    Folded,
    Paragraph,
    in_live_notebook,
    inline_html,
)


def test_everything_is_escaped():
    evil = "<img src=x onerror=alert(1)>"
    page = Card(
        evil, "note", (Paragraph(evil), Bullets((evil,)), Code(evil), Folded(evil, evil))
    ).html()
    assert "<img" not in page
    assert page.count("&lt;img") == 6


def test_back_quotes_are_code_and_stay_escaped():
    assert inline_html("see `a<b>` now") == "see <code>a&lt;b&gt;</code> now"


@pytest.mark.parametrize(
    ("tone", "sign"), [("right", "✔"), ("wrong", "✘"), ("open", "○"), ("task", "▸")]
)
def test_each_tone_has_a_sign_of_its_own(tone, sign):
    card = Card("Title", tone)
    assert repr(card).startswith(sign)
    assert sign in card.html()


def test_text_keeps_folded_parts_closed():
    card = Card("T", "task", (Folded("Hint", "the secret"),))
    assert "the secret" not in card.text()
    summary = '<summary data-lm-suppress-shortcuts="true">Hint</summary>'
    assert f"<details>{summary}<p>the secret</p></details>" in card.html()


def test_without_a_kernel_nothing_is_live():
    assert in_live_notebook() is False


def test_stars_stress_words_and_leave_code_alone():
    assert (
        inline_html("only *once*, `a * b * c`, 2 * 3 * 4")
        == "only <em>once</em>, <code>a * b * c</code>, 2 * 3 * 4"
    )
    assert inline_html("*<b>*") == "*&lt;b&gt;*"


def test_code_keeps_its_lines_and_its_indentation():
    page = Code("def f(x):\n    return x < 1\n").html()
    assert page.startswith('<pre style="white-space:pre;')
    assert page.endswith(">def f(x):\n    return x &lt; 1</pre>")
