"""Chapter 07 as committed: objects are dragged under two assigners, Sinkhorn is played, two cards
tick, and the learner's own rule stands in the lab.
"""

import re

import pytest
from chapter_page import CHAPTERS, assert_proved, card, progress, run

CHAPTER = CHAPTERS / "07_matching.ipynb"
ROOT = ".locviz-assignlab:has(.lv-scene)"
# What the lab's first rule is, in one line of the package.
MAX_IOU = "assign.OnSquareAnchors(assign.MaxIoU(positive=0.5, negative=0.4), side=4.0)"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports."""
    page = open_for_file(CHAPTER, width=1300, height=1500)
    run(page, CHAPTER, "^import")
    return page


def grip(root, letter):
    return root.locator(f".lv-grip-body[aria-label^='object {letter}']").first


def drag_onto(page, root, name, mover, onto):
    """Drag one object's centre onto another's with the mouse."""
    zoom = root.locator(".lv-scene").first.bounding_box()["width"] / 96
    centre = "[({0}.boxes[{1}][i] + {0}.boxes[{1}][i + 2]) / 2 for i in (0, 1)]"
    (x, y), (to_x, to_y) = (page.python(centre.format(name, index)) for index in (mover, onto))
    page.drag(grip(root, "ABCDEFGH"[mover]), (to_x - x) * zoom, (to_y - y) * zoom, steps=20)
    return page.settled(f"{name}.boxes[{mover}]")


def test_dragging_objects_changes_who_answers_and_proves_a_challenge(page):
    run(page, CHAPTER, r"^lab = AssignLab", r"ch07\.torn\.watch")
    root = page.widget(ROOT)
    marks = root.locator(".lv-marks").first
    page.eventually(lambda: marks.inner_html())
    before, drawn = page.python("lab.boxes[5]"), marks.inner_html()
    zoom = root.locator(".lv-scene").first.bounding_box()["width"] / 96
    page.drag(grip(root, "F"), 20 * zoom, 40 * zoom, steps=20)
    box = page.settled("lab.boxes[5]")
    assert box[0] == pytest.approx(before[0] + 20, abs=1)
    assert box[1] == pytest.approx(before[1] + 40, abs=1)
    page.eventually(lambda: marks.inner_html() != drawn)
    # The number of positives shown is that of one line of the package.
    total = page.python(f"int({MAX_IOU}(lab.priors, lab.targets).positive.sum())")
    page.eventually(lambda: int(root.locator(".lv-totals b").first.inner_text()) == total)

    proof = card(page, "Torn between two")
    assert "○ open: sixteen ambiguous priors or more" in proof.inner_text()
    assert progress(page, "07.torn") == {}
    root.get_by_label("Assigner", exact=True).select_option("center_sampling")
    page.wait_python("lab.assigner == 'center_sampling'")
    drag_onto(page, root, "lab", 5, 6)  # fourteen: one pair is not enough
    page.wait_python("9 <= lab.ambiguous < 16")
    drag_onto(page, root, "lab", 4, 3)
    page.wait_python("lab.ambiguous >= 16")
    assert_proved(page, "Torn between two", "07.torn")
    page.screenshot("chapter-07-assignlab", root)


def test_the_rule_of_the_exercise_stands_beside_the_packages(page):
    """Unsolved, the cell says so and shows the solution; solved, it shows the learner's rule."""
    run(page, CHAPTER, r"^def rpn_rule", "^lab_mine = ")
    root = page.page.locator(ROOT).filter(has=page.page.locator("option[value=mine]")).first
    root.wait_for(state="visible", timeout=20_000)
    page.page.get_by_text("returns nothing yet").first.wait_for()
    root.get_by_label("Second assigner", exact=True).select_option("rpn")
    page.wait_python("lab_mine.second == 'rpn'")
    page.eventually(lambda: "The two rules differ at 0 priors" in root.inner_text())
    zoom = root.locator(".lv-scene").first.bounding_box()["width"] / 96
    page.drag(grip(root, "F"), 20 * zoom, 30 * zoom, steps=10)
    page.settled("lab_mine.boxes[5]")
    page.eventually(lambda: "The two rules differ at 0 priors" in root.inner_text())
    page.screenshot("chapter-07-own-rule", root)


def still_to_change(page, name):
    """Of each round: how many priors have another owner than after the last."""
    return page.python(f"({name}.film().owners != {name}.film().owners[-1]).sum(1).tolist()")


def demand_gap(page, name, frame):
    """How far the priors' sums are off, by the package's own rounds on the same problem."""
    remember = "(lambda *problem: kept.extend(assign.sinkhorn_steps(*problem)) or kept[-1].plan)"
    again = f"assigners.ota(solve={remember})({name}.priors, {name}.targets, {name}.predictions)"
    return page.python(f"kept[{frame}].demand_gap", setup=f"kept = []\n{again}")


def test_playing_sinkhorn_and_stopping_it_proves_a_challenge(page):
    run(page, CHAPTER, r"^lab2 = AssignLab", r"ch07\.settled\.watch")
    root = page.page.locator(ROOT).last
    root.wait_for(state="visible", timeout=20_000)
    root.scroll_into_view_if_needed()
    page.wait_python("lab2.assigner == 'ota'")
    changes = still_to_change(page, "lab2")
    first = next(i for i, count in enumerate(changes) if count <= 5)
    assert 0 < first < 25
    proof = card(page, "How soon may you stop?")
    says, marks = root.locator(".lv-says").first, root.locator(".lv-marks").first
    slider, fewer = root.locator(".lv-player input").first, "five priors will still change"
    root.get_by_role("button", name="Play Sinkhorn").click()
    page.eventually(lambda: re.match(r"iteration ([2-9]|\d\d)", says.inner_text()))  # it plays
    # Wherever it has come to by now, a hand on the slider stops it.
    slider.fill("0")
    page.wait_python("lab2.frame == 0")
    root.get_by_label("Play", exact=True).first.wait_for()
    page.eventually(lambda: f"○ open: at most {fewer}" in proof.inner_text())
    start = marks.inner_html()
    slider.fill(str(first + 1))  # one round too late
    page.wait_python(f"lab2.frame == {first + 1}")
    page.eventually(
        # Both in one reading of the card: it may still be on its way through earlier rounds.
        lambda: all(
            line in text
            for text in [proof.inner_text()]
            for line in ("○ open: one round earlier", f"done: at most {fewer}")
        )
    )
    assert progress(page, "07.settled") == {}
    slider.press("ArrowLeft")
    page.wait_python(f"lab2.frame == {first}")
    assert_proved(page, "How soon may you stop?", "07.settled")
    page.eventually(lambda: marks.inner_html() != start)
    page.eventually(lambda: says.inner_text().startswith(f"iteration {first + 1}:"))
    shown = re.search(r"sums are ([\d.e-]+) off", says.inner_text())
    assert shown
    assert float(shown[1]) == pytest.approx(demand_gap(page, "lab2", first), rel=0.01)
    page.screenshot("chapter-07-sinkhorn", root)
