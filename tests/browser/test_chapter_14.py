"""Chapter 14 as committed: in QueryLab the training is wound back, a query is chosen in the table and
its reference point is dragged onto another object, until the card ticks.
"""

import pytest
from chapter_page import CHAPTERS, assert_proved, card, progress, run

CHAPTER = CHAPTERS / "14_deformable_detr.ipynb"
QUERY = ".locviz-querylab"
TITLE = "With another one's eyes"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports, the lab and its challenge."""
    page = open_for_file(CHAPTER, width=1300, height=1500)
    run(
        page, CHAPTER, "^import torch", "^from locviz.train", r"^lab = QueryLab", r"borrowed\.watch"
    )
    return page


def test_before_training_the_places_lie_in_eight_directions(page):
    root = page.widget(QUERY)
    last = page.python("lab.step")
    slider = root.get_by_label("training step")
    slider.fill("0")
    page.wait_python("lab.step == 0")
    offsets = page.python(
        "[(d[:2] - lab.look.references[lab.layer, lab.query]).tolist() for d in lab.dots]"
    )
    assert {(round(abs(x) / 8, 1), round(abs(y) / 8, 1)) for x, y in offsets} == {
        (float(a * k), float(b * k)) for a, b in ((1, 0), (0, 1), (1, 1)) for k in (1, 2, 3, 4)
    }
    slider.fill(str(last))
    page.wait_python(f"lab.step == {last}")


def test_a_query_reads_another_object_with_its_own_pattern(page):
    root, proof = page.widget(QUERY), card(page, TITLE)
    page.key_drag(root.get_by_label("layer").first, "ArrowLeft")
    page.wait_python("lab.layer == 1")
    page.key_drag(root.get_by_label("layer").first, "ArrowLeft")
    page.wait_python("lab.layer == 0")
    query = page.python("lab.owners[0][2][0]")
    page.python("1", setup=f"lab.pick({query})")
    page.eventually(lambda: "done: the chosen query is responsible for C" in proof.inner_text())
    page.eventually(lambda: "○ open: 35 %" in proof.inner_text())
    assert progress(page, "14.borrowed") == {}
    before = root.locator(".lv-scene").inner_html()
    zoom = root.locator(".lv-scene").bounding_box()["width"] / 64
    own = page.python("lab.look.references[0, lab.query].tolist()")
    there = page.python("ch14.borrowed.settings['reference']")
    page.drag(
        root.locator(".lv-reference"),
        (there[0] - own[0]) * zoom,
        (there[1] - own[1]) * zoom,
        steps=20,
    )
    assert page.settled("lab.reference") == pytest.approx(there, abs=1.0)
    assert_proved(page, TITLE, "14.borrowed")
    assert root.locator(".lv-scene").inner_html() != before
    share = page.python(
        "inside(lab.dots, lab.targets.boxes[1].tolist())",
        setup="from locviz.widgets.querylab.reading import inside",
    )
    assert share >= 0.35
    page.eventually(
        lambda: (
            f"{100 * share:.0f}\N{NO-BREAK SPACE}% inside B"
            in root.locator(".lv-looks").inner_text()
        )
    )
    page.screenshot("chapter-14-querylab", root)
