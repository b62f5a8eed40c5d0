"""Chapter 00 as a learner meets it: radio buttons, a challenge that ticks while a box is dragged,
hints that unfold.
"""

import pytest
from chapter_page import CHAPTERS, progress, progress_of

CHAPTER = CHAPTERS / "00_start_here.ipynb"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter, run once from top to bottom."""
    page = open_for_file(CHAPTER, width=1100, height=1000)
    page.run_all()
    return page


def test_quiz_challenge_and_exercise_in_both_themes(page):
    assert progress(page, "00.tenth") == {}

    choice = page.widget(".locviz-choice:has-text('0.95')")
    choice.click()
    page.wait_python(progress_of("00.tenth") + ".get('guess') == 'a'")

    challenge = page.page.locator(".locviz-card", has_text="Challenge").first
    assert "○ open: IoU of 0.90 or more" in challenge.inner_text()
    goals = page.page.locator(".locviz-boxlab .lv-goals")
    assert "○ IoU of 0.90 or more" in goals.inner_text()
    assert page.python("lab.iou") < 0.9
    handle = page.widget(".locviz-boxlab .lv-handles.lv-prediction [data-part='body']")
    zoom = page.page.locator(".locviz-boxlab .lv-canvas").bounding_box()["width"] / 400
    page.drag(handle, -120 * zoom, -60 * zoom)
    assert page.settled("lab.iou") > 0.5
    assert "○ open" in challenge.inner_text()
    corner = page.widget(
        ".locviz-boxlab .lv-handles.lv-prediction [data-part='bottom right corner']"
    )
    page.drag(corner, -20 * zoom, -10 * zoom)
    assert page.settled("lab.iou") > 0.9
    page.page.locator(".locviz-card", has_text="Challenge, proved").wait_for(timeout=5000)
    assert "✔ done: IoU of 0.90 or more" in challenge.inner_text()
    assert "✔ IoU of 0.90 or more" in goals.inner_text()
    assert "proved" in goals.inner_text()
    assert progress(page, "00.first_drag") == {"proved": True}

    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"course-{theme}")
        assert page.axe(".jp-Notebook .locviz-card") == []
        page.widget(".locviz-figure")
        page.screenshot(f"course-figure-{theme}")


def test_a_question_is_one_group_and_keeps_its_keys(page):
    """Tab stops once, the arrows choose, and no key reaches the notebook."""
    cells = "jupyterapp.shell.currentWidget.content.widgets.map(one => one.model.id)"
    before = page.page.evaluate(cells)
    page.widget(".locviz-choice:has-text('0.95') input").focus()
    page.page.keyboard.press("ArrowDown")
    page.wait_python(progress_of("00.tenth") + ".get('guess') == 'b'")
    focused = page.page.evaluate("document.activeElement.closest('.locviz-choice').innerText")
    assert focused.startswith("b)")
    for key in ("x", "a", "b", "d", "d"):
        page.page.keyboard.press(key)
    assert page.page.evaluate(cells) == before
    status = page.page.locator("[role=radiogroup] + [role=status]").first
    assert "Kept: b)" in status.inner_text()


def test_a_guess_is_shown_beside_the_answer_and_hints_unfold_by_keyboard(page):
    page.widget(".locviz-choice:has-text('0.50')").click()
    page.wait_python(progress_of("00.tenth") + ".get('guess') == 'd'")
    index = next(
        i for i in range(12) if "tenth.reveal" in page.page.locator(".jp-Cell").nth(i).inner_text()
    )
    page.run_cell(index)
    page.page.locator(".locviz-card", has_text="Your guess was d) 0.50").wait_for(timeout=5000)

    hint = page.widget(".locviz-card details:has-text('Hint 1 of 3')")
    assert hint.get_attribute("open") is None
    hint.locator("summary").focus()
    page.page.keyboard.press("Enter")
    assert hint.get_attribute("open") is not None
    assert "How long is the way" in hint.inner_text()
