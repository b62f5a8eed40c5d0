"""AnchorLab in a real JupyterLab: dragged with mouse, touch and keys; light and dark; accessible."""

import pytest
from lab_looks import cut_off, on_each_other, small_text, texts

SETUP = """
import torch, locviz
from locviz.priors import AnchorPriors, anchor_recall, best_iou, pyramid_sizes
from locviz.widgets import AnchorLab
data = locviz.data.Shapes(level="crowded", split="test", num_scenes=6)
scenes = [data[i] for i in range(6)]
def every():
    sizes = [[scale * stride for scale in sorted(lab.scales)] for stride in lab.strides]
    anchors = AnchorPriors(sizes=sizes, strides=lab.strides, ratios=sorted(lab.ratios))
    return anchors(pyramid_sizes((96, 96), lab.strides), input_size=(96, 96))
"""
SHOW = "lab = AnchorLab(boxes=[t for _, t in scenes], images=[i for i, _ in scenes]{more})\nlab"
BEST = "best_iou(every(), torch.tensor([lab.target])).item()"
RECALL = "anchor_recall(every(), [t.boxes for _, t in scenes], [lab.positive]).item()"


@pytest.fixture
def show(open_notebook):
    """``show("scales=[3]")`` -> the page, and AnchorLab's root in it."""

    def show_one(more="", **options):
        page = open_notebook([SETUP, SHOW.format(more=f", {more}" if more else "")], **options)
        page.run_all()
        return page, page.widget(".locviz-anchorlab")

    return show_one


def body(root):
    return root.locator('[data-part="body"]')


def wait_text(page, locator, text):
    """Wait until an element's text holds ``text``."""
    page.page.wait_for_function(
        "([e, t]) => e.textContent.includes(t)", arg=[locator.element_handle(), text]
    )


def drawn(rect):
    """x1 y1 x2 y2 of a rectangle in the picture."""
    x, y, width, height = (
        float(rect.get_attribute(name)) for name in ("x", "y", "width", "height")
    )
    return [x, y, x + width, y + height]


def slide(root, label, index=0):
    return root.get_by_label(label).nth(index)


def test_dragging_the_target_with_the_mouse(show):
    page, root = show("scales=[3, 4]")
    before = root.screenshot()
    target = page.python("lab.target")
    page.drag(body(root), -45, 30, steps=20)
    moved = page.settled("lab.target")
    assert moved[0] != target[0]
    assert moved[2] - moved[0] == pytest.approx(target[2] - target[0], abs=1e-3)
    assert page.python("lab.history[-1]['gesture']") == "drag"
    assert page.python("len(lab.history)") > 3  # while dragging, not only at its end
    # What is shown is what one line of locviz.priors says.
    wait_text(
        page, root.locator(".lv-says"), f"Best anchor of the target: IoU {page.python(BEST):.3f}"
    )
    region = page.python("lab.best.region")
    page.eventually(lambda: drawn(root.locator(".lv-best")) == pytest.approx(region, abs=1e-2))
    assert root.screenshot() != before
    assert page.python("lab.last_error") == ""


def test_touch_keys_escape_and_double_click(show):
    page, root = show()
    initial = page.python("lab.target")
    page.touch_drag(body(root), -40, -25)
    touched = page.settled("lab.target")
    assert touched[1] < initial[1]
    page.key_drag(body(root), "ArrowDown", "Shift+ArrowDown")
    keyed = page.settled("lab.target")
    assert keyed[1] == pytest.approx(touched[1] + 11, abs=1e-3)
    page.page.keyboard.press("Alt+ArrowUp")
    assert page.settled("lab.target")[3] == pytest.approx(keyed[3] - 1, abs=1e-3)
    page.page.keyboard.press("Escape")
    assert page.settled("lab.target") == initial  # as it was when the box got the focus, by touch
    body(root).press("ArrowRight")
    body(root).dblclick()
    assert page.settled("lab.target") == initial
    corner = root.locator('[data-part="top left corner"]')
    page.key_drag(corner, "ArrowLeft")
    assert page.settled("lab.target")[0] == pytest.approx(initial[0] - 1, abs=1e-3)


def test_dragging_a_scale_moves_the_recall(show):
    page, root = show()
    recall = root.locator(".lv-recall")
    assert recall.inner_text() == f"{page.python('lab.default_recall'):.3f}"
    curve = root.locator(".lv-own").get_attribute("d")
    scale = slide(root, "scale 1")
    scale.scroll_into_view_if_needed()
    box = scale.bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + box["width"] * 0.62, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + box["height"] / 2, steps=12)
    page.page.mouse.up()
    assert page.settled("lab.scales[0]") < 8
    wait_text(page, recall, f"{page.python(RECALL):.3f}")
    assert page.python("lab.recall > lab.default_recall")
    assert page.python("lab.num_anchors == lab.default_num_anchors == len(every())")
    assert root.locator(".lv-own").get_attribute("d") != curve
    assert root.locator(".lv-tried circle").count() >= 2
    assert (
        f"default {page.python('lab.default_recall'):.3f}"
        in root.locator(".lv-line-default").inner_text()
    )


