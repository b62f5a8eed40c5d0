"""Chapter 09 as committed: NMS is played step by step, sliders and a drag prove its three challenges."""

import pytest
from chapter_page import CHAPTERS, assert_proved, card, progress, run

CHAPTER = CHAPTERS / "09_suppression.ipynb"
ROOT = ".locviz-nmslab:has(.lv-scene)"
BOX = '.lv-candidate[data-box="{}"] .lv-line:visible'
# What the lab shows, in one line of the package.
NMS = "batched_nms({0}.detections.boxes, {0}.detections.scores, {0}.detections.labels, threshold={1}).tolist()"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports."""
    page = open_for_file(CHAPTER, width=1300, height=1500)
    run(page, CHAPTER, "^import")
    return page


def kept(root):
    """The rows whose boxes are drawn as kept, in one reading of the page."""
    rows = root.locator(".lv-panel-0 .lv-candidate.lv-fate-kept").evaluate_all(
        "boxes => boxes.map((box) => Number(box.dataset.box))"
    )
    return sorted(rows)


def test_nms_is_played_and_the_threshold_rescues_the_ring(page):
    run(page, CHAPTER, r"^lab = NMSLab", r"ch09\.rescue\.watch", r"ch09\.no_threshold\.watch")
    root = page.widget(ROOT)
    page.eventually(lambda: kept(root) == sorted(page.python(NMS.format("lab", 0.5))))
    before = root.locator(".lv-scene:visible").screenshot()
    root.get_by_role("button", name="To the start").click()
    page.wait_python("lab.played == 0")
    root.get_by_role("button", name="One step on").click()
    page.wait_python("lab.played == 1")
    page.eventually(lambda: root.locator(".lv-scene:visible").screenshot() != before)
    root.get_by_role("button", name="To the end").click()
    page.wait_python("lab.played is None")

    proof = card(page, "Rescue the second ring")
    assert progress(page, "09.rescue") == {}
    slider = root.locator(".lv-control-row").first.get_by_label("threshold")
    slider.fill("0.53")  # one step too high
    page.eventually(
        lambda: all(
            line in text
            for text in [proof.inner_text()]
            for line in ("done: no object is lost", "○ open: 0.01 lower")
        )
    )
    assert progress(page, "09.rescue") == {}
    slider.press("ArrowLeft")
    page.wait_python("abs(lab.threshold - 0.52) < 1e-9")
    assert_proved(page, "Rescue the second ring", "09.rescue")
    page.eventually(lambda: kept(root) == sorted(page.python(NMS.format("lab", 0.52))))
    page.screenshot("chapter-09-nmslab", root)


def test_a_sigma_does_what_no_threshold_does(page):
    root = page.widget(ROOT)
    proof = card(page, "Better than any threshold")
    root.get_by_label("Method", exact=True).select_option("soft_gaussian")
    page.wait_python("lab.method == 'soft_gaussian'")
    page.eventually(lambda: "○ open: at most two boxes are wrong" in proof.inner_text())
    root.get_by_label("sigma").fill("0.3")
    page.wait_python("abs(lab.sigma - 0.3) < 1e-9")
    assert_proved(page, "Better than any threshold", "09.no_threshold")
    # The second ring's score, by the formula: 0.85 times a decay by box 0.
    score = page.python(
        "0.85 * (-pairwise_iou(*[lab.detections.boxes[:2]] * 2)[0, 1] ** 2 / 0.3).exp().item()"
    )
    assert page.python("lab.final_scores[1]") == pytest.approx(score, abs=1e-3)


def test_dragging_one_box_makes_the_square_a_victim(page):
    run(page, CHAPTER, r"^lab2 = NMSLab", r"ch09\.usurper\.watch")
    root = page.page.locator(ROOT).last
    root.wait_for(state="visible", timeout=20_000)
    root.scroll_into_view_if_needed()
    page.eventually(lambda: kept(root) == sorted(page.python(NMS.format("lab2", 0.3))))
    proof = card(page, "The confident box that lies badly")
    assert page.python("lab2.victims") == [1]
    line = root.locator(BOX.format(2)).bounding_box()
    zoom = line["width"] / 51
    # Just inside its lower side: no other box has an outline as near.
    x, y = line["x"] + 12 * zoom, line["y"] + line["height"] - 3
    page.page.mouse.move(x, y)
    root.locator('.lv-candidate-grip[data-row="2"].lv-under').wait_for()
    page.page.mouse.down()
    page.page.mouse.move(x - 12 * zoom, y - 12 * zoom, steps=12)
    page.page.mouse.up()
    assert page.settled("lab2.boxes[2]") == pytest.approx([55, 62, 106, 110], abs=1)
    proof.filter(has_text="Challenge, proved").wait_for(timeout=10_000)
    assert page.python("lab2.victims") == [1, 2]
    assert progress(page, "09.usurper") == {"proved": True}
    page.screenshot("chapter-09-usurper", root)
