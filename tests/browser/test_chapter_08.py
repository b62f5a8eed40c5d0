"""Chapter 08 as committed: three challenges in FocalLab, solved with the keyboard and the mouse."""

import pytest
from chapter_page import CHAPTERS, assert_proved, card, progress
from lab_page import code_cell

CHAPTER = CHAPTERS / "08_focal_loss.ipynb"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports, the lab and its three challenges."""
    page = open_for_file(CHAPTER, width=1300, height=1500)
    for pattern in ("^import", r"^lab = FocalLab", r"ch08\.thousand", r"ch08\.alpha_alone"):
        page.run_cell(code_cell(CHAPTER, pattern))
    page.run_cell(code_cell(CHAPTER, r"ch08\.thirds"))
    return page


@pytest.fixture
def root(page):
    """The lab, as it opens."""
    root = page.widget(".locviz-focallab")
    root.get_by_label("Reset all").click()
    page.wait_python("lab._settings() == lab.initial")
    return root


def test_it_is_977_times_at_0_968_and_a_thousand_at_0_9_takes_gamma_3(page, root):
    title = "A thousand times at 0.9"
    assert "○ open: alpha is off" in card(page, title).inner_text()
    root.get_by_label("use alpha").uncheck()
    page.wait_python("lab.alpha is None")
    rule = root.locator(".lv-rule").nth(1)
    page.key_drag(rule, *["Shift+ArrowRight"] * 7, "ArrowLeft", "ArrowDown")
    page.wait_python("abs(lab.p_t - 0.968) < 1e-9")
    page.eventually(lambda: "977 times less" in rule.get_attribute("aria-valuetext"))
    page.eventually(lambda: "○ open: p_t is 0.90" in card(page, title).inner_text())
    page.page.keyboard.press("Escape")
    page.wait_python("lab.p_t == 0.9")
    assert progress(page, "08.thousand") == {}
    gamma = root.get_by_label("gamma")
    gamma.fill("2.95")
    page.wait_python("lab.gamma == 2.95")
    assert progress(page, "08.thousand") == {}
    gamma.press("ArrowRight")
    page.wait_python("abs(lab.gamma - 3) < 1e-9")
    assert_proved(page, title, "08.thousand")


def test_alpha_alone_brings_easy_negatives_to_a_half(page, root):
    title = "Alpha alone"
    root.get_by_label("gamma").press("Home")
    page.wait_python("lab.gamma == 0")
    alpha = root.locator(".lv-alpha [type=range]")
    alpha.fill("0.75")  # the paper's best: not enough
    page.wait_python("lab.alpha == 0.75")
    assert progress(page, "08.alpha_alone") == {}
    alpha.fill("0.92")
    page.wait_python("lab.alpha == 0.92")
    assert_proved(page, title, "08.alpha_alone")
    assert 0.3 < page.python("lab.easy_share['balanced']") < 0.5


def test_fair_shares_take_both_knobs(page, root):
    title = "Fair shares"
    root.get_by_label("gamma").fill("3.1")
    page.wait_python("lab.gamma == 3.1")
    assert page.python("lab.shares['focal'].positive") > 0.5
    assert "○ open: positives hold 30 to 37 %" in card(page, title).inner_text()
    root.locator(".lv-alpha [type=range]").fill("0.1")
    page.wait_python("lab.alpha == 0.1")
    assert_proved(page, title, "08.thirds")
    page.screenshot("chapter-08-focallab", root)
