"""Chapter 10 as committed: scores are dragged until two correlations disagree, an object is dragged
away from its predictions, and alpha is turned to the edge of the flood. Three cards tick.
"""

import re

import pytest
from chapter_page import CHAPTERS, assert_proved, card, progress, run

CHAPTER = CHAPTERS / "10_misalignment.ipynb"
ASSIGN, NMS = ".locviz-assignlab:has(.lv-scene)", ".locviz-nmslab"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports."""
    page = open_for_file(CHAPTER, width=1300, height=1500)
    run(page, CHAPTER, "^from functools", "^from locviz.train")
    return page


def test_four_scores_make_both_objects_worse_and_the_list_good(page):
    run(page, CHAPTER, r"^lab = NMSLab", r"ch10\.disagree\.watch")
    root = page.widget(NMS)
    agreement = root.locator(".lv-agreement:visible")
    page.eventually(lambda: "score and IoU: 1.00, 1.00" in agreement.inner_text())
    assert progress(page, "10.disagree") == {}
    before = root.locator(".lv-scatter:visible").inner_html()
    for row, (score, key) in {
        0: (0.71, "ArrowLeft"),
        2: (0.89, "ArrowRight"),
        3: (0.21, "ArrowLeft"),
        5: (0.39, "ArrowRight"),
    }.items():
        bar = root.locator(".lv-bar input").nth(row)
        bar.fill(str(score))
        page.key_drag(bar, key)  # the last hundredth by the keyboard
        page.wait_python(f"abs(lab.scores[{row}] - {score}) > 0.005")
    assert_proved(page, "Worse in each, better together", "10.disagree")
    assert page.python("lab.divergence.per_object.tolist()") == [-1, -1]
    rho = page.python(
        "rank_correlation(torch.tensor(lab.scores), owners(lab.detections, lab.targets)[1])",
        setup="from locviz.evaluate import owners",
    )
    page.eventually(lambda: f"score and IoU: {rho:.2f}, -1.00" in agreement.inner_text())
    assert root.locator(".lv-scatter:visible").inner_html() != before
    page.screenshot("chapter-10-nmslab", root)


def grip(root, letter):
    return root.locator(f".lv-grip-body[aria-label^='object {letter}']").first


def test_an_object_far_from_its_predictions_still_has_positives(page):
    run(page, CHAPTER, r"^lab2 = AssignLab", r"ch10\.misses\.watch")
    root, proof = page.widget(ASSIGN), card(page, "The best of a bad lot")
    root.get_by_label("Assigner", exact=True).select_option("mutual_labelling")
    page.wait_python("lab2.assigner == 'mutual_labelling'")
    marks = root.locator(".lv-marks").first
    drawn = marks.inner_html()
    assert "○ open: one object was moved" in proof.inner_text()
    zoom = root.locator(".lv-scene").first.bounding_box()["width"] / 96
    page.drag(grip(root, "A"), -40 * zoom, -14 * zoom, steps=20)
    box = page.settled("lab2.boxes[0]")
    assert box[0] == pytest.approx(0, abs=1)
    assert_proved(page, "The best of a bad lot", "10.misses")
    page.eventually(lambda: marks.inner_html() != drawn)
    # The number that is shown is that of one line of the package.
    total = page.python(
        "int(assign.MutualLabelling()(lab2.priors, lab2.targets, lab2.predictions).positive.sum())"
    )
    page.eventually(lambda: int(root.locator(".lv-totals b").first.inner_text()) == total)
    page.screenshot("chapter-10-mutual-labelling", root)


def test_alpha_at_the_edge_of_the_flood(page):
    run(page, CHAPTER, r"^lab3 = AssignLab", r"ch10\.flood\.watch")
    root, proof = page.page.locator(ASSIGN).last, card(page, "A prior for H, and no flood")
    root.wait_for(state="visible", timeout=20_000)
    page.wait_python("lab3.assigner == 'class_aware'")
    alpha = root.get_by_label(re.compile("^alpha")).first
    alpha.fill("0.2")
    page.wait_python("sum(lab3.positives) > 120")
    page.eventually(lambda: "○ open: at most 60 positives" in proof.inner_text())
    page.eventually(lambda: "done: H has a positive anchor" in proof.inner_text())
    assert progress(page, "10.flood") == {}
    page.screenshot("chapter-10-flood", root)
    alpha.press("ArrowRight")
    page.wait_python("sum(lab3.positives) < 60")
    assert_proved(page, "A prior for H, and no flood", "10.flood")
    rule = "assign.OnSquareAnchors(assign.ClassAwareIoU(alpha=0.25), side=4.0)"
    total = page.python(f"int({rule}(lab3.priors, lab3.targets, lab3.predictions).positive.sum())")
    page.eventually(lambda: int(root.locator(".lv-totals b").first.inner_text()) == total)
