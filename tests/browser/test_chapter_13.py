"""Chapter 13 as committed: the film of a training is wound back to its last flip, and the query that
lost an object is chosen there. The card ticks.
"""

import re

import pytest
from chapter_page import CHAPTERS, assert_proved, card, progress, run

CHAPTER = CHAPTERS / "13_detr.ipynb"
ROOT = ".locviz-querylab"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports."""
    page = open_for_file(CHAPTER, width=1300, height=1500)
    run(page, CHAPTER, "^import math", "^from locviz.models")
    return page


def test_the_last_flip_is_found_with_the_sliders(page):
    run(page, CHAPTER, r"^lab = QueryLab", r"ch13\.settled\.watch")
    root, proof = page.widget(ROOT), card(page, "The last flip")
    page.eventually(lambda: "done: the last layer is shown" in proof.inner_text())
    assert progress(page, "13.settled") == {}
    before = root.locator(".lv-scene").screenshot()
    # What the film itself says: the last look with a flip, counted in looks.
    flips = "[k for k, (_, number) in enumerate(film.flips(), 1) if number]"
    film = "from locviz.widgets.querylab import QueryReplay; film = QueryReplay.load()"
    last = page.python(f"{flips}[-1]", setup=film)
    step = root.get_by_label("training step").first
    step.focus()
    for _ in range(page.python("lab.step") - last):
        step.press("ArrowLeft")
    page.wait_python(f"lab.step == {last}")
    page.eventually(lambda: "done: a match has flipped" in proof.inner_text())
    page.eventually(lambda: "done: no match of the last layer flips" in proof.inner_text())
    page.eventually(lambda: root.locator(".lv-scene").screenshot() != before)
    gone = "set(lab.looks[lab.step - 1].owners(-1, len(lab.targets))[j]) - set(lab.owners[-1][j])"
    lost = page.python(f"[q for j in lab.since for q in {gone}][0]")
    root.locator("label", has_text=re.compile("^query")).locator("input").fill(str(lost))
    page.wait_python(f"lab.query == {lost}")
    assert_proved(page, "The last flip", "13.settled")
    page.eventually(
        lambda: root.locator(".lv-words").inner_text() == page.python("lab.result['words']")
    )
    page.screenshot("chapter-13-querylab", root)


def test_the_film_of_the_learners_own_training(page):
    run(page, CHAPTER, r"(?m)^live = detr_tiny", "^lab2 = QueryLab")
    page.wait_python("len(lab2.looks) == 9")
    root = page.page.locator(ROOT).first
    page.eventually(lambda: root.locator(".lv-query").count() == 25)
    count = "from locviz.experiments.set_switches import count"
    assert page.python("count(80, learned, truth).found", setup=count) == 4
    # Settled: one query per object since the look before.
    assert page.python("recorder.flips()[-1][1]") == 0
