"""Chapter 03 as committed: a run is paused and stopped while it trains, and a point is dragged
until its card ticks.
"""

import re

import pytest
from chapter_page import CHAPTERS, assert_proved, card, progress, run
from lab_page import code_cell

CHAPTER = CHAPTERS / "03_evaluation.ipynb"
STATUS = "s => document.querySelector('.locviz-monitor .lv-status').dataset.status === s"
# Width of the chart in its own units, and the part of it that recall 0..1 and precision 0..1 take.
CHART, RECALL, PRECISION = 356, 304, 280


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports and its data, which take longer than the page."""
    page = open_for_file(CHAPTER, width=1300, height=1000)
    run(page, CHAPTER, "^import", "^digits =")
    return page


def reach(page, status, timeout=15):
    page.page.wait_for_function(STATUS, arg=status, timeout=timeout * 1000)


def tally(root):
    """Right, wrong and missed as the legend says them."""
    return [
        int(number)
        for number in re.findall(
            r"(\d+) (?:right|wrong|missed)", root.locator(".lv-outcomes").inner_text()
        )
    ]


def test_monitor_pauses_and_stops_the_training_cell(page):
    run(page, CHAPTER, r"^monitor = Monitor\(")
    root = page.widget(".locviz-monitor")
    before = root.screenshot()
    page.run_cell(code_cell(CHAPTER, r"monitor\.watch\("), wait=False)
    reach(page, "running")
    page.page.locator(".locviz-monitor .lv-caption", has_text="after step 70").wait_for(
        timeout=60_000
    )

    root = page.widget(".locviz-monitor")
    root.get_by_role("button", name="Pause", exact=True).click()
    reach(page, "paused")
    words = root.locator(".lv-progress-words")
    held = words.inner_text()
    page.page.wait_for_timeout(600)  # several steps' time
    assert words.inner_text() == held
    root.get_by_role("button", name="Stop", exact=True).click()
    reach(page, "stopped")

    assert page.python("monitor.status") == "stopped"
    done = page.python("len(monitor.record)")
    planned = page.python("FCOS.live.steps")
    assert 70 <= done < planned
    assert f"step {done} of {planned}" in words.inner_text()
    assert f"after step {done}" in root.locator(".lv-caption").inner_text()
    assert root.screenshot() != before
    # The chart ends with the last step's loss, and began with what torch says of the first batch.
    losses = root.locator(".lv-series").first.inner_text()
    assert f"total {page.python('step.total'):.2f}" in losses
    fresh = (
        "torch.manual_seed(0) and fcos_tiny(10).loss(*next(batches.starting_at(0))).total.item()"
    )
    assert page.python("monitor.record.values()['total'][0]") == pytest.approx(
        page.python(fresh), rel=1e-4
    )
    # What is drawn on the four scenes is what the student says now.
    scenes = "[held_out[i] for i in range(4)]"
    judged = f"[match(d, t[1], score_threshold=0.3) for d, t in zip(train.predict(student, {scenes}), {scenes})]"
    counts = "[m.num_true_positives, m.num_false_positives, m.num_false_negatives]"
    shown = tally(root)
    assert shown == page.python(f"[sum(c) for c in zip(*({counts} for m in {judged}))]")
    assert sum(shown) > 0
    page.screenshot("chapter-03-monitor", root)


def test_dragging_the_working_point_solves_a_challenge(page):
    run(page, CHAPTER, r"load_shipped\(", r"^worst =", r"^lab = APLab\(", r"ch03\.careful\.watch")
    title = "Nineteen out of twenty"
    assert "○ open: precision of 0.95 or more" in card(page, title).inner_text()
    assert progress(page, "03.careful") == {}

    root = page.widget(".locviz-aplab")
    before, numbers = root.screenshot(), root.locator(".lv-numbers").inner_text()
    threshold = page.python("lab.score_threshold")
    precision, recall = page.python("(lab.precision, lab.recall)")
    zoom = root.locator("svg.lv-chart").bounding_box()["width"] / CHART
    page.drag(
        root.locator(".lv-point"),
        (0.93 - recall) * RECALL * zoom,
        (precision - 0.97) * PRECISION * zoom,
        steps=20,
    )
    moved = page.settled("lab.score_threshold")
    assert moved > threshold + 0.1
    assert page.python("lab.history[-1]['gesture']") == "drag"
    assert root.screenshot() != before
    assert root.locator(".lv-numbers").inner_text() != numbers
    # The precision shown is that of one line of locviz.evaluate over all pictures.
    six = "held_out.class_names.index('6')"
    right, said = page.python(
        f"[sum(int(((m.outcome == 1) if only_right else (m.outcome >= 0))[d.labels == {six}].sum())"
        " for d, t in zip(found, truths) for m in [match(d, t, score_threshold=lab.score_threshold)])"
        " for only_right in (True, False)]"
    )
    assert f"{right} of {said} predicted" in root.locator(".lv-numbers").inner_text()
    assert page.python("lab.precision") == pytest.approx(right / said)

    assert_proved(page, title, "03.careful")
    assert "✔ done: precision of 0.95 or more" in card(page, title).inner_text()
    page.screenshot("chapter-03-aplab", root)