def test_beating_the_default_is_proved_by_the_state(show):
    """The challenge of chapter 04: fewer anchors, more recall."""
    page, root = show()
    for stride in (4, 32, 64):
        root.get_by_label(f"Stride {stride}", exact=True).click()
    page.wait_python("lab.strides == [8, 16]")
    slide(root, "scale 1").fill("1")  # two strides
    root.get_by_role("button", name="+ scale").click()
    page.wait_python("lab.scales == [2, 3]")
    page.wait_python(
        "lab.recall > lab.default_recall and lab.num_anchors < lab.default_num_anchors"
    )
    wait_text(page, root.locator(".lv-recall"), f"{page.python(RECALL):.3f}")
    root.get_by_label("Leave out ratio 0.5", exact=True).click()
    page.wait_python("lab.ratios == [1, 2]")
    root.get_by_label("another").fill("24")
    root.get_by_role("button", name="+ stride").click()
    page.wait_python("lab.strides == [8, 16, 24]")
    root.get_by_label("Reset all").click()
    page.wait_python(
        "(lab.scales, lab.strides) == ([8], [4, 8, 16, 32, 64]) and lab.recall == lab.default_recall"
    )
    page.page.wait_for_function("() => document.querySelectorAll('.lv-values li').length === 4")


def test_thresholds_push_each_other_and_count(show):
    page, root = show("scales=[3]")
    slide(root, "positive from IoU").fill("0.3")
    page.wait_python("(lab.positive, lab.negative) == (0.3, 0.3)")
    root.get_by_label("every box gets its best anchors").check()
    page.wait_python("lab.forced and min(lab.gt_num_positive.tolist()) >= 1")
    counts = page.python("lab.counts")
    for name, number in counts.items():
        wait_text(page, root.locator(f".lv-key-{name}"), f"{number:,} {name}")
    assert sum(counts.values()) == page.python("lab.num_anchors")


def test_levels_cells_boxes_and_images(show):
    page, root = show("strides=[8, 16, 32], scales=[2]")
    root.get_by_role("button", name="stride 32").first.click()
    page.wait_python("lab.level == 2")
    page.page.wait_for_function(
        "() => Number(document.querySelector('.lv-cell').getAttribute('width')) === 32"
    )
    scene = root.locator(".lv-scene").bounding_box()
    assert scene is not None
    other = "[i for i, (_, t) in enumerate(scenes) if (t.boxes[:, 2:].amax(0) < 84).any()]"
    page.python("1", setup=f"lab.image = {other}[0]")
    page.page.wait_for_timeout(300)
    # A click on another box takes it; its middle may lie under the target, so its picture is asked
    # to tell.
    root.locator("g.lv-mark").last.dispatch_event("click")
    page.wait_python("lab.selected > 0")
    wait_text(page, root.locator(".lv-pager"), f"box {page.python('lab.selected') + 1} of")
    root.get_by_label("Next image").click()
    page.wait_python(f"lab.image == ({other}[0] + 1) % 6 and lab.selected == 0")
    root.get_by_label("Previous box").click()
    page.wait_python("lab.selected == len(scenes[lab.image][1]) - 1")
    assert page.python("lab.target") == page.python(
        "scenes[lab.image][1].boxes[lab.selected].tolist()"
    )


def test_the_cell_by_click_by_keys_and_by_dragging(show):
    page, root = show("target=[60, 60, 90, 90]")
    page.python("1", setup="lab.cell")
    root.locator(".lv-scene").dispatch_event("click", {"clientX": 0, "clientY": 0})
    page.wait_python("lab.cell is not None")
    cross = root.locator(".lv-cross")
    page.key_drag(cross, "Shift+ArrowRight", "Shift+ArrowDown")
    cell = page.settled("lab.cell")
    page.drag(cross, 30, 20)
    dragged = page.settled("lab.cell")
    assert dragged[0] > cell[0]
    assert dragged[1] > cell[1]
    cross.dblclick()
    page.wait_python("lab.cell is None")


def test_tab_walks_the_widget_and_leaves(show):
    page, root = show("scales=[4], ratios=[1], strides=[8]")
    root.get_by_label("Previous image").focus()
    name = "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    inside = "() => document.activeElement.closest('.locviz-anchorlab') !== null"
    walked = []
    while page.page.evaluate(inside) and len(walked) < 60:
        walked.append(page.page.evaluate(name))
        page.page.keyboard.press("Tab")
    assert not page.page.evaluate(inside)
    assert walked[:5] == ["Previous image", "Next image", "Previous box", "Next box", "target"]
    assert walked[13] == "Cell whose anchors are shown"
    assert walked[-1] == "Reset all"


def test_every_control_says_what_it_does(show):
    page, root = show("scales=[3]")
    silent = """root => [...root.querySelectorAll('button, input, select, [role=slider]')]
      .filter(control => control.checkVisibility())
      .filter(control => !control.getAttribute('aria-description'))
      .map(control => control.getAttribute('aria-label') ?? control.outerHTML)"""
    assert root.evaluate(silent) == []
    line = root.locator(".lv-hint")
    rest = line.inner_text()
    for control in (slide(root, "negative below IoU"), root.get_by_label("Stride 4", exact=True)):
        control.focus()
        page.eventually(
            lambda control=control: (
                line.inner_text() == control.get_attribute("aria-description") != rest
            )
        )
    root.get_by_role("button", name="+ ratio").hover()
    page.eventually(lambda: line.inner_text().startswith("Add one more"))
    page.page.mouse.move(3, 3)
    root.get_by_label("Stride 4", exact=True).evaluate("control => control.blur()")
    page.eventually(lambda: line.inner_text() == rest)


def test_python_moves_the_view(show):
    page, root = show()
    page.python("1", setup="lab.scales = [2, 3, 4]; lab.target = [10, 10, 40, 50]")
    page.page.wait_for_function(
        "() => document.querySelectorAll('.lv-values')[0].children.length === 3"
    )
    wait_text(page, root.locator(".lv-recall"), f"{page.python(RECALL):.3f}")
    wait_text(page, root.locator(".lv-says"), f"IoU {page.python(BEST):.3f}")


def test_an_error_shows_in_the_widget(show):
    page, root = show()
    page.python("1", setup="lab._answer = lambda *_: 1 / 0")
    page.key_drag(body(root), "ArrowRight")
    root.get_by_role("alert").wait_for(state="visible")
    assert "ZeroDivisionError" in root.get_by_role("alert").inner_text()


LOOKS = [("light", ""), ("dark", "scales=[2, 3], strides=[4, 8, 16], image=3, level=1")]


@pytest.mark.parametrize(("theme", "more"), LOOKS)
def test_no_accessibility_violation(show, theme, more):
    page, root = show(more, height=1200)
    page.theme(theme)
    assert page.axe(".locviz-anchorlab") == []
    page.screenshot(f"anchorlab-{theme}", root)


@pytest.mark.parametrize(
    ("name", "more", "width"), [("scaled", "scale=1.5", 1700), ("narrow", "scales=[3]", 560)]
)
def test_other_sizes_fit(show, name, more, width):
    page, root = show(more, width=width, height=1700)
    page.screenshot(f"anchorlab-{name}", root)
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    assert page.axe(".locviz-anchorlab") == []


CELLS = """
from locviz import data
from locviz.widgets import AnchorLab
cells = data.bccd_boxes("train")[:4]
lab = AnchorLab(boxes=cells, images=data.bccd_photos()[:4], positive=0.7, negative=0.3)
lab
"""


@pytest.mark.parametrize("what", ["cells", "shapes"])
def test_it_fits_a_projector_and_no_label_lies_on_another(open_notebook, what):
    shapes = [SETUP, SHOW.format(more=", scales=[3]")]
    page = open_notebook([CELLS] if what == "cells" else shapes, width=1024, height=768)
    page.run_all()
    root = page.widget(".locviz-anchorlab")
    wait_text(page, root.locator(".lv-says"), "Best anchor")
    boxes = page.python("len(lab.gt)")
    for width, height, most in ((1024, 768, 700), (1440, 900, 790)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.wait_for_timeout(300)
        for theme in ("light", "dark"):
            page.theme(theme)
            page.screenshot(f"anchorlab-{what}-{width}-{theme}", root)
        frame = root.bounding_box()
        assert frame is not None
        assert frame["height"] <= most
        assert len(texts(root, ".lv-scene text")) >= 0.8 * boxes  # few have to give way
        assert on_each_other(root, ".lv-scene text") == []
        assert on_each_other(root, ".lv-chart text", slack=4) == []
        assert small_text(root) == []
        assert cut_off(root) == []


def test_labels_make_way_for_the_target_while_it_is_dragged(open_notebook):
    page = open_notebook([CELLS], width=1024, height=768)
    page.run_all()
    root = page.widget(".locviz-anchorlab")
    wait_text(page, root.locator(".lv-says"), "Best anchor")
    x, y = page.center(body(root))
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    for step in range(1, 9):
        page.page.mouse.move(x + 20 * step, y - 16 * step, steps=3)
        assert on_each_other(root, ".lv-scene text") == []
    page.page.mouse.up()
    assert root.locator(".lv-scene text", has_text="best IoU").is_visible()
